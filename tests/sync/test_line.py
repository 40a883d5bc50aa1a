"""Real HTTP on loopback through a line that breaks: cuts at many places both ways, altered bytes, resumed uploads, limits."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from mzdesk.clock import FixedClock
from mzdesk.errors import MzError
from mzdesk.station import Station
from mzdesk.store.meta import write_meta
from sync import account as accounts
from sync import enrolment, exchange, push
from sync.county.limits import RateLimiter
from sync.county.loopback import RunningCounty, running
from sync.pacing import Pace
from sync.transport import HttpTransport, checked_url
from tests.sync import rig
from tests.sync.machine import dump
from tests.sync.proxy import Fault, Line, proxied


@pytest.fixture
def served(tmp_path: Path, clock: FixedClock) -> Iterator[RunningCounty]:
    with running(tmp_path / "served", rig.CODE, "泰山区民政局", clock=clock) as county:
        object.__setattr__(county.county, "checker", rig.AcceptingChecker())
        yield county


@pytest.fixture
def joined(served: RunningCounty, station: Station) -> Station:
    enrolment.join(station, served.issue(rig.TOWNSHIP))
    return station


def target(served: RunningCounty) -> int:
    port = urlsplit(served.url).port
    assert port is not None
    return port


def transport(station: Station, port: int) -> HttpTransport:
    token = accounts.require(station).record.token
    return HttpTransport(f"http://127.0.0.1:{port}", token=token, stall_s=5)


def test_cut_anywhere_loses_and_doubles_nothing(served: RunningCounty, joined: Station) -> None:
    places = [*(Fault(cut_up=place) for place in range(1, 1100, 67)), *(Fault(cut_down=place) for place in range(0, 700, 43))]
    flips = [*(Fault(alter_up=place) for place in range(5, 1000, 149)), *(Fault(alter_down=place) for place in range(5, 600, 97))]
    sent = []
    for fault in [*places, *flips]:
        sent.append(rig.enqueue_record(joined)[1])
        with proxied(Line(target(served), lambda number, fault=fault: fault if number == 1 else Fault())) as line:  # type: ignore[misc]
            for _ in range(4):
                wire = transport(joined, line.port)
                done = exchange.run_once(joined, wire)
                wire.close()
                if done.problem is None:
                    break
            assert done.problem is None, (fault, done.problem)
    log = [row[2] for row in dump(served.county)["log"]]
    assert log == sent


def test_upload_goes_on_where_it_broke(served: RunningCounty, joined: Station) -> None:
    for _ in range(400):
        rig.enqueue_record(joined, answers={"note": hashlib.sha512(str(_).encode()).hexdigest() * 4})
    with joined.write() as connection:
        write_meta(connection, "sync.pace", str(4 << 20))
    batch = push.seal_next(joined, accounts.require(joined), Pace(4 << 20))
    assert batch is not None and len(batch.frame) > 40_000
    with proxied(Line(target(served), lambda number: Fault(cut_up=35_000) if number == 1 else Fault())) as line:
        for _ in range(3):
            wire = transport(joined, line.port)
            done = exchange.run_once(joined, wire)
            wire.close()
            time.sleep(0.3)  # the county needs a moment to notice the cut, as the back-off gives it
        assert done.problem is None and line.cuts == 1
        assert line.up < len(batch.frame) * 1.3
    assert len(dump(served.county)["log"]) == 400
    with served.county.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM upload").scalar_one() == 0


def test_limits_and_refusals(served: RunningCounty, joined: Station) -> None:
    token = accounts.require(joined).record.token
    with httpx.Client(base_url=served.url, trust_env=False, headers={"Authorization": f"Bearer {token}"}) as client:
        assert client.post("/v1/batches", content=b"x" * (9 << 20)).status_code == 413
        assert client.post("/v1/batches", content=b"MZB1").json()["code"] == "NOT_A_BATCH"
        assert client.patch(f"/v1/uploads/{'0' * 64}?offset=5&total=10", content=b"x").json() == {"code": "OFFSET", "offset": 0}
        assert client.patch(f"/v1/uploads/{'0' * 64}?offset=0&total=10", content=b"x" * 11).status_code == 413
        assert client.get("/v1/head", headers={"Authorization": "Bearer no"}).status_code == 401
        strangers = [client.get("/v1/head", headers={"Authorization": "Bearer no"}) for _ in range(40)]
        put_off = [answer for answer in strangers if answer.status_code == 429]
        assert put_off and all(int(answer.headers["retry-after"]) >= 1 for answer in put_off)
        assert "mzdesk_rate_limited_total" in client.get("/metrics").text
        assert client.get("/v1/ready").json() == {"ready": True}
        echoed = client.get("/v1/feed?after=王昌喆")
        assert echoed.status_code == 422 and "王" not in echoed.text


def test_buckets_are_bounded_and_refill() -> None:
    now = [0.0]
    limiter = RateLimiter(1, 2, lambda: now[0])
    assert [limiter.wait("a") for _ in range(3)] == [0, 0, 1]
    now[0] = 1.0
    assert limiter.wait("a") == 0 and limiter.wait("b") == 0


@pytest.mark.parametrize("url", ["http://county.example", "ftp://127.0.0.1", "county.example", "http://192.168.1.2:80"])
def test_plain_http_is_for_loopback_only(url: str) -> None:
    with pytest.raises(MzError, match="不安全"):
        checked_url(url)


def test_tls_is_verified_against_the_pinned_authority(tmp_path: Path, clock: FixedClock, station: Station) -> None:
    import socket
    import ssl
    import threading

    from sync.county.certificates import make_certificates
    from sync.transport import tls_context

    for name in ("ours", "theirs"):
        make_certificates(tmp_path / name, "https://127.0.0.1", "泰山区民政局")
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(tmp_path / "ours" / "server.pem", tmp_path / "ours" / "server.key")

    def handshake(authority: str) -> None:
        left, right = socket.socketpair()
        thread = threading.Thread(target=_answer, args=(server, right))
        thread.start()
        try:
            context = tls_context((tmp_path / authority / "ca.der").read_bytes())
            with context.wrap_socket(left, server_hostname="127.0.0.1") as wrapped:
                assert wrapped.version() in ("TLSv1.2", "TLSv1.3")
        finally:
            left.close()
            thread.join(10)
            right.close()

    handshake("ours")
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake("theirs")


def _answer(server: object, side: object) -> None:
    import contextlib

    with contextlib.suppress(OSError):
        server.wrap_socket(side, server_side=True).close()  # type: ignore[attr-defined]
