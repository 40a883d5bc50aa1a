"""Doubles of a roster side by side: with the file that is registered, or with the earlier row of the same person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from mzdesk.registry import id_number
from mzdesk.registry.codes import ETHNICITIES, MARITAL
from mzdesk.registry.groups import SEXES
from mzdesk.registry.roster_headings import FIELD_BY_NAME
from mzdesk.registry.roster_import import place_name
from mzdesk.registry.roster_preview import COMPARED, Choice, Examined
from ui.pages.duplicates_side_by_side import LEFT, RIGHT, Compared, SideBySide
from ui.pages.roster_import_sheet import SheetView, with_cell, with_sides

if TYPE_CHECKING:
    from mzdesk.station import Station

_CODES: Mapping[str, Mapping[str, str]] = {"sex": SEXES, "ethnicity": ETHNICITIES, "marital": MARITAL}
OURS, THEIRS = "ours", "theirs"


class ChoiceDialog(SideBySide):
    """Signal: settled_choices(dict of choices by row)."""

    settled_choices = Signal(object)


def shown_value(station: Station, field: str, value: str) -> str:
    """Return a stored value as a person reads it."""
    if field == "village" and value:
        return place_name(station, value)
    return _CODES.get(field, {}).get(value, value)


def compare_with_registry(parent: QWidget, station: Station, view: SheetView, row: Examined, choices: Mapping[int, Choice]) -> ChoiceDialog:
    """Return the dialog in which each differing field gets a side; what is blank in the registry is filled anyway."""
    assert row.known is not None
    known, told = row.known, row.reading.person
    before = choices[row.row].fields if row.row in choices else {}
    fields = []
    for name in COMPARED:
        ours, theirs = str(getattr(known, name)), told.get(name, "")
        if ours or theirs:
            side = RIGHT if before.get(name) == THEIRS else LEFT
            words = shown_value(station, name, ours), shown_value(station, name, theirs)
            fields.append(Compared(name, FIELD_BY_NAME[name].label, *words, side, bool(ours and theirs)))
    text = "身份证号相同（或姓名和出生日期相同），已经登记过。逐项选择以哪个为准；登记里空着的，用花名册的补上。"
    sides = ("登记的", f"花名册第 {row.line} 行")
    made = ChoiceDialog(parent, f"{known.name}已经登记过", text, sides, fields, "就这样")
    made.settled.connect(
        lambda chosen: made.settled_choices.emit(
            with_sides(choices, row.row, {name: THEIRS if side == RIGHT else OURS for name, side in chosen.items()})
        )
    )
    return made


def compare_with_row(parent: QWidget, view: SheetView, row: Examined, choices: Mapping[int, Choice]) -> ChoiceDialog:
    """Return the dialog in which cells of a later row can replace those of the earlier row, which is the one that is taken."""
    earlier = view.preview.rows[row.double_of - 1]
    fields = []
    for name in view.fields:
        first, second = view.written(earlier, name), view.written(row, name)
        if first or second:
            shown = [id_number.mask(text) if name.endswith("id_no") else text for text in (first, second)]
            fields.append(Compared(name, FIELD_BY_NAME[name].label, shown[0], shown[1]))
    text = f"第 {earlier.line} 行和第 {row.line} 行是同一个人，只导入第 {earlier.line} 行。要用后一行的哪些内容，请逐项选择。"
    sides = (f"第 {earlier.line} 行（导入）", f"第 {row.line} 行")
    made = ChoiceDialog(parent, "同一个人写了两行", text, sides, fields, "就这样")

    def settle(chosen: Mapping[str, str]) -> None:
        result = dict(choices)
        for name, side in chosen.items():
            if side == RIGHT:
                result = with_cell(result, earlier.row, name, view.written(row, name), "\x00")
        made.settled_choices.emit(result)

    made.settled.connect(settle)
    return made
