"""Coverage by township against planned visits: who had to be seen in a month by the visit rules, and who was."""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from mzdesk import canonical
from mzdesk.answers import first_named
from mzdesk.casework.due import RoleFact, VisitFact, next_due
from mzdesk.casework.rules import FIRST_RULES, PARAMETER, RuleSet, parse_rules
from sync.county.tables import OPERATION, STATE
from sync.county.tables import PARAMETER as ISSUED


@dataclass(frozen=True, slots=True)
class CoverageLine:
    """One township (or village) in one month: people who had to be seen, of them seen, and visits beyond the plan."""

    place: str
    people: int
    planned: int
    seen: int
    visits: int

    @property
    def percent(self) -> int | None:
        """The share of the plan that was done, None where nothing was planned."""
        return round(100 * self.seen / self.planned) if self.planned else None


def rules(connection: Connection, on: date) -> RuleSet:
    """Return the visit rules that this county issued for a day, the shipped ones otherwise."""
    query = select(ISSUED).where(ISSUED.c.name == PARAMETER, ISSUED.c.effective_from <= on.isoformat())
    row = connection.execute(query.order_by(ISSUED.c.effective_from.desc(), ISSUED.c.created_at.desc()).limit(1)).first()
    return parse_rules(canonical.loads(row.value_json), row.document_no, row.source) if row else parse_rules(FIRST_RULES, "", "shipped")


def by_place(connection: Connection, month: date, length: int = 9) -> list[CoverageLine]:
    """Return a line for each place, `length` digits of its code (9 township, 12 village), in the month that holds `month`."""
    first = month.replace(day=1)
    last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    roles = _roles(connection, last)
    visits = _visits(connection)
    chosen = rules(connection, last)
    tally: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for person, (village, facts) in roles.items():
        known = visits.get(person, [])
        inside = [visit for visit in known if first <= visit.on <= last and visit.reached]
        due = next_due(facts, [visit for visit in known if visit.on < first], chosen)
        planned = due is not None and due.on <= last
        line = tally[village[:length]]
        line[0] += 1
        line[1] += planned
        line[2] += planned and bool(inside)
        line[3] += len(inside)
    return [CoverageLine(place, *counts) for place, counts in sorted(tally.items())]


def _roles(connection: Connection, last: date) -> dict[str, tuple[str, list[RoleFact]]]:
    found: dict[str, tuple[str, list[RoleFact]]] = {}
    query = select(STATE.c.id, STATE.c.village, STATE.c.fields).where(STATE.c.kind == "enrolment")
    for identity, village, text in connection.execute(query):
        fields = {name: item["v"] for name, item in canonical.loads(text).items()}
        entered = _day(fields.get("entered_on")) or date.min
        if fields.get("deleted_at") or fields.get("left_on") or entered > last or not fields.get("person_id"):
            continue
        group, category, risk = fields.get("group", ""), fields.get("category", ""), fields.get("risk") or "low"
        fact = RoleFact(identity, group, category, risk, entered, _day(fields.get("suspended_until")), fields.get("suspended_why", ""))
        found.setdefault(str(fields["person_id"]), (village, []))[1].append(fact)
    return found


def _visits(connection: Connection) -> dict[str, list[VisitFact]]:
    found: dict[str, list[VisitFact]] = defaultdict(list)
    query = select(OPERATION.c.person, OPERATION.c.occurred_on, OPERATION.c.body).where(
        OPERATION.c.kind == "record", OPERATION.c.verdict == "accepted", OPERATION.c.person != ""
    )
    for person, occurred_on, body in connection.execute(query):
        content = canonical.loads(body)["set"]
        if content.get("kind") in ("visit", "care") and (day := _day(occurred_on)):
            answers = content["answers"]
            found[person].append(VisitFact(day, first_named(answers, "contact_mode") or "home", first_named(answers, "reached") != "no"))
    return found


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text)[:10]) if text else None
    except ValueError:
        return None


def total(lines: Iterable[CoverageLine]) -> CoverageLine:
    """Return the sum of all lines."""
    kept = list(lines)
    return CoverageLine("合计", *(sum(getattr(line, name) for line in kept) for name in ("people", "planned", "seen", "visits")))
