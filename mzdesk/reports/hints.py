"""Layout hints that a form carries for paper (column `body::print`), and the blocks for signatures and stamps of each kind of form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

HIDDEN = frozenset(("no", "hide"))
MOST_LINES = 40


@dataclass(frozen=True)
class PrintHints:
    """`hidden` leaves the item out; `lines` is the least height of a text in lines; `boxes` or `text` force how a choice is shown;
    `page` starts the group on a new page; `restricted` is printed only for who may see it; `label` replaces the label on paper.
    """

    hidden: bool = False
    lines: int = 0
    boxes: bool = False
    text: bool = False
    page: bool = False
    restricted: bool = False
    label: str = ""


def read_hints(attributes: Mapping[str, str]) -> PrintHints:
    """The hints of a question or group: `print` holds words, `print-lines` a number, `print-label` a text; unknown words are ignored."""
    words = attributes.get("print", "").split()
    options = dict(word.split("=", 1) for word in words if "=" in word)
    lines = attributes.get("print-lines", "") or options.get("lines", "")
    return PrintHints(
        hidden=not HIDDEN.isdisjoint(words),
        lines=min(int(lines), MOST_LINES) if lines.isascii() and lines.isdigit() else 0,
        boxes="boxes" in words,
        text="text" in words,
        page="page" in words,
        restricted=attributes.get("restricted", "") == "yes",
        label=attributes.get("print-label", ""),
    )


@dataclass(frozen=True)
class SignBlock:
    """One field of the closing block: what is signed or stamped there."""

    heading: str
    statement: str = ""
    stamp: bool = False


_STATION = SignBlock("乡镇人民政府（街道办事处）：", stamp=True)
_VILLAGE = SignBlock("村（居）民委员会意见：", stamp=True)
_COUNTY = SignBlock("县（市、区）民政局意见：", stamp=True)
_SUPERVISOR = {
    True: SignBlock("乡镇（街道）儿童督导员意见："),
    False: SignBlock("乡镇（街道）经办人意见："),
}
CHILD_GROUPS = frozenset(("left_behind_child", "child_in_difficulty"))
_BY_KIND: Mapping[str, tuple[SignBlock, ...]] = {
    "registration": (_VILLAGE, _STATION),
    "assessment": (_STATION, _COUNTY),
    "report": (_STATION,),
    "agreement": (),
    "checklist": (_VILLAGE,),
    "care": (),
    "activity": (),
}


def closing_blocks(kind: str, groups: tuple[str, ...], printed: str = "") -> tuple[SignBlock, ...]:
    """The fields for opinions and stamps that follow the form's own signatures; `attribute::print` = no leaves them out."""
    if not HIDDEN.isdisjoint(printed.split()):
        return ()
    blocks = _BY_KIND.get(kind)
    if blocks is not None:
        return blocks
    return (_SUPERVISOR[not CHILD_GROUPS.isdisjoint(groups)], _STATION)
