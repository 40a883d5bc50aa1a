"""Filling a form: what is typed is a draft within two seconds, and a record only after it was checked and stored."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout

from forms.xform import language_code
from mzdesk.casework import drafts, records
from mzdesk.casework.files import FormFiles
from mzdesk.casework.records import Saved
from mzdesk.registry.field_names import RECORD_KINDS
from ui import dialogs
from ui.desk import Desk
from ui.draft_keeper import DraftKeeper
from ui.editors import Setting
from ui.faulty import find_faulty
from ui.form_view import FormView
from ui.opening_forms import Choice, Chosen, VillageWanted, open_form
from ui.page import Page
from ui.pages.fill_trip import offer_trip
from ui.pages.form_choice import FormChoice, VillageChoice
from ui.paper_preview import preview_draft
from ui.requests import AmendRecord, OpenPage, OpenRecord, Request, StartForm
from ui.theme import look
from ui.widgets import Chip, button, label
from ui.words import risk_tone, risk_words, show_instant

LANGUAGE_NAMES = {"zh": "中文", "en": "English"}


class FillPage(Page):
    """The page of a form being filled; it shows one form at a time."""

    title = "填写"
    scrolls = False

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._wanted: Request | None = None
        self._faulty: AmendRecord | None = None
        self.view: FormView | None = None
        self.choice: FormChoice | VillageChoice | None = None
        self.keeper: DraftKeeper | None = None
        self.body.setContentsMargins(0, 0, 0, 0)
        self.risk = Chip()
        self.state = Chip("草稿")
        self.language = QComboBox()
        self.language.setAccessibleName("语言")
        self.language.activated.connect(self._switch_language)
        for widget in (self.risk, self.state, self.language):
            self.tools.addWidget(widget)
            widget.hide()
        self.foot.addWidget(self._make_bar())
        for keys, act in (("Ctrl+S", self.keep_draft), ("Ctrl+Return", self.submit), ("Ctrl+P", self.preview)):
            shortcut = QShortcut(QKeySequence(keys), self, act)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def _make_bar(self) -> QFrame:
        self.bar = QFrame()
        self.bar.setObjectName("bar")
        across = QHBoxLayout(self.bar)
        across.setContentsMargins(look().em(2), look().em(0.6), look().em(2), look().em(0.6))
        across.setSpacing(look().em(0.6))
        self.saved = label("还没有改动", "muted")
        self.problems = button("", kind="link", on_click=self._jump, tip="跳到第一处")
        self.problems.setProperty("tone", "red")
        self.discard_button = button("放弃", kind="link", on_click=self.discard)
        across.addWidget(self.saved)
        across.addWidget(self.problems)
        across.addStretch(1)
        across.addWidget(self.discard_button)
        across.addWidget(button("打印预览", "printer", on_click=self.preview, tip="Ctrl+P"))
        across.addWidget(button("保存草稿", "save", on_click=self.keep_draft, tip="Ctrl+S"))
        self.submit_button = button("提交", "check", kind="primary", on_click=self.submit, tip="Ctrl+Enter")
        across.addWidget(self.submit_button)
        self.bar.hide()
        return self.bar

    # ---- opening

    def receive(self, request: Request) -> None:
        if not isinstance(request, OpenPage):
            self._wanted = request

    def opened(self) -> None:
        if self._wanted is None:
            return
        wanted, self._wanted = self._wanted, None
        self._faulty = wanted if isinstance(wanted, AmendRecord) else None
        self.save_now()
        self._clear()
        self.heading.setText("正在打开…")
        self.load(lambda: open_form(self.desk.station, self.desk.forms, wanted), self._show_opened)

    def _show_opened(self, opened: Choice | VillageWanted | Chosen) -> None:
        if isinstance(opened, Chosen):
            self._show_form(opened)
        elif isinstance(opened, Choice):
            self._ask(FormChoice(opened), opened.title, opened.note)
        else:
            self._ask(VillageChoice(opened), opened.title, "")

    def _ask(self, choice: FormChoice | VillageChoice, title: str, note: str) -> None:
        self.heading.setText(title)
        self.subtitle.show_text(note)
        self.choice = choice
        choice.chosen.connect(self.open)
        self.body.addWidget(choice)
        choice.focus_first()

    def _show_form(self, chosen: Chosen) -> None:
        station, session = self.desk.station, chosen.session
        self.heading.setText(session.form.title_in(session.language))
        self.subtitle.show_text(chosen.about)
        self.keeper = DraftKeeper(station, self.desk.tasks, session, chosen.filling, self)
        self.keeper.kept.connect(lambda at: self.saved.setText(f"草稿已保存 {show_instant(at).split(' ')[1]}"))
        self.keeper.failed.connect(self._draft_failed)
        self.view = FormView(session, Setting(station.today(), FormFiles(station)))
        self.view.edited.connect(self._note_edit)
        self.view.draft_due.connect(self.keeper.keep)
        self.view.problems_changed.connect(self._show_problems)
        self.view.end_reached.connect(self.submit_button.setFocus)
        self.body.addWidget(self.view)
        self.bar.show()
        self.saved.setText("接着上次的草稿" if self.keeper.exists else "还没有改动")
        self.risk.show_text(risk_words(chosen.risk), risk_tone(chosen.risk))
        self.risk.setVisible(bool(chosen.risk))
        self.state.show_text("更正" if chosen.filling.amends else "草稿", "amber" if chosen.filling.amends else "")
        self.state.show()
        self._offer_languages()
        self._show_problems(len(self.view.problems()))
        self._put_cursor(self.view)

    def _put_cursor(self, view: FormView) -> None:
        """Put the cursor on the answer that the county found faulty, or else on the first that waits."""
        faulty = self._faulty
        if faulty is not None and faulty.told:
            self.banner.show_text(f"县级退回：{faulty.told}", "red")
        ref = find_faulty(view.session, faulty.field) if faulty is not None else ""
        if ref:
            QTimer.singleShot(0, self, lambda: self._jump_to(view, ref))  # once the form has its size, so that it can scroll there
            return
        view.focus_first()
        view.verticalScrollBar().setValue(0)

    def _jump_to(self, view: FormView, ref: str) -> None:
        if self.view is view:
            view.jump_to(ref)

    def _offer_languages(self) -> None:
        assert self.view is not None
        session = self.view.session
        self.language.clear()
        for language in session.form.languages:
            self.language.addItem(LANGUAGE_NAMES.get(language_code(language), language), language)
        self.language.setCurrentIndex(max(self.language.findData(session.language), 0))
        self.language.setVisible(len(session.form.languages) > 1)

    def _switch_language(self) -> None:
        if self.view is not None:
            self.view.set_language(self.language.currentData())
            self.heading.setText(self.view.session.form.title_in(self.language.currentData()))

    def _clear(self) -> None:
        for widget in (self.view, self.choice):
            if widget is not None:
                self.body.removeWidget(widget)
                widget.hide()
                widget.deleteLater()
        self.view = self.choice = None
        self.keeper = None
        for part in (self.bar, self.risk, self.state, self.language):
            part.hide()
        self.subtitle.show_text("")
        self.banner.show_text("")

    # ---- keeping

    def _note_edit(self) -> None:
        if self.keeper is not None:
            self.keeper.touch()
            self.saved.setText("正在填写…")

    def keep_draft(self) -> None:
        """Keep a draft now."""
        if self.keeper is not None:
            self.keeper.touch()
            self.keeper.keep()

    def save_now(self) -> None:
        if self.keeper is not None:
            self.keeper.keep_now()

    def left(self) -> bool:
        if self.keeper is not None and self.keeper.is_dirty:
            self.keeper.keep()
        return True

    def _draft_failed(self, error: Exception) -> None:
        self.saved.setText("草稿没有存上")
        self.desk.fail(error)

    def _show_problems(self, count: int) -> None:
        self.problems.setText(f"✕ 还有 {count} 处没填好" if count else "")
        self.problems.setVisible(count > 0)

    def _jump(self) -> None:
        if self.view is not None:
            self.view.jump_to_first()

    # ---- verbs

    def preview(self) -> None:
        """Show the form on paper as it stands."""
        if self.view is not None and self.keeper is not None:
            preview_draft(self, self.desk, self.view.session, self.keeper.filling)

    def discard(self) -> None:
        """Throw the draft away after asking."""
        keeper = self.keeper
        if keeper is None:
            return
        if not keeper.exists and not keeper.is_dirty:
            self._go_home()
        elif dialogs.confirm(self, "放弃这份草稿？", "填写的内容将删除，不能恢复。", "放弃草稿", other="继续填写", danger=True):
            keeper.end(lambda: self.act(lambda: drafts.discard(self.desk.station, keeper.filling.draft_id), lambda _: self._go_home()))

    def _go_home(self) -> None:
        self._clear()
        self.open(OpenPage("today"))

    def submit(self) -> None:
        """Check everything, then save; the cursor goes to the first thing to mend."""
        if self.view is None or self.keeper is None or not self.submit_button.isEnabled():
            return
        if self.view.problems():
            self.view.jump_to_first()
            return
        self._set_busy(True)
        self.view.stop_draft_timer()
        self.keeper.end(self._save)

    def _save(self) -> None:
        view, keeper = self.view, self.keeper
        assert view is not None and keeper is not None
        self.desk.tasks.run(lambda: records.save(self.desk.station, view.session, keeper.filling), self._saved, self._not_saved, owner=self)

    def _not_saved(self, error: Exception) -> None:
        self._set_busy(False)
        if self.keeper is not None:
            self.keeper.resume()
            self.keeper.keep()
        self.desk.fail(error)

    def _saved(self, saved: Saved) -> None:
        assert self.view is not None
        session = self.view.session
        needs_report = session.named("report_required") == "yes" and session.form.kind != "report"
        self._set_busy(False)
        self._clear()
        self.changed.emit()
        self.desk.tell(f"{RECORD_KINDS.get(session.form.kind, '记录')}已保存，编号 {saved.number}")
        if needs_report and self._asks_for_report():
            self.open(StartForm(form_id="mandatory_report", kind="report", person_id=saved.person_id))
        else:
            self.open(OpenRecord(saved.record_id))
            offer_trip(self, session, saved.person_id)

    def _asks_for_report(self) -> bool:
        text = "记录已保存。这次发现的情况需要强制报告：请先拨打110，再填写《强制报告》。本表不代替报警。"
        return dialogs.confirm(self, "请先拨打110", text, "现在填写强制报告", other="稍后填写")

    def _set_busy(self, busy: bool) -> None:
        if self.view is not None:
            self.view.setEnabled(not busy)
        self.submit_button.setEnabled(not busy)
        self.submit_button.setText(" 正在保存…" if busy else " 提交")
