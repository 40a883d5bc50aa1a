"""The style sheet, built from tokens; it names only what it must, since a QSS rule on a control takes over all of its drawing.

Traps that shaped it (shared/look/README.md): radio and check outlines vanish (own pictures), QDateEdit and QSpinBox
sub-controls break (not used; dates are typed), `:disabled` is lost (said last, per class), calendar weekdays elide
(only tables named `rows` or `grid` are styled).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ui.theme import Tokens

Em = Callable[[float], int]
TONES = ("primary", "red", "amber", "green")


def build_style_sheet(tokens: Tokens, px: int, folder: str) -> str:
    """Return the QSS for text of `px` pixels; `folder` holds the indicator pictures."""

    def em(times: float) -> int:
        return round(px * times)

    parts = (
        _surfaces(tokens),
        _labels(tokens, em),
        _fields(tokens, em, folder),
        _buttons(tokens, em),
        _choices(tokens, em, folder),
        _tables(tokens, em),
        _extras(tokens, em),
        _disabled(tokens),
    )
    return "\n".join((f"* {{ font-size: {px}px; }}", *parts))


def _surfaces(t: Tokens) -> str:
    return f"""
QMainWindow, QDialog, QWidget#page, QWidget#sheet {{ background: {t.page}; }}
QScrollArea {{ background: transparent; border: 0; }}
QScrollArea > QWidget > QWidget {{ background: transparent; }}
QFrame#nav {{ background: {t.nav}; border: 0; border-right: 1px solid {t.line}; }}
QFrame#card {{ background: {t.card}; border: 1px solid {t.line}; border-radius: 8px; }}
QFrame#card[tone="red"] {{ border-color: {t.red}; }}
QFrame#bar {{ background: {t.card}; border: 0; border-top: 1px solid {t.line}; }}
QFrame#row {{ background: transparent; border: 0; border-top: 1px solid {t.line}; }}
QFrame#row:hover {{ background: {t.stripe}; }}
QFrame#rule {{ background: {t.line}; border: 0; max-height: 1px; min-height: 1px; }}
QFrame#banner {{ border: 0; border-radius: 6px; background: {t.primary_soft}; }}
QFrame#banner[tone="red"] {{ background: {t.red_soft}; }}
QFrame#banner[tone="amber"] {{ background: {t.amber_soft}; }}
QFrame#banner[tone="green"] {{ background: {t.green_soft}; }}
QFrame#toast {{ border: 0; border-radius: 8px; background: {t.text}; }}
QFrame#toast QLabel {{ color: {t.card}; }}"""


def _labels(t: Tokens, em: Em) -> str:
    tones = "\n".join(f'QLabel[tone="{tone}"] {{ color: {getattr(t, tone)}; }}' for tone in TONES)
    chips = "\n".join(
        f'QLabel#chip[tone="{tone}"], QToolButton#chip[tone="{tone}"] '
        f"{{ color: {getattr(t, tone)}; background: {getattr(t, tone + '_soft')}; }}"
        for tone in TONES
    )
    return f"""
QLabel {{ background: transparent; }}
QLabel#h1 {{ font-size: {em(1.57)}px; font-weight: 600; }}
QLabel#h2 {{ font-size: {em(1.14)}px; font-weight: 600; }}
QLabel#strong {{ font-weight: 600; }}
QLabel#big {{ font-size: {em(2.3)}px; font-weight: 600; }}
QLabel#brand {{ font-size: {em(1.28)}px; font-weight: 700; color: {t.primary}; }}
QLabel#muted, QLabel#label {{ color: {t.muted}; }}
QLabel#hint {{ color: {t.muted}; font-size: {em(0.93)}px; }}
QLabel#error {{ color: {t.red}; font-size: {em(0.93)}px; }}
QLabel#ok {{ color: {t.green}; font-size: {em(0.93)}px; }}
QLabel#mono {{ font-size: {em(1.5)}px; font-weight: 600; }}
{tones}
QLabel#chip, QToolButton#chip {{
  color: {t.muted}; background: {t.grey_soft}; border: 0; border-radius: {em(0.75)}px;
  padding: {em(0.16)}px {em(0.65)}px; font-size: {em(0.9)}px; font-weight: 600; }}
QToolButton#chip:focus {{ border: 2px solid {t.primary}; padding: {em(0.16) - 2}px {em(0.65) - 2}px; }}
{chips}"""


def _fields(t: Tokens, em: Em, folder: str) -> str:
    vertical, side = em(0.38), em(0.55)
    return f"""
QLineEdit, QComboBox, QPlainTextEdit {{
  background: {t.field}; color: {t.text}; border: 1px solid {t.outline}; border-radius: 5px;
  padding: {vertical}px {side}px; selection-background-color: {t.primary}; selection-color: {t.on_primary}; }}
QLineEdit, QComboBox {{ min-height: {em(1.5)}px; }}
QLineEdit:focus, QComboBox:focus, QPlainTextEdit:focus {{ border: 2px solid {t.primary}; padding: {vertical - 1}px {side - 1}px; }}
QLineEdit[bad="true"], QComboBox[bad="true"], QPlainTextEdit[bad="true"] {{
  border: 2px solid {t.red}; background: {t.red_soft}; padding: {vertical - 1}px {side - 1}px; }}
QLineEdit[bad="true"]:focus, QPlainTextEdit[bad="true"]:focus, QComboBox[bad="true"]:focus {{ border-color: {t.primary}; }}
QLineEdit[readOnly="true"], QPlainTextEdit[readOnly="true"] {{ background: {t.grey_soft}; color: {t.muted}; }}
QComboBox QLineEdit {{ border: 0; padding: 0; min-height: 0; background: transparent; }}
QComboBox::drop-down {{ border: 0; width: {em(1.9)}px; }}
QComboBox::down-arrow {{ image: url({folder}/down.svg); width: {em(0.95)}px; height: {em(0.95)}px; }}
QComboBox QAbstractItemView {{
  background: {t.card}; color: {t.text}; border: 1px solid {t.line_strong}; outline: 0;
  selection-background-color: {t.selection}; selection-color: {t.text}; }}
QComboBox QAbstractItemView::item {{ min-height: {em(2.1)}px; padding: 0 {em(0.4)}px; }}
QListView#popup {{
  background: {t.card}; color: {t.text}; border: 1px solid {t.line_strong}; outline: 0;
  selection-background-color: {t.selection}; selection-color: {t.text}; }}
QListView#popup::item {{ min-height: {em(2.1)}px; padding: 0 {em(0.4)}px; }}"""


def _buttons(t: Tokens, em: Em) -> str:
    vertical, side = em(0.36), em(1.05)
    return f"""
QPushButton {{
  background: {t.card}; color: {t.text}; border: 1px solid {t.line_strong}; border-radius: 5px;
  padding: {vertical}px {side}px; min-height: {em(1.5)}px; }}
QPushButton:hover {{ background: {t.grey_soft}; }}
QPushButton:pressed {{ background: {t.line}; }}
QPushButton:checked {{ background: {t.primary_soft}; border-color: {t.primary}; color: {t.primary}; font-weight: 600; }}
QPushButton:focus {{ border: 2px solid {t.primary}; padding: {vertical - 1}px {side - 1}px; outline: 0; }}
QPushButton[kind="primary"] {{ background: {t.primary}; color: {t.on_primary}; border-color: {t.primary}; font-weight: 600; }}
QPushButton[kind="primary"]:hover {{ background: {t.primary_hover}; }}
QPushButton[kind="primary"]:focus {{ border: 2px solid {t.text}; }}
QPushButton[kind="danger"] {{ background: {t.red}; color: {t.on_red}; border-color: {t.red}; font-weight: 600; }}
QPushButton[kind="danger"]:hover {{ background: {t.red_hover}; }}
QPushButton[kind="danger"]:focus {{ border: 2px solid {t.text}; }}
QPushButton[kind="link"] {{ background: transparent; border: 1px solid transparent; color: {t.primary}; padding: 2px 4px; min-height: 0; }}
QPushButton[kind="link"]:hover {{ color: {t.primary_hover}; text-decoration: underline; }}
QPushButton[kind="link"]:focus {{ border: 1px solid {t.primary}; }}
QPushButton[kind="link"][tone="red"] {{ color: {t.red}; }}
QToolButton {{ border: 0; border-radius: 5px; padding: {em(0.3)}px; background: transparent; color: {t.text}; }}
QToolButton:hover {{ background: {t.grey_soft}; }}
QToolButton:focus {{ border: 2px solid {t.primary}; padding: {em(0.3) - 2}px; }}
QToolButton#nav {{ border-radius: 6px; padding: {em(0.55)}px {em(0.8)}px; text-align: left; }}
QToolButton#nav:checked {{ background: {t.primary_soft}; color: {t.primary}; font-weight: 600; }}
QToolButton#nav:focus {{ border: 2px solid {t.primary}; padding: {em(0.55) - 2}px {em(0.8) - 2}px; }}"""


def _choices(t: Tokens, em: Em, folder: str) -> str:
    def pictures(control: str, name: str) -> str:
        states = (
            ("", ""),
            (":focus", "_focus"),
            (":hover", "_focus"),
            (":disabled", "_off"),
        )
        lines = [f"{control}::indicator{state} {{ image: url({folder}/{name}{file}.svg); }}" for state, file in states]
        lines += [f"{control}::indicator:checked{state} {{ image: url({folder}/{name}_on{file}.svg); }}" for state, file in states]
        return "\n".join(lines)

    return f"""
QRadioButton, QCheckBox {{ spacing: {em(0.45)}px; min-height: {em(1.7)}px; background: transparent; }}
QRadioButton::indicator, QCheckBox::indicator {{ width: {em(1.22)}px; height: {em(1.22)}px; }}
QRadioButton:focus, QCheckBox:focus {{ color: {t.primary}; }}
{pictures("QRadioButton", "radio")}
{pictures("QCheckBox", "check")}
QListView#rows::item {{ min-height: {em(1.9)}px; padding: 0 {em(0.4)}px; }}
QListView#rows::indicator {{ width: {em(1.22)}px; height: {em(1.22)}px; image: url({folder}/check.svg); }}
QListView#rows::indicator:checked {{ image: url({folder}/check_on.svg); }}
QCheckBox::indicator:indeterminate {{ image: url({folder}/check_half.svg); }}"""


def _tables(t: Tokens, em: Em) -> str:
    return f"""
QTableView#rows, QListView#rows {{
  background: {t.card}; alternate-background-color: {t.stripe}; border: 1px solid {t.line}; border-radius: 8px;
  selection-background-color: {t.selection}; selection-color: {t.text}; outline: 0; }}
QListView#rows::item {{ padding: {em(0.5)}px {em(0.8)}px; border-radius: 5px; }}
QListView#rows::item:selected {{ background: {t.primary_soft}; color: {t.primary}; }}
QListView#rows {{ padding: {em(0.4)}px; }}
QTableView#rows::item {{ padding: 0 {em(0.6)}px; border: 0; border-bottom: 1px solid {t.line}; }}
QTableView#rows::item:selected {{ background: {t.selection}; color: {t.text}; }}
QTableView#rows:focus {{ border-color: {t.primary}; }}
QTableView#rows QHeaderView {{ background: {t.stripe}; border-top-left-radius: 8px; border-top-right-radius: 8px; }}
QTableView#rows QHeaderView::section {{
  background: {t.stripe}; color: {t.muted}; border: 0; border-bottom: 1px solid {t.line};
  padding: {em(0.5)}px {em(0.6) + 3}px; font-weight: 600; text-align: left; }}
QTableView#grid {{
  background: {t.field}; border: 1px solid {t.outline}; border-radius: 5px; gridline-color: {t.line};
  selection-background-color: {t.selection}; selection-color: {t.text}; outline: 0; }}
QTableView#grid QHeaderView::section {{
  background: {t.grey_soft}; color: {t.muted}; border: 0; border-right: 1px solid {t.line}; border-bottom: 1px solid {t.line};
  padding: {em(0.35)}px {em(0.5)}px; text-align: left; }}
QTableView#grid QLineEdit, QTableView#grid QComboBox {{ border-radius: 0; min-height: 0; padding: 0 {em(0.3)}px; }}"""


def _extras(t: Tokens, em: Em) -> str:
    return f"""
QMenu {{ background: {t.card}; border: 1px solid {t.line_strong}; padding: 4px; }}
QMenu::item {{ padding: {em(0.4)}px {em(1.6)}px; border-radius: 4px; color: {t.text}; }}
QMenu::item:selected {{ background: {t.selection}; color: {t.text}; }}
QAbstractScrollArea::corner {{ background: transparent; border: none; }}
QScrollBar:vertical {{ background: transparent; width: 12px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 12px; margin: 0; }}
QScrollBar::handle {{ background: {t.line_strong}; border-radius: 5px; border: 1px solid {t.page}; }}
QScrollBar::handle:hover {{ background: {t.outline}; }}
QScrollBar::handle:vertical {{ min-height: 40px; }}
QScrollBar::handle:horizontal {{ min-width: 40px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QProgressBar {{ background: {t.grey_soft}; border: 0; border-radius: 4px; min-height: 8px; max-height: 8px; }}
QProgressBar::chunk {{ background: {t.primary}; border-radius: 4px; }}
QToolTip {{ background: {t.card}; color: {t.text}; border: 1px solid {t.line_strong}; padding: 4px; }}
QCalendarWidget QWidget {{ alternate-background-color: {t.grey_soft}; }}
QCalendarWidget QToolButton {{ color: {t.text}; }}"""


def _disabled(t: Tokens) -> str:
    return f"""
QLabel:disabled, QRadioButton:disabled, QCheckBox:disabled {{ color: {t.muted}; }}
QPushButton:disabled, QPushButton[kind="primary"]:disabled, QPushButton[kind="danger"]:disabled {{
  background: {t.grey_soft}; border-color: {t.line}; color: {t.muted}; font-weight: 400; }}
QLineEdit:disabled, QComboBox:disabled, QPlainTextEdit:disabled {{
  background: {t.grey_soft}; border-color: {t.line}; color: {t.muted}; }}
QToolButton:disabled {{ color: {t.muted}; }}"""
