"""The lower lane: a file goes up in sealed ranges, goes on after a cut, and is kept only where it matches its digest."""

from __future__ import annotations

import hashlib
import random

import pytest

from mzdesk.station import Station
from mzdesk.store import attachments as files
from mzdesk.store.attachments import StoredFile
from sync import account as accounts
from sync import attachments, exchange
from sync.county import blobs
from sync.county.blobs import BlobRange, BlobRefusedError
from sync.county.county import County
from tests.sync import rig


@pytest.fixture
def photo(station: Station, monkeypatch: pytest.MonkeyPatch) -> bytes:
    content = random.Random(1).randbytes(attachments.RANGE * 2 + 1000)
    digest = hashlib.sha256(content).hexdigest()
    monkeypatch.setattr(files, "read", lambda station, wanted: content)
    with station.write() as connection:
        stored = StoredFile(digest, len(content), "image/jpeg")
        files.link(connection, stored, record_id="r1", question="/data/photo", name="院子.jpg", village=rig.VILLAGE, now_ms=1)
    return content


def test_ranges_go_on_after_lost_requests_and_answers(station: Station, county: County, photo: bytes) -> None:
    line = rig.join(station, county)
    assert exchange.status(station).bytes_left == len(photo)
    line.plan = ["ok", "ok", "drop_answer"]  # the pull, one range, and a range whose answer is lost
    assert exchange.run_once(station, line).problem is not None
    done = exchange.run_once(station, line)
    assert done.problem is None and done.files == 1
    digest = hashlib.sha256(photo).hexdigest()
    with county.read() as connection:
        assert blobs.read(connection, rig.TOWNSHIP, digest) == photo
    assert exchange.status(station).bytes_left == 0
    before = line.requests
    exchange.run_once(station, line)
    assert line.requests == before + 1


def test_what_does_not_match_its_digest_is_dropped(station: Station, county: County) -> None:
    line = rig.join(station, county)
    account = accounts.require(station)
    digest = "0" * 64
    sealed = attachments.seal_range(account, digest, 0, b"other")
    assert blobs.take(county, line._row(), BlobRange(digest, 0, 5), sealed) == 0
    with pytest.raises(BlobRefusedError, match="BAD_BLOB"):
        blobs.take(county, line._row(), BlobRange("1" * 64, 0, 5), sealed)
    with pytest.raises(BlobRefusedError, match="TOO_BIG"):
        blobs.take(county, line._row(), BlobRange(digest, 0, 2), sealed)
