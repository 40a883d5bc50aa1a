"""Bytes from outside: vault.json, the attempts, recovery keys, rescue files; any of them is read, or refused in Chinese."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mzdesk.clock import FixedClock
from mzdesk.errors import MzError
from mzdesk.vault import document as documents
from mzdesk.vault import escrow, recovery_key, slots, throttle
from tests.mzdesk.vault.conftest import make_station

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)


@pytest.fixture(scope="module")
def vault_tree(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    folder = tmp_path_factory.mktemp("vault") / "s"
    make_station(folder, FixedClock.at("2026-03-02")).station.close()
    tree = json.loads((folder / documents.FILE_NAME).read_bytes())
    assert isinstance(tree, dict)
    return tree


def test_a_document_survives_the_round_trip(vault_tree: dict[str, object]) -> None:
    document = documents.parse(json.dumps(vault_tree).encode())
    assert documents.parse(documents.render(document)) == document


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_a_document_with_any_value_swapped_parses_or_is_told(data: st.DataObject, vault_tree: dict[str, object]) -> None:
    tree = json.loads(json.dumps(vault_tree))
    place = data.draw(st.sampled_from([tree, tree["database"], tree["station"], tree["slots"][0], tree["slots"][0]["kdf"]]))
    place[data.draw(st.sampled_from(sorted(place)))] = data.draw(JSON)
    _reads_or_refuses(json.dumps(tree).encode())


@settings(max_examples=100, deadline=None)
@given(content=st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_a_document_or_are_told(content: bytes) -> None:
    _reads_or_refuses(content)


def _reads_or_refuses(content: bytes) -> None:
    try:
        documents.parse(content)
    except MzError as error:
        assert error.title in {documents.DAMAGED.title, documents.NEWER.title}


@settings(max_examples=100, deadline=None)
@given(content=st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_attempts_file_is_read(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.getbasetemp()
    (folder / throttle.FILE_NAME).write_bytes(content)
    throttle.Throttle(folder).attempts("a")


@settings(max_examples=100, deadline=None)
@given(secret=st.binary(min_size=20, max_size=20), place=st.integers(0, 35), letter=st.sampled_from(recovery_key.ALPHABET))
def test_a_slip_of_one_letter_never_passes(secret: bytes, place: int, letter: str) -> None:
    text = recovery_key.to_text(secret)
    assert recovery_key.to_secret(text.lower().replace("-", "　")) == secret
    letters = list(text.replace("-", ""))
    if letters[place] == letter:
        return
    letters[place] = letter
    with contextlib.suppress(MzError):
        assert recovery_key.to_secret("".join(letters)) != secret  # a clash of 20 check bits would be another key, never ours


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=60))
def test_any_text_is_a_recovery_key_or_is_told(text: str) -> None:
    with pytest.raises(MzError):
        recovery_key.to_secret(text)


@settings(max_examples=60, deadline=None)
@given(content=st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()))
def test_the_county_refuses_any_other_bytes(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    with pytest.raises(MzError):
        escrow.answer(content, slots.new_pair()[0])


@settings(max_examples=60, deadline=None)
@given(failures=st.lists(st.integers(0, 10**7), min_size=1, max_size=30))
def test_waits_grow_and_never_shrink_with_the_clock(failures: list[int]) -> None:
    attempts, now = throttle.Attempts(), 10**12
    for gap in failures:
        now += gap
        attempts = attempts.counted(now)
        due = throttle.WAITS_S[min(attempts.failures, len(throttle.WAITS_S) - 1)]
        assert attempts.wait_s(now) == attempts.wait_s(now - 10**9) == due
        assert attempts.wait_s(now + due * 1000) == 0


def test_the_throttle_outlives_the_process(tmp_path: Path) -> None:
    for _ in range(3):
        throttle.Throttle(tmp_path).begin("a", 1000)
    with pytest.raises(MzError, match="请等 5 秒"):
        throttle.Throttle(tmp_path).begin("a", 1000)
