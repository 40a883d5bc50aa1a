from __future__ import annotations

import json
from pathlib import Path

import pytest

from mzdesk.store import crash_report


def crash(secret: str) -> BaseException:
    try:
        try:
            raise KeyError(secret)
        except KeyError as inner:
            raise ValueError(f"cannot save {secret}") from inner
    except ValueError as error:
        return error


def test_a_report_says_where_and_not_what(tmp_path: Path) -> None:
    path = crash_report.write(tmp_path, crash("䶮小花 370911201501010019"), now_ms=1_700_000_000_000, version="0.1.0")
    assert path is not None
    content = path.read_text("utf-8")
    tree = json.loads(content)
    assert "小花" not in content and "3709" not in content and str(Path.home()) not in content
    assert [one["type"] for one in tree["errors"]] == ["ValueError", "KeyError"]
    assert tree["errors"][0]["frames"][-1][2] == "crash"


def test_a_full_disk_never_makes_a_second_crash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "injected")

    monkeypatch.setattr("mzdesk.store.diskfile._write_synced", full)
    assert crash_report.write(tmp_path, crash("x"), now_ms=1) is None


def test_old_reports_go(tmp_path: Path) -> None:
    for number in range(crash_report.KEPT + 5):
        crash_report.write(tmp_path, crash("x"), now_ms=1_700_000_000_000 + number * 1000)
    assert len(list((tmp_path / crash_report.FOLDER).iterdir())) == crash_report.KEPT


def test_a_loop_of_causes_ends(tmp_path: Path) -> None:
    first, second = ValueError(), KeyError()
    first.__context__, second.__context__ = second, first
    assert crash_report.write(tmp_path, first, now_ms=1) is not None
