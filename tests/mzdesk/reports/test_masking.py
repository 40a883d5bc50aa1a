"""Masks: no identity or mobile number survives anywhere in a text."""

import re

from hypothesis import given
from hypothesis import strategies as st

from mzdesk.reports.masking import mask_numbers

PADS = st.text(st.sampled_from("的，。 ：电话（）"), max_size=5)


@given(PADS, st.from_regex(r"[1-9]\d{16}[\dX]", fullmatch=True), PADS)
def test_identity_numbers(before: str, number: str, after: str) -> None:
    masked = mask_numbers(before + number + after)
    assert masked == f"{before}{number[:4]}**********{number[-4:]}{after}"


@given(PADS, st.from_regex(r"1[3-9]\d{9}", fullmatch=True), PADS)
def test_mobile_numbers(before: str, number: str, after: str) -> None:
    assert mask_numbers(before + number + after) == f"{before}{number[:3]}****{number[-4:]}{after}"


@given(st.text(max_size=80))
def test_masking_twice_is_masking_once(text: str) -> None:
    assert mask_numbers(mask_numbers(text)) == mask_numbers(text)


def test_certificates_and_other_numbers() -> None:
    assert mask_numbers("37090220140318901X43") == "3709**********901X43"
    assert mask_numbers("370902001201") == "370902001201"
    assert re.search(r"\d{5}", mask_numbers("电话13805380001和370902201403189013")) is None
