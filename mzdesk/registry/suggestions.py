"""What the program points out about a person: always a suggestion with its reason and source, never an act."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from mzdesk.registry.ages import age_on, birthday
from mzdesk.registry.groups import GROUPS

SOON_DAYS = 60
CARER_AGE = 70  # domain/README.md §1.5
_DEAD_OR_MISSING = frozenset({"dead", "missing"})
_UNTRACEABLE = _DEAD_OR_MISSING | {"unfound"}
# 民发〔2019〕62号、民发〔2020〕125号: the states that make a parent unable to fulfil guardianship.
_UNABLE = frozenset({"severe_disability", "severe_illness", "prison", "detox", "restricted", "out_of_contact", "revoked", "deported"})
_HALF_YEAR = frozenset({"prison", "detox", "out_of_contact", "restricted"})
STATES = {
    "able": "有监护能力",
    "dead": "死亡",
    "missing": "失踪（已宣告）",
    "unfound": "查找不到",
    "severe_disability": "重残",
    "severe_illness": "重病",
    "prison": "服刑在押",
    "detox": "强制隔离戒毒",
    "restricted": "被执行其他限制人身自由的措施",
    "out_of_contact": "失联",
    "revoked": "撤销监护资格",
    "deported": "被遣送（驱逐）出境",
}


@dataclass(frozen=True, slots=True)
class RoleFact:
    """A current role: group, category, and the answers that describe it."""

    group: str
    category: str
    profile: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class KinFact:
    """Somebody related; what is known of them from the relation, and from their own file where they are registered."""

    kind: str
    name: str
    birth_date: date | None = None
    state: str = ""
    state_since: date | None = None
    incapable: str = ""  # why they count as incapable, "" where nothing says so
    dead: bool = False


@dataclass(frozen=True, slots=True)
class PersonFact:
    """A person as far as suggestions care."""

    birth_date: date | None
    sex: str
    disability_no: str
    tags: frozenset[str]
    roles: tuple[RoleFact, ...]
    kin: tuple[KinFact, ...]

    def is_in(self, *groups: str) -> bool:
        """Tell whether the person is in one of these groups."""
        return any(role.group in groups for role in self.roles)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`title` is what to look at, `why` the facts behind it, `source` the rule; `weight` 1 urgent … 3 hint; `on` the day it is about."""

    code: str
    title: str
    why: str
    source: str = ""
    weight: int = 2
    on: date | None = None


def suggest(person: PersonFact, today: date, soon_days: int = SOON_DAYS) -> tuple[Suggestion, ...]:
    """Return the suggestions about a person, the weightiest first."""
    found = [suggestion for rule in _RULES for suggestion in rule(person, today)]
    found += list(_turning(person, today, soon_days))
    return tuple(sorted(found, key=lambda suggestion: (suggestion.weight, suggestion.on or date.max, suggestion.code)))


def _turning(person: PersonFact, today: date, soon_days: int) -> Iterable[Suggestion]:
    if person.birth_date is None:
        return
    for age, groups, title in MILESTONES:
        day = birthday(person.birth_date, age)
        if today <= day <= today + timedelta(days=soon_days) and (not groups or person.is_in(*groups)):
            yield Suggestion(f"turns_{age}", title, f"{day.isoformat()} 满 {age} 周岁", weight=2, on=day)


MILESTONES: tuple[tuple[int, tuple[str, ...], str], ...] = (
    (16, ("left_behind_child", "extreme_poverty"), "即将满 16 周岁，请提前核对后续安排"),
    (18, ("child_in_difficulty", "extreme_poverty"), "即将满 18 周岁，请提前核对后续安排"),
    (60, (), "即将满 60 周岁，可核对是否符合留守老年人或特困条件"),
    (80, (), "即将满 80 周岁，可核对高龄津贴和探访频次"),
)


def _past_the_age(person: PersonFact, today: date) -> Iterable[Suggestion]:
    if person.birth_date is None:
        return
    age = age_on(person.birth_date, today)
    for group, limit in (("left_behind_child", 16), ("child_in_difficulty", 18)):
        if person.is_in(group) and age >= limit:
            yield Suggestion(f"past_{limit}", f"已满 {limit} 周岁，请核对是否退出{GROUPS[group]}", f"现在 {age} 周岁", weight=1)
    if person.is_in("left_behind_elder") and age >= 80 and "aged_80" not in person.tags:
        yield Suggestion("aged_80", "已满 80 周岁，可加“高龄”标签", f"现在 {age} 周岁", weight=3)


def derive_unattended(father: KinFact | None, mother: KinFact | None, today: date) -> tuple[str, str]:
    """Return (category, why) from both parents' states: "orphan", "unattended" or "" (民发〔2019〕62号第一条).

    Custody, detox, other restriction and loss of contact count once they have lasted six months.
    """
    if father is None or mother is None or not father.state or not mother.state:
        return "", ""
    why = f"父亲：{STATES.get(father.state, father.state)}；母亲：{STATES.get(mother.state, mother.state)}"
    if father.state in _UNTRACEABLE and mother.state in _UNTRACEABLE:
        return "orphan", why
    unable = [_is_unable(parent, today) for parent in (father, mother)]
    gone = [parent.state in _DEAD_OR_MISSING for parent in (father, mother)]
    if all(lost or cannot for lost, cannot in zip(gone, unable, strict=True)) and any(unable):
        return "unattended", why
    return "", why


def _is_unable(parent: KinFact, today: date) -> bool:
    if parent.state not in _UNABLE:
        return False
    return parent.state not in _HALF_YEAR or (parent.state_since is not None and parent.state_since + timedelta(days=183) <= today)


def _unattended(person: PersonFact, today: date) -> Iterable[Suggestion]:
    if person.birth_date is None or age_on(person.birth_date, today) >= 18:
        return
    parents = {kin.kind: kin for kin in person.kin if kin.kind in ("father", "mother")}
    category, why = derive_unattended(parents.get("father"), parents.get("mother"), today)
    known = {role.category for role in person.roles if role.group == "child_in_difficulty"}
    names = {"orphan": "孤儿", "unattended": "事实无人抚养儿童"}
    if category and category not in known:
        source = "民发〔2019〕62号、民发〔2020〕125号"
        yield Suggestion(f"derive_{category}", f"按父母状况可能符合{names[category]}，请核对证明后由人认定", why, source, 1)


def _poverty(person: PersonFact, today: date) -> Iterable[Suggestion]:
    """Point at people who meet the first condition of 特困 and whose further ones are not known to fail (特困人员认定办法)."""
    if person.is_in("extreme_poverty") or person.birth_date is None or not person.roles:
        return
    unable = _without_labour(person, today)
    told = {name: value for role in person.roles for name, value in role.profile.items()}
    supporters = told.get("basis", "") or told.get("obligor", "")
    if unable and supporters in ("none", "incapable"):
        missing = "" if told.get("income_low") == "yes" else "；收入和财产还要核对"
        why = f"{unable}；{'没有赡养（扶养）人' if supporters == 'none' else '赡养（扶养）人没有能力'}{missing}"
        yield Suggestion("poverty_hint", "可能符合特困人员条件，可告知本人或代为申请", why, "特困人员认定办法", 3)


def _without_labour(person: PersonFact, today: date) -> str:
    """Return why somebody counts as 无劳动能力, "" where nothing says so."""
    age = age_on(person.birth_date, today) if person.birth_date else 30
    if age >= 60 or age < 16:
        return "年满 60 周岁" if age >= 60 else "未满 16 周岁"
    category, degree = (person.disability_no[18:19], person.disability_no[19:20]) if len(person.disability_no) >= 20 else ("", "")
    if (category in ("5", "6") and degree in ("1", "2", "3")) or (category == "4" and degree in ("1", "2")) or (category + degree == "11"):
        return "残疾类别和等级属于无劳动能力"
    return ""


def _exclusive(person: PersonFact, today: date) -> Iterable[Suggestion]:
    categories = {role.category for role in person.roles if role.group == "child_in_difficulty"}
    if person.is_in("extreme_poverty") and categories & {"orphan", "unattended"}:
        why = "已享受孤儿或事实无人抚养儿童保障的，不再纳入特困"
        yield Suggestion("exclusive_poverty_child", "特困人员与孤儿（事实无人抚养儿童）不能同时登记", why, "特困人员认定办法", 1)
    if person.is_in("extreme_poverty") and person.is_in("left_behind_elder"):
        yield Suggestion("exclusive_elder_poverty", "已是特困人员，请核对是否退出留守老年人", "留守老年人退出情形：转特困", weight=2)


def _carers(person: PersonFact, today: date) -> Iterable[Suggestion]:
    """Point at children whose only carer is old, dead or registered as incapable."""
    if not person.is_in("left_behind_child", "child_in_difficulty", "extreme_poverty"):
        return
    caring = [kin for kin in person.kin if kin.kind in ("guardian", "carer")]
    for kin in caring:
        if kin.dead:
            yield Suggestion("carer_dead", f"照护人{kin.name}已登记去世，请尽快落实新的照护人", f"{kin.name}：已去世", weight=1)
        elif kin.incapable:
            yield Suggestion(
                "carer_incapable", f"监护（照护）人{kin.name}登记为能力不足，请重新评估", f"{kin.name}：{kin.incapable}", weight=1
            )
    living = [kin for kin in caring if not kin.dead]
    if len(living) == 1 and living[0].birth_date is not None and age_on(living[0].birth_date, today) >= CARER_AGE:
        age = age_on(living[0].birth_date, today)
        yield Suggestion("sole_carer_old", "唯一的照护人已满 70 周岁，请落实备用照护人", f"{living[0].name}，{age} 周岁", weight=1)


_RULES: tuple[Callable[[PersonFact, date], Iterable[Suggestion]], ...] = (_past_the_age, _unattended, _poverty, _exclusive, _carers)
