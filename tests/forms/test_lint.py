"""Lint finds what is wrong, at its cell, in Chinese, and says nothing about what is right."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.errors import FormError
from forms.lint import ERROR, WARNING, Finding, has_errors, lint
from forms.xlsform import convert, read_markdown

_SETTINGS = "| settings |\n| | form_title | form_id | version | default_language | attribute::kind | attribute::groups |\n"
_GOOD = "| | 题 | f | 1 | 中文 (zh) | activity | left_behind_child |\n"
_COLUMNS = ("type", "name", "label::中文 (zh)", "relevant", "constraint", "calculation", "choice_filter", "required", "appearance")
_LISTS = (
    "| choices |\n| | list_name | name | label::中文 (zh) | county |\n"
    "| | county | c1 | 甲县 | |\n| | county | c2 | 乙县 | |\n"
    "| | town | t1 | 一镇 | c1 |\n| | town | t2 | 二镇 | c2 |\n| | town | t3 | 三镇 | c9 |\n"
)


def _form(*rows: dict[str, str], choices: str = "", settings_row: str = _GOOD) -> str:
    lines = [" | ".join(row.get(column, row.get(column.split("::")[0], "")) for column in _COLUMNS) for row in rows]
    return f"| survey |\n| | {' | '.join(_COLUMNS)} |\n" + "".join(f"| | {line} |\n" for line in lines) + choices + _SETTINGS + settings_row


def _text(name: str = "a", **more: str) -> dict[str, str]:
    return {"type": "text", "name": name, "label": "甲", **more}


def _found(text: str) -> set[tuple[str, str, int, str]]:
    return {(finding.severity, finding.sheet, finding.row, finding.column) for finding in lint(read_markdown(text))}


def _messages(text: str) -> str:
    return "\n".join(str(finding) for finding in lint(read_markdown(text)))


def test_a_right_form_has_no_findings() -> None:
    assert lint(read_markdown(_form(_text(), _text("b", relevant="${a} = 'x'")))) == ()


@pytest.mark.parametrize(
    ("cell", "place", "words"),
    [
        ({"relevant": "${a} = "}, (ERROR, "survey", 2, "relevant"), "表达式写错了"),
        ({"constraint": "nosuch(.)"}, (ERROR, "survey", 2, "constraint"), "没有名为 nosuch() 的函数"),
        ({"constraint": "if(true(), nosuch(.), 1)"}, (ERROR, "survey", 2, "constraint"), "nosuch()"),
        ({"relevant": "selected(${a})"}, (ERROR, "survey", 2, "relevant"), "应为 2 个"),
        ({"required": "substr(.)"}, (ERROR, "survey", 2, "required"), "应为 2 到 3 个"),
        ({"relevant": "concat()  = ${b}"}, (ERROR, "survey", 2, "relevant"), "没有名为「b」的题目"),
        ({"label": "您好 ${who}"}, (ERROR, "survey", 2, "label::中文 (zh)"), "没有名为「who」的题目"),
        ({"appearance": "w5"}, (WARNING, "survey", 2, "appearance"), "w1、w2、w3、w4"),
        ({"appearance": "w1 w2"}, (WARNING, "survey", 2, "appearance"), "w1、w2、w3、w4"),
        ({"label": ""}, (WARNING, "survey", 2, "label"), "没有文字"),
    ],
)
def test_a_wrong_cell_is_found(cell: dict[str, str], place: tuple[str, str, int, str], words: str) -> None:
    text = _form(_text(**cell))
    assert place in _found(text)
    assert words in _messages(text)


def test_all_unknown_names_are_told_at_once() -> None:
    messages = _messages(_form(_text(relevant="${b} = ${c}"), _text("d", constraint=". > ${e}")))
    assert all(f"「{name}」" in messages for name in "bce")


def test_a_cycle_is_named() -> None:
    rows = ({"type": "calculate", "name": name, "calculation": f"${{{needs}}} + 1"} for name, needs in ("ab", "bc", "ca"))
    findings = lint(read_markdown(_form(_text("t"), *rows)))
    assert [(finding.severity, finding.row) for finding in findings] == [(ERROR, 3)]
    assert "/data/a → /data/b → /data/c → /data/a" in findings[0].message


def test_choices_out_of_reach_are_found() -> None:
    rows = (
        {"type": "select_one county", "name": "c", "label": "县"},
        {"type": "select_one town", "name": "t", "label": "镇", "choice_filter": "county = ${c}"},
    )
    assert _found(_form(*rows, choices=_LISTS)) == {(WARNING, "choices", 6, "name")}
    rows[1]["choice_filter"] = "county = ${c} or county = 'c9'"
    assert _found(_form(*rows, choices=_LISTS)) == set()
    rows[1]["choice_filter"] = "starts-with(county, ${c})"
    assert _found(_form(*rows, choices=_LISTS)) == set()
    rows[1]["choice_filter"] = "county = 'c1' and county != ${c}"
    assert {row for _, _, row, _ in _found(_form(*rows, choices=_LISTS))} == {5, 6}


def test_a_list_that_nobody_asks_is_found() -> None:
    rows = ({"type": "select_one county", "name": "c", "label": "县"},)
    assert _found(_form(*rows, choices=_LISTS)) == {(WARNING, "choices", 4, "list_name")}
    counted = {"type": "calculate", "name": "n", "calculation": "count(instance('town')/root/item)"}
    assert _found(_form(*rows, counted, choices=_LISTS)) == set()


def test_missing_words_are_found_in_each_language() -> None:
    text = (
        "| survey |\n| | type | name | label::中文 (zh) | label::English (en) |\n| | text | a | 甲 | |\n| | text | b | 乙 | B |\n"
        + _SETTINGS
        + _GOOD
    )
    assert _found(text) == {(WARNING, "survey", 2, "label::English (en)")}
    messages = _messages(text.replace("| 1 | 中文 (zh) |", "| 1 | |"))
    assert "default_language" in messages
    messages = _messages(text.replace("| 1 | 中文 (zh) |", "| 1 | 中文 |"))
    assert "没有任何文字是「中文」的" in messages


def test_settings_are_checked() -> None:
    assert (ERROR, "settings", 2, "version") in _found(_form(_text(), settings_row="| | 题 | f | | 中文 (zh) | activity | |\n"))
    assert (ERROR, "settings", 2, "form_id") in _found(_form(_text(), settings_row="| | 题 | a/b | 1 | 中文 (zh) | activity | |\n"))
    assert (WARNING, "settings", 2, "attribute::kind") in _found(_form(_text(), settings_row="| | 题 | f | 1 | 中文 (zh) | party | |\n"))
    assert (WARNING, "settings", 2, "attribute::groups") in _found(
        _form(_text(), settings_row="| | 题 | f | 1 | 中文 (zh) | activity | cats |\n")
    )


def test_reserved_names_keep_their_types_and_choices() -> None:
    risk = "| choices |\n| | list_name | name | label::中文 (zh) |\n| | risk | high | 高 |\n| | risk | none | 无 |\n"
    text = _form(_text("occurred_on"), {"type": "select_one risk", "name": "risk_level", "label": "风险"}, choices=risk)
    assert _found(text) == {(WARNING, "survey", 2, "type"), (WARNING, "survey", 3, "type")}
    assert "多出了 none" in _messages(text)
    inside = _form(
        {"type": "begin_repeat", "name": "r", "label": "组"},
        {"type": "date", "name": "follow_up_on", "label": "下次"},
        {"type": "end_repeat"},
    )
    assert _found(inside) == {(WARNING, "survey", 3, "name")}
    visit = _form({"type": "date", "name": "occurred_on", "label": "日期"}, settings_row=_GOOD.replace("activity", "visit"))
    assert all(name in _messages(visit) for name in ("person_id", "contact_mode", "reached"))


def test_findings_of_pyxform_come_too() -> None:
    assert "没有配对的 end_group" in _messages(_form({"type": "begin_group", "name": "g", "label": "组"}, _text()))


def test_xml_is_linted_too() -> None:
    good = convert(read_markdown(_form(_text(relevant="true()")))).xml
    assert lint(good) == ()
    (finding,) = lint(good.replace('relevant="true()"', 'relevant="nosuch()"'))
    assert (finding.severity, finding.column) == (ERROR, "/data/a relevant")
    assert "nosuch()" in finding.message
    assert has_errors(lint("<html/>"))
    assert has_errors(lint(b"not xml"))
    assert [finding.column for finding in lint(good.replace(' version="1"', ""))] == ["version"]


def test_has_errors() -> None:
    assert has_errors([Finding(ERROR, "", 0, "", "x")])
    assert not has_errors([Finding(WARNING, "", 0, "", "x")])


_PIECE = st.sampled_from(["${a}", "${", "a", "'", "(", ")", "=", "and", "1", "/", "[", "]", ".", "if(", "selected(", ",", "*", "-", "中"])
_EXPRESSION = st.lists(_PIECE, max_size=8).map(" ".join)


@given(_EXPRESSION, _EXPRESSION, _EXPRESSION)
@settings(max_examples=80, deadline=None)
def test_no_expression_breaks_lint(one: str, two: str, three: str) -> None:
    text = _form(
        _text(relevant=one, constraint=two),
        {"type": "select_one county", "name": "b", "label": "县", "choice_filter": three},
        choices=_LISTS,
    )
    findings = lint(read_markdown(text))
    if not has_errors(findings):
        try:
            convert(read_markdown(text))
        except FormError as error:
            pytest.fail(f"lint passed what cannot be converted: {error}")


def test_a_restricted_answer_is_not_written_to_the_file() -> None:
    heads = "| survey |\n| | type | name | label::中文 (zh) | body::restricted | save_to |\n"
    for save_to, is_refused in (("phone", True), ("", False)):
        text = f"{heads}| | text | a | 甲 | yes | {save_to} |\n" + _SETTINGS + _GOOD
        assert ("限知" in _messages(text)) is is_refused
