"""No service returns or changes a person out of scope: every service × every role × foreign ids, and new services are caught by default."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import true
from sqlalchemy.exc import SQLAlchemyError

from demo import answers
from forms.catalog import shipped
from forms.errors import FormError
from forms.session import FormSession
from mzdesk.casework import issued_forms
from mzdesk.errors import MzError
from mzdesk.registry.sample import Sampler
from mzdesk.store import tables
from mzdesk.store.scope import Permission, Role, Scope, scope_for
from mzdesk.vault.throttle import Throttle
from tests.mzdesk.vault import services
from tests.mzdesk.vault.services import Arguments, CannotCallError, Service
from tests.mzdesk.vault.world import FOREIGN, OWN, RESTRICTED, WORDS, World, build

SERVICES = services.every_service()
# Called by others with ids that they have checked, never with what a user typed; each with its reason.
INTERNAL = {
    "store.attachments.read": "the outbox and the backup read every file; users go through attachments.get",
    "store.attachments.remove_files": "deletes files whose digests no record names any more",
    "store.attachments.remove_orphans": "deletes files that no record names",
    "store.attachments.damaged": "returns digests only",
    "casework.rule_changes.refresh_all": "recomputes every due date of the station after a rule changed; returns a number",
}
SCOPES = (
    scope_for("d", "本村主任", Role.CHILDREN_DIRECTOR, frozenset({OWN})),
    scope_for("n", "无村主任", Role.CHILDREN_DIRECTOR, frozenset()),
    scope_for("w", "社工", Role.SOCIAL_WORKER, None),
    scope_for("a", "管理员", Role.ADMINISTRATOR, None),
)
REFUSALS = (MzError, FormError)
# The wrong shape of an argument that we made up, refused before anything is looked at.
MISFITS = (TypeError, ValueError, KeyError, AttributeError, IndexError, StopIteration, OSError, SQLAlchemyError, Warning)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = build(tmp_path_factory.mktemp("world") / "s")
    yield made
    made.station.close()


def arguments_about(world: World, code: str, *, restricted: bool = False) -> Arguments:
    """Return arguments that name the rows of one village wherever a parameter asks for one."""
    village = world.villages[code]
    ids = dict(village.ids)
    if restricted:
        ids |= {"record_id": ids["restricted_id"], "follow_up_id": ids["restricted_matter"]}
    person, record = ids["person_id"], ids["record_id"]
    same = {"person_ids": person, "record_ids": record, "records": record, "subject": person, "row_id": person, "amends": record}
    codes = {"village": code, "villages": code, "code": code, "into": code, "to": code, "codes": code, "prefix": code}
    words = {
        "group": "left_behind_child",
        "kind": "person",
        "text": WORDS[code][:2],
        "words": WORDS[code][:2],
        "name": WORDS[code][:2],
        "phone": "13800000000",
    }
    more: dict[str, Any] = {
        "id_nos": f"{WORDS[code]}号0",
        "birth_dates": "2015-01-01",
        "responsible": WORDS[code],
        "digests": ids["digest"],
        "form_id": "left_behind_child_visit",
    }
    catalog = issued_forms.catalog_of(world.station)
    more |= {"values": {"address": "改了"}, "changed": {"address": "改了"}}
    by_type = {
        "Catalog": catalog,
        "FormSession": _visit(world, code),
        "Table": tables.RECORD,
        "Throttle": Throttle(world.station.folder),
        "Path": world.station.folder / "no.mzk",
    }
    return Arguments({**ids, **same, **codes, **words, **more}, by_type)


def _visit(world: World, code: str) -> FormSession:
    """Return a filled visit to the first person of a village."""
    person = {"person_id": world.villages[code].people[0], "person_name": WORDS[code], "village_code": code}
    filled = answers.visit(Sampler(1), person, "王昌喆", "low", date(2026, 3, 1), "李翀")
    filled["visit"] |= {"contact_mode": "home", "saw_child": "yes"}
    return FormSession(shipped().get("left_behind_child_visit"), filled, clock=world.station.local_now)


def forbidden(scope: Scope) -> tuple[str, ...]:
    """Return the words that must not reach this person."""
    found = [word for code, word in WORDS.items() if not scope.covers(code)]
    return (*found, *(() if scope.may(Permission.RESTRICTED) else (RESTRICTED,)))


def closed_villages(scope: Scope) -> tuple[str, ...]:
    """Return the villages whose rows this person must not change."""
    return tuple(code for code in WORDS if not scope.covers(code))


def attempt(world: World, service: Service, scope: Scope, made: Arguments) -> str:
    """Call the service as this person; return what went wrong, "" where nothing did."""
    station = world.station.as_user(scope)
    if world.known_for != scope.actor:  # what the last call left is what this one finds
        world.known_for, world.known_states = scope.actor, _states(world, scope)
    before = world.known_states
    wanted = made.of(service.call, 1 if service.takes_station else 2)
    told, after = list[str](), None
    with contextlib.suppress(*REFUSALS, *MISFITS):
        if service.takes_station:
            told = list(services.words_in(service.call(station, **wanted)))
        else:
            told, after = _in_transaction(world, service, scope, wanted)
    for written in world.station.folder.glob("no.mzk*"):
        written.unlink()  # what this person exported is not for the next one to read
    leaked = [word for word in forbidden(scope) if any(word in text for text in told)]
    if leaked:
        return f"{service} told {scope.name} of {leaked}"
    if service.takes_station:
        after = world.known_states = _states(world, scope)
    return "" if after in (None, before) else f"{service} changed a village that {scope.name} may not see"


def _states(world: World, scope: Scope) -> list[str]:
    with world.station.read() as connection:
        return [world.state(connection, code) for code in closed_villages(scope)]


def _in_transaction(world: World, service: Service, scope: Scope, wanted: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Call a query of the store, look at what it did, and roll back."""
    told: list[str] = []
    states: list[str] = []
    with contextlib.suppress(_RollBackError), world.station.write() as connection:
        told = list(services.words_in(service.call(connection, scope, **wanted)))
        states = [world.state(connection, code) for code in closed_villages(scope)]
        raise _RollBackError
    return told, states


class _RollBackError(Exception):
    """Ends a transaction without keeping anything."""


def test_every_service_can_be_called_or_is_exempt_with_a_reason(world: World) -> None:
    uncallable, made = [], arguments_about(world, FOREIGN)
    for service in SERVICES:
        try:
            made.of(service.call, 1 if service.takes_station else 2)
        except CannotCallError as error:
            uncallable.append(f"{service}: {error}")
    assert uncallable == []
    assert len(SERVICES) > 100 and set(INTERNAL) <= {service.name for service in SERVICES}


@pytest.mark.parametrize("scope", SCOPES, ids=lambda scope: scope.actor)
def test_no_service_crosses_the_scope(world: World, scope: Scope) -> None:
    found = []
    for code in WORDS:
        for restricted in (False, True) if scope is SCOPES[0] else (True,):
            made = arguments_about(world, code, restricted=restricted)
            found += [attempt(world, service, scope, made) for service in SERVICES if service.name not in INTERNAL]
    assert [one for one in found if one] == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_mixture_of_own_and_foreign_ids_crosses_the_scope(data: st.DataObject, world: World) -> None:
    service = data.draw(st.sampled_from([one for one in SERVICES if one.name not in INTERNAL]))
    scope = data.draw(st.sampled_from(SCOPES))
    own, foreign = (arguments_about(world, code, restricted=data.draw(st.booleans())) for code in (OWN, FOREIGN))
    skip = 1 if service.takes_station else 2
    mine, theirs = own.of(service.call, skip), foreign.of(service.call, skip)
    mixed = {name: data.draw(st.sampled_from([mine[name], theirs[name]])) for name in mine}
    assert attempt(world, service, scope, _Fixed(mixed)) == ""


class _Fixed(Arguments):
    def __init__(self, chosen: dict[str, Any]) -> None:
        self._chosen = chosen

    def of(self, function: Any, skip: int) -> dict[str, Any]:
        return self._chosen


def test_the_harness_notices_a_service_that_forgets_the_scope(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: with the filter taken out of the scope itself, many services must be caught."""
    monkeypatch.setattr(Scope, "where", lambda self, village: true())
    monkeypatch.setattr(Scope, "covers", lambda self, village: True)
    director = SCOPES[0]
    readers = [one for one in SERVICES if one.name in ("registry.people.get", "casework.records.get", "casework.timeline.of_person")]
    made = arguments_about(world, FOREIGN)
    told = [list(services.words_in(_try(world, service, director, made))) for service in readers]
    assert len(readers) == 3 and all(any(WORDS[FOREIGN] in text for text in one) for one in told)


def _try(world: World, service: Service, scope: Scope, made: Arguments) -> Any:
    return service.call(world.station.as_user(scope), **made.of(service.call, 1))


def test_own_people_are_still_seen(tmp_path: Path) -> None:
    """The other control: a harness where every call fails would prove nothing."""
    world = build(tmp_path / "s")
    director, seen = SCOPES[0], 0
    for service in SERVICES:
        with contextlib.suppress(*REFUSALS, *MISFITS, CannotCallError):
            wanted = arguments_about(world, OWN).of(service.call, 1 if service.takes_station else 2)
            if service.takes_station:
                told = list(services.words_in(service.call(world.station.as_user(director), **wanted)))
            else:
                told, _ = _in_transaction(world, service, director, wanted)
            seen += any(WORDS[OWN] in text for text in told)
    world.station.close()
    assert seen >= 25


def test_a_scope_is_what_its_role_says() -> None:
    assert {scope.role: scope.covers(OWN) for scope in SCOPES[:1]} == {Role.CHILDREN_DIRECTOR: True}
    assert [scope.covers(FOREIGN) for scope in SCOPES] == [False, False, True, False]
    assert all(dataclasses.is_dataclass(scope) for scope in SCOPES)
