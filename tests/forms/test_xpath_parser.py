"""The grammar: what is accepted, how it groups, and that what is wrong is said with its place."""

from __future__ import annotations

import pytest

from forms.errors import FormError
from forms.xpath import faults, parse
from forms.xpath_ast import Binary, Call, Filter, Literal, Negation, Number, Path, calls, paths, variables
from forms.xpath_parser import MAX_CHAIN, MAX_DEPTH, MAX_LENGTH
from tests.forms.xpath_support import number, text, truth


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1+2*3", 7),
        ("(1+2)*3", 9),
        ("4-3*4+5-1", -4),
        ("10 div 4", 2.5),
        ("10div4", 2.5),
        ("7 mod 4", 3),
        ("- - 2", 2),
        ("---2", -2),
        ("2 - -2", 4),
        ("-2*-3", 6),
        ("1e3", 1000),
        (".5 + 5.", 5.5),
        ("1-1", 0),
    ],
)
def test_arithmetic_groups_as_written(expression: str, expected: float) -> None:
    assert number(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1 = 1 = 1", True),
        ("3 > 2 > 1", False),
        ("1 < 2 = true()", True),
        ("false() or true() and false()", False),
        ("1 and1", True),
        ("1 and-1", True),
        ("'1'or'0'", True),
        ("0 or 1 and 0", False),
        ("1 +\n\t1 = 2", True),
    ],
)
def test_logic_groups_as_written(expression: str, expected: bool) -> None:
    assert truth(expression) is expected


def test_names_that_look_like_operators_are_names_where_an_operand_stands() -> None:
    xml = "<data><div>6</div><mod>4</mod><and>1</and><a-b>9</a-b><a>9</a><b>1</b></data>"
    assert number("div div mod", xml) == 1.5
    assert number("div mod mod", xml) == 2
    assert truth("and and and", xml)
    assert number("a-b", xml) == 9
    assert number("a -b", xml) == 8
    assert number("a - b", xml) == 8
    assert number("count(*) * 2", xml) == 12
    assert number("count(* | div)", xml) == 6


def test_text_literals_keep_what_is_in_them() -> None:
    assert text('"it\'s"') == "it's"
    assert text("'say \"hi\"'") == 'say "hi"'
    assert text("'数字：（一）'") == "数字：（一）"


@pytest.mark.parametrize(
    ("expression", "code", "position"),
    [
        ("", "xpath-empty", 0),
        ("  ", "xpath-empty", 0),
        ("1 And 1", "xpath-syntax", 2),
        ("a b", "xpath-syntax", 2),
        ("(1", "xpath-syntax", 2),
        ("1)", "xpath-syntax", 1),
        ("a[", "xpath-syntax", 2),
        ("a[]", "xpath-syntax", 2),
        ("f(,)", "xpath-syntax", 2),
        ("f(1,)", "xpath-syntax", 4),
        ("//", "xpath-syntax", 2),
        ("a//", "xpath-syntax", 3),
        ("a/", "xpath-syntax", 2),
        ("/data/", "xpath-syntax", 6),
        ("1 +", "xpath-syntax", 3),
        ("foo::a", "xpath-axis", 0),
        ("a # b", "xpath-character", 2),
        ("'open", "xpath-character", 0),
        ("${name}", "xpath-character", 1),
        ("a = = b", "xpath-syntax", 4),
        ("$", "xpath-syntax", 1),
        ("text(1)", "xpath-syntax", 5),
    ],
)
def test_what_is_wrong_is_said_with_its_place(expression: str, code: str, position: int) -> None:
    with pytest.raises(FormError) as caught:
        parse(expression)
    assert (caught.value.code, caught.value.position) == (code, position)
    assert caught.value.message.endswith("。")


@pytest.mark.parametrize(
    "expression",
    [
        "(" * (MAX_DEPTH + 1) + "1" + ")" * (MAX_DEPTH + 1),
        "a" + "[a" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1),
        "+".join("1" for _ in range(MAX_CHAIN + 2)),
        "|".join("a" for _ in range(MAX_CHAIN + 2)),
        "/".join("a" for _ in range(MAX_CHAIN + 2)),
        "1" * (MAX_LENGTH + 1),
        "(" * 40 + "+".join("1" for _ in range(200)) + ")+(1" * 39 + ")+" + "+".join("1" for _ in range(200)),
    ],
)
def test_limits_hold(expression: str) -> None:
    with pytest.raises(FormError):
        parse(expression)


def test_what_is_within_the_limits_works() -> None:
    deep = "if(1, " * 55 + "7" + ", 0)" * 55
    assert number(deep) == 7
    assert number("+".join(["1"] * MAX_CHAIN)) == MAX_CHAIN
    assert truth(" or ".join(["false()"] * (MAX_CHAIN - 1) + ["true()"]))
    assert number("count(data" + "[." * 50 + "]" * 50 + ")", at="/") == 1


def test_the_tree_is_plain_frozen_data() -> None:
    ast = parse("-a[2] | f('x', 1)[3]")
    assert isinstance(ast, Negation)
    union = ast.operand
    assert isinstance(union, Binary)
    assert isinstance(union.left, Path)
    assert isinstance(union.right, Filter)
    assert union.right.base == Call("f", (Literal("x"), Number(1.0)), 8)
    assert union.left.steps[0].predicates == (Number(2.0),)


def test_calls_paths_and_variables_are_found_wherever_they_are() -> None:
    ast = parse("if(selected(../a, $v), /data/b[position() = last()]/c, concat('x', d))")
    assert [call.name for call in calls(ast)] == ["if", "selected", "position", "last", "concat"]
    assert [len(path.steps) for path in paths(ast)] == [2, 3, 1]
    assert [variable.name for variable in variables(ast)] == ["v"]


def test_lint_finds_unknown_functions_arity_and_prefixes() -> None:
    found = faults(parse("if(1, nope(), substring('a')) + x:y/@jr:z + jr:itext('a')"))
    assert [fault.code for fault in found] == ["xpath-function", "xpath-arity", "xpath-prefix"]
    assert [fault.position for fault in found] == [6, 14, 32]
    assert "2 到 3" in found[1].message
    assert not faults(parse("coalesce(today(), now()) = $x"))


def test_a_fault_in_a_branch_never_taken_does_no_harm() -> None:
    assert truth("true() or nope(1)")
    assert text("if(true(), 'a', substring())") == "a"
    with pytest.raises(FormError) as caught:
        text("if(false(), 'a', nope())")
    assert caught.value.code == "xpath-function"
