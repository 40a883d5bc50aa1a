"""A station with several people at it, for the tests of the pages that manage it; every dialog is filled as a person would."""

from __future__ import annotations

from typing import Any, TypeVar

from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QWidget

from mzdesk.station import Station
from mzdesk.store.scope import Role, scope_for
from mzdesk.vault import accounts
from mzdesk.vault.accounts import Account
from ui.ask import Ask
from ui.desk import Desk
from ui.main_window import MainWindow
from ui.page import Page
from ui.requests import OpenPage
from ui.tasks import Tasks

WORD = "槐树下的第一口井水真甜呀"
Kind = TypeVar("Kind", bound=QWidget)


def as_role(station: Station, role: Role, actor: str = "", villages: frozenset[str] | None = None) -> Station:
    """Return the station with another person at the desk."""
    return station.as_user(scope_for(actor or f"{role}-1", "某同事", role, villages))


def add_account(station: Station, name: str, role: Role, villages: tuple[str, ...] = ()) -> Account:
    """Add an account as an administrator."""
    return accounts.add(as_role(station, Role.ADMINISTRATOR), name, role, villages, WORD)


class Window:
    """A main window whose errors are kept, with a page at its front."""

    def __init__(self, station: Station) -> None:
        self.tasks = Tasks()
        self.errors: list[BaseException] = []
        self.tasks.failed.connect(self.errors.append)
        self.main = MainWindow(station, self.tasks, fail=self.errors.append)
        self.main.resize(1366, 768)
        self.main.show()

    def open(self, key: str, **filters: Any) -> Any:
        """Open a page and wait until it has read its data."""
        self.main.open(OpenPage(key, filters))
        self.settle()
        assert self.main.current == key
        return self.main.page(key)

    @property
    def front(self) -> Any:
        """Return the page at the front."""
        return self.main.page(self.main.current)

    @property
    def desk(self) -> Desk:
        """Return the desk of the window."""
        return self.main.desk

    def settle(self) -> None:
        """Let everything behind the window finish."""
        for _round in range(4):
            assert self.tasks.wait(30)
            QApplication.processEvents()

    def ask(self, page: QWidget, kind: type[QDialog] = Ask) -> Any:
        """Return the dialog that is open."""
        self.settle()
        found = [dialog for dialog in page.findChildren(kind) if dialog.isVisible()]
        assert len(found) == 1, found
        return found[0]

    def fill(self, page: QWidget, **values: str) -> Any:
        """Fill the dialog that is open and press its verb."""
        dialog = self.ask(page)
        for key, value in values.items():
            control = dialog.controls[key]
            if isinstance(control, QLineEdit):
                control.setText(value)
            elif hasattr(control, "setPlainText"):
                control.setPlainText(value)
            else:
                control.setCurrentIndex(control.findData(value))
        dialog.submit()
        self.settle()
        return dialog

    def close(self) -> None:
        """Let go of the window."""
        self.main.blockSignals(True)
        self.main.close()
        self.tasks.close()
        self.main.deleteLater()
        QApplication.processEvents()


def words_on(page: Page) -> str:
    """Return every text that a page shows."""
    from PySide6.QtWidgets import QLabel

    return "\n".join(found.text() for found in page.findChildren(QLabel) if found.isVisibleTo(page))
