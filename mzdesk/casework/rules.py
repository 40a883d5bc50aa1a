"""How often each group must be visited, as an effective-dated parameter with its document number; nothing else states a frequency."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from mzdesk.errors import MzError
from mzdesk.store import parameters
from mzdesk.store.parameters import StoredParameter

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from mzdesk.station import Station

PARAMETER = "visit_rules"
GROUP_NAMES = {
    "left_behind_child": "留守儿童",
    "child_in_difficulty": "困境儿童",
    "left_behind_woman": "留守妇女",
    "left_behind_elder": "留守老年人",
    "extreme_poverty": "特困人员",
}
RISK_NAMES = {"high": "高风险", "medium": "中风险", "low": "低风险"}
MODE_NAMES = {"home": "入户", "phone": "电话", "video": "视频", "school": "学校见面"}
IN_PERSON = ("home", "school")

# domain/README.md §2. `group/category` goes before `group`; "month" is a calendar month.
FIRST_RULES: dict[str, Any] = {
    "left_behind_child": {"high": "7d", "medium": "30d", "low": "90d"},
    "child_in_difficulty": {"high": "7d", "medium": "30d", "low": "30d"},
    "left_behind_elder": {"high": "7d", "medium": "month", "low": "month"},
    "left_behind_woman": {"high": "30d", "medium": "90d", "low": "180d"},
    "extreme_poverty": {"high": "7d", "medium": "month", "low": "month"},
    "extreme_poverty/institution": {"high": "month", "medium": "90d", "low": "90d"},
    "modes": list(IN_PERSON),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One frequency: every `days` days, or once in each calendar month; `modes` are the contact modes that satisfy it."""

    days: int
    monthly: bool
    modes: frozenset[str]

    @property
    def sentence(self) -> str:
        """Say the rule in Chinese."""
        return "每月至少见面一次" if self.monthly else f"每 {self.days} 天至少见面一次"


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The visit rules that hold on one day."""

    rules: Mapping[tuple[str, str], Rule]
    document_no: str
    source: str

    def rule_for(self, group: str, category: str, risk: str) -> Rule:
        """Return the rule of a role; an unknown group or risk falls back to once a month, never to no visit."""
        for key in ((f"{group}/{category}", risk), (group, risk), (group, "low")):
            if key in self.rules:
                return self.rules[key]
        return Rule(30, True, frozenset(IN_PERSON))


def parse_rules(value: Mapping[str, Any], document_no: str, source: str) -> RuleSet:
    """Return the rules in the value of the parameter; raises MzError naming the entry that cannot be read."""
    modes = frozenset(value.get("modes", IN_PERSON))
    rules = {
        (group, risk): _rule(group, risk, text, modes)
        for group, by_risk in value.items()
        if group != "modes"
        for risk, text in by_risk.items()
    }
    return RuleSet(rules, document_no, source)


def _rule(group: str, risk: str, text: object, modes: frozenset[str]) -> Rule:
    if text == "month":
        return Rule(30, True, modes)
    found = re.fullmatch(r"([1-9]\d{0,3})d", str(text))
    if not found:
        raise MzError("走访频次写法不对", f"{group} {risk}：请写成 30d（天）或 month（自然月），现在是“{text}”。")
    return Rule(int(found[1]), False, modes)


def rules_on(connection: Connection, on: date) -> RuleSet:
    """Return the rules that hold on a Beijing date."""
    stored = parameters.value_on(connection, PARAMETER, on)
    if stored is None:
        return parse_rules(FIRST_RULES, "", "程序自带的走访频次")
    return parse_rules(stored.value, stored.document_no, stored.source)


def seed(connection: Connection, station: Station) -> None:
    """Put the first set of rules into a new station."""
    first = StoredParameter(station.new_id(), PARAMETER, "2021-01-01", "", FIRST_RULES, "", "程序自带的走访频次，县级可改")
    parameters.put(connection, first, now_ms=station.clock.now_ms())
