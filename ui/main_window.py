"""The window: navigation at the left, one page at the front, the chip of the exchange and the person's name at the lower left.

Pages are made when first opened; a page speaks to the window by signals only. 强制报告 is always in reach.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, SignalInstance
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QMainWindow,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ui import icons
from ui.desk import Desk, desk_for
from ui.page import IDLE_MINUTES, Page
from ui.pages.registry import PAGES, PageSpec
from ui.requests import ChangeLook, ChangeRights, OpenPage, Reopen, Request, StartForm
from ui.roles import role_title
from ui.sync_chip import SyncChip
from ui.tasks import Tasks
from ui.theme import look
from ui.widgets import Banner, ElidedLabel, Toast, button, label

if TYPE_CHECKING:
    from mzdesk.station import Station

REPORT = StartForm(form_id="mandatory_report", kind="report")


class MainWindow(QMainWindow):
    """The desk of one person on one station.

    Signals: locked(): idle too long, or 锁定 was pressed; look_changed(): the appearance was changed in 设置;
    rights_changed(): the person's own role or villages were changed; reopen_asked(): the data was put back from a backup; closed().
    """

    locked = Signal()
    look_changed = Signal()
    rights_changed = Signal()
    reopen_asked = Signal()
    closed = Signal()

    def __init__(
        self,
        station: Station,
        tasks: Tasks,
        specs: tuple[PageSpec, ...] = PAGES,
        fail: Callable[[BaseException], None] | None = None,
    ) -> None:
        super().__init__()
        self._toast = Toast(self)
        self.desk: Desk = desk_for(station, tasks, self, self._toast.show_text, fail)
        self._specs = {spec.key: spec for spec in specs if not spec.needs or self.desk.may(spec.needs)}
        self._pages: dict[str, Page] = {}
        self.current = ""
        self.setWindowTitle(f"民政社工台 · {station.identity.name}")
        self._build()
        self._watch_idle()
        self._bind_keys()
        self.desk.exchange.finished.connect(lambda _done: self.chip.refresh())

    def _build(self) -> None:
        middle = QWidget()
        middle.setObjectName("sheet")
        across = QHBoxLayout(middle)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        self._stack = QStackedWidget()
        self.notice = Banner()
        front = QVBoxLayout()
        front.setSpacing(0)
        front.addWidget(self.notice)
        front.addWidget(self._stack, 1)
        across.addWidget(self._make_navigation())
        across.addLayout(front, 1)
        self.setCentralWidget(middle)
        self.setMinimumSize(760, 480)
        self.resize(1280, 720)

    def _make_navigation(self) -> QWidget:
        side = QFrame()
        side.setObjectName("nav")
        side.setFixedWidth(look().em(14.5))
        column = QVBoxLayout(side)
        column.setContentsMargins(look().em(0.85), look().em(1.1), look().em(0.85), look().em(0.85))
        column.setSpacing(look().em(0.15))
        column.addWidget(label("民政社工台", "brand"))
        column.addWidget(ElidedLabel(self.desk.station.identity.name, "muted"))
        column.addSpacing(look().em(0.7))
        self._group = QButtonGroup(self)
        for number, spec in enumerate((spec for spec in self._specs.values() if spec.shown), 1):
            column.addWidget(self._make_entry(spec, number))
        column.addStretch(1)
        if self.desk.may("cases"):
            self.report_button = button("强制报告", "siren", kind="danger", on_click=lambda: self.open(REPORT), tip="随时可用（Alt+R）")
            column.addWidget(self.report_button)
            column.addSpacing(look().em(0.5))
        self._add_person(column)
        return side

    def _make_entry(self, spec: PageSpec, number: int) -> QToolButton:
        entry = QToolButton()
        entry.setObjectName("nav")
        entry.setText(f" {spec.title}")
        entry.setIcon(icons.icon(spec.icon, "muted"))
        entry.setIconSize(icons.icon_size(1.35))
        entry.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        entry.setCheckable(True)
        entry.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        entry.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        entry.setProperty("page", spec.key)
        if number <= 10:
            keys = f"Alt+{number % 10}"
            entry.setToolTip(f"{spec.title}（{keys}）")
            QShortcut(QKeySequence(keys), self, lambda: self.open(OpenPage(spec.key)))
        entry.clicked.connect(lambda *_: self.open(OpenPage(spec.key)))
        self._group.addButton(entry)
        return entry

    def _add_person(self, column: QVBoxLayout) -> None:
        scope = self.desk.station.scope
        self.chip = SyncChip(self.desk)
        self.chip.pressed.connect(lambda: self.open(OpenPage("exchange")))
        column.addWidget(self.chip, 0, Qt.AlignmentFlag.AlignLeft)
        column.addSpacing(look().em(0.2))
        foot = QHBoxLayout()
        self.person = ElidedLabel(f"{scope.name}　{role_title(scope.role)}")
        foot.addWidget(self.person, 1)
        lock = QToolButton()
        lock.setIcon(icons.icon("lock", "muted"))
        lock.setIconSize(icons.icon_size(1.2))
        lock.setToolTip("锁定（Ctrl+L）")
        lock.setAccessibleName("锁定")
        lock.clicked.connect(lambda *_: self.lock())
        foot.addWidget(lock)
        column.addLayout(foot)

    def _bind_keys(self) -> None:
        keys: dict[str, Callable[[], None]] = {
            "Ctrl+L": self.lock,
            "Alt+R": lambda: self.open(REPORT),
            "F5": self.refresh,
        }
        for sequence, act in keys.items():
            QShortcut(QKeySequence(sequence), self, act)

    # ---- pages

    def open(self, request: Request) -> None:
        """Bring the page that answers `request` to the front."""
        if (told := self._for_the_program(request)) is not None:
            told.emit()
            return
        spec = self._answering(request)
        if spec is None:
            self._toast.show_text("这一项没有对应的页面，或您的角色不能使用。")
            return
        if self.current and self.current != spec.key and not self._pages[self.current].left():
            self._light(self.current)
            return
        page = self._page(spec)
        page.receive(request)
        self._stack.setCurrentWidget(page)
        self.current = spec.key
        self._light(spec.key)
        page.opened()

    def _for_the_program(self, request: Request) -> SignalInstance | None:
        """Return the signal of a request that concerns the whole desk, None where a page answers it."""
        signals = {ChangeLook: self.look_changed, ChangeRights: self.rights_changed, Reopen: self.reopen_asked}
        return signals.get(type(request))

    def _answering(self, request: Request) -> PageSpec | None:
        if isinstance(request, OpenPage):
            return self._specs.get(request.key)
        return next((spec for spec in self._specs.values() if isinstance(request, spec.answers)), None)

    def _page(self, spec: PageSpec) -> Page:
        if spec.key not in self._pages:
            page = spec.make(self.desk)
            page.requested.connect(self.open)
            page.changed.connect(self._note_change)
            self._pages[spec.key] = page
            self._stack.addWidget(page)
        return self._pages[spec.key]

    def page(self, key: str) -> Page:
        """Return a page by key, made where it was not yet."""
        return self._page(self._specs[key])

    def page_keys(self) -> tuple[str, ...]:
        """Return the keys of all pages that this person may open."""
        return tuple(self._specs)

    def open_key(self, key: str) -> None:
        """Bring a page to the front by its key."""
        self.open(OpenPage(key))

    def has_page(self, key: str) -> bool:
        """Tell whether this person has a page."""
        return key in self._specs

    def is_in_navigation(self, key: str) -> bool:
        """Tell whether a page has an entry in the navigation."""
        return self._specs[key].shown

    def refresh(self) -> None:
        """Load the page at the front again."""
        if self.current:
            self._pages[self.current].opened()

    def _light(self, key: str) -> None:
        wanted = self._specs[key].beneath or key
        for entry in self._group.buttons():
            if entry.property("page") == wanted:
                entry.setChecked(True)

    def _note_change(self) -> None:
        self.chip.refresh()

    def open_first(self) -> None:
        """Open the first page that this person may see."""
        first = next((spec for spec in self._specs.values() if spec.shown), None)
        if first is not None:
            self.open(OpenPage(first.key))

    # ---- leaving

    def save_now(self) -> None:
        """Save what is being typed on every page."""
        for page in self._pages.values():
            page.save_now()

    def lock(self) -> None:
        """Save drafts and ask for the password again."""
        if self.isVisible():
            self.save_now()
            self.locked.emit()

    def _watch_idle(self) -> None:
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.setInterval(IDLE_MINUTES * 60_000)
        self._idle.timeout.connect(self.lock)
        self._idle.start()
        application = QApplication.instance()
        assert application is not None
        application.installEventFilter(self)

    def set_idle_minutes(self, minutes: int) -> None:
        """Change after how many minutes without a key or a click the desk locks itself."""
        self._idle.setInterval(minutes * 60_000)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.Wheel):
            self._idle.start()
        return False

    def closeEvent(self, event: QCloseEvent) -> None:
        self.save_now()
        self.closed.emit()
        super().closeEvent(event)
