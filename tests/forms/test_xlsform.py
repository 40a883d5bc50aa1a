"""Conversion through pyxform: one XML from every source, Chinese quotation marks kept, every complaint in Chinese with its cell."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyxform.errors import ErrorCode

from forms.errors import FormError
from forms.messages import ERROR, Finding, translate_pyxform
from forms.xlsform import XlsformError, convert, read_markdown, read_source, write_markdown, write_xlsx

_SETTINGS = "| settings |\n| | form_title | form_id | version |\n| | 题 | f | 1 |\n"


def _survey(*rows: str, header: str = "type | name | label", more: str = "") -> str:
    return f"| survey |\n| | {header} |\n" + "".join(f"| | {row} |\n" for row in rows) + more + _SETTINGS


def test_quotation_marks_stay_chinese_in_words_only() -> None:
    text = _survey("text | a | 评“差”的‘原因’ | ${a} = “x”", header="type | name | label | constraint")
    xml = convert(read_markdown(text)).xml
    assert "评“差”的‘原因’" in xml
    assert "constraint=' /data/a  = \"x\"'" in xml or 'constraint=" /data/a  = &quot;x&quot;"' in xml


def test_every_source_gives_the_same_form() -> None:
    sheets = read_markdown(_survey("text | a | 甲", "| | ", "note | | 乙"))
    xml = convert(sheets).xml
    assert "generated_note_name_4" in xml
    assert convert(read_source("表单.XLSX", write_xlsx(sheets))).xml == xml
    assert convert(read_source("表单.md", write_markdown(sheets).encode())).xml == xml


@pytest.mark.parametrize("name", ["表单.xlsm", "表单.xls", "表单", "表单.csv"])
def test_other_endings_are_refused(name: str) -> None:
    with pytest.raises(FormError):
        read_source(name, b"")


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        (_survey("text | a | ${b}"), Finding(ERROR, "survey", 2, "label", "表中没有名为「b」的题目，请检查 ${b} 的拼写。")),
        (
            _survey("text | 1a | 甲"),
            Finding(ERROR, "survey", 2, "name", "名字要以字母或下划线开头，后面用字母、数字、下划线、连字符、句点。"),
        ),
        (_survey("text | a | 甲", "text | a | 乙"), Finding(ERROR, "survey", 3, "name", "同一组里已有名为「a」的题目，请改名。")),
        (_survey("select_one x | a | 甲"), Finding(ERROR, "", 0, "", "有选择题却没有 choices 工作表，请加上。")),
        (_survey("begin_group | a | 甲"), Finding(ERROR, "survey", 2, "", "begin_group「a」没有配对的 end_group。")),
        (_survey("end_group | a | 甲"), Finding(ERROR, "survey", 2, "", "多了一个 end_group，前面没有与它配对的 begin_group。")),
        (_survey("colour | a | 甲"), Finding(ERROR, "survey", 2, "type", "不认识题型「colour」，请检查拼写。")),
        (_survey(" | a | 甲"), Finding(ERROR, "survey", 2, "", "这一行没有题型，请填写 type 列。")),
        (_survey("text | | 甲"), Finding(ERROR, "survey", 2, "", "这一行没有名字，请填写 name 列。")),
        (_survey("text | a | "), Finding(ERROR, "survey", 2, "name", "题目「a」没有标题，请填写 label 列。")),
        (
            _survey("select_multiple l | a | 甲", more="| choices |\n| | list_name | name | label |\n| | l | x y | 选 |\n"),
            Finding(ERROR, "choices", 2, "name", "多选题的选项代码不能有空格：列表「l」里的「x y」。"),
        ),
        (_SETTINGS, Finding(ERROR, "", 0, "", "没有名为 survey 的工作表，题目应写在那里。")),
    ],
)
def test_errors_are_told_in_chinese_with_their_cell(text: str, finding: Finding) -> None:
    with pytest.raises(XlsformError) as caught:
        convert(read_markdown(text))
    assert finding in caught.value.findings


def test_warnings_are_told_in_chinese() -> None:
    more = "| choices |\n| | list_name | name | label::中文 (zh) |\n| | l | x | 选 |\n"
    text = _survey("select_one l | a | 甲", header="type | name | label::English | hint::中文 (zh)", more=more)
    messages = " ".join(str(finding) for finding in convert(read_markdown(text)).warnings)
    assert "语言「中文 (zh)」在 survey 表里缺少这一列：label" in messages
    assert "English" in messages


def test_a_finding_says_where() -> None:
    assert str(Finding(ERROR, "survey", 7, "name", "改。")) == "survey（题目）表第 7 行「name」列：改。"
    assert str(Finding(ERROR, "", 0, "", "改。")) == "改。"


@pytest.mark.parametrize("code", [code for code in ErrorCode if not code.name.startswith("INTERNAL")], ids=lambda code: code.name)
def test_every_error_of_pyxform_has_a_sentence(code: ErrorCode) -> None:
    names = """name value q saveto dataset missing header other columns accepted rejected candidates
        tick_labelset question scope other_scope"""
    context = dict.fromkeys(names.split(), "a") | {"sheet": "survey", "sheet_name": "survey", "column": "label"}
    context |= {"row": "7", "other_row": "3", "type": "group"}
    finding = translate_pyxform(code.value.format(**context), ERROR)
    assert "原文是" not in finding.message
    assert not any(word in finding.message for word in ("value is", "must"))


def test_an_unknown_complaint_keeps_its_words() -> None:
    finding = translate_pyxform("[row : 9] Something new happened.", ERROR)
    assert (finding.row, finding.sheet) == (9, "survey")
    assert finding.message == "表单转换程序认为这里有问题，原文是：Something new happened."


_TYPES = "text|note|select_one l|select_multiple l or_other|begin_group|end_group|begin_repeat|end_repeat|calculate|range|image|trigger"
_PIECES = "a|b|${a}|${|}|'|(|selected(., 'x')|中文|1|<b>|&|yes"
_WORD = st.sampled_from((_TYPES + "|" + _PIECES).split("|"))
_COLUMNS = [
    "type",
    "name",
    "label",
    "label::x",
    "hint",
    "relevant",
    "calculation",
    "constraint",
    "trigger",
    "parameters",
    "repeat_count",
    "default",
]


@given(st.lists(st.lists(_WORD | st.just(""), min_size=len(_COLUMNS), max_size=len(_COLUMNS)), max_size=6))
@settings(max_examples=120, deadline=None)
def test_any_sheet_converts_or_raises_form_error(rows: list[list[str]]) -> None:
    more = "| choices |\n| | list_name | name | label |\n| | l | x | 选 |\n"
    text = _survey(*(" | ".join(row) for row in rows), header=" | ".join(_COLUMNS), more=more)
    try:
        conversion = convert(read_markdown(text))
    except FormError:
        return
    assert conversion.xml.startswith("<?xml")


def test_pyxform_is_imported_only_to_convert() -> None:
    heavy = "('pyxform', 'openpyxl', 'python_calamine')"
    code = f"import sys, forms.xlsform, forms.lint, forms.catalog; sys.exit(any(name in sys.modules for name in {heavy}))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
