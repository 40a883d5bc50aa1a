"""The wire itself: canonical JSON against the reference encoder, frames, receipts, tickets; any bytes are read or refused, nothing else."""

from __future__ import annotations

from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sync import feed, merge, protocol, receipts, signed, strict, tickets
from sync.operations import MAX_DEPTH, ShapeError, WireOperation, read_operation
from sync.protocol import FrameError, Header
from sync.receipts import BadReceiptError, Verdict
from sync.signed import BadDocumentError

SIGNER, BOX = Ed25519PrivateKey.from_private_bytes(b"s" * 32), X25519PrivateKey.from_private_bytes(b"b" * 32)
LEAVES = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=30)
JSON = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4), max_leaves=20
)
HEADER = Header("county-1", "370902001", "d-1", 1, protocol.ZERO_DIGEST, "k1", "0", "")


@settings(max_examples=300)
@given(JSON)
@example({"\ufb33": 1, "\U0001f600": 2, "\u20ac": 3})
def test_fast_canonical_json_is_the_reference(value: Any) -> None:
    raw = strict.dumps(value)
    assert raw == rfc8785.dumps(value)
    assert strict.loads(raw) == value


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a":1,"a":1}',
        b'{"b":1,"a":2}',
        b'{"a": 1}',
        b"1.0",
        b"1e3",
        b"-0",
        b"9007199254740992",
        b"NaN",
        b'"\\u0041"',
        b'"\xff"',
        b"",
        b"[" * 9000,
        b'"\\ud800"',
        b"9" * 5000,
    ],
    ids=lambda raw: repr(raw[:12]),
)
def test_other_spellings_are_refused(raw: bytes) -> None:
    with pytest.raises(strict.NotCanonicalError):
        strict.loads(raw)


@settings(max_examples=200)
@given(st.binary(max_size=300) | st.builds(lambda tail: b"MZB1\x01\x00\x00\x00\x10" + tail, st.binary(max_size=300)))
def test_any_bytes_are_a_frame_or_refused(raw: bytes) -> None:
    with pytest.raises(FrameError):
        protocol.parse(raw)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.binary(min_size=1, max_size=200).filter(lambda line: b"\n" not in line), min_size=1, max_size=5))
def test_a_frame_opens_to_what_was_sealed(lines: list[bytes]) -> None:
    sealed = protocol.seal(HEADER, lines, SIGNER, BOX.public_key())
    frame = protocol.parse(sealed.frame)
    frame.verify(SIGNER.public_key())
    assert protocol.open_lines(frame, BOX) == lines
    with pytest.raises(FrameError, match="CANNOT_DECRYPT"):
        protocol.open_lines(frame, X25519PrivateKey.generate())
    with pytest.raises(FrameError, match="BAD_SIGNATURE"):
        frame.verify(Ed25519PrivateKey.generate().public_key())


def test_a_body_that_lies_about_its_size_is_refused() -> None:
    import zstandard

    bomb = zstandard.ZstdCompressor().compress(b"0" * (64 << 20))
    for size in (10, protocol.MAX_PLAIN):
        with pytest.raises(FrameError, match="SIZE_LIE"):
            protocol.unpack(bomb, size)
    with pytest.raises(FrameError):
        protocol.unpack(b"garbage", 10)


@settings(max_examples=120, deadline=None)
@given(
    st.fixed_dictionaries(
        {
            "op": st.text(max_size=70) | JSON,
            "id": st.text(max_size=70) | JSON,
            "kind": st.text(max_size=9) | JSON,
            "set": st.dictionaries(st.sampled_from(["name", "note", "__class__", "Village"]), JSON, max_size=3) | JSON,
            "base": st.dictionaries(st.sampled_from(["name"]), JSON, max_size=1) | JSON,
            "hlc": st.sampled_from(["ffffffffffff-0000-z", ""]) | JSON,
            "actor": st.text(max_size=70) | JSON,
        }
    )
    | JSON
)
def test_any_object_is_an_operation_or_told_why_not(value: Any) -> None:
    try:
        operation = read_operation(strict.dumps(value))
    except ShapeError as error:
        assert error.code in ("SHAPE", "VALUE")
    else:
        assert isinstance(operation, WireOperation) and operation.op == value["op"]


def line(fields: dict[str, Any]) -> bytes:
    body = {"op": "o1", "id": "p1", "kind": "person", "set": fields, "base": {}, "hlc": "000000000001-0000-a", "actor": "u"}
    return strict.dumps(body)


def test_long_deep_and_nul_values_are_refused_by_name() -> None:
    deep: Any = "x"
    for _ in range(MAX_DEPTH + 2):
        deep = [deep]
    for value in ("x" * 20_001, deep, "a\0b"):
        with pytest.raises(ShapeError) as told:
            read_operation(line({"name": "王一", "note": value}))
        assert (told.value.code, told.value.field, told.value.op) == ("VALUE", "note", "o1")
    assert read_operation(line({"note": "x" * 19_000})).set["note"]


@settings(max_examples=100)
@given(
    st.lists(
        st.builds(Verdict, st.sampled_from(sorted(receipts.VERDICTS)), st.text(max_size=5), st.text(max_size=5), st.text(max_size=9)),
        max_size=40,
    )
)
def test_receipts_come_back_as_written(verdicts: list[Verdict]) -> None:
    body = {"county": "c", "device": "d", "seq": 1, "digest": "0" * 64, "verdicts": receipts.write_runs(verdicts)}
    raw = receipts.write({**body, "feed_hi": 3, "server_ms": 1_700_000_000_000, "epoch": 1}, SIGNER)
    assert receipts.read(raw, SIGNER.public_key()).verdicts == tuple(verdicts)
    for altered in (raw[:-1], raw[:80], b"", raw[:-1] + bytes([raw[-1] ^ 1]), b"x" + raw):
        with pytest.raises(BadReceiptError):
            receipts.read(altered, SIGNER.public_key())


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200), st.text(max_size=200))
def test_any_document_is_read_or_refused(raw: bytes, code: str) -> None:
    with pytest.raises(BadDocumentError):
        feed.read_page(b"MZD1" + raw, BOX, SIGNER.public_key())
    with pytest.raises(BadDocumentError):
        tickets.read_ticket(tickets.PREFIX + code)
    with pytest.raises(BadDocumentError):
        tickets.read_request(raw, BOX)
    with pytest.raises(BadDocumentError):
        tickets.read_device(raw)
    with pytest.raises(BadDocumentError):
        signed.unseal(b"tag", raw, BOX, 1000)


def operation(op: str, hlc: str, **fields: Any) -> WireOperation:
    return WireOperation(op, "p1", "person", fields, {}, hlc, "u", b"")


def test_a_future_clock_does_not_win() -> None:
    early = operation("a", "ffffffffffff-0000-a", phone="1")
    state = merge.apply({}, early, 1_000)
    later = merge.apply(state.fields, operation("b", f"{2_000:012x}-0000-b", phone="2"), 3_000)
    assert later.fields["phone"]["v"] == "2" and later.losers[0].value == "1"


@settings(max_examples=200)
@given(st.permutations([("a", 10, "x"), ("b", 20, "y"), ("c", 30, "z")]))
def test_concurrent_values_all_survive_as_current_or_contender(order: list[tuple[str, int, str]]) -> None:
    fields: merge.Fields = {}
    kept: set[Any] = set()
    for op, wall, value in order:
        merged = merge.apply(fields, operation(op, f"{wall:012x}-0000-{op}", address=value), 100)
        fields = merged.fields
        kept |= {loser.value for loser in merged.losers}
    assert fields["address"]["v"] == "z" and kept | {"z"} == {"x", "y", "z"}


def test_profiles_merge_key_by_key() -> None:
    first = merge.apply({}, operation("a", f"{10:012x}-0000-a", profile={"school": "一小", "class": "3"}), 100)
    second = merge.apply(first.fields, operation("b", f"{20:012x}-0000-b", profile={"school": "二小", "teacher": "孙"}), 100)
    assert second.fields["profile"]["v"] == {"school": "二小", "class": "3", "teacher": "孙"}
    assert [(loser.field, loser.value) for loser in second.losers] == [("profile.school", "一小")]
