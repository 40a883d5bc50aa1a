"""The console over real HTTP: the door, rights, forged requests, returning, deciding, enrolling, publishing; and in a real browser."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from argon2 import PasswordHasher

from forms import catalog
from mzdesk.clock import FixedClock
from mzdesk.errors import MzError
from mzdesk.station import Station
from sync import conflicts, enrolment, exchange
from sync.county.console import officers
from sync.county.loopback import RunningCounty, running
from tests.forms.examples import EXAMPLES
from tests.sync import rig

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def quick_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(officers, "_HASHER", PasswordHasher(time_cost=1, memory_cost=64))


@pytest.fixture
def served(tmp_path: Path, clock: FixedClock) -> Iterator[RunningCounty]:
    with running(tmp_path / "served", rig.CODE, "泰山区民政局", clock=clock) as county:
        officers.add(county.county, "zhao", "赵敏", "administrator", PASSWORD, actor="test")
        officers.add(county.county, "qian", "钱进", "viewer", PASSWORD, actor="test")
        yield county


@pytest.fixture
def stranger(served: RunningCounty) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served.url, trust_env=False) as client:
        yield client


@pytest.fixture
def client(served: RunningCounty) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served.url, trust_env=False) as made:
        yield log_in(made, "zhao")


def log_in(client: httpx.Client, login: str) -> httpx.Client:
    assert client.post("/console/login", data={"login": login, "password": PASSWORD, "next": ""}).status_code == 303
    return client


def proof(client: httpx.Client, path: str = "/console/") -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', client.get(path).text)
    assert found is not None
    return found[1]


def visit(station: Station) -> str:
    version = catalog.get("left_behind_child_visit").version
    return rig.enqueue_record(station, form_version=version, answers=EXAMPLES["left_behind_child_visit"])[1]


def test_the_door(stranger: httpx.Client, client: httpx.Client, clock: FixedClock) -> None:
    sent_away = stranger.get("/console/records")
    assert sent_away.status_code == 303 and "/console/login" in sent_away.headers["location"]
    assert stranger.post("/console/login", data={"login": "zhao", "password": "wrong"}).status_code == 403
    page = client.get("/console/")
    assert page.status_code == 200 and "script" not in page.text and "default-src 'none'" in page.headers["content-security-policy"]
    assert all(cookie.has_nonstandard_attr("HttpOnly") and cookie.path == "/console" for cookie in client.cookies.jar)
    clock.advance(hours=1)
    assert client.get("/console/").status_code == 303
    outside = stranger.post("/console/login", data={"login": "zhao", "password": PASSWORD, "next": "https://evil.example"})
    assert outside.headers["location"] == "/console/"


def test_five_wrong_passwords_pause_the_account(served: RunningCounty, clock: FixedClock) -> None:
    for _ in range(officers.TRIES):
        with pytest.raises(MzError, match="不对"):
            officers.log_in(served.county, "zhao", "wrong")
    with pytest.raises(MzError, match="稍后"):
        officers.log_in(served.county, "zhao", PASSWORD)
    clock.advance(seconds=officers.PAUSE_MS // 1000 + 1)
    assert officers.log_in(served.county, "zhao", PASSWORD)


def test_rights_and_forged_requests(stranger: httpx.Client, client: httpx.Client) -> None:
    viewer = log_in(stranger, "qian")
    assert viewer.get("/console/log").status_code == 403
    fields = {"csrf": proof(viewer), "township": rig.TOWNSHIP}
    assert viewer.post("/console/devices", data=fields).status_code == 403
    assert client.post("/console/devices", data={"csrf": "forged", "township": rig.TOWNSHIP}).status_code == 403
    issued = client.post("/console/devices", data={"csrf": proof(client), "township": rig.TOWNSHIP, "villages": "", "label": "一号机"})
    assert "MZT1." in issued.text
    wrong = client.post("/console/devices", data={"csrf": proof(client), "township": "999999999"})
    assert wrong.status_code == 400 and "乡镇代码不对" in wrong.text


def test_return_with_a_reason_reaches_the_inbox(served: RunningCounty, client: httpx.Client, station: Station) -> None:
    enrolment.join(station, served.issue(rig.TOWNSHIP))
    op = visit(station)
    assert exchange.run_once(station).accepted == 1
    path = f"/console/records/{rig.TOWNSHIP}/1"
    page = client.get(path)
    assert "农村留守儿童" in page.text and "王𬱖垚" in page.text
    field = "/data/visit/occurred_on"
    done = client.post(f"{path}/return", data={"csrf": proof(client), "field": field, "why": "日期与台账不符"}, follow_redirects=True)
    assert done.status_code == 200 and "已退回" in done.text
    assert client.post(f"{path}/return", data={"csrf": proof(client), "field": "", "why": "再退"}).status_code == 400
    exchange.run_once(station)
    (item,) = exchange.returned_inbox(station)
    assert (item.op, item.field, item.sentence) == (op, field, "日期与台账不符")


def test_county_decides_a_conflict(served: RunningCounty, client: httpx.Client, make_station: rig.Maker) -> None:
    left, right = make_station("left"), make_station("right")
    for station in (left, right):
        enrolment.join(station, served.issue(rig.TOWNSHIP))
        rig.enqueue(station, "person", "p1", {"name": "王一", "village": rig.VILLAGE, "aids": "dibao" if station is left else "housing"})
        exchange.run_once(station)
    page = client.get("/console/conflicts").text
    assert "低保" in page and "住房救助" in page
    found = re.search(r'action="(/console/conflicts/[^"]+)"', page)
    assert found is not None
    assert client.post(found[1], data={"csrf": proof(client), "keep": "contender"}).status_code == 303
    for station in (left, right):
        exchange.run_once(station)
        assert conflicts.waiting(station) == ()
        with station.read() as connection:
            assert connection.exec_driver_sql("SELECT aids FROM person WHERE id = 'p1'").scalar_one() == "housing"


def test_published_form_reaches_the_laptop_and_is_checked(served: RunningCounty, client: httpx.Client, station: Station) -> None:
    from openpyxl import Workbook

    enrolment.join(station, served.issue(rig.TOWNSHIP))
    book = Workbook()
    survey = book.active
    assert survey is not None
    survey.title = "survey"
    for row in (["type", "name", "label", "required"], ["text", "wish", "心愿", "yes"]):
        survey.append(row)
    settings = book.create_sheet("settings")
    settings.append(["form_title", "form_id", "version"])
    settings.append(["微心愿", "wishes", "1"])
    path = station.folder / "wishes.xlsx"
    book.save(path)
    files = {"file": ("wishes.xlsx", path.read_bytes())}
    done = client.post("/console/forms", data={"csrf": proof(client)}, files=files, follow_redirects=True)
    assert "已发布 wishes@1" in done.text
    again = client.post("/console/forms", data={"csrf": proof(client)}, files=files)
    assert again.status_code == 400
    exchange.run_once(station)
    with station.read() as connection:
        assert connection.exec_driver_sql("SELECT form_id, version FROM form_version").fetchall() == [("wishes", "1")]
    rig.enqueue_record(station, form_id="wishes", form_version="1", answers={})
    rig.enqueue_record(station, form_id="wishes", form_version="1", answers={"wish": "一个书包"})
    sent = exchange.run_once(station)
    assert (sent.returned, sent.accepted) == (1, 1)


@pytest.mark.parametrize("path", ["batches", "records", "conflicts", "devices", "devices?silent=true", "coverage", "issue", "log"])
def test_pages_open_when_there_is_nothing(client: httpx.Client, path: str) -> None:
    assert client.get(f"/console/{path}").status_code == 200


def test_exports(served: RunningCounty, client: httpx.Client, station: Station) -> None:
    enrolment.join(station, served.issue(rig.TOWNSHIP))
    visit(station)
    rig.enqueue(station, "person", "p1", {"name": "王一", "village": rig.VILLAGE})
    entered = {"person_id": "p1", "village": rig.VILLAGE, "group": "left_behind_child", "entered_on": "2026-01-01"}
    rig.enqueue(station, "enrolment", "e1", entered)
    exchange.run_once(station)
    for name in ("records", "coverage"):
        assert client.get(f"/console/{name}.xlsx").content[:2] == b"PK"
    assert "岱庙街道" in client.get("/console/coverage?month=2026-11").text


@pytest.mark.skipif(shutil.which("chromium") is None, reason="chromium is not installed")
def test_login_page_in_chromium(served: RunningCounty, tmp_path: Path) -> None:
    words = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-sync"
    command = ["chromium", *words.split(), f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", f"{served.url}/console/records"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert "登录名" in done.stdout
