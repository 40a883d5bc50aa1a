"""A list of thousands to pick from by typing: characters anywhere, or their pinyin, whole or initials; it finds within a keystroke."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, QStringListModel, Qt, QTimer
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QListView

from ui.theme import look

SHOWN = 60
NOTHING = "没有找到，请换几个字或拼音首字母"


@lru_cache(maxsize=20_000)
def initials_of(text: str) -> str:
    """Return the first letters of the pinyin of a text, in lower case."""
    from mzdesk.registry.pinyin import readings

    return "".join(readings(sign)[0][:1] for sign in text).lower()


@lru_cache(maxsize=20_000)
def pinyin_of(text: str) -> str:
    """Return the whole pinyin of a text without tones or spaces, in lower case."""
    from mzdesk.registry.pinyin import readings

    return "".join(readings(sign)[0] for sign in text).lower()


class SearchCombo(QComboBox):
    """An editable combo whose popup shows what matches; an unfinished entry falls back to the last choice."""

    def __init__(self) -> None:
        super().__init__()
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(4)
        self.setCompleter(None)  # type: ignore[arg-type]
        self._labels: list[str] = []
        self._keys: list[tuple[str, str]] | None = None
        self._found: list[int] = []
        self._model = QStringListModel(self)
        self._popup = QListView(self)
        self._popup.setObjectName("popup")
        self._popup.setWindowFlags(Qt.WindowType.ToolTip)
        self._popup.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._popup.setUniformItemSizes(True)
        self._popup.setModel(self._model)
        self._popup.clicked.connect(lambda index: self._take(index.row()))
        line = self.lineEdit()
        assert line is not None
        self.line: QLineEdit = line
        line.setPlaceholderText("输入几个字或拼音")
        line.textEdited.connect(self._search)
        self.currentIndexChanged.connect(lambda _row: self._show_current())
        line.installEventFilter(self)

    def reindex(self) -> None:
        """Read the items again after they were replaced."""
        self._labels = [self.itemText(number) for number in range(self.count())]
        self._keys = None
        self._show_current()

    def setCurrentIndex(self, index: int) -> None:
        super().setCurrentIndex(index)  # writes the item's own text into the line, even where nothing changed
        self._show_current()

    def _show_current(self) -> None:
        """Show the choice; for the blank one an empty line, so that typing begins at once."""
        self.line.setText(self.shown_text())

    def shown_text(self) -> str:
        """Return the text of the choice, "" for the blank one."""
        return self.itemText(self.currentIndex()) if self.currentIndex() > 0 else ""

    def find_matches(self, text: str) -> list[int]:
        """Return the places of the items that match, the better ones first."""
        wanted = text.strip().lower()
        if not wanted:
            return list(range(1, min(len(self._labels), SHOWN + 1)))
        starts = [number for number, label in enumerate(self._labels) if number and label.lower().startswith(wanted)]
        inside = [number for number, label in enumerate(self._labels) if number and wanted in label.lower()]
        spelt: list[int] = []
        if wanted.isascii() and wanted.isalpha():
            if self._keys is None:
                self._keys = [(initials_of(label), pinyin_of(label)) for label in self._labels]
            spelt = [number for number, (first, whole) in enumerate(self._keys) if number and (wanted in first or whole.startswith(wanted))]
        return list(dict.fromkeys(starts + inside + spelt))[:SHOWN]

    def _search(self, text: str) -> None:
        self._found = self.find_matches(text)
        self._model.setStringList([self._labels[number] for number in self._found] or [NOTHING])
        self._popup.setCurrentIndex(self._model.index(0) if self._found else QModelIndex())
        height = look().em(2.2) * min(max(len(self._found), 1), 9) + 4
        below = self.mapToGlobal(QPoint(0, self.height()))
        self._popup.setGeometry(below.x(), below.y(), max(self.width(), look().em(16)), height)
        self._popup.show()

    def take_shown(self) -> None:
        """Take the line of the popup under the cursor, where the popup is open; Enter in a form then goes on."""
        if self._popup.isVisible() and self._found:
            self._take(self._popup.currentIndex().row())

    def _take(self, row: int) -> None:
        self._popup.hide()
        if 0 <= row < len(self._found):
            self.setCurrentIndex(self._found[row])
            self.activated.emit(self._found[row])

    # The line hands its focus to the combo (focus proxy), so the keyboard arrives here; a key sent to the line itself is heard as well.

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._key(event):
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        QTimer.singleShot(0, self.line, self._select_all)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self._settle()
        super().focusOutEvent(event)

    def _select_all(self) -> None:
        """Mark the choice, so that typing replaces it; the cursor may have gone on meanwhile."""
        if self.hasFocus():
            self.line.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._key(event)
        if isinstance(event, QFocusEvent):
            if event.type() == QEvent.Type.FocusIn:
                QTimer.singleShot(0, self.line, self._select_all)
            elif event.type() == QEvent.Type.FocusOut and event.reason() != Qt.FocusReason.PopupFocusReason:
                self._settle()
        return False

    def _key(self, event: QKeyEvent) -> bool:
        shown = self._popup.isVisible()
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            if not shown:
                self._search("" if self.line.text() == self.shown_text() else self.line.text())
            else:
                step = 1 if event.key() == Qt.Key.Key_Down else -1
                row = max(0, min(self._popup.currentIndex().row() + step, len(self._found) - 1))
                self._popup.setCurrentIndex(self._model.index(row))
            return True
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and shown:
            self.take_shown()
            return True
        if event.key() == Qt.Key.Key_Escape and shown:
            self._popup.hide()
            self._show_current()
            return True
        return False

    def _settle(self) -> None:
        """Accept an exact or only match, clear on a blank line, otherwise go back."""
        self._popup.hide()
        typed = self.line.text().strip()
        if typed == self.shown_text():
            return
        matches = self.find_matches(typed) if typed else [0]
        if typed in self._labels:
            matches = [self._labels.index(typed)]
        if len(matches) == 1:
            self.setCurrentIndex(matches[0])
            self.activated.emit(matches[0])
        else:
            self._show_current()

    def wheelEvent(self, event: object) -> None:
        event.ignore()  # type: ignore[attr-defined]
