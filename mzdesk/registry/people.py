"""Finding people and opening a person's file; what is shown is masked, and seeing it whole is a logged act."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from mzdesk.errors import MzError
from mzdesk.registry import disability, id_number, person_rules, phone, search_keys
from mzdesk.registry.ages import age_of
from mzdesk.registry.characters import person_name
from mzdesk.registry.divisions import display_name
from mzdesk.registry.groups import GROUPS, INVERSE, RELATIONS
from mzdesk.registry.journal import Journal, require_person
from mzdesk.store import audit, changes, divisions, rows, search
from mzdesk.store.changes import ChangeRow
from mzdesk.store.rows import EnrolmentData, PersonData, RelationData
from mzdesk.store.scope import SYSTEM, Permission
from mzdesk.store.search import ALL, CURRENT, FORMER, Chosen, Spans

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from mzdesk.station import Station

PAGE = 100
SEARCH_CAP = 200  # more than anyone reads; "再输几个字" is the answer
DUE_STATES = ("overdue", "today", "week", "later", "none")
EDITABLE = frozenset(
    (
        "name",
        "id_no",
        "id_no_absent",
        "sex",
        "birth_date",
        "identity_override",
        "ethnicity",
        "marital",
        "hukou_village",
        "hukou_address",
        "address",
        "phone",
        "phone_absent",
        "disability_no",
        "aids",
        "tags",
    )
)
NEEDS_REASON = frozenset({"name", "id_no", "id_no_absent", "sex", "birth_date"})


@dataclass(frozen=True, slots=True)
class Query:
    """What a list shows. `group` is a group's code, "" for everyone with a current group, "-" for those who left, "*" for all.

    `due` is one of DUE_STATES; `sort` one of name, due, village, risk, birth, backwards with a "-" before it; `after` the `Page.after`
    of the page before. While there is `text`, the order is that of the closest match.
    """

    text: str = ""
    group: str = ""
    village: str = ""
    risk: str = ""
    due: str = ""
    tag: str = ""
    sort: str = "due"
    after: tuple[Any, ...] | None = None
    limit: int = PAGE


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person in a list; numbers are masked, `age` is None where the birth date is unknown."""

    id: str
    name: str
    sex: str
    birth_date: str
    age: int | None
    id_masked: str
    phone_masked: str
    village: str
    village_name: str
    address: str
    groups: tuple[str, ...]
    categories: tuple[str, ...]
    risk: str
    next_due: str
    due_why: str
    last_visit_on: str
    guardian: str
    tags: tuple[str, ...]
    life: str


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, how many there are in all (`total_is_floor`: at least that many), and where the next page begins (None: this was the last)."""

    rows: tuple[PersonRow, ...]
    total: int
    after: tuple[Any, ...] | None = None
    total_is_floor: bool = False


@dataclass(frozen=True, slots=True)
class RelationView:
    """A relation as one side sees it: `role` is what the other is to this person (母亲 …); `other_id` is "" where not registered."""

    id: str
    role: str
    kind: str
    inverse: bool
    name: str
    other_id: str
    phone_masked: str
    place: str
    since: str
    until: str


@dataclass(frozen=True, slots=True)
class PersonFile:
    """A person with everything about them; numbers are masked (`reveal` shows them)."""

    person: PersonData
    age: int | None
    village_name: str
    enrolments: tuple[EnrolmentData, ...]
    relations: tuple[RelationView, ...]
    history: tuple[ChangeRow, ...]

    @property
    def current(self) -> tuple[EnrolmentData, ...]:
        """Return the groups that the person is in now."""
        return tuple(role for role in self.enrolments if not role.left_on)


@dataclass(frozen=True, slots=True)
class _Around:
    """What a page of rows needs besides the people themselves."""

    roles: Mapping[str, list[EnrolmentData]] = field(default_factory=dict)
    carers: Mapping[str, str] = field(default_factory=dict)
    villages: Mapping[str, str] = field(default_factory=dict)


def find(station: Station, query: Query) -> Page:
    """Return one page of the people that match, in the villages of whoever is at the desk."""
    chosen = _chosen(station, query)
    words = search_keys.tokens(query.text)
    with station.read() as connection:
        if query.text.strip():
            return _search(connection, station, query, chosen, words)
        return _browse(connection, station, query, chosen)


def count(station: Station, query: Query) -> int:
    """Return how many people match, whatever the page; a search by text counts up to SEARCH_CAP."""
    if query.text.strip():
        return find(station, replace(query, after=None)).total
    with station.read() as connection:
        return search.count(connection, station.scope, _chosen(station, query))


def _chosen(station: Station, query: Query) -> Chosen:
    group = {"": CURRENT, "*": ALL, "-": FORMER}.get(query.group, query.group)
    since, until = _due_span(station, query.due)
    risk = search.RISK_RANK[query.risk] if query.risk else None
    return Chosen(group, query.village, risk, since, until, query.tag)


def _due_span(station: Station, due: str) -> tuple[str, str]:
    today = station.today()
    tomorrow, week = today + timedelta(days=1), today + timedelta(days=7)
    spans = {
        "": ("", ""),
        "overdue": ("", (today - timedelta(days=1)).isoformat()),
        "today": (today.isoformat(), today.isoformat()),
        "week": (tomorrow.isoformat(), week.isoformat()),
        "later": ((week + timedelta(days=1)).isoformat(), "9999-12-30"),
        "none": (search.NO_DUE, search.NO_DUE),
    }
    return spans[due]


def _search(connection: Connection, station: Station, query: Query, chosen: Chosen, words: Sequence[search_keys.Token]) -> Page:
    if not words:
        return Page((), 0)
    ids = search.match(connection, station.scope, _spans(words), chosen, limit=SEARCH_CAP + 1)
    total = min(len(ids), SEARCH_CAP)
    start = int(query.after[0]) if query.after else 0
    shown = ids[start : min(start + query.limit, SEARCH_CAP)]
    end = start + len(shown)
    return Page(_rows(connection, station, shown), total, (end,) if end < total else None, len(ids) > SEARCH_CAP)


def _spans(words: Sequence[search_keys.Token]) -> list[Spans]:
    return [Spans(tuple((r.first, r.last) for r in word.exact), tuple((r.first, r.last) for r in word.near)) for word in words]


def found_by_text(station: Station, query: Query, limit: int) -> tuple[str, ...]:
    """Return the ids of everybody whom `query.text` finds, closest first, far beyond what a screen shows; for an export."""
    words = search_keys.tokens(query.text)
    if not words:
        return ()
    with station.read() as connection:
        return search.match(connection, station.scope, _spans(words), _chosen(station, query), limit=limit)


def _browse(connection: Connection, station: Station, query: Query, chosen: Chosen) -> Page:
    """Return a page by keyset; the total is counted once and travels in `after`."""
    sort, backward = query.sort.removeprefix("-"), query.sort.startswith("-")
    total = int(query.after[0]) if query.after else search.count(connection, station.scope, chosen)
    place = tuple(query.after[1:]) if query.after else None
    listed = search.page(connection, station.scope, chosen, sort=sort, backward=backward, after=place, limit=query.limit + 1)
    shown = listed[: query.limit]
    after = None
    if len(listed) > query.limit:
        after = (total, *(getattr(shown[-1], name) for name in search.sort_columns(sort)))
    return Page(_rows(connection, station, [row.person_id for row in shown]), total, after)


def _rows(connection: Connection, station: Station, person_ids: Sequence[str]) -> tuple[PersonRow, ...]:
    found = rows.people(connection, station.scope, person_ids)
    around = _around(connection, station, list(found), {person.village for person in found.values()})
    return tuple(_row(station, found[person_id], around) for person_id in person_ids if person_id in found)


def _around(connection: Connection, station: Station, person_ids: list[str], villages: set[str]) -> _Around:
    roles: dict[str, list[EnrolmentData]] = {}
    for role in sorted(rows.enrolments(connection, station.scope, person_ids, current=True), key=_by_entry):
        roles.setdefault(role.person_id, []).append(role)
    carers: dict[str, str] = {}
    for relation in rows.carers(connection, station.scope, person_ids):
        carers.setdefault(relation.person_id, relation.name)
    return _Around(roles, carers, divisions.names(connection, villages))


def _row(station: Station, person: PersonData, around: _Around) -> PersonRow:
    roles = around.roles.get(person.id, [])
    due = min((role for role in roles if role.next_due), key=lambda role: role.next_due, default=None)
    risks = sorted((role.risk for role in roles), key=lambda risk: search.RISK_RANK.get(risk, search.NO_RISK))
    return PersonRow(
        id=person.id,
        name=person.name,
        sex=person.sex,
        birth_date=person.birth_date,
        age=age_of(person.birth_date, station.today()),
        id_masked=id_number.mask(person.id_no),
        phone_masked=phone.mask(person.phone),
        village=person.village,
        village_name=display_name(around.villages.get(person.village, "")),
        address=person.address,
        groups=tuple(dict.fromkeys(role.group for role in roles)),
        categories=tuple(role.category for role in roles if role.category),
        risk=risks[0] if risks else "",
        next_due=due.next_due if due else "",
        due_why=due.due_why if due else "",
        last_visit_on=max((role.last_visit_on for role in roles), default=""),
        guardian=around.carers.get(person.id, ""),
        tags=tuple(person.tags.split()),
        life=person.life,
    )


def get(station: Station, person_id: str) -> PersonFile:
    """Return a person's file with numbers masked; raises MzError where the person is not in scope."""
    with station.read() as connection:
        person = require_person(connection, station, person_id)
        roles = tuple(sorted(rows.enrolments(connection, station.scope, [person_id]), key=_by_entry))
        history = changes.of_person(connection, station.scope, person_id)
        village = divisions.names(connection, [person.village]).get(person.village, "")
        related = _relations(connection, station, person_id)
    masked = tuple(_masked_change(change) for change in history)
    return PersonFile(_masked(person), age_of(person.birth_date, station.today()), display_name(village), roles, related, masked)


def _by_entry(role: EnrolmentData) -> tuple[str, int]:
    order = list(GROUPS)
    return role.entered_on, order.index(role.group) if role.group in GROUPS else len(order)


def _relations(connection: Connection, station: Station, person_id: str) -> tuple[RelationView, ...]:
    """Return the relations of a person from both sides."""
    own = rows.relations(connection, station.scope, [person_id])
    others = rows.relations_to(connection, station.scope, [person_id])
    people = rows.people(connection, station.scope, [row.other_id for row in own if row.other_id] + [row.person_id for row in others])
    own_sides = [_own_side(row, people.get(row.other_id)) for row in own]
    other_sides = [_other_side(row, people[row.person_id]) for row in others if row.person_id in people]
    order = list(RELATIONS)
    return tuple(sorted(own_sides, key=lambda view: order.index(view.kind) if view.kind in order else len(order))) + tuple(other_sides)


def _own_side(row: RelationData, other: PersonData | None) -> RelationView:
    name, tel = (other.name, other.phone or row.phone) if other else (row.name, row.phone)
    role = RELATIONS.get(row.kind, row.kind)
    return RelationView(row.id, role, row.kind, False, name, other.id if other else "", phone.mask(tel), row.place, row.since, row.until)


def _other_side(row: RelationData, other: PersonData) -> RelationView:
    role = INVERSE.get(row.kind, "相关的人")
    return RelationView(row.id, role, row.kind, True, other.name, other.id, phone.mask(other.phone), "", row.since, row.until)


def _masked(person: PersonData) -> PersonData:
    return replace(
        person, id_no=id_number.mask(person.id_no), phone=phone.mask(person.phone), disability_no=disability.mask(person.disability_no)
    )


def _masked_change(change: ChangeRow) -> ChangeRow:
    masks = {"id_no": id_number.mask, "phone": phone.mask, "disability_no": disability.mask}
    hide = masks.get(change.field)
    return replace(change, old=hide(change.old), new=hide(change.new)) if hide else change


def reveal(station: Station, person_id: str, reason: str = "") -> PersonData:
    """Return a person with all numbers readable; the act is logged. Raises MzError without the permission."""
    if not station.scope.may(Permission.UNMASK):
        raise MzError("您没有查看完整证件号的权限", "请让有权限的同事操作。")
    with station.write() as connection:
        person = require_person(connection, station, person_id)
        audit.append(connection, station.scope, "unmask", person_id, {"reason": reason}, now_ms=station.clock.now_ms())
    return person


def edit(station: Station, person_id: str, changed: Mapping[str, str], reason: str = "") -> None:
    """Change fields of a person; checks the whole person, keeps history and queues the operation.

    Raises MzError: unknown field, no reason where one is needed, a value that is not right, the ID number of somebody else.
    """
    unknown = set(changed) - EDITABLE
    if unknown:
        raise ValueError(f"not editable: {sorted(unknown)}")
    values = tidy(changed)
    with station.write() as connection:
        before = require_person(connection, station, person_id)
        fresh = {name: value for name, value in values.items() if getattr(before, name) != value}
        if not fresh:
            return
        if NEEDS_REASON & set(fresh) and not reason.strip():
            raise MzError("请写明修改原因", "姓名、证件号、性别和出生日期的修改要留下原因。", field="reason")
        person_rules.require({name: str(fresh.get(name, getattr(before, name))) for name in EDITABLE}, station.today())
        refuse_double(connection, fresh.get("id_no", ""), person_id)
        journal = Journal(connection, station, "edit", reason.strip())
        journal.change("person", before, fresh)
        journal.close()


def tidy(values: Mapping[str, str]) -> dict[str, str]:
    """Return values as they are stored: trimmed, the name joined, the ID number and phones mended."""
    tidied = {name: value.strip() for name, value in values.items()}
    if "name" in tidied:
        tidied["name"] = person_name(tidied["name"])
    if tidied.get("id_no"):
        tidied["id_no"] = id_number.mend(tidied["id_no"]).text
    if tidied.get("phone"):
        tidied["phone"] = phone.mend(tidied["phone"]).text
    return tidied


def refuse_double(connection: Connection, id_no: str, person_id: str) -> None:
    """Raise MzError where another person already has this identity number."""
    other = rows.people_by_id_no(connection, SYSTEM, [id_no]).get(id_no) if id_no else None
    if other is not None and other.id != person_id:
        raise MzError("这个身份证号已经登记", f"登记在{other.name}名下。若是同一个人，请用“合并”。", field="id_no")
