"""The recorded cases of the reference engines, where they are at hand."""

from __future__ import annotations

import json
import lzma
from pathlib import Path

import pytest

from tests.conformance.__main__ import main
from tests.conformance.expressions import run

CASES = Path(__file__).resolve().parents[3] / "shared" / "conformance" / "expressions.json.xz"
TARGET = 0.995


@pytest.mark.skipif(not CASES.exists(), reason="the recorded cases lie outside the repository and are not on this machine")
def test_the_recorded_cases_reach_the_target(capsys: pytest.CaptureFixture[str]) -> None:
    passed, total = run(CASES, verbose=True)
    assert passed >= TARGET * total, capsys.readouterr().out


def test_the_runner_scores_and_names_failures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = {"id": "1", "topic": "t", "doc": "d", "root": "/", "context": "/*[1]", "requested_type": "any", "flags": []}
    cases = [
        {**case, "expression": "a + 1", "expected": {"type": "number", "value": 3}},
        {**case, "expression": "a", "expected": {"type": "nodeset", "value": ["/*[1]/*[1]"]}},
        {**case, "expression": "nope()", "expected": {"type": "error"}},
        {**case, "id": "wrong", "expression": "a + 1", "expected": {"type": "number", "value": 4}},
        {**case, "id": "unrefused", "expression": "1", "expected": {"type": "error"}},
    ]
    data = {"documents": {"d": "<d><a>2</a></d>"}, "namespaces": {}, "timezone": "UTC", "cases": cases}
    path = tmp_path / "cases.json.xz"
    path.write_bytes(lzma.compress(json.dumps(data).encode()))
    assert main(["expressions", str(path), "-v"]) == 1
    printed = capsys.readouterr().out.splitlines()
    assert printed[-1] == "3/5"
    assert [line.split()[0] for line in printed[:-1]] == ["wrong", "unrefused"]
