"""The first start: four short steps make an encrypted station; nothing is written before the last, and the recovery key is retyped."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLineEdit, QRadioButton, QStackedWidget, QVBoxLayout, QWidget

from mzdesk.errors import MzError
from mzdesk.vault.passwords import password_problem
from ui import dialogs
from ui.first_start_place import PlacePicker
from ui.layouts import ScrollColumn
from ui.recovery_sheet import RecoverySheet
from ui.roles import ROLE_NOTES, ROLE_TITLES
from ui.tasks import Tasks
from ui.theme import look
from ui.widgets import Banner, Field, button, label

if TYPE_CHECKING:
    from mzdesk.opening import Created
    from mzdesk.registry.snapshot import Snapshot
    from mzdesk.vault.pepper import PepperStore

STEPS = ("欢迎使用民政社工台。您的站点在哪里？", "您是谁？", "设一个密码", "保管好恢复密钥")
NOTES = (
    "选到乡镇，再勾上您负责的村（居）；以后可以增减。",
    "先填您自己。几个人合用时，以后在“设置—账户”里添加别人。",
    "每次打开程序都要输入它。",
    "忘记密码时，只有它能打开数据。",
)


class FirstStart(QWidget):
    """Signals: finished(Station): the station is made and open; backup_asked(): there is a backup of it already; closed()."""

    finished = Signal(object)
    backup_asked = Signal()
    closed = Signal()

    def __init__(self, folder: Path, tasks: Tasks, pepper: PepperStore | None = None) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle("民政社工台 · 第一次使用")
        self.resize(look().em(66), look().em(50))
        self._folder, self._tasks, self.pepper = folder, tasks, pepper
        self._created: Created | None = None
        outer = QVBoxLayout(self)
        outer.setContentsMargins(look().em(2.2), look().em(1.6), look().em(2.2), look().em(1.2))
        outer.setSpacing(look().em(0.8))
        self.heading = label("", "h1")
        self.where = label("", "muted")
        outer.addWidget(self.heading)
        outer.addWidget(self.where)
        self.banner = Banner()
        outer.addWidget(self.banner)
        self.steps = QStackedWidget()
        self.place = PlacePicker()
        self.place.changed.connect(self._refresh)
        for page in (self.place, self._make_person(), self._make_password()):
            self.steps.addWidget(page)
        outer.addWidget(self.steps, 1)
        outer.addLayout(self._make_foot())
        self._show_step(0)
        tasks.run(_load_snapshot, self.place.show_snapshot, self._fail, owner=self)

    def _make_person(self) -> QWidget:
        page = ScrollColumn(margin=(0, 0, 0.4, 0))
        self.station_name = QLineEdit()
        self.name = QLineEdit()
        self.name_field = Field("您的姓名", self.name, required=True)
        page.column.addWidget(Field("站点名称", self.station_name, required=True, hint="印在表头上，例如“桃园镇社会工作服务站”"))
        page.column.addWidget(self.name_field)
        page.column.addWidget(label("您的角色", "label"))
        self.roles = QButtonGroup(self)
        for number, (role, title) in enumerate(ROLE_TITLES.items()):
            made = QRadioButton(f"{title}　{ROLE_NOTES[role]}")
            made.setProperty("role", role)
            made.setChecked(number == 0)
            self.roles.addButton(made, number)
            page.column.addWidget(made)
        page.column.addStretch(1)
        self.name.textChanged.connect(lambda *_: self._refresh())
        self.station_name.textChanged.connect(lambda *_: self._refresh())
        return page

    def _make_password(self) -> QWidget:
        page = ScrollColumn(margin=(0, 0, 0.4, 0))
        self.password, self.again = QLineEdit(), QLineEdit()
        for line in (self.password, self.again):
            line.setEchoMode(QLineEdit.EchoMode.Password)
            line.textChanged.connect(lambda *_: self._refresh())
        self.again.returnPressed.connect(self.go_on)
        self.password_field = Field("密码", self.password, required=True, hint="可以用一句记得住的话，中文也可以")
        self.again_field = Field("再输入一遍", self.again, required=True)
        page.column.addWidget(label("数据在这台电脑上是加密的，没有密码或恢复密钥，谁也打不开。", wrap=True))
        page.column.addWidget(self.password_field)
        page.column.addWidget(self.again_field)
        page.column.addStretch(1)
        return page

    def _make_foot(self) -> QHBoxLayout:
        foot = QHBoxLayout()
        self.back_button = button("上一步", "arrow-left", on_click=self.go_back)
        self.next_button = button("下一步", kind="primary", on_click=self.go_on)
        self.next_button.setDefault(True)
        self.backup_link = button("换了电脑？从备份恢复…", kind="link", on_click=self.backup_asked.emit)
        foot.addWidget(self.back_button)
        foot.addWidget(self.backup_link)
        foot.addStretch(1)
        foot.addWidget(self.next_button)
        return foot

    # ---- steps

    @property
    def step(self) -> int:
        """The step on show, from 0."""
        return self.steps.currentIndex()

    def _show_step(self, step: int) -> None:
        self.steps.setCurrentIndex(step)
        self.heading.setText(STEPS[step])
        self.where.setText(f"第 {step + 1} 步，共 {len(STEPS)} 步。{NOTES[step]}")
        self.back_button.setVisible(0 < step < 3)
        self.backup_link.setVisible(step == 0)
        self.next_button.setVisible(step < 3)
        self.next_button.setText("建立站点" if step == 2 else "下一步")
        first = {1: self.name, 2: self.password}.get(step)
        if first is not None:
            first.setFocus()
        self._refresh()

    def go_back(self) -> None:
        """Go one step back; nothing is forgotten."""
        self._show_step(self.step - 1)

    def go_on(self) -> None:
        """Go one step on, where this one is complete."""
        if not self.next_button.isEnabled():
            return
        if self.step == 0 and not self.station_name.text():
            self.station_name.setText(f"{self.place.township_name()}社会工作服务站")
        if self.step == 2:
            self._create()
        else:
            self._show_step(self.step + 1)

    def _refresh(self) -> None:
        """Allow the next step where this one is complete; say what is missing in the password."""
        complete = (
            bool(self.place.township() and self.place.chosen_villages()),
            bool(self.name.text().strip() and self.station_name.text().strip()),
            self._password_is_good(),
        )
        self.next_button.setEnabled(self.step < 3 and complete[self.step])

    def _password_is_good(self) -> bool:
        words, again = self.password.text(), self.again.text()
        problem = password_problem(words, self.name.text().strip(), peppered=self.pepper is not None and self.pepper.usable)
        self.password_field.show_message(problem if words else "", good="" if problem else strength_words(words))
        different = (bool(again) and not words.startswith(again)) or (len(again) >= len(words) and again != words)
        self.again_field.show_message("两次输入的不一样" if again and different else "", good="一致" if again and again == words else "")
        return not problem and words == again

    def role(self) -> str:
        """Return the role that was chosen."""
        checked = self.roles.checkedButton()
        return str(checked.property("role")) if checked is not None else ""

    def _create(self) -> None:
        from mzdesk import opening
        from mzdesk.clock import SystemClock

        spec = opening.StationSpec(self.station_name.text().strip(), self.place.township(), self.place.chosen_villages())
        founder = opening.Founder(self.name.text().strip(), self.role(), self.password.text())
        folder, pepper = self._folder, self.pepper
        self._set_busy(True)
        self._tasks.run(
            lambda: opening.create(folder, spec, founder, clock=SystemClock(), pepper=pepper), self._show_key, self._fail, owner=self
        )

    def _show_key(self, created: Created) -> None:
        from mzdesk.vault import recovery

        self._set_busy(False)
        self._created = created
        sheet = RecoverySheet(created.station.identity.name, created.recovery_key, lambda typed: recovery.confirm(created.station, typed))
        sheet.confirmed.connect(self._finish)
        page = ScrollColumn(margin=(0, 0, 0.4, 0))
        page.column.addWidget(sheet)
        page.column.addStretch(1)
        self.sheet = sheet
        self.steps.addWidget(page)
        self._show_step(3)
        sheet.typed.setFocus()

    def _finish(self) -> None:
        created, self._created = self._created, None
        if created is not None:
            self.finished.emit(created.station)

    def _set_busy(self, busy: bool) -> None:
        self.setEnabled(not busy)
        self.next_button.setText("正在建立…" if busy else "建立站点")

    def _fail(self, error: Exception) -> None:
        self._set_busy(False)
        if isinstance(error, MzError):
            self.banner.show_text(f"{error.title}。{error.message}", "red")
        else:
            dialogs.show_error(self, error)

    def closeEvent(self, event: object) -> None:
        if self._created is not None:
            self._created.station.close()
            self._created = None
        self.closed.emit()


def _load_snapshot() -> Snapshot:
    from mzdesk.registry.snapshot import Snapshot

    return Snapshot()


def strength_words(password: str) -> str:
    """Say in plain words how hard a password that is allowed is to guess."""
    kinds = sum((any(map(str.isdigit, password)), any(map(str.islower, password)), any(map(str.isupper, password))))
    kinds += any(not sign.isascii() for sign in password) + any(sign.isascii() and not sign.isalnum() for sign in password)
    score = len(password) + 3 * kinds + 4 * any(not sign.isascii() for sign in password)
    if score >= 26:
        return "很难猜到"
    return "比较难猜到" if score >= 17 else "能用，再长一点更好"
