"""The XPath 1.0 library: every function, by the specification's examples and the edges of numbers and texts."""

from __future__ import annotations

import math

import pytest

from tests.forms.xpath_support import nodes, number, text, truth, value


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("string(0.1 + 0.2)", "0.30000000000000004"),
        ("string(-0)", "0"),
        ("string(0 div -1)", "0"),
        ("string(1 div 0)", "Infinity"),
        ("string(-1 div 0)", "-Infinity"),
        ("string(0 div 0)", "NaN"),
        ("string(1000000000000000000000)", "1000000000000000000000"),
        ("string(0.0000001)", "0.0000001"),
        ("string(1.50)", "1.5"),
        ("string(123456789.123)", "123456789.123"),
        ("string(-1e-7)", "-0.0000001"),
        ("string(true())", "true"),
        ("string()", ""),
        ("concat()", ""),
        ("concat('a', 1, true(), 1.5)", "a1true1.5"),
        ("substring('12345', 2, 3)", "234"),
        ("substring('12345', 1.5, 2.6)", "234"),
        ("substring('12345', 0 div 0, 3)", ""),
        ("substring('12345', 1, 0 div 0)", ""),
        ("substring('12345', -42, 1 div 0)", "12345"),
        ("substring('12345', -1 div 0, 1 div 0)", ""),
        ("substring('𠀀龘靐', 2, 1)", "龘"),
        ("substring-before('1999/04/01', '/')", "1999"),
        ("substring-before('a', '')", ""),
        ("substring-after('1999/04/01', '/')", "04/01"),
        ("substring-after('a', '')", "a"),
        ("substring-after('a', 'b')", ""),
        ("normalize-space('  a \n\t b  ')", "a b"),
        ("normalize-space('\u3000a')", "\u3000a"),
        ("translate('bar', 'abc', 'AB')", "BAr"),
        ("translate('--aaa--', 'abc-', 'ABC')", "AAA"),
        ("translate('１２', '１２', '12')", "12"),
        ("translate('aa', 'aa', 'xy')", "xx"),
    ],
)
def test_strings(expression: str, expected: str) -> None:
    assert text(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("number('  12.5 ')", 12.5),
        ("number('-.5')", -0.5),
        ("number('1e-2')", 0.01),
        ("number(true())", 1),
        ("string-length('龘靐𠀀')", 3),
        ("floor(-1.5)", -2),
        ("ceiling(-1.5)", -1),
        ("ceiling(1 div 0)", math.inf),
        ("round(1.5)", 2),
        ("round(-1.5)", -2),
        ("round(-1.55, 1)", -1.6),
        ("round(2.15, 1)", 2.2),
        ("round(1234, -2)", 1200),
        ("round(1234, -10)", 0),
        ("round(1234.5678, 20)", 1234.5678),
        ("round(1 div 0, 2)", math.inf),
        ("sum(/none)", 0),
        ("5 mod 2", 1),
        ("5 mod -2", 1),
        ("-5 mod 2", -1),
        ("1.5 mod 0.5", 0),
        ("5 mod (1 div 0)", 5),
        ("1 div -0", -math.inf),
    ],
)
def test_numbers(expression: str, expected: float) -> None:
    assert number(expression) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    "expression",
    [
        "number('')",
        "number('+1')",
        "number('1 2')",
        "number('1,5')",
        "number('Infinity')",
        "number('NaN')",
        "number('0x10')",
        "number('１')",
        "number('1_0')",
        "number('- 1')",
        "number(/none)",
        "5 mod 0",
        "(1 div 0) mod 2",
        "round('a')",
        "round(1, 'a')",
        "0 div 0",
    ],
)
def test_what_is_not_a_number(expression: str) -> None:
    assert math.isnan(number(expression))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("boolean('false')", True),
        ("boolean('')", False),
        ("boolean(0)", False),
        ("boolean(-0)", False),
        ("boolean(0 div 0)", False),
        ("boolean(/none)", False),
        ("boolean(.)", True),
        ("not(.)", False),
        ("0 div 0 = 0 div 0", False),
        ("0 div 0 != 0 div 0", True),
        ("'a' = 'a'", True),
        ("'1.0' = 1", True),
        ("'1.0' = '1'", False),
        ("true() = 'x'", True),
        ("'a' < 'b'", False),
        ("/none = /none", False),
        ("/none != 'x'", False),
        ("/none = false()", True),
        ("starts-with('abc', '')", True),
        ("contains('abc', 'bc')", True),
    ],
)
def test_truth(expression: str, expected: bool) -> None:
    assert truth(expression) is expected


def test_names_of_nodes() -> None:
    xml = '<d xmlns:p="urn:p" p:k="1"><p:e/></d>'
    assert text("name(*)", xml) == "p:e"
    assert text("local-name(*)", xml) == "e"
    assert text("namespace-uri(*)", xml) == "urn:p"
    assert text("name(@*)", xml) == "p:k"
    assert text("name()", xml) == "d"
    assert text("name(/none)", xml) == ""


def test_ids() -> None:
    xml = '<d><a id="x">1</a><a id="y">2</a><a xml:id="z">3</a><r>y x</r></d>'
    assert [node.text() for node in nodes("id('z x none x')", xml)] == ["1", "3"]
    assert [node.text() for node in nodes("id(r)", xml)] == ["1", "2"]
    assert nodes("id('')", xml) == []
    assert text("id('y')/@id", xml) == "y"


def test_lang_is_inherited_and_matches_by_part() -> None:
    xml = '<d xml:lang="zh-Hans"><a><b xml:lang="en"/></a></d>'
    assert truth("lang('zh')", xml, "/d/a")
    assert truth("lang('ZH-hans')", xml, "/d/a")
    assert not truth("lang('z')", xml, "/d/a")
    assert not truth("lang('zh')", xml, "/d/a/b")
    assert not truth("lang('zh')")


def test_concat_takes_every_node_of_a_set() -> None:
    assert text("concat(a, '-', b)", "<d><a>1</a><a>2</a><b>3</b></d>") == "12-3"


def test_a_node_set_in_a_string_is_its_first_node() -> None:
    xml = "<d><a>1</a><a>2</a></d>"
    assert text("string(a)", xml) == "1"
    assert number("a + 1", xml) == 2
    assert value("sum(a)", xml) == 3
    assert text("a | b", xml) == "1"
