"""Quick entry of a round: one carer, one day, many people in a grid, by keys alone; what was ticked survives a power cut."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from mzdesk.care import rounds
from mzdesk.care.rounds import Round, RoundPerson
from mzdesk.casework.issued_forms import catalog_of
from mzdesk.casework.records import Saved
from mzdesk.errors import MzError
from mzdesk.registry.dates import Toward
from ui.desk import Desk
from ui.layouts import SpanGrid
from ui.loose_entry import ISO_DATE, clean_line, date_value, show_date
from ui.pages.care_round_model import ANOMALY, FIRST_SERVICE, LEVEL, NAME, START, RoundModel
from ui.panels import fit
from ui.theme import look
from ui.widgets import Banner, Field, button, label

if TYPE_CHECKING:
    from mzdesk.station import Station

KEEP_MS = 1_500


@dataclass(frozen=True, slots=True)
class RoundBoard:
    """Whom a round may reach, and the round that was being entered."""

    people: tuple[RoundPerson, ...]
    kept: Round | None


def read_round(station: Station) -> RoundBoard:
    """Read the dialog."""
    return RoundBoard(rounds.people(station), rounds.kept(station))


class RoundGrid(QTableView):
    """The grid: Space and Enter tick a service and keep the place, Ctrl+D copies the row above."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        model, index = self.model(), self.currentIndex()
        assert isinstance(model, RoundModel)
        ticks = event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if ticks and FIRST_SERVICE <= index.column() < START and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            model.toggle(index)
        elif event.key() == Qt.Key.Key_D and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            model.copy_above(index.row())
        elif event.key() == Qt.Key.Key_Delete and index.column() >= START:
            model.setData(index, "")
        else:
            super().keyPressEvent(event)


class RoundDialog(QDialog):
    """Signals: saved(number of records)."""

    saved = Signal(int)

    def __init__(self, parent: QWidget, desk: Desk) -> None:
        super().__init__(parent)
        self._desk = desk
        self._people: tuple[RoundPerson, ...] = ()
        self.setWindowTitle("登记一轮照料")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        fit(self, 84, 44)
        column = QVBoxLayout(self)
        column.setContentsMargins(look().em(1.6), look().em(1.2), look().em(1.6), look().em(1.0))
        column.setSpacing(look().em(0.6))
        column.addWidget(label("登记一轮照料", "h2"))
        column.addWidget(self._make_head())
        self.banner = Banner()
        column.addWidget(self.banner)
        self.model = RoundModel()
        self.model.setParent(self)
        self.model.edited.connect(self._note_edit)
        self.grid = self._make_grid()
        column.addWidget(self.grid, 1)
        column.addWidget(label("方向键移动　空格打勾　Ctrl+D 照上一行　直接打字填时间和异常　Ctrl+Enter 保存", "hint", wrap=True))
        column.addLayout(self._make_verbs())
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(KEEP_MS)
        self._timer.timeout.connect(self.keep)
        QShortcut(QKeySequence("Ctrl+Return"), self, self.save)
        desk.tasks.run(lambda: read_round(desk.station), self.show_board, desk.fail, owner=self)

    def _make_head(self) -> SpanGrid:
        grid = SpanGrid(line_gap=0.2)
        self.carer = QComboBox()
        self.carer.setEditable(True)
        self.carer.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.carer.currentTextChanged.connect(lambda *_: self._show_rows())
        self.day = QLineEdit(show_date(self._desk.station.today().isoformat()))
        self.day.textChanged.connect(lambda *_: self._explain_day())
        self.carer_field = Field("照料人", self.carer, required=True, hint="从名单里选，或直接打名字。")
        self.day_field = Field("照料日期", self.day, required=True)
        self.everybody = QCheckBox("列出所有分散供养的人")
        self.everybody.toggled.connect(lambda *_: self._show_rows())
        for widget, span in ((self.carer_field, 1), (self.day_field, 1), (Field("　", self.everybody), 2)):
            grid.add(widget, span)
        return grid

    def _make_grid(self) -> RoundGrid:
        grid = RoundGrid()
        grid.setObjectName("grid")
        grid.setAccessibleName("一轮照料")
        grid.setModel(self.model)
        grid.setTabKeyNavigation(False)
        grid.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        grid.setEditTriggers(QAbstractItemView.EditTrigger.AnyKeyPressed | QAbstractItemView.EditTrigger.DoubleClicked)
        grid.clicked.connect(self.model.toggle)
        grid.verticalHeader().hide()
        grid.verticalHeader().setDefaultSectionSize(look().em(2.5))
        header = grid.horizontalHeader()
        header.setMinimumSectionSize(look().em(2))
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        for column in range(self.model.columnCount()):
            grid.setColumnWidth(column, look().em(7 if column == NAME else 5 if column in (LEVEL, START, START + 1) else 4.6))
        grid.setColumnWidth(FIRST_SERVICE + 9, look().em(5.8))
        header.setSectionResizeMode(ANOMALY, QHeaderView.ResizeMode.Stretch)
        return grid

    def _make_verbs(self) -> QHBoxLayout:
        self.count = label("", "muted")
        self.copy_button = button("全部照这一行", on_click=self._copy_to_all, tip="让每个人都有光标所在行的服务")
        self.save_button = button("保存", "check", kind="primary", on_click=self.save, tip="Ctrl+Enter")
        foot = QHBoxLayout()
        foot.addWidget(self.count)
        foot.addStretch(1)
        foot.addWidget(self.copy_button)
        foot.addWidget(button("放弃", on_click=self.discard))
        foot.addWidget(self.save_button)
        return foot

    # ---- showing

    def show_board(self, board: RoundBoard) -> None:
        """Show whom a round may reach; a round that was not saved comes back."""
        self._people = board.people
        carers = sorted({person.carer for person in board.people} - {""})
        chosen = board.kept.carer if board.kept else carers[0] if len(carers) == 1 else ""
        self.carer.blockSignals(True)
        self.carer.addItems(carers)
        self.carer.setEditText(chosen)
        self.carer.blockSignals(False)
        if board.kept is not None:
            self.day.setText(show_date(board.kept.on))
            self.model.fill(board.kept.given)
            self.banner.show_text("这是上次没有保存的一轮，可以接着填。", "primary")
        self._show_rows()
        self.carer.setFocus()

    def _show_rows(self) -> None:
        carer = self.carer.currentText().strip()
        own = [person for person in self._people if carer and person.carer == carer]
        started = {line.person_id for line in self.model.given()}
        people = self._people if self.everybody.isChecked() or not own else [*own]
        shown = [*people, *(person for person in self._people if person.person_id in started and person not in people)]
        self.model.show_people(shown)
        self.grid.setCurrentIndex(self.model.index(0, FIRST_SERVICE))
        self._show_count()

    def _show_count(self) -> None:
        number = len(self.model.given())
        self.count.setText(f"已填 {number} 人，共列出 {self.model.rowCount()} 人")
        self.save_button.setEnabled(number > 0)

    def _explain_day(self) -> None:
        value = self._day()
        self.day_field.show_message("", good=show_date(value) if ISO_DATE.fullmatch(value) and show_date(value) != self.day.text() else "")

    def _day(self) -> str:
        return date_value(clean_line(self.day.text()).strip(), self._desk.station.today(), Toward.PAST)

    # ---- keeping

    def told(self) -> Round:
        """Return the round as typed."""
        return Round(clean_line(self.carer.currentText()).strip(), self._day(), self.model.given())

    def _note_edit(self) -> None:
        self._show_count()
        self.banner.show_text("")
        self._timer.start()

    def keep(self) -> None:
        """Keep what was ticked so far."""
        self._timer.stop()
        told = self.told()
        if told.given:
            self._desk.tasks.run(lambda: rounds.keep(self._desk.station, told), None, self._desk.fail, owner=self)

    def reject(self) -> None:
        """Close; what was ticked comes back when the dialog is opened again."""
        if self._timer.isActive():
            self.keep()
        super().reject()

    def discard(self) -> None:
        """Throw away what was ticked, and close."""
        self._timer.stop()
        self._desk.tasks.run(lambda: rounds.discard(self._desk.station), None, self._desk.fail)
        super().reject()

    # ---- saving

    def _copy_to_all(self) -> None:
        if self.model.rowCount():
            self.model.copy_to_all(max(self.grid.currentIndex().row(), 0))

    def save(self) -> None:
        """Check the head and the grid, then keep all records or none."""
        told = self.told()
        if not self.save_button.isEnabled() or not self._check(told):
            return
        self._timer.stop()
        self.save_button.setEnabled(False)
        station = self._desk.station
        self._desk.tasks.run(lambda: rounds.save(station, catalog_of(station), told), self._finish, self._refuse, owner=self)

    def _check(self, told: Round) -> bool:
        self.carer_field.show_message("" if told.carer else "请选择照料人。")
        readable = ISO_DATE.fullmatch(told.on) is not None
        if not readable:
            self.day_field.show_message("看不懂这个日期，例如 0613、昨天。")
        faults = self.model.faults()
        if faults:
            self._point_at(*faults[0])
        elif not told.carer:
            self.carer.setFocus()
        elif not readable:
            self.day.setFocus()
        return bool(told.carer) and readable and not faults

    def _point_at(self, person_id: str, sentence: str) -> None:
        self.banner.show_text(sentence, "red")
        row = self.model.row_of(person_id)
        if row >= 0:
            self.grid.setCurrentIndex(self.model.index(row, FIRST_SERVICE))
            self.grid.setFocus()

    def _finish(self, saved: tuple[Saved, ...]) -> None:
        self.saved.emit(len(saved))
        self.accept()

    def _refuse(self, error: Exception) -> None:
        self.save_button.setEnabled(True)
        if isinstance(error, MzError):
            self._point_at(error.field, f"{error.title}：{error.message}")
        else:
            self._desk.fail(error)
