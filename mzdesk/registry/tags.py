"""Tags of people: the common ones by code, those of a station's own by their words; a tag never holds a blank."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from mzdesk.errors import MzError
from mzdesk.store import tag_use

if TYPE_CHECKING:
    from mzdesk.station import Station

TAGS = {
    "disabled": "失能",
    "severe_disability": "重残",
    "aged_80": "高龄",
    "lost_child": "失独",
    "alone": "独居",
    "chronic_illness": "慢性病",
    "coal_heating": "燃煤取暖",
    "out_of_school": "辍学",
    "attention": "重点关注",
}  # domain/README.md §1.4, the last two our own
LONGEST = 12
MOST = 12


def tag_name(code: str) -> str:
    """Return the words of a tag."""
    return TAGS.get(code, code)


def tag_code(words: str) -> str:
    """Return the code of a tag's words; those of the station's own are their own code. Raises MzError where they are no tag."""
    tidy = "".join(words.split())
    if not 1 <= len(tidy) <= LONGEST:
        raise MzError("标签太长", f"一个标签 1—{LONGEST} 个字，中间不要空格。", field="tag")
    return next((code for code, name in TAGS.items() if name == tidy), tidy)


def tags_text(codes: Iterable[str]) -> str:
    """Return tags as a person's column holds them. Raises MzError where there are too many."""
    chosen = list(dict.fromkeys(codes))
    if len(chosen) > MOST:
        raise MzError("标签太多", f"一个人最多 {MOST} 个标签。", field="tag")
    return " ".join(chosen)


def in_use(station: Station) -> tuple[str, ...]:
    """Return the tags that somebody in scope has, the common ones first."""
    with station.read() as connection:
        found = tag_use.in_use(connection, station.scope)
    return tuple(code for code in TAGS if code in found) + tuple(sorted(found - set(TAGS)))
