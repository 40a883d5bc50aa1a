"""The standard's requests against our receiver, and our client against it: list, download, submit, submit again, wrong answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import HTTPException
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from forms import catalog
from forms.session import FormSession
from mzdesk.clock import FixedClock
from mzdesk.station import Station
from sync import account as accounts
from sync import enrolment, exchange, odk
from sync.county import openrosa
from sync.county.loopback import RunningCounty, running
from sync.errors import RefusedError
from tests.forms.examples import EXAMPLES
from tests.sync import rig
from tests.sync.machine import dump

FORM = "left_behind_child_visit"


@pytest.fixture
def served(tmp_path: Path, clock: FixedClock) -> Iterator[RunningCounty]:
    with running(tmp_path / "served", rig.CODE, "泰山区民政局", clock=clock) as county:
        yield county


@pytest.fixture
def server(served: RunningCounty, station: Station) -> odk.OdkServer:
    enrolment.join(station, served.issue(rig.TOWNSHIP))
    account = accounts.require(station)
    return odk.OdkServer(f"{served.url}/openrosa", account.device, account.record.token)


def test_an_odk_client_lists_fetches_and_submits(served: RunningCounty, server: odk.OdkServer, station: Station) -> None:
    with httpx.Client(auth=(server.login, server.password), trust_env=False) as client:
        listed = etree.fromstring(client.get(f"{server.url}/formList").content)
        names = {item.text for item in listed.iter("{*}formID")}
        assert FORM in names
        url = next(item.findtext("{*}downloadUrl") for item in listed if item.findtext("{*}formID") == FORM)
        assert url is not None and b"h:html" in client.get(url).content
        assert client.head(f"{server.url}/submission").status_code == 204
        assert client.post(f"{server.url}/submission", files={"xml_submission_file": ("x", b"<a/>")}).status_code == 400
    assert httpx.get(f"{server.url}/formList", trust_env=False).status_code == 401
    xml = FormSession(catalog.get(FORM), EXAMPLES[FORM]).submission()
    assert odk.submit(server, xml)
    assert not odk.submit(server, xml)
    assert len(dump(served.county)["log"]) == 1
    exchange.run_once(station)
    with station.read() as connection:
        assert connection.exec_driver_sql("SELECT form_id FROM record").scalar_one() == FORM


def test_wrong_answers_stay_with_the_client(served: RunningCounty, server: odk.OdkServer) -> None:
    xml = FormSession(catalog.get(FORM), {"visit": {"reached": "yes"}}).submission()
    with pytest.raises(RefusedError) as told:
        odk.submit(server, xml)
    assert "submit_error" in str(told.value.detail["body"])
    assert dump(served.county)["log"] == []


@settings(max_examples=80)
@given(st.binary(max_size=200) | st.text("<>/&;!ENTITYab\"' ", max_size=120).map(str.encode))
def test_any_bytes_are_xml_or_refused(raw: bytes) -> None:
    try:
        assert openrosa._answers(openrosa._parse(raw), openrosa.MAX_DEPTH) is not None
    except HTTPException as error:
        assert error.status_code == 400
