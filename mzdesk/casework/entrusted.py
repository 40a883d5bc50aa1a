"""委托照护协议 of children: what is wrong with each that stands, from the agreement as signed and the visits since.

未成年人保护法 21–23 (domain/README.md §1.6): written notice to school and village, contact with the child at least once a week.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from mzdesk.care.agreements import CHILD_FORM, INCAPABLE, WARN_DAYS, Agreement, read
from mzdesk.registry.registration import flatten
from mzdesk.store import agreements as store
from mzdesk.store import care

if TYPE_CHECKING:
    from mzdesk.station import Station

CONTACT_DAYS = 7
URGENCY = ("expired", "incapable", "contact", "expires", "school", "village")


@dataclass(frozen=True, slots=True)
class Entrusted:
    """A child's newest agreement; `contact_on` is the last contact with a parent that a visit was told of, None where never."""

    agreement: Agreement
    child: str
    village: str
    school_told_on: date | None
    village_told_on: date | None
    contact_on: date | None
    faults: tuple[tuple[str, str], ...]

    @property
    def urgency(self) -> int:
        """Return the place of the worst fault in URGENCY, its length where nothing is wrong."""
        return min((URGENCY.index(kind) for kind, _ in self.faults), default=len(URGENCY))


def all_of(station: Station) -> tuple[Entrusted, ...]:
    """Return the agreements of everybody in scope who is still a current child of this station, the most urgent first."""
    today = station.today()
    with station.read() as connection:
        records = {record.person_id: record for record in care.care_records(connection, station.scope, CHILD_FORM)}
        children = store.current_people(connection, station.scope, tuple(records))
        contacts = store.last_contacts(connection, station.scope, tuple(records))
    found = []
    for person_id, record in records.items():
        if person_id not in children:
            continue
        told, agreement = flatten(record.answers), read(record)
        school, village = _day(told.get("school_told_on", "")), _day(told.get("village_told_on", ""))
        contact = _day(contacts.get(person_id, ""))
        faults = tuple(judge(agreement, school, village, contact, today))
        child = children[person_id]
        found.append(Entrusted(agreement, child.name, child.village, school, village, contact, faults))
    return tuple(sorted(found, key=lambda item: (item.urgency, item.agreement.end_on or date.max, item.child)))


def judge(agreement: Agreement, school: date | None, village: date | None, contact: date | None, today: date) -> Iterator[tuple[str, str]]:
    """Decide what is wrong with one agreement: (kind, sentence), kind one of URGENCY."""
    if agreement.end_on is not None and agreement.end_on < today:
        yield "expired", f"协议已于 {agreement.end_on.isoformat()} 到期，请续签或确认由父母照护"
        return
    if agreement.carer_health == INCAPABLE:
        yield "incapable", f"被委托人{agreement.carer}不能胜任，请另行委托"
    since = contact or agreement.start_on
    if since is not None and (today - since).days > CONTACT_DAYS:
        told = f"上次联系 {contact.isoformat()}" if contact else "还没有联系记录"
        yield "contact", f"父母每周至少联系一次，{told}，已 {(today - since).days} 天"
    if agreement.end_on is not None and agreement.end_on <= today + timedelta(days=WARN_DAYS):
        yield "expires", f"协议将于 {agreement.end_on.isoformat()} 到期，请提前续签"
    if school is None:
        yield "school", "还没有书面告知学校"
    if village is None:
        yield "village", "还没有书面告知村（居）委会"


def _day(text: str) -> date | None:
    return date.fromisoformat(text[:10]) if text else None
