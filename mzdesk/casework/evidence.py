"""What the station's own data proves of a checklist: each number with the people behind it, and the answers it fills in beforehand.

Nothing is ticked that data does not show; a person confirms, adds, and signs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from mzdesk.casework.duties import HALF_YEARLY, MONTHLY, QUARTERLY, YEARLY, Period
from mzdesk.registry.ages import birthday
from mzdesk.store.duties import Child

ALONE, DROPPED_OUT = "alone", "dropped_out"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that data shows: the question it answers, its number, a sentence, and the people behind it."""

    question: str
    number: int
    sentence: str
    people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VillageFacts:
    """What a checklist of one village and period is judged by; `changes` maps field → people whose value changed."""

    children: Sequence[Child]
    changes: Mapping[str, int]


def names(children: Sequence[Child]) -> str:
    """Return the names as a list in Chinese."""
    return "、".join(child.name for child in children)


def _evidence(question: str, title: str, children: Sequence[Child]) -> Evidence:
    told = f"{title} {len(children)} 人" + (f"：{names(children)}" if children else "")
    return Evidence(question, len(children), told, tuple(child.person_id for child in children))


def monthly(period: Period, facts: VillageFacts) -> tuple[Evidence, ...]:
    """Return what data shows of a month: visits, arrivals and departures, and the four things to scan for."""
    first, last = period.first.isoformat(), period.last.isoformat()
    standing = [child for child in facts.children if not child.left_on or child.left_on > last]
    due = [child for child in standing if child.seen or (child.next_due and child.next_due <= last)]
    done = [child for child in due if child.seen]
    new = [child for child in facts.children if first <= child.entered_on <= last]
    lost = [child for child in facts.children if child.left_on and first <= child.left_on <= last]
    return (
        _evidence("visits_due", "应访", due),
        _evidence("visits_done", "已访", done),
        _evidence("visits_missed", "未访", [child for child in due if not child.seen]),
        _evidence("children_new", "新增", new),
        _evidence("children_lost", "减少", lost),
        _evidence("scan_alone", "单独居住", [child for child in standing if child.profile.get("living_with") == ALONE]),
        _evidence("scan_dropped_out", "辍学", [child for child in standing if child.profile.get("schooling") == DROPPED_OUT]),
        _evidence("scan_no_hukou", "无户籍", [child for child in standing if not child.id_no]),
        _changed("contact_changes", "联系方式有变化", facts.changes, ("phone", "address")),
        _changed("school_changes", "就学有变化", facts.changes, ("school", "schooling")),
    )


def _changed(question: str, title: str, changes: Mapping[str, int], fields: Sequence[str]) -> Evidence:
    count = sum(changes.get(field, 0) for field in fields)
    return Evidence(question, count, f"{title} {count} 人")


def quarterly(period: Period, facts: VillageFacts) -> tuple[Evidence, ...]:
    """Return what data shows of a quarter: children whose carer, workplace or agreement changed, and those on the roster."""
    standing = [child for child in facts.children if not child.left_on or child.left_on > period.last.isoformat()]
    return (
        _changed("carers", "照护人有变化", facts.changes, ("guardian", "carer", "trustee_name", "custody")),
        _changed("workplaces", "父母务工地有变化", facts.changes, ("father_place", "mother_place", "place")),
        _evidence("roster", "在册", standing),
    )


def half_yearly(period: Period, facts: VillageFacts) -> tuple[Evidence, ...]:
    """Return the children by risk, and whose risk changed in the month."""
    standing = [child for child in facts.children if not child.left_on or child.left_on > period.last.isoformat()]
    by_risk = {risk: [child for child in standing if child.risk == risk] for risk in ("high", "medium", "low")}
    titles = {"high": "高风险", "medium": "中风险", "low": "低风险"}
    counted = tuple(_evidence(f"risk_{risk}", titles[risk], found) for risk, found in by_risk.items())
    return (*counted, _changed("risk_changed", "等级有变化", facts.changes, ("risk",)))


def yearly(period: Period, facts: VillageFacts) -> tuple[Evidence, ...]:
    """Return who turns 16 or 18 in the coming year."""
    standing = [child for child in facts.children if not child.left_on or child.left_on > period.last.isoformat()]
    year = period.first.year + 1
    return (
        _evidence("reaching_16", "明年满 16 周岁的留守儿童", _reaching(standing, "left_behind_child", 16, year)),
        _evidence("reaching_18", "明年满 18 周岁的困境儿童", _reaching(standing, "child_in_difficulty", 18, year)),
    )


def _reaching(children: Sequence[Child], group: str, age: int, year: int) -> list[Child]:
    return [
        child
        for child in children
        if child.group == group and child.birth_date and birthday(date.fromisoformat(child.birth_date), age).year == year
    ]


COLLECTORS: Mapping[str, Callable[[Period, VillageFacts], tuple[Evidence, ...]]] = {
    MONTHLY: monthly,
    QUARTERLY: quarterly,
    HALF_YEARLY: half_yearly,
    YEARLY: yearly,
}
TEXTS = frozenset({"visits_missed"})
TICKS = frozenset({"carers", "workplaces", "roster", "contact_changes", "school_changes"})


def prefill(evidence: Sequence[Evidence]) -> dict[str, str]:
    """Return the answers that the evidence gives beforehand: numbers, names as text, and a tick only where data shows that it was done."""
    answers: dict[str, str] = {}
    for item in evidence:
        if item.question in TEXTS:
            answers[item.question] = item.sentence if item.number else ""
        elif item.question not in TICKS:
            answers[item.question] = str(item.number)
        elif item.number:
            answers |= {item.question: "done", f"{item.question}_note": item.sentence[:200]}
    return answers
