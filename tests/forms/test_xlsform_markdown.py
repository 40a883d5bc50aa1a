"""Markdown tables read and write XLSForms without loss, and nothing in them can do more than raise FormError."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.errors import FormError
from forms.xlsform_markdown import read_markdown, write_markdown
from forms.xlsform_sheets import MAX_BYTES, Row, Sheet, Sheets

_CHARACTERS = st.one_of(
    st.sampled_from(list("|\\<br>#-: \n“”`$")), st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufffe\uffff\u00a0")
)
_CELL = st.text(_CHARACTERS, max_size=12).map(str.strip)
_NAME = st.text("abcdef_", min_size=1, max_size=6)


@st.composite
def _sheet(draw: st.DrawFn, name: str) -> Sheet:
    header = draw(st.lists(_NAME, min_size=1, max_size=4, unique=True))
    number, rows = 1, []
    for cells in draw(st.lists(st.tuples(*[_CELL] * len(header)).filter(any), max_size=4)):
        number += draw(st.integers(1, 3))
        rows.append(Row(number, cells))
    return Sheet(name, tuple(header), tuple(rows))


_SHEETS = st.tuples(_sheet("survey"), _sheet("choices")).map(Sheets)


@given(_SHEETS)
@settings(max_examples=150, deadline=None)
def test_what_is_written_reads_back(sheets: Sheets) -> None:
    assert read_markdown(write_markdown(sheets)) == sheets


@given(st.one_of(st.binary(max_size=300), st.text(alphabet="|\\ab \n-<br>#", max_size=200).map(str.encode)))
@settings(max_examples=300, deadline=None)
def test_any_bytes_read_or_raise_form_error(data: bytes) -> None:
    try:
        sheets = read_markdown(data)
    except FormError:
        return
    assert sheets.sheets


def test_prose_rules_and_comments_are_not_rows() -> None:
    text = "# 标题\n说明 | 不是表格\n| survey | type | name |\n|---|:---:|---|\n| | text | a | # 备注\n| | | |\n| | text | b \\| c |\n"
    (survey,) = read_markdown(text).sheets
    assert survey.header == ("type", "name")
    assert survey.rows == (Row(2, ("text", "a")), Row(4, ("text", "b | c")))


def test_line_ends_inside_a_cell() -> None:
    (survey,) = read_markdown("| survey |\n| | type | label |\n| | note | 一<br>二 \\<br> |\n").sheets
    assert survey.rows[0].cells == ("note", "一\n二 <br>")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("没有表格", "没有找到表格"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"|" * (MAX_BYTES + 1), "不像是一张表单"),
        ("| survey |\n| | a | a |\n", "出现了两次"),
        ("| survey |\n| | a |\n| Survey |\n| | b |\n", "只留一张"),
        ("| survey |\n| | a |\n| | \x07 |\n", "第 2 行第 1 列"),
        ("| survey |\n| | a |\n| | " + "长" * 40_000 + " |\n", "32767"),
        ("| survey |\n| | a |\n" + "| | |\n" * 20_001, "20000 行"),
        ("| survey |\n" + "| | " + " | ".join(f"c{n}" for n in range(201)) + " |\n", "200 列"),
        ("".join(f"| s{n} |\n| | a |\n" for n in range(41)), "40 张"),
    ],
)
def test_limits_and_faults_are_told(source: str | bytes, words: str) -> None:
    with pytest.raises(FormError, match=words):
        read_markdown(source)
