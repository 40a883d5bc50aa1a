"""Which village a roster means: 前韩, 前韩村, 前韩村委会, 桃园镇前韩村三组 are one; anything that is not in the township needs a look."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mzdesk.registry.characters import plain

_ENDINGS = (
    "社区居民委员会",
    "村民委员会",
    "居民委员会",
    "社区居委会",
    "社区村委会",
    "村委会",
    "居委会",
    "村村委",
    "行政村",
    "村委",
    "居委",
    "社区",
    "村",
    "居",
)
_PROVINCE_TO_COUNTY = re.compile(
    r"^(?:[\u4e00-\u9fff]{2,8}?(?:省|自治区))?(?:[\u4e00-\u9fff]{1,8}?(?:市|州|盟|地区))?(?:[\u4e00-\u9fff]{1,8}?(?:县|区|市|旗))?"
)


@dataclass(frozen=True, slots=True)
class Place:
    """What a cell told: `code` is "" where no village of the township was meant; `rest` is what follows the village (组, 门牌)."""

    code: str = ""
    rest: str = ""
    other_township: str = ""
    suggestion: str = ""


def core(name: str) -> str:
    """Return the name of a village without what kind of place it is."""
    text = plain(name).replace(" ", "")
    for ending in _ENDINGS:
        if text.endswith(ending) and len(text) > len(ending):
            return text[: -len(ending)]
    return text


class VillageFinder:
    """The villages of one township by every way to write them."""

    def __init__(self, villages: Mapping[str, str], township: str, other_townships: Iterable[str], county: str = "") -> None:
        """Take code → name of the villages in use, the township's name, the names of its neighbours and of its county."""
        self._names = dict(villages)
        self._township = township
        self._others = sorted({name for name in other_townships if name and name != township}, key=len, reverse=True)
        self._county = county
        self._exact = {plain(name).replace(" ", ""): code for code, name in villages.items()}
        self._cores: dict[str, list[str]] = {}
        for code, name in villages.items():
            self._cores.setdefault(core(name), []).append(code)
        self._longest_first = sorted(self._cores, key=len, reverse=True)
        self._found: dict[str, Place] = {}  # a roster names the same few villages again and again

    def find(self, text: str) -> Place:
        """Return the village that a cell of a roster means."""
        if text not in self._found:
            self._found[text] = self._find(text)
        return self._found[text]

    def _find(self, text: str) -> Place:
        written = plain(text).replace(" ", "")
        if not written:
            return Place()
        bare, other = self._without_townships(written)
        if other:
            return Place(other_township=other)
        return self._whole(bare) or self._beginning(bare) or Place(suggestion=self._similar(bare))

    def inside(self, address: str) -> Place:
        """Return the village that an address names somewhere."""
        found = self.find(address)
        if found.code or found.other_township:
            return found
        written = plain(address).replace(" ", "")
        for name in self._longest_first:
            for ending in ("村", "社区", "居"):
                place = written.find(name + ending)
                if place >= 0 and len(codes := self._cores[name]) == 1:
                    return Place(codes[0], written[place + len(name) + len(ending) :])
        return found

    def is_other_township(self, text: str) -> bool:
        """Tell whether the cell of a township column means another one than ours."""
        written = plain(text).replace(" ", "")
        if written in self._exact:
            return False
        rest, other = self._without_townships(written)
        return bool(other) or (bool(rest) and self._short(rest) != self._short(self._township))

    @staticmethod
    def _short(township: str) -> str:
        return re.sub(r"(?:街道办事处|街道办|街道|镇|乡)$", "", township)

    def name(self, code: str) -> str:
        """Return the name of a village."""
        return self._names.get(code, "")

    def _without_townships(self, written: str) -> tuple[str, str]:
        """Return the text behind province, county and this township, and the name of another township where one is named."""
        if written in self._exact:
            return written, ""
        text = written
        if self._county and (place := text.find(self._county)) >= 0 and place < 12:
            text = text[place + len(self._county) :]
        elif re.match(r"^.{2,8}(?:省|自治区).{1,8}市", text):
            text = _PROVINCE_TO_COUNTY.sub("", text, count=1)
        if text.startswith(self._township):
            return text[len(self._township) :], ""
        short = self._short(self._township)
        for form in (f"{short}街道办事处", f"{short}街道办", f"{short}街道", f"{short}镇", f"{short}乡", f"{short}办"):
            if text.startswith(form):
                return text[len(form) :], ""
        other = next((name for name in self._others if text.startswith(name)), "")
        return text, other

    def _whole(self, text: str) -> Place | None:
        if text in self._exact:
            return Place(self._exact[text])
        codes = self._cores.get(core(text), [])
        if len(codes) == 1:
            return Place(codes[0])
        wants_community = "社区" in text or "居" in text
        kind = [code for code in codes if ("居委会" in self._names[code] or "社区" in self._names[code]) == wants_community]
        return Place(kind[0]) if len(kind) == 1 else None

    def _beginning(self, text: str) -> Place | None:
        """Return the village at the beginning of a longer text, the longest name that fits."""
        for name in self._longest_first:
            if not text.startswith(name) or len(codes := self._cores[name]) != 1:
                continue
            rest = text[len(name) :]
            ending = next((ending for ending in _ENDINGS if rest.startswith(ending)), "")
            if ending or re.match(r"^[0-9一二三四五六七八九十]+(?:组|队|号|社|排|巷)", rest):
                return Place(codes[0], rest[len(ending) :])
        return None

    def _similar(self, text: str) -> str:
        """Return the one village whose name differs by a single sign, "" where there is none or more than one."""
        wanted = core(text)
        near = [name for name in self._cores if _one_sign_apart(wanted, name)]
        return self._names[self._cores[near[0]][0]] if len(near) == 1 else ""


def _one_sign_apart(one: str, other: str) -> bool:
    if len(one) < 2 or abs(len(one) - len(other)) > 1:
        return False
    if len(one) == len(other):
        return sum(a != b for a, b in zip(one, other, strict=True)) == 1
    longer, shorter = (one, other) if len(one) > len(other) else (other, one)
    return any(longer[:place] + longer[place + 1 :] == shorter for place in range(len(longer)))
