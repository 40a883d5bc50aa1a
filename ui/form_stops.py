"""Where Tab stops in a form: question by question as the eye reads it, whatever order the widgets were made in; a radio row is one stop."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QRadioButton, QWidget

Place = tuple[int, int, int, int]


def tab_stops(sheet: QWidget, questions: Iterable[QWidget]) -> list[QWidget]:
    """Return the widgets of `sheet` at which Tab stops; `questions` are the parts that are read as one."""
    parts = set(questions)
    found = [widget for widget in sheet.findChildren(QWidget) if _takes_tab(widget)]
    return sorted(_one_of_each_row(found), key=lambda widget: _place_of(widget, sheet, parts))


def _takes_tab(widget: QWidget) -> bool:
    wants = bool(widget.focusPolicy().value & Qt.FocusPolicy.TabFocus.value)
    return wants and widget.focusProxy() is None and widget.isEnabled() and widget.isVisible() and not widget.isWindow()


def _one_of_each_row(found: list[QWidget]) -> list[QWidget]:
    """Keep of each row of radio buttons the one that is on, or the first."""
    kept: list[QWidget] = []
    rows: dict[QWidget | None, list[QRadioButton]] = {}
    for widget in found:
        if isinstance(widget, QRadioButton):
            rows.setdefault(widget.parentWidget(), []).append(widget)
        else:
            kept.append(widget)
    return kept + [next((button for button in buttons if button.isChecked()), buttons[0]) for buttons in rows.values()]


def _place_of(widget: QWidget, sheet: QWidget, parts: set[QWidget]) -> Place:
    """Return where the question of a widget stands, and where the widget stands in it."""
    above: QWidget | None = widget
    while above is not None and above not in parts:
        above = above.parentWidget() if above is not sheet else None
    part = above if above is not None else widget
    outer, inner = part.mapTo(sheet, QPoint()), widget.mapTo(sheet, QPoint())
    return outer.y(), outer.x(), inner.y(), inner.x()


def next_stop(stops: list[QWidget], here: QWidget | None, *, forward: bool) -> QWidget | None:
    """Return the stop after (or before) the one with the cursor, None at either end or where the cursor is elsewhere."""
    place = next((number for number, stop in enumerate(stops) if _is_at(stop, here)), None)
    if place is None:
        return None
    wanted = place + (1 if forward else -1)
    return stops[wanted] if 0 <= wanted < len(stops) else None


def _is_at(stop: QWidget, here: QWidget | None) -> bool:
    if here is None:
        return False
    same_row = isinstance(stop, QRadioButton) and isinstance(here, QRadioButton) and stop.parentWidget() is here.parentWidget()
    return same_row or stop is here or here.focusProxy() is stop
