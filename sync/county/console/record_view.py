"""Shows a received record as its form: the relevant questions in document order, with labels and choices in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from forms.errors import FormError
from forms.session import FormSession
from forms.xform import Form, Group, Question, Repeat
from sync.county.console import words

_HIDDEN = frozenset({"hidden", "calculate", "start", "end", "today", "deviceid", "username"})


@dataclass(frozen=True, slots=True)
class Shown:
    """One line: a heading (no ref), or a question with its value in words."""

    label: str
    value: str = ""
    ref: str = ""
    heading: bool = False
    faulty: bool = False


def show(form: Form, answers: Mapping[str, Any], fault: str = "") -> list[Shown]:
    """Return the lines of a record; `fault` is the reference of the answer that was returned. Raises FormError."""
    session = FormSession(form, answers)
    return [line for item in form.body for line in _item(session, item, fault)]


def _item(session: FormSession, item: Question | Group | Repeat, fault: str) -> Iterator[Shown]:
    for ref in session.instances(item.ref):
        yield from _at(session, item, ref, fault)


def _at(session: FormSession, item: Question | Group | Repeat, ref: str, fault: str) -> Iterator[Shown]:
    state = session.state(ref)
    if not state.relevant:
        return
    if isinstance(item, Question):
        if item.type not in _HIDDEN and item.type != "note" and state.label and (state.value or ref == fault):
            yield Shown(state.label, _words(session, ref, item, state.value), ref, faulty=ref == fault)
        return
    inside = [line for child in item.children for line in _inside(session, child, ref, fault)]
    if inside:
        if state.label:
            yield Shown(state.label, heading=True)
        yield from inside


def _inside(session: FormSession, child: Question | Group | Repeat, parent: str, fault: str) -> Iterator[Shown]:
    for ref in session.instances(child.ref):
        if ref.startswith(f"{parent}/"):
            yield from _at(session, child, ref, fault)


def _words(session: FormSession, ref: str, question: Question, value: str) -> str:
    if question.type == "time":
        return value[:5]
    if not question.type.startswith(("select", "rank")):
        return value
    labels = {choice.value: choice.label for choice in session.choices(ref)}
    return "、".join(labels.get(word, word) for word in value.split()) if question.type != "select_one" else labels.get(value, value)


def plain(answers: Mapping[str, Any]) -> list[Shown]:
    """Return the answers of a record whose form is not here, by name."""
    return [Shown(words.FIELDS.get(name, name), words.value(name, value)) for name, value in answers.items()]


__all__ = ["FormError", "Shown", "plain", "show"]
