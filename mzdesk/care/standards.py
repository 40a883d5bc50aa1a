"""The monthly amounts and their floors, in 分, each valid from a date and with its document: amounts are checked, never generated.

Published amounts are not the ratios (domain/README.md §0.3), so a stored amount must only not lie below its floor:
特困基本生活 ≥ 1.3 × 低保 of the same urban/rural kind;
care ≥ 1/3, 1/6, 1/10 of last year's monthly minimum wage for 全护理, 半护理, 全自理.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import TYPE_CHECKING, Any

from mzdesk.care.levels import LEVEL_NAMES, Level
from mzdesk.errors import MzError
from mzdesk.store import parameters
from mzdesk.store.parameters import StoredParameter

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from mzdesk.station import Station

PARAMETER = "standards"
URBAN, RURAL = "urban", "rural"
AREA_NAMES = {URBAN: "城市", RURAL: "农村"}
CARE_AMOUNTS: Mapping[Level, str] = {Level.FULL: "full", Level.PARTIAL: "partial", Level.SELF: "self"}
CARE_DIVISOR: Mapping[Level, int] = {Level.FULL: 3, Level.PARTIAL: 6, Level.SELF: 10}

# Tai'an 14th-five-year civil-affairs plan, end of 2020 (domain/README.md §1.2, §2); 0 = not told by the source.
FIRST_STANDARDS: dict[str, int] = {
    "dibao_urban": 71900,
    "dibao_rural": 53700,
    "basic_urban": 100700,
    "basic_rural": 76000,
    "care_full": 56000,
    "care_partial": 28000,
    "care_self": 16500,
    "minimum_wage_last_year": 0,
    "child_institution": 177000,
    "child_social": 141000,
    "child_key_difficulty": 99000,
}
FIRST_FROM, FIRST_SOURCE = "2020-12-01", "泰安市“十四五”民政事业发展规划（征求意见稿）所列 2020 年底标准"

NAMES: Mapping[str, str] = {
    "dibao_urban": "城市低保标准",
    "dibao_rural": "农村低保标准",
    "basic_urban": "城市特困基本生活标准",
    "basic_rural": "农村特困基本生活标准",
    "care_full": "全护理照料标准",
    "care_partial": "半护理照料标准",
    "care_self": "全自理照料标准",
    "minimum_wage_last_year": "上年度月最低工资",
    "child_institution": "机构养育孤儿标准",
    "child_social": "社会散居孤儿、事实无人抚养儿童标准",
    "child_key_difficulty": "重点困境儿童标准",
}


@dataclass(frozen=True, slots=True)
class Standards:
    """The amounts that hold on one day, 分 a month."""

    dibao_urban: int
    dibao_rural: int
    basic_urban: int
    basic_rural: int
    care_full: int
    care_partial: int
    care_self: int
    minimum_wage_last_year: int
    child_institution: int
    child_social: int
    child_key_difficulty: int
    effective_from: str = ""
    document_no: str = ""
    source: str = ""

    def basic(self, area: str) -> int:
        """Return the basic living amount, 分 a month, of `urban` or `rural`."""
        return self.basic_urban if area == URBAN else self.basic_rural

    def care(self, level: Level) -> int:
        """Return the care amount of a level, 分 a month."""
        return {Level.FULL: self.care_full, Level.PARTIAL: self.care_partial, Level.SELF: self.care_self}[level]


@dataclass(frozen=True, slots=True)
class Breach:
    """An amount that lies below its floor; `sentence` explains it with the working."""

    name: str
    amount: int
    floor: int
    sentence: str


def yuan(fen: int) -> str:
    """Return an amount in 分 as 元 without needless decimals."""
    whole, rest = divmod(abs(fen), 100)
    sign = "-" if fen < 0 else ""
    return f"{sign}{whole}" if rest == 0 else f"{sign}{whole}.{rest:02d}"


def ceil_div(numerator: int, denominator: int) -> int:
    """Return numerator / denominator rounded up."""
    return -(-numerator // denominator)


def breaches(standards: Standards) -> tuple[Breach, ...]:
    """Return every amount below its floor; a floor that needs an unknown wage is not judged."""
    found: list[Breach] = []
    for area in (URBAN, RURAL):
        dibao = standards.dibao_urban if area == URBAN else standards.dibao_rural
        floor = ceil_div(dibao * 13, 10)
        working = f"{AREA_NAMES[area]}低保 {yuan(dibao)} 元 × 1.3 = {yuan(floor)} 元"
        found += _breach(f"basic_{area}", standards.basic(area), floor, working)
    wage = standards.minimum_wage_last_year
    for level, divisor in CARE_DIVISOR.items() if wage else ():
        floor = ceil_div(wage, divisor)
        working = f"上年度月最低工资 {yuan(wage)} 元 ÷ {divisor} = {yuan(floor)} 元（{LEVEL_NAMES[level]}）"
        found += _breach(f"care_{CARE_AMOUNTS[level]}", standards.care(level), floor, working)
    return tuple(found)


def _breach(name: str, amount: int, floor: int, working: str) -> list[Breach]:
    if amount >= floor:
        return []
    return [Breach(name, amount, floor, f"{NAMES[name]} {yuan(amount)} 元低于下限：{working}。")]


def parse(value: Mapping[str, Any], *, effective_from: str = "", document_no: str = "", source: str = "") -> Standards:
    """Return the standards in a parameter's value; raises MzError naming the amount that is not a whole, non-negative number of 分."""
    amounts: dict[str, int] = {}
    for name, told in NAMES.items():
        amount = value.get(name, 0)
        if not isinstance(amount, int) or isinstance(amount, bool) or amount < 0:
            raise MzError("金额写法不对", f"{told}应为不小于 0 的金额，现在是“{amount}”。", field=name)
        amounts[name] = amount
    return Standards(**amounts, effective_from=effective_from, document_no=document_no, source=source)


def on(connection: Connection, day: date) -> Standards:
    """Return the standards that hold on a Beijing date; before the first set, that set."""
    stored = parameters.value_on(connection, PARAMETER, day)
    if stored is None:
        earliest = next(iter(parameters.history(connection, PARAMETER)), None)
        stored = earliest or StoredParameter("", PARAMETER, FIRST_FROM, "", FIRST_STANDARDS, "", FIRST_SOURCE)
    return parse(stored.value, effective_from=stored.effective_from, document_no=stored.document_no, source=stored.source)


def history(connection: Connection) -> tuple[Standards, ...]:
    """Return every set, oldest first."""
    stored = parameters.history(connection, PARAMETER)
    if not stored:
        return (parse(FIRST_STANDARDS, effective_from=FIRST_FROM, source=FIRST_SOURCE),)
    return tuple(parse(item.value, effective_from=item.effective_from, document_no=item.document_no, source=item.source) for item in stored)


def values(standards: Standards) -> dict[str, int]:
    """Return the amounts by name, as the parameter stores them."""
    return {item.name: getattr(standards, item.name) for item in fields(standards) if item.name in NAMES}


def seed(connection: Connection, station: Station) -> None:
    """Put the dated first set into a new station."""
    first = StoredParameter(station.new_id(), PARAMETER, FIRST_FROM, "", FIRST_STANDARDS, "", FIRST_SOURCE)
    parameters.put(connection, first, now_ms=station.clock.now_ms())
