"""An editor for every type of question, found by type and appearance; it knows a value and how to show it, never the form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from ui.theme import restyle

if TYPE_CHECKING:
    from forms.session_state import State
    from forms.xform import Choice, Question

COMBO_FROM = 8  # more choices than seven no longer fit a row of radio buttons
LIST_FROM = 25


class Files(Protocol):
    """Where the pictures and files of a form are kept while it is filled."""

    def put(self, name: str, content: bytes) -> str:
        """Keep a file and return the name that the answer holds; raises MzError."""
        ...

    def get(self, name: str) -> bytes:
        """Return a file, b"" where it is not on this computer."""
        ...


@dataclass(frozen=True, slots=True)
class Setting:
    """What an editor may know of its surroundings."""

    today: date
    files: Files | None = None


class Editor(QWidget):
    """The base of all editors.

    Signals: edited(value): the person changed the answer, in XForms lexical form; left(): the focus went elsewhere.
    """

    edited = Signal(str)
    left = Signal()
    tall = False  # takes several lines: Enter stays inside
    counter: QLabel | None = None  # stands at the right beneath the input

    def __init__(self, question: Question, setting: Setting) -> None:
        super().__init__()
        self.question = question
        self.setting = setting
        self.layout_ = QVBoxLayout(self)
        self.layout_.setContentsMargins(0, 0, 0, 0)
        self.layout_.setSpacing(2)
        self._inputs: list[QWidget] = []

    def adopt(self, *inputs: QWidget) -> None:
        """Name the widgets that take keys; the first of them is where the cursor goes."""
        for widget in inputs:
            self._inputs.append(widget)
            widget.installEventFilter(self)
        if self._inputs:
            self.setFocusProxy(self._inputs[0])

    def forget_inputs(self) -> None:
        """Drop the widgets named before."""
        self._inputs.clear()

    def inputs(self) -> tuple[QWidget, ...]:
        """Return the widgets that take keys."""
        return tuple(self._inputs)

    def show_state(self, state: State, choices: tuple[Choice, ...]) -> None:
        """Show an answer; never emits `edited`."""
        raise NotImplementedError

    def show_name(self, name: str, hint: str) -> None:
        """Tell screen readers what is asked."""
        for widget in self._inputs:
            if not widget.accessibleName():
                widget.setAccessibleName(name)
            widget.setAccessibleDescription(hint)

    def show_placeholder(self, text: str) -> None:
        """Show a word in the empty field, where there is one."""

    def mark_bad(self, bad: bool) -> None:
        """Put a red frame around the input, or take it away."""
        for widget in self._inputs:
            if bool(widget.property("bad")) != bad:
                widget.setProperty("bad", bad)
                restyle(widget)

    def has_focus(self) -> bool:
        """Tell whether the cursor is inside."""
        return any(widget.hasFocus() for widget in self._inputs)

    def take_focus(self) -> None:
        """Put the cursor here."""
        if self._inputs:
            self._inputs[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut and cast("QFocusEvent", event).reason() != Qt.FocusReason.PopupFocusReason:
            self.finish()
            self.left.emit()
        return False

    def finish(self) -> None:
        """Bring what was typed into its final shape; called when the cursor leaves."""


Factory = Callable[["Question", Setting], Editor]


@dataclass(frozen=True, slots=True)
class Rule:
    """Questions of these types, with one of these appearances where any are named, get the editor at `place` (module:Class)."""

    types: frozenset[str]
    place: str
    appearances: frozenset[str] = frozenset()

    def fits(self, question: Question) -> bool:
        """Tell whether the rule is about a question."""
        return question.type in self.types and (not self.appearances or bool(self.appearances & question.appearance))


def _rule(types: str, place: str, appearances: str = "") -> Rule:
    return Rule(frozenset(types.split()), f"ui.{place}", frozenset(appearances.split()))


RULES: tuple[Rule, ...] = (  # the first that fits
    _rule("string", "editors_text:LongText", "multiline"),
    _rule("int decimal", "editors_text:Number"),
    _rule("date", "editors_date:DateEntry"),
    _rule("time", "editors_date:TimeEntry"),
    _rule("dateTime", "editors_date:MomentEntry"),
    _rule("select_one", "editors_choice:OneOf"),
    _rule("select_multiple", "editors_choice:ManyOf"),
    _rule("rank", "editors_rank:Rank"),
    _rule("range", "editors_range:Range"),
    _rule("note", "editors_note:Note"),
    _rule("trigger", "editors_note:Acknowledge"),
    _rule("image", "editors_draw:Signature", "signature draw annotate"),
    _rule("image", "editors_file:Picture"),
    _rule("audio video file binary", "editors_file:AnyFile"),
)
FALLBACK = "ui.editors_text:Line"


def editor_for(question: Question, setting: Setting) -> Editor:
    """Return a new editor for a question; a type that nobody knows is a line of text, so that no answer is ever out of reach."""
    place = next((rule.place for rule in RULES if rule.fits(question)), FALLBACK)
    module, _, name = place.partition(":")
    factory: Factory = getattr(import_module(module), name)
    return factory(question, setting)
