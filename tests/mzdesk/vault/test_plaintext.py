"""After a working day no file that the program wrote holds a word of any record: the station folder and temp, open and closed."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from demo import answers
from forms.catalog import shipped
from forms.session import FormSession
from mzdesk import opening
from mzdesk.casework import drafts, papers, records
from mzdesk.casework.records import Filling
from mzdesk.clock import FixedClock
from mzdesk.opening import Founder, StationSpec
from mzdesk.registry import people
from mzdesk.registry.sample import SamplePerson, Sampler
from mzdesk.station import Station
from mzdesk.store import attachments, backup, crash_report
from mzdesk.store.records import RecordFilter
from mzdesk.vault import kdf, rekey, subject_report, upkeep
from tests.mzdesk.vault.conftest import PASSWORD

VILLAGE = "370983103201"
LETTER = "一封写着孩子小名的信：小石榴收。".encode() * 30


def session_of(station: Station, form_id: str, filled: dict[str, Any]) -> FormSession:
    return FormSession(shipped().get(form_id), filled, clock=station.local_now)


def register(station: Station, sampler: Sampler) -> tuple[str, SamplePerson, list[str]]:
    """Register a child; return the id, the child and words that only its record holds."""
    child = sampler.person(VILLAGE, station.today(), 5, 12)
    filled = answers.registration(sampler, child, "白家楼村", station.today(), "李翀")
    saved = records.save(station, session_of(station, "left_behind_child_registration", filled), Filling(village=VILLAGE))
    return saved.person_id, child, [child.name, child.id_no, child.phone]


def visit(station: Station, person: str, child: SamplePerson, note: str, *, draft: bool) -> None:
    known = {"person_id": person, "person_name": child.name, "person_id_no": child.id_no, "village_code": VILLAGE}
    filled = answers.visit(Sampler(1), known, "王昌喆", "medium", station.today(), "李翀")
    filled["visit"] |= {"contact_mode": "home", "saw_child": "yes"}
    session = session_of(station, "left_behind_child_visit", filled)
    ref = next(
        one.ref
        for one in session.form.questions()
        if one.type == "string" and one.name not in {"occurred_on"} and session.state(one.ref).relevant
    )
    session.set(ref, note)
    if draft:
        drafts.keep(station, session, Filling(person_id=person, village=VILLAGE))
    else:
        records.save(station, session, Filling(person_id=person))


def a_working_day(station: Station) -> list[bytes]:
    """Register, visit, draft, attach, search, print, back up, rotate the key; return everything that must not be found."""
    sampler, secrets = Sampler(3), list[str]()
    for number in range(3):
        person, child, words = register(station, sampler)
        visit(station, person, child, f"石榴树下的谈话{number}", draft=False)
        visit(station, person, child, f"还没写完的草稿{number}", draft=True)
        secrets += [*words, f"石榴树下的谈话{number}", f"还没写完的草稿{number}"]
        people.find(station, people.Query(text=child.name))
        people.reveal(station, person, "核对")
        subject_report.make(station, person, "监护人申请")
    record = records.find(station, RecordFilter())[0]
    assert papers.print_record(station, record.id).pdf.startswith(b"%PDF")
    stored = attachments.put(station, LETTER, "text/plain")
    with station.write() as connection:
        attachments.link(connection, stored, record_id=record.id, question="q", name="小石榴的信.txt", village=VILLAGE, now_ms=1)
    backup.make(station, "manual")
    rekey.rotate(station)
    upkeep.run(station)
    try:
        raise RuntimeError(f"boom {secrets[0]}")
    except RuntimeError as error:
        crash_report.write(station.folder, error, now_ms=station.clock.now_ms())
    return [variant for text in (*secrets, "小石榴") for variant in (text.encode(), text.encode("utf-16-le"), text.encode("gbk", "ignore"))]


def found_in(folder: Path, secrets: list[bytes]) -> list[str]:
    return [
        f"{path.relative_to(folder)}: {secret.decode('utf-8', 'replace')}"
        for path in folder.rglob("*")
        if path.is_file()
        for content in [path.read_bytes()]
        for secret in secrets
        if len(secret) > 4 and secret in content
    ]


def test_no_word_of_a_record_reaches_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    temporary = tmp_path / "temp"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setenv("SQLITE_TMPDIR", str(temporary))
    spec, clock = StationSpec("桃园镇社工站", "370983103", (VILLAGE,)), FixedClock.at("2026-11-24T10:00:00")
    made = opening.create(tmp_path / "station", spec, Founder("王主任", "supervisor", PASSWORD), clock=clock, cost=kdf.FLOOR)
    secrets = a_working_day(made.station)
    assert len(secrets) > 40 and found_in(tmp_path, secrets) == []  # open: the write-ahead log is full
    made.station.close()
    assert found_in(tmp_path, secrets) == []
    assert {path.name.split("-")[0] for path in (tmp_path / "station").iterdir()} >= {"vault.json", "station", "backups", "attachments"}


def test_the_search_itself_finds_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "leak.bin").write_bytes(b"\0" * 5000 + "小石榴".encode("utf-16-le"))
    assert found_in(tmp_path, ["小石榴".encode("utf-16-le")]) != []


def test_the_keys_of_the_station_are_nowhere_in_the_clear(tmp_path: Path) -> None:
    spec, clock = StationSpec("站", "370983103", (VILLAGE,)), FixedClock.at("2026-11-24T10:00:00")
    made = opening.create(tmp_path / "s", spec, Founder("王主任", "supervisor", PASSWORD), clock=clock, cost=kdf.FLOOR)
    key = made.station.open_vault().data_key
    backup.make(made.station, "manual")
    made.station.close()
    wanted = [key, key.hex().encode(), PASSWORD.encode(), made.recovery_key.encode(), made.recovery_key.replace("-", "").encode()]
    assert found_in(tmp_path, wanted) == []
    assert date(2026, 11, 24) == clock_day(clock)


def clock_day(clock: FixedClock) -> date:
    from mzdesk import clock as clocks

    return clocks.today(clock)
