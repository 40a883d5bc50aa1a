"""A form as it will be filled, and beside it what lint found; the session of a preview is thrown away and nothing is kept."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QButtonGroup, QComboBox, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from forms.errors import FormError
from forms.lint import ERROR, Finding
from forms.session import FormSession
from forms.xform import language_code
from mzdesk.casework.form_library import Preview
from ui.desk import Desk
from ui.editors import Setting
from ui.form_view import FormView
from ui.panels import Listing
from ui.table_model import Column
from ui.theme import look
from ui.widgets import Chip, ElidedLabel, EmptyState, button, label

LANGUAGE_NAMES = {"zh": "中文", "en": "English"}


class PreviewPane(QWidget):
    """The form at the right of the page."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.shown: Preview | None = None
        self.view: FormView | None = None
        self.setMinimumWidth(look().em(24))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look().em(0.5))
        column.addLayout(self._make_head())
        self.stack = QStackedWidget()
        self.stack.addWidget(self._make_holder())
        self.stack.addWidget(self._make_findings())
        column.addWidget(self.stack, 1)
        self.show_face(0)

    def _make_head(self) -> QHBoxLayout:
        self.name = ElidedLabel("", "h2")
        self.state = Chip()
        self.state.hide()
        self.language = QComboBox()
        self.language.setAccessibleName("语言")
        self.language.activated.connect(lambda *_: self._switch_language())
        self.language.hide()
        self.faces = (button("预览", on_click=lambda: self.show_face(0)), button("检查", on_click=lambda: self.show_face(1)))
        group = QButtonGroup(self)
        across = QHBoxLayout()
        across.setSpacing(look().em(0.5))
        across.addWidget(self.name, 1)
        across.addWidget(self.state)
        across.addWidget(self.language)
        for face in self.faces:
            face.setCheckable(True)
            group.addButton(face)
            across.addWidget(face)
        return across

    def _make_holder(self) -> QWidget:
        self.holder = QWidget()
        self.holder.setObjectName("sheet")
        self.inside = QVBoxLayout(self.holder)
        self.inside.setContentsMargins(0, 0, 0, 0)
        self.nothing = EmptyState("file-text", "选一张表看看", "左边选一张表，或用右上角“打开文件”看一张还没有发布的表。")
        self.inside.addWidget(self.nothing)
        return self.holder

    def _make_findings(self) -> QWidget:
        columns: tuple[Column[Finding], ...] = (
            Column("", lambda found: "错误" if found.severity == ERROR else "提醒", 4.6, tone=tone_of, chip=True),
            Column("位置", lambda found: found.place or "整张表", 18.0, tip=lambda found: found.place),
            Column("说明", lambda found: found.message, 0, tip=lambda found: found.message),
        )
        self.findings: Listing[Finding] = Listing(columns, "检查结果", EmptyState("check", "没有发现问题", "可以发布。"))
        self.whole = label("", "", wrap=True)
        self.findings.table.row_selected.connect(lambda found: self.whole.setText(str(found) if found is not None else ""))
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.findings, 1)
        column.addWidget(self.whole)
        return holder

    def show_face(self, number: int) -> None:
        """Show the preview (0) or the findings (1)."""
        self.faces[number].setChecked(True)
        self.stack.setCurrentIndex(number)

    def show_preview(self, shown: Preview) -> None:
        """Show a form; one that cannot work shows its findings only. The place in the form is kept when the same form is shown again."""
        before = self.shown.form.form_id if self.shown is not None and self.shown.form is not None else ""
        kept = self.view.verticalScrollBar().value() if self.view is not None else 0
        findings = list(shown.findings)
        self.shown = shown
        self._clear()
        if shown.form is not None:
            try:
                session = FormSession(shown.form, clock=self._desk.station.local_now)
                self._show_view(FormView(session, Setting(self._desk.station.today())))
            except FormError as error:
                findings.append(Finding(ERROR, "", 0, "", str(error)))
        same = shown.form is not None and shown.form.form_id == before
        if self.view is not None and same:
            self.view.verticalScrollBar().setValue(kept)
        self._show_head(shown, findings)
        if self.view is None:
            self.show_face(1)
        elif not same:
            self.show_face(0)

    def _show_view(self, view: FormView) -> None:
        self.view = view
        self.nothing.hide()
        self.inside.addWidget(view)
        session = view.session
        self.language.clear()
        for language in session.form.languages:
            self.language.addItem(LANGUAGE_NAMES.get(language_code(language), language), language)
        self.language.setCurrentIndex(max(self.language.findData(session.language), 0))
        self.language.setVisible(len(session.form.languages) > 1)

    def _show_head(self, shown: Preview, findings: list[Finding]) -> None:
        title = f"{shown.form.title}　{shown.form.version}" if shown.form is not None else shown.name
        self.name.show_text(title)
        errors = sum(found.severity == ERROR for found in findings)
        rest = len(findings) - errors
        words = f"{errors} 处错误" if errors else f"{rest} 处提醒" if rest else "检查通过"
        self.state.show_text(words, "red" if errors else "amber" if rest else "green")
        self.state.show()
        self.faces[1].setText(f"检查 {len(findings)}" if findings else "检查")
        self.findings.show_rows(findings)

    def _switch_language(self) -> None:
        if self.view is not None:
            self.view.set_language(self.language.currentData())

    def _clear(self) -> None:
        if self.view is not None:
            self.inside.removeWidget(self.view)
            self.view.hide()
            self.view.deleteLater()
            self.view = None
        self.language.hide()
        self.nothing.show()

    def sizeHint(self) -> QSize:
        return QSize(look().em(46), look().em(30))


def tone_of(found: Finding) -> str:
    """Return red for an error, amber for a warning."""
    return "red" if found.severity == ERROR else "amber"
