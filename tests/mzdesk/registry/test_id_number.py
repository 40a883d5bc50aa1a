from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mzdesk.registry import id_number
from mzdesk.registry.id_number import Fault, IdNumberError
from tests.mzdesk.registry import numbers

TODAY = date(2026, 11, 24)


def test_the_examples_of_the_standard_are_valid() -> None:
    assert id_number.parse("11010519491231002X", TODAY) == id_number.IdNumber("11010519491231002X", "110105", date(1949, 12, 31), "2")
    assert id_number.parse("440524188001010014", TODAY).sex == "1"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", Fault.EMPTY),
        ("37098320140722642", Fault.LENGTH),
        ("37098320140722642A", Fault.CHARACTERS),
        ("990983201407226429", Fault.REGION),
        ("370983201402306429", Fault.DATE),
        ("370983203107226424", Fault.FUTURE),
        ("370983201407226428", Fault.CHECK),
    ],
)
def test_faults(text: str, fault: Fault) -> None:
    with pytest.raises(IdNumberError) as caught:
        id_number.parse(text, TODAY)
    assert caught.value.fault is fault


@pytest.mark.parametrize(
    ("raw", "text", "changed"),
    [
        ("370983201407226429", "370983201407226429", False),
        ("370983 20140722 6429", "370983201407226429", True),
        ("３７０９８３２０１４０７２２６４２９", "370983201407226429", True),
        ("37098320201005626x", "37098320201005626X", True),
        ("37098320201005626Ｘ", "37098320201005626X", True),
        ("'37098320201005626X", "37098320201005626X", True),
        ("\u200b37098320201005626X\xa0", "37098320201005626X", True),
        ("370983-2014-0722-6429", "370983201407226429", True),
        ("3.70983201407226429E+17", "370983201407226429", True),
        ("370983201407226429.0", "370983201407226429", True),
        (370983201407226429, "370983201407226429", True),
        ("370983500101001", "37098319500101001" + id_number.check_digit("37098319500101001"), True),
        (370983500101001.0, "37098319500101001" + id_number.check_digit("37098319500101001"), True),
    ],
)
def test_mending(raw: object, text: str, changed: bool) -> None:
    assert id_number.mend(raw) == id_number.Mended(text, changed)


@pytest.mark.parametrize("raw", [3.7098320121007e17, 370983201407226429.0, "3.70983E+17", "3.7098320121007E17"])
def test_lost_digits_are_never_guessed(raw: object) -> None:
    assert id_number.mend(raw).fault is Fault.SCIENTIFIC


@pytest.mark.parametrize("raw", [None, True, "", "  ", "\u3000"])
def test_nothing_there(raw: object) -> None:
    assert id_number.mend(raw).fault is Fault.EMPTY


def test_masking() -> None:
    assert id_number.mask("37092119560806001X") == "3709**********001X"
    assert id_number.mask("370921560806001") == "3709*******6001"[:4] + "*" * 7 + "6001"[-4:]
    assert id_number.mask("1234") == "****"


def test_region_hint_tells_province_city_county() -> None:
    names = {"37": "山东省", "3709": "泰安市", "370983": "肥城市", "11": "北京市", "1101": "市辖区", "110105": "朝阳区"}
    assert id_number.region_hint("370983", names) == "山东省泰安市肥城市"
    assert id_number.region_hint("110105", names) == "北京市朝阳区"
    assert id_number.region_hint("370999", names) == ""


@given(st.dates(date(1900, 1, 1), TODAY), st.integers(0, 499), st.booleans())
def test_every_valid_number_reads_back(born: date, serial: int, male: bool) -> None:
    text = numbers.id_number(born.isoformat(), serial, male=male)
    read = id_number.read(f" {text[:6]} {text[6:14]}\u3000{text[14:].lower()}", TODAY)
    assert (read.text, read.birth_date, read.sex) == (text, born, "1" if male else "2")


@given(st.dates(date(1900, 1, 1), TODAY), st.integers(0, 499), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(born: date, serial: int, place: int, step: int) -> None:
    text = numbers.id_number(born.isoformat(), serial)
    wrong = text[:place] + str((int(text[place]) + step) % 10) + text[place + 1 :]
    with pytest.raises(IdNumberError):
        id_number.parse(wrong, TODAY)


@given(st.one_of(st.text(), st.floats(), st.integers(), st.none(), st.booleans()))
def test_anything_is_read_or_refused(raw: object) -> None:
    try:
        assert len(id_number.read(raw, TODAY).text) == 18
    except IdNumberError as error:
        assert error.message
