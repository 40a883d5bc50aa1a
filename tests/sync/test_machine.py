"""The state machine holds on the product, and fails on each mutant: a test without teeth would prove nothing."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from mzdesk.store import database, shadows
from mzdesk.store import exchange as store
from mzdesk.store.tables import OPERATION
from sync import merge, pull, push
from sync.county import database as county_database
from sync.county import feeding, ingest, judge, ledger
from tests.sync import machine
from tests.sync.machine import FAST, Exchange, Templates


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Templates]:
    patch = pytest.MonkeyPatch()
    patch.setattr(database, "_PRAGMAS", FAST)
    patch.setattr(county_database, "_PRAGMAS", FAST)
    patch.setattr(feeding, "PAGE_ITEMS", 2)
    Exchange.templates = Templates.make(tmp_path_factory.mktemp("templates"))
    yield Exchange.templates
    patch.undo()


def run(examples: int, steps: int = 20) -> None:
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Exchange, settings=chosen)


def test_invariants_hold(templates: Templates) -> None:
    run(int(os.environ.get("MZ_EXAMPLES", "8")))


Patch = pytest.MonkeyPatch


def forget_seen_operations(patch: Patch) -> None:
    real = ledger.known
    patch.setattr(ledger, "known", lambda *words: replace(real(*words), operations=frozenset()))


def last_writer_wins(patch: Patch) -> None:
    def overwrite(work: Any, operation: Any, name: str, now: Any, new: Any) -> None:
        work.fields[name] = new

    patch.setattr(merge, "_contend", overwrite)


def pull_clobbers_unsent_edits(patch: Patch) -> None:
    patch.setattr(shadows, "overlay", lambda connection, kind, subject: shadows.shadow_fields(connection, kind, subject))


def overlay_never_retires(patch: Patch) -> None:
    patch.setattr(shadows, "_unreflected", lambda cursor: True)


def receipt_hides_own_edit(patch: Patch) -> None:
    patch.setattr(shadows, "_unreflected", lambda cursor: OPERATION.c.verdict.is_(None))


def cursor_off_by_one(patch: Patch) -> None:
    real = pull.apply_page
    patch.setattr(pull, "apply_page", lambda station, page: real(station, replace(page, next=page.next + 1)))


def batch_drops_an_operation(patch: Patch) -> None:
    real = store.take_pending
    patch.setattr(store, "take_pending", lambda *words: real(*words)[1:] or real(*words))
    keep = store.keep_batch

    def keep_all(connection: Any, batch: Any, operations: Any, at: int) -> None:
        keep(connection, batch, operations, at)
        connection.execute(OPERATION.update().where(OPERATION.c.batch.is_(None)).values(batch=batch.number))

    patch.setattr(store, "keep_batch", keep_all)


def delivered_before_the_receipt(patch: Patch) -> None:
    real = push._seal

    def seal(connection: Any, *words: Any) -> Any:
        batch = real(connection, *words)
        connection.execute(OPERATION.update().where(OPERATION.c.batch == batch.number).values(verdict="accepted", feed_hi=0))
        return batch

    patch.setattr(push, "_seal", seal)


def no_scope(patch: Patch) -> None:
    patch.setattr(judge.Grant, "covers", lambda self, village: True)


def gaps_allowed(patch: Patch) -> None:
    real = ledger.device

    def pretend(connection: Any, device: str, *, lock: bool = False) -> Any:
        row = real(connection, device, lock=lock)
        return row and replace(row, head=max(row.head, pretend.seq - 1), head_digest=pretend.prev)  # type: ignore[attr-defined]

    settle = ingest._settle

    def note(county: Any, connection: Any, opened: Any, *words: Any) -> Any:
        pretend.seq, pretend.prev = opened.frame.header.seq, opened.frame.header.prev  # type: ignore[attr-defined]
        patch.setattr(ledger, "device", pretend)
        try:
            return settle(county, connection, opened, *words)
        finally:
            patch.setattr(ledger, "device", real)

    patch.setattr(ingest, "_settle", note)


def replay_gets_a_new_receipt(patch: Patch) -> None:
    patch.setattr(ledger, "stored_receipt", lambda connection, row, seq: ("0" * 64, b"x" * 80))


def far_clock_wins(patch: Patch) -> None:
    """Without a guarded field's rule, a later clock decides."""
    patch.setattr(merge, "GUARDED", {})
    patch.setattr(merge._Work, "lose", lambda self, *words: None)


QUICK: tuple[Callable[[Patch], None], ...] = (
    last_writer_wins,
    overlay_never_retires,
    batch_drops_an_operation,
    replay_gets_a_new_receipt,
    no_scope,
)
SLOW: tuple[Callable[[Patch], None], ...] = (  # they need more steps; `benchmarks sync_mutants` runs them all
    forget_seen_operations,
    pull_clobbers_unsent_edits,
    delivered_before_the_receipt,
    receipt_hides_own_edit,
    cursor_off_by_one,
    gaps_allowed,
    far_clock_wins,
)


@pytest.mark.parametrize("mutant", QUICK + SLOW * ("MZ_ALL_MUTANTS" in os.environ), ids=lambda mutant: mutant.__name__)
def test_mutant_is_killed(templates: Templates, monkeypatch: pytest.MonkeyPatch, mutant: Callable[[Patch], None]) -> None:
    mutant(monkeypatch)
    with pytest.raises(BaseException):  # noqa: B017  (an assertion, or whatever the mutant breaks)
        run(60)


def test_templates_are_left_alone(templates: Templates) -> None:
    assert all((templates.folder / name / "station.db").exists() for name in machine.LAPTOPS)
