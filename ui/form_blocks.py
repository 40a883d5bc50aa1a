"""The widgets of a form, built from its plan: cards, grids, matrices and repeats, each found again by its reference."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from forms.xform import Question
from ui.editors import Setting
from ui.form_field import FormField
from ui.form_grid_model import strip_positions
from ui.form_matrix import MatrixView
from ui.form_plan import Block, Cells, Matrix, Rows, Section, SubSection, leaves, plan_items
from ui.form_repeat import RepeatTable
from ui.layouts import SpanGrid
from ui.theme import look
from ui.widgets import Card, button, label

if TYPE_CHECKING:
    from forms.session import FormSession
    from forms.xform import Repeat


def place_ref(ref: str, instance: str) -> str:
    """Return a plain ref inside an instance: `/data/child/name` in `/data/child[2]` → `/data/child[2]/name`."""
    return f"{instance}{ref[len(strip_positions(instance)) :]}" if instance else ref


class Parts(QObject):
    """All parts of a form on screen, by reference.

    Signals: edited(ref, value); left(ref); add_asked(repeat ref); remove_asked(instance ref).
    """

    edited = Signal(str, str)
    left = Signal(str)
    add_asked = Signal(str)
    remove_asked = Signal(str)

    def __init__(self, session: FormSession, setting: Setting, adopt: Callable[[QWidget], None], parent: QObject) -> None:
        super().__init__(parent)
        self.session, self.setting, self._adopt = session, setting, adopt
        self.fields: dict[str, FormField] = {}
        self.matrices: dict[str, MatrixView] = {}
        self.tables: dict[str, RepeatTable] = {}
        self.stacks: dict[str, RepeatStack] = {}
        self.frames: dict[str, tuple[QWidget, QLabel]] = {}

    def refs(self) -> tuple[str, ...]:
        """Return the refs of all questions and repeats on screen."""
        return (*self.fields, *self.matrices, *self.tables, *self.stacks)

    def make_section(self, section: Section) -> Card:
        """Return the card of a section."""
        title = self.session.state(section.group.ref).label if section.group and section.group.ref else ""
        card = Card(title)
        sides = card.body.contentsMargins()
        card.body.setContentsMargins(sides.left(), sides.top(), sides.right(), look().em(0.35))
        self.fill(card.body, section.blocks, "")
        if section.group is not None and section.group.ref:
            self.frames[section.group.ref] = (card, card.title)
        return card

    def fill(self, column: QVBoxLayout, blocks: tuple[Block, ...], instance: str) -> None:
        """Add the widgets of blocks to a column."""
        for block in blocks:
            column.addWidget(self._make_block(block, instance))

    def _make_block(self, block: Block, instance: str) -> QWidget:
        if isinstance(block, Cells):
            return self._make_cells(block, instance)
        if isinstance(block, Matrix):
            return self._make_matrix(block, instance)
        if isinstance(block, SubSection):
            return self._make_subsection(block, instance)
        return self._make_rows(block, instance)

    def _make_cells(self, block: Cells, instance: str) -> SpanGrid:
        grid = SpanGrid()
        for cell in block.cells:
            ref = place_ref(cell.question.ref, instance)
            field = FormField(ref, cell, self.setting)
            field.editor.edited.connect(lambda value, ref=ref: self.edited.emit(ref, value))
            field.editor.left.connect(lambda ref=ref: self.left.emit(ref))
            self.fields[ref] = field
            grid.add(field, cell.span)
        return grid

    def _make_matrix(self, block: Matrix, instance: str) -> MatrixView:
        rows = tuple((place_ref(question.ref, instance), question) for question in block.questions)
        made = MatrixView(rows, self.setting)
        made.edited.connect(self.edited)
        made.left.connect(self.left)
        self.matrices.update(dict.fromkeys(made.rows, made))
        return made

    def _make_subsection(self, block: SubSection, instance: str) -> QFrame:
        frame = QFrame()
        column = QVBoxLayout(frame)
        column.setContentsMargins(0, look().em(0.3), 0, 0)
        ref = place_ref(block.group.ref, instance) if block.group.ref else ""
        title = label(self.session.state(ref).label if ref else "", "strong")
        if not title.text():
            title.hide()
        column.addWidget(title)
        self.fill(column, block.blocks, instance)
        if ref:
            self.frames[ref] = (frame, title)
        return frame

    def _make_rows(self, block: Rows, instance: str) -> QWidget:
        ref = place_ref(block.repeat.ref, instance)
        fixed = block.repeat.fixed or bool(block.repeat.count_ref)
        if not block.as_table:
            stack = RepeatStack(self, ref, block.repeat, fixed=fixed)
            self.stacks[ref] = stack
            return stack
        questions = tuple(item for item in leaves(block.repeat.children) if isinstance(item, Question))
        table = RepeatTable(self.session, ref, questions, self.setting, fixed=fixed)
        table.edited.connect(self.edited)
        table.add_asked.connect(self.add_asked)
        table.remove_asked.connect(self.remove_asked)
        self._adopt(table.grid)
        self.tables[ref] = table
        return table

    def forget(self, instance_prefix: str) -> None:
        """Drop the parts below a ref, before their widgets go."""
        for found in (self.fields, self.matrices, self.tables, self.stacks, self.frames):
            for ref in [ref for ref in found if ref.startswith(instance_prefix)]:
                del found[ref]


class RepeatStack(QWidget):
    """A repeat as one block for each instance."""

    def __init__(self, parts: Parts, ref: str, repeat: Repeat, *, fixed: bool) -> None:
        super().__init__()
        self._parts, self.ref, self._repeat, self._fixed = parts, ref, repeat, fixed
        self._instances: tuple[str, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._words = label("", "strong")
        self._column.addWidget(self._words)
        self._holder = QWidget()
        self._column.addWidget(self._holder)
        self._add = button("添加一项", "plus", on_click=lambda: parts.add_asked.emit(ref))
        verbs = QHBoxLayout()
        verbs.addWidget(self._add)
        if fixed:
            self._add.hide()
        verbs.addStretch(1)
        self._column.addLayout(verbs)
        self.rebuild()

    def rebuild(self) -> bool:
        """Build the blocks anew where instances came or went; True where they were."""
        state = self._parts.session.state(self.ref)
        self._words.setText(state.label)
        if self.isHidden() == state.relevant and self.parentWidget() is not None:
            self.setVisible(state.relevant)
        instances = self._parts.session.instances(self.ref)
        if instances == self._instances:
            return False
        self._parts.forget(f"{self.ref}[")
        self._instances = instances
        before, self._holder = self._holder, QWidget()
        column = QVBoxLayout(self._holder)
        column.setContentsMargins(0, 0, 0, 0)
        for number, instance in enumerate(instances, 1):
            column.addWidget(self._make_instance(number, instance))
        self._column.replaceWidget(before, self._holder)
        before.hide()
        before.deleteLater()
        return True

    def _make_instance(self, number: int, instance: str) -> QFrame:
        frame = QFrame()
        frame.setObjectName("card")
        column = QVBoxLayout(frame)
        head = QHBoxLayout()
        head.addWidget(label(f"第 {number} 项", "muted"))
        head.addStretch(1)
        remove = button("删除", "trash-2", kind="link", on_click=lambda: self._parts.remove_asked.emit(instance))
        if self._fixed:
            remove.hide()
        head.addWidget(remove)
        column.addLayout(head)
        self._parts.fill(column, plan_items(self._repeat.children), instance)
        return frame
