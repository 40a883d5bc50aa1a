from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mzdesk.registry import phone


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("13800002206", "13800002206"),
        (13800002206.0, "13800002206"),
        (13800002206, "13800002206"),
        ("138 0000 2206", "13800002206"),
        ("138-0000-2206", "13800002206"),
        ("+86 138-0000-2206", "13800002206"),
        ("8613800002206", "13800002206"),
        ("１３８００００２２０６", "13800002206"),
        ("手机：13800002206（父亲）", "13800002206"),
        ("13800002206.0", "13800002206"),
        ("0538-3212345", "0538-3212345"),
        ("05383212345", "05383212345"),
        ("3212345", "3212345"),
    ],
)
def test_mending(raw: object, text: str) -> None:
    read = phone.mend(raw)
    assert (read.text, read.problem) == (text, "")


def test_two_numbers_in_a_cell() -> None:
    assert phone.mend("13800002206/13900002207") == phone.Phone("13800002206", ("13900002207",), changed=True)
    assert phone.mend("13800002206 13900002207").others == ("13900002207",)


def test_absent_is_said_not_guessed() -> None:
    assert phone.mend("无").absent
    assert phone.mend("") == phone.Phone()


@pytest.mark.parametrize("raw", ["1380000220", "138000022066", "1.38E+10", "abc", "12800002206"])
def test_damaged(raw: str) -> None:
    assert phone.mend(raw).problem


def test_masking() -> None:
    assert phone.mask("13800002206") == "138****2206"
    assert phone.mask("0538-3212345") == "0538-3****45"
    assert phone.mask("123") == "***"


@given(st.one_of(st.text(), st.floats(), st.integers()))
def test_anything_is_read_or_refused(raw: object) -> None:
    read = phone.mend(raw)
    assert not read.text or read.problem or phone.is_valid(read.text)
