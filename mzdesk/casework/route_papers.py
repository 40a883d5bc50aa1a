"""Printing the route sheet of a village: phones masked unless a reason is given; who stands on which page is kept; printing is logged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mzdesk.casework import route_sheet
from mzdesk.casework.route_sheet import Stop
from mzdesk.errors import MzError
from mzdesk.registry import phone
from mzdesk.registry.ages import age_of
from mzdesk.registry.divisions import display_name
from mzdesk.registry.groups import GROUPS, RISKS, SEXES
from mzdesk.reports.route_sheet import RouteSheet, RouteStop, print_route
from mzdesk.store import audit, divisions, route_sheets
from mzdesk.store.route_sheets import StoredSheet
from mzdesk.store.scope import Permission

if TYPE_CHECKING:
    from datetime import date

    from mzdesk.station import Station

PREFIX = "MZR1"
LONGEST_FINDING = 60


def print_route_sheet(station: Station, village: str, *, unmask_reason: str = "") -> bytes:
    """Return the sheet of everybody in a village who is due within a week.

    Raises MzError: village not in scope, nobody due, no right to whole phone numbers.
    """
    if not station.scope.covers(village):
        raise MzError("不能打印这个村的路线单", "它不在您负责的范围内。")
    if unmask_reason:
        station.scope.require(Permission.UNMASK)
    stops = route_sheet.plan(station, village)
    if not stops:
        raise MzError("这个村七天内没有要走访的人", "到期以后再打印；也可以在“服务对象”里按村查看。")
    with station.read() as connection:
        name = display_name(divisions.names(connection, [village]).get(village, ""))
    sheet_id = station.new_id().replace("-", "")
    paper = print_route(
        RouteSheet(
            station=station.identity.name,
            village=name,
            day=station.today().isoformat(),
            code=f"{PREFIX}.{sheet_id}",
            stops=tuple(_stop(stop, station.today(), whole=bool(unmask_reason)) for stop in stops),
            printed_by=station.scope.name,
            printed_at=station.local_now(),
        )
    )
    pages = _pages([stop.person.person_id for stop in stops], paper.stops_by_page)
    detail = {"paper": "route sheet", "people": len(stops), "unmask": unmask_reason}
    with station.write() as connection:
        now = station.clock.now_ms()
        route_sheets.keep(connection, StoredSheet(sheet_id, village, now, station.scope.name, pages))
        audit.append(connection, station.scope, "print", village, detail, now_ms=now)
    return paper.pdf


def _pages(people: list[str], counts: tuple[int, ...]) -> tuple[tuple[str, ...], ...]:
    """Cut the people into pages; somebody who is due in two groups stands on the sheet once for each."""
    pages, start = [], 0
    for count in counts:
        pages.append(tuple(dict.fromkeys(people[start : start + count])))
        start += count
    return tuple(pages)


def _stop(stop: Stop, today: date, *, whole: bool) -> RouteStop:
    person = stop.person
    age = age_of(person.birth_date, today)
    finding = stop.finding.replace("\n", " ")
    shortened = finding if len(finding) <= LONGEST_FINDING else finding[: LONGEST_FINDING - 1] + "…"
    return RouteStop(
        address=person.address,
        name=person.name,
        about="　".join(part for part in (SEXES.get(person.sex, ""), f"{age} 岁" if age is not None else "") if part),
        group=GROUPS.get(person.group, person.group),
        risk=f"{RISKS[person.risk]}风险" if person.risk in RISKS else "",
        carer=person.carer,
        phone=person.phone if whole else phone.mask(person.phone),
        due=person.next_due,
        last=f"上次 {person.last_visit_on}" if person.last_visit_on else "还没有走访过",
        finding=shortened,
    )
