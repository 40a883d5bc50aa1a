"""Regular expressions: the automaton agrees with Python's engine, and no pattern runs away."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.errors import FormError
from forms.functions_automaton import Automaton, risk_of
from forms.functions_patterns import matches

atoms = st.sampled_from(["a", "b", ".", r"\d", r"\w", r"\s", r"\S", "[ab]", "[^a]", "[0-9a]", "^", "$", r"\b", r"\B", "村", "[一-龥]"])
patterns = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.builds("{}{}".format, inner, inner),
        st.builds("(?:{}|{})".format, inner, inner),
        st.builds("(?:{}){}".format, inner, st.sampled_from(["*", "+", "?", "{2}", "{0,2}", "{1,}", "*?", "+?"])),
        st.builds("({})".format, inner),
    ),
    max_leaves=8,
)


@settings(max_examples=400, deadline=None)
@given(patterns, st.text("ab1 村\n", max_size=8), st.sampled_from(["", "(?i)", "(?s)", "(?m)"]))
def test_the_automaton_agrees_with_backtracking(pattern: str, text: str, flags: str) -> None:
    pattern = flags + pattern
    if flags != "(?m)":
        pattern = pattern.replace("$", r"\Z")
    text = text.upper() if flags == "(?i)" else text
    if not text and r"\B" in pattern:
        return  # Python before 3.14 holds that \B is not in an empty text; Java and JavaScript that it is
    assert Automaton(pattern).search(text) is (re.search(pattern, text, re.ASCII) is not None)


@pytest.mark.parametrize(
    ("pattern", "long", "expected"),
    [
        ("^(a+)+$", "a" * 5_000 + "!", False),
        ("^(a|a)*$", "a" * 5_000 + "!", False),
        ("^(a|aa)+$", "a" * 5_000, True),
        ("^(a?){30}a{30}$", "a" * 30, True),
        (r"^(\d+,)*\d+$", "12,34," * 500 + "5", True),
        (r"^([a-z]+\.?)+@$", "abc." * 1_000, False),
        ("^(.*a){12}$", "a" * 3_000 + "b", False),
        ("a.*b.*c.*d", "abc" * 2_000, False),
        ("(x+x+)+y", "x" * 5_000, False),
    ],
)
def test_patterns_that_hang_other_engines_answer_at_once(pattern: str, long: str, expected: bool) -> None:
    assert matches(long, pattern) is expected


@pytest.mark.parametrize("pattern", [r"^1[3-9]\d{9}$", "^[一-龥·]{2,15}$", r"^\d{17}[\dXx]$", "^(是|否)$", r"^\d{4}-\d{2}-\d{2}$", "^a*$"])
def test_ordinary_patterns_are_left_to_pythons_engine(pattern: str) -> None:
    assert not risk_of(pattern).runaway
    assert risk_of(pattern).loops <= 1


def test_a_dangerous_pattern_that_is_not_regular_is_refused() -> None:
    with pytest.raises(FormError) as caught:
        matches("a" * 100, r"^(a+)+(?=b)\1$")
    assert caught.value.code == "xpath-regex"
    assert matches("abb", r"(?=a)ab\Bb")


def test_an_automaton_too_big_is_refused() -> None:
    with pytest.raises(FormError):
        matches("a", "^((a{1,90}){1,90}){1,90}$")


@settings(max_examples=200, deadline=None)
@given(st.text("ab\\(){}[]*+?|^$.,1-pLP:=!<", max_size=15), st.text("ab1(", max_size=40))
def test_no_pattern_crashes(pattern: str, text: str) -> None:
    try:
        assert matches(text, pattern) in (True, False)
    except FormError as error:
        assert error.code == "xpath-regex"
