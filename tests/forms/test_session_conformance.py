"""The recorded sessions of the reference engines, where the case file is at hand."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.conformance.expressions import load
from tests.conformance.sessions import failure, run

CASES = Path(__file__).parents[3] / "shared" / "conformance" / "sessions.json.xz"

pytestmark = pytest.mark.skipif(not CASES.exists(), reason="the recorded sessions are not part of the repository")


def test_nearly_every_session_is_equal_in_every_fact() -> None:
    passed, total = run(CASES)
    assert passed >= 0.97 * total


def test_every_load_error_is_refused() -> None:
    data = load(CASES)
    wrong = [case for case in data["sessions"] if case.get("expect") == "load-error"]
    assert wrong
    assert [failure(case, data["forms"][case["form"]], ZoneInfo(data["timezone"])) for case in wrong] == [None] * len(wrong)
