"""Schemathesis over the OpenAPI document: no request of any shape makes the receiver fail or answer outside its contract."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok

from mzdesk.clock import FixedClock
from sync import account as accounts
from sync.county.app import create_app
from tests.sync import rig


@pytest.fixture(scope="module")
def app_and_token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FastAPI, str]]:
    folder = tmp_path_factory.mktemp("openapi")
    clock = FixedClock.at(rig.NOW)
    county, station = rig.make_county(folder / "county", clock), rig.make_station(folder / "station", clock)
    line = rig.join(station, county)
    assert line.device
    yield create_app(county), accounts.require(station).record.token
    station.close()
    county.close()


def test_no_request_makes_the_receiver_fail(app_and_token: tuple[FastAPI, str]) -> None:
    app, token = app_and_token
    schema = schemathesis.openapi.from_asgi("/openapi.json", app)
    chosen = settings(max_examples=12, deadline=None, phases=(Phase.generate,), suppress_health_check=list(HealthCheck), database=None)
    tried = 0
    for result in schema.get_all_operations():
        assert isinstance(result, Ok)
        operation = result.ok()

        @chosen
        @given(operation.as_strategy())
        def attempt(case: schemathesis.Case[Any]) -> None:
            answer = case.call(headers={"Authorization": f"Bearer {token}"})
            case.validate_response(answer, checks=[not_a_server_error])

        attempt()
        tried += 1
    assert tried >= 8
