"""A filled registration form becomes a person, a role and relations, in the transaction that saves the form itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from forms.session import FormSession
from mzdesk import canonical
from mzdesk.errors import MzError
from mzdesk.registry import people, person_rules
from mzdesk.registry.groups import GROUPS
from mzdesk.registry.journal import Journal, require_person
from mzdesk.store import rows
from mzdesk.store.rows import PersonData, RelationData
from mzdesk.store.scope import SYSTEM

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from mzdesk.station import Station

PEOPLE = "people"  # the entity list
COLUMNS = people.EDITABLE | {"village"}

# A question PREFIX_name tells of somebody who is this to the person.
RELATION_PREFIXES = {
    "father": "father",
    "mother": "mother",
    "guardian": "guardian",
    "carer": "carer",
    "trustee": "carer",
    "husband": "spouse",
    "wife": "spouse",
    "spouse": "spouse",
    "child": "child",
    "emergency": "contact",
    "contact": "contact",
    "grandfather": "grandfather",
    "grandmother": "grandmother",
    "maternal_grandfather": "maternal_grandfather",
    "maternal_grandmother": "maternal_grandmother",
}
_SINCE = ("since", "away_since")
_OF_THE_PERSON = frozenset(
    (
        "person_id",
        "person_name",
        "person_sex",
        "person_birth_date",
        "person_id_no",
        "village_code",
        "village_name",
        "hukou",
        "age",
        "today",
        "entity_id",
        "meta",
        "risk_level",
        "entered_on",
        "occurred_on",
        "responsible",
        "visitor",
        "guardian_signature",
        "person_signature",
        "visitor_signature",
    )
)


@dataclass(frozen=True, slots=True)
class Kin:
    """Somebody whom the form names: columns of Relation."""

    kind: str
    values: Mapping[str, str]
    profile: Mapping[str, Any]


def apply(connection: Connection, station: Station, session: FormSession, record_id: str) -> str:
    """Create or update the person, the enrolment and the relations of a completed registration form; return the person's id.

    Must run in the transaction that saves the record. Raises MzError where the ID number belongs to somebody in another village,
    the village is out of scope, or a value contradicts the rules.
    """
    given = _person_values(session)
    journal = Journal(connection, station, f"form:{record_id}")
    answers = session.answers()
    known = _known_person(connection, station, session, given)
    if known is None:
        village = given.get("village") or _only_village(station)
        person_id = _create(journal, station, session, given | {"village": village}, record_id)
    else:
        village = known.village
        person_id = known.id
        _update(journal, station, known, given)
    for group in session.form.groups:
        if group in GROUPS:
            _enrol(connection, station, journal, person_id, village, group, answers)
    _relate(connection, station, journal, person_id, village, answers)
    journal.close()
    return person_id


def _person_values(session: FormSession) -> dict[str, str]:
    """Return columns of Person (and `profile` as JSON) that the form tells; blanks are left out."""
    entity = next((found for found in session.entities() if found.dataset == PEOPLE), None)
    properties = dict(entity.properties) if entity else {}
    values = {name: value for name, value in properties.items() if name in COLUMNS}
    values.setdefault("name", properties.get("name") or (entity.label if entity else "") or session.named("person_name"))
    values.setdefault("village", session.named("village_code"))
    for column, question in (("id_no", "person_id_no"), ("sex", "person_sex"), ("birth_date", "person_birth_date")):
        if not values.get(column):
            values[column] = session.named(question)
    kept = {name: value for name, value in people.tidy(values).items() if value}
    profile = {name: value for name, value in properties.items() if name not in COLUMNS and name != "name" and value}
    return kept | ({"profile_json": canonical.text(profile)} if profile else {})


def _known_person(connection: Connection, station: Station, session: FormSession, given: Mapping[str, str]) -> PersonData | None:
    """Return whom the form is about where they are registered already: by id, else by identity number."""
    if person_id := session.named("person_id"):
        return require_person(connection, station, person_id)
    id_no = given.get("id_no", "")
    found = rows.people_by_id_no(connection, SYSTEM, [id_no]).get(id_no) if id_no else None
    if found is None:
        return None
    if not station.scope.covers(found.village):
        raise MzError("这个身份证号已在别的村登记", "请联系乡镇社工站把人转到您的村，再登记新的类别。", field="id_no")
    if found.life == "dead":
        raise MzError("这个身份证号的人已登记为去世", f"登记的姓名是{found.name}。请核对证号；若去世登记有误，请先更正。", field="id_no")
    return found


def _only_village(station: Station) -> str:
    villages = station.scope.villages if station.scope.villages is not None else station.identity.villages
    if len(villages) == 1:
        return next(iter(villages))
    raise MzError("请选择所在村（居）", "这份登记还没有写明是哪个村。", field="village_code")


def _create(journal: Journal, station: Station, session: FormSession, values: Mapping[str, str], record_id: str) -> str:
    whole = {**values, **person_rules.autofill(values, station.today())}
    person_rules.require(whole, station.today())
    entity = next((found for found in session.entities() if found.dataset == PEOPLE), None)
    row_id = entity.id if entity is not None and entity.action == "create" and entity.id else ""
    return journal.create("person", whole, row_id=row_id.removeprefix("uuid:"))


def _update(journal: Journal, station: Station, known: PersonData, given: Mapping[str, str]) -> None:
    """Write what the form says over what is known; a blank in a form never erases anything."""
    fresh: dict[str, Any] = {name: value for name, value in given.items() if name != "village"}
    if "profile_json" in fresh:
        fresh["profile_json"] = canonical.text({**canonical.loads(known.profile_json), **canonical.loads(fresh["profile_json"])})
    if fresh.get("id_no"):
        fresh["id_no_absent"] = ""
    if fresh.get("phone"):
        fresh["phone_absent"] = ""
    if known.life == "moved":
        fresh |= {"life": "here", "life_on": ""}
    whole = {name: str(fresh.get(name, getattr(known, name))) for name in people.EDITABLE}
    person_rules.require(whole, station.today())
    journal.change("person", known, fresh)


def _enrol(
    connection: Connection,
    station: Station,
    journal: Journal,
    person_id: str,
    village: str,
    group: str,
    answers: Mapping[str, Any],
) -> None:
    flat = flatten(answers)
    values = {
        "category": flat.get("category", "") or flat.get("support_mode", ""),
        "risk": flat.get("risk_level", "") or "low",
        "entered_on": flat.get("entered_on", "") or flat.get("occurred_on", "") or station.today().isoformat(),
        "responsible": flat.get("responsible", ""),
        "profile_json": canonical.text(_profile(flat)),
    }
    current = [role for role in rows.enrolments(connection, SYSTEM, [person_id], current=True) if role.group == group]
    if current:
        journal.change("enrolment", current[0], values)
    else:
        journal.create("enrolment", {**values, "person_id": person_id, "village": village, "group": group})


def _profile(flat: Mapping[str, str]) -> dict[str, str]:
    """Return the answers that describe the role: neither columns of the person nor of the filing, nor what is told of kin."""
    kin = tuple(prefix + "_" for prefix in RELATION_PREFIXES if flat.get(prefix + "_name"))
    told = {name: value for name, value in flat.items() if name not in _OF_THE_PERSON and name not in COLUMNS}
    return {name: value for name, value in told.items() if not name.startswith(kin)}


def flatten(answers: Mapping[str, Any]) -> dict[str, str]:
    """Return question name → value for everything outside repeats and the form's own bookkeeping; the first of a name wins."""
    found: dict[str, str] = {}
    for name, value in answers.items():
        if name == "meta":
            continue
        if isinstance(value, Mapping):
            for inner, text in flatten(value).items():
                found.setdefault(inner, text)
        elif isinstance(value, str):
            found.setdefault(name, value)
    return found


def _instances(answers: Mapping[str, Any]) -> Iterator[Mapping[str, str]]:
    """Yield the answers outside repeats, then each repeat instance."""
    yield flatten(answers)
    for value in answers.values():
        if isinstance(value, Mapping):
            yield from list(_instances(value))[1:]
        elif isinstance(value, (list, tuple)):
            for instance in value:
                if isinstance(instance, Mapping):
                    yield flatten(instance)


def kin_in(answers: Mapping[str, Any]) -> tuple[Kin, ...]:
    """Return everybody whom the answers name as PREFIX_name, with what PREFIX_… tells of them."""
    found = []
    for instance in _instances(answers):
        for prefix, kind in RELATION_PREFIXES.items():
            told = {name.removeprefix(prefix + "_"): value for name, value in instance.items() if _belongs(name, prefix)}
            if told.get("name"):
                found.append(_kin(kind, told))
    return tuple(found)


def _belongs(name: str, prefix: str) -> bool:
    """Tell whether a question is about this prefix and not about a longer one (maternal_grandfather, not grandfather)."""
    longest = max((other for other in RELATION_PREFIXES if name.startswith(other + "_")), key=len, default="")
    return longest == prefix


def _kin(kind: str, told: Mapping[str, str]) -> Kin:
    since = next((told[name] for name in _SINCE if told.get(name)), "")
    columns = people.tidy({name: told.get(name, "") for name in ("name", "id_no", "phone", "place")})
    rest = {name: value for name, value in told.items() if name not in columns and name not in (*_SINCE, "signature") and value}
    return Kin(kind, {**columns, "since": since}, rest)


def _relate(connection: Connection, station: Station, journal: Journal, person_id: str, village: str, answers: Mapping[str, Any]) -> None:
    """Write the relations; a person named again under the same kind is the same relation."""
    known = list(rows.relations(connection, SYSTEM, [person_id]))
    named = kin_in(answers)
    registered = rows.people_by_id_no(connection, station.scope, [kin.values["id_no"] for kin in named])
    for kin in named:
        other = registered.get(kin.values["id_no"])
        values: dict[str, Any] = {name: value for name, value in kin.values.items() if value}
        if kin.profile:
            values["profile_json"] = canonical.text(dict(kin.profile))
        if other is not None and other.id != person_id:
            values["other_id"] = other.id
        before = _same(known, kin, other)
        if before is None:
            journal.create("relation", {**values, "person_id": person_id, "kind": kin.kind, "village": village})
        else:
            known.remove(before)
            journal.change("relation", before, values)


def _same(known: list[RelationData], kin: Kin, other: PersonData | None) -> RelationData | None:
    """Return the relation that the form names again; of one-of-a-kind relations a changed name is a correction."""
    alike = [row for row in known if row.kind == kin.kind]
    by_name = [row for row in alike if row.name == kin.values["name"] or (other is not None and row.other_id == other.id)]
    single = kin.kind not in ("child", "contact", "carer")
    return next(iter(by_name or (alike if single else [])), None)
