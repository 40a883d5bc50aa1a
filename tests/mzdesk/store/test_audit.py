from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update

from mzdesk.opening import Created
from mzdesk.station import Station
from mzdesk.store import audit
from mzdesk.store.audit import Filters
from mzdesk.store.scope import Role, scope_for
from mzdesk.store.tables import AUDIT_ENTRY

ROOT = Path(__file__).parents[3]


def write(station: Station, count: int) -> None:
    with station.write() as connection:
        for number in range(count):
            audit.append(connection, station.scope, "unmask", f"person-{number % 3}", {"n": number}, now_ms=number)


def test_the_log_holds_and_its_parts_can_be_verified(created: Created) -> None:
    write(created.station, 20)
    with created.station.read() as connection:
        assert audit.head(connection)[0] == 21
        for since in (1, 2, 10, 21):
            assert audit.verify(connection, since) == ()
        assert audit.verify_recent(connection, 5) == ()


def test_an_entry_is_gone_with_the_act_that_failed(created: Created) -> None:
    with pytest.raises(RuntimeError), created.station.write() as connection:
        audit.append(connection, created.station.scope, "export", now_ms=1)
        raise RuntimeError
    with created.station.read() as connection:
        assert audit.head(connection)[0] == 1


@settings(max_examples=40, deadline=None)
@given(seq=st.integers(2, 20), column=st.sampled_from(["at", "actor", "actor_name", "act", "subject", "detail_json", "previous", "digest"]))
def test_any_changed_field_is_noticed(seq: int, column: str, shared_log: Station) -> None:
    station = shared_log
    value = 999 if column == "at" else "改"
    try:
        with station.write() as connection:
            connection.execute(update(AUDIT_ENTRY).where(AUDIT_ENTRY.c.seq == seq).values({column: value}))
            assert audit.verify(connection)
            raise RuntimeError  # roll back
    except RuntimeError:
        pass


@pytest.fixture(scope="module")
def shared_log(tmp_path_factory: pytest.TempPathFactory) -> Station:
    from mzdesk.clock import FixedClock
    from tests.mzdesk.vault.conftest import make_station

    station = make_station(tmp_path_factory.mktemp("log") / "s", FixedClock.at("2026-03-02")).station
    write(station, 20)
    return station


def test_a_removed_entry_is_noticed(created: Created) -> None:
    write(created.station, 5)
    with created.station.write() as connection:
        connection.execute(delete(AUDIT_ENTRY).where(AUDIT_ENTRY.c.seq.in_([3, 4])))
        assert [found.why for found in audit.verify(connection)] == ["第 3 条到第 4 条日志缺失"]


def test_filters_and_pages(created: Created) -> None:
    station = created.station
    write(station, 9)
    with station.read() as connection:
        assert len(audit.entries(connection, station.scope, Filters(act="unmask", subject="person-1"))) == 3
        assert [entry.seq for entry in audit.entries(connection, station.scope, Filters(before=5, limit=2))] == [4, 3]
        assert len(audit.entries(connection, station.scope, Filters(since_ms=2, until_ms=5))) == 3
        assert audit.entries(connection, station.scope, Filters(actor="nobody")) == ()


def test_a_worker_sees_only_their_own_acts(created: Created) -> None:
    write(created.station, 3)
    worker = scope_for("w", "社工", Role.SOCIAL_WORKER, None)
    with created.station.write() as connection:
        audit.append(connection, worker, "print", now_ms=5)
        assert {entry.actor for entry in audit.entries(connection, worker)} == {"w"}
        supervisor = scope_for("s", "主管", Role.SUPERVISOR, None)
        assert len(audit.entries(connection, supervisor)) == 5


def acts_written(path: Path) -> set[str]:
    """Return the acts that a module writes, where they stand as a literal."""
    calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    found = [call.args[2] for call in calls if ast.unparse(call.func) == "audit.append" and len(call.args) > 2]
    return {str(one.value) for one in found if isinstance(one, ast.Constant)}


def test_every_act_has_a_name_for_the_log_page() -> None:
    modules = [path for room in ("mzdesk", "sync") for path in (ROOT / room).rglob("*.py") if "county" not in path.parts]
    written = {act for path in modules for act in acts_written(path)}
    assert len(written) > 10 and written <= set(audit.ACTS)
