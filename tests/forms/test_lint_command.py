"""The verbs of the command line: what they print, what they write, what they return."""

from __future__ import annotations

from pathlib import Path

import pytest

from forms import command
from forms.xlsform import read_markdown, read_xlsx

_DEFINITION = command.DEFINITIONS / "care_log.md"


def test_lint_prints_findings_and_returns_1_on_errors(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.lint(_DEFINITION) == 0
    assert "没有发现问题" in capsys.readouterr().out
    bad = tmp_path / "bad.md"
    bad.write_text(_DEFINITION.read_text(encoding="utf-8").replace("${start_time} = ''", "${begin_time} = ''"), encoding="utf-8")
    assert command.lint(bad) == 1
    printed = capsys.readouterr().out
    assert "错误  survey（题目）表第 " in printed
    assert "begin_time" in printed
    assert "1 处错误" in printed


def test_convert_between_markdown_excel_and_xml(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book, back, xml = tmp_path / "表单.xlsx", tmp_path / "表单.md", tmp_path / "表单.xml"
    assert [command.convert(_DEFINITION, book), command.convert(book, back), command.convert(back, xml)] == [0, 0, 0]
    assert read_xlsx(book.read_bytes()) == read_markdown(back.read_bytes()) == read_markdown(_DEFINITION.read_bytes())
    assert command.lint(xml) == 0
    assert capsys.readouterr().out.count("已写入") == 3
    assert [path.name for path in tmp_path.glob("*.part")] == []


def test_files_that_cannot_be_used_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.lint(tmp_path / "none.md") == 2
    assert "找不到这个文件" in capsys.readouterr().err
    assert command.convert(_DEFINITION, tmp_path / "none" / "x.xlsx") == 2
    capsys.readouterr()
    assert command.convert(_DEFINITION, tmp_path / "x.pdf") == 1
    assert ".xlsx 或 .xml" in capsys.readouterr().err
    (tmp_path / "x.xml").write_text("<a/>", encoding="utf-8")
    assert command.convert(tmp_path / "x.xml", tmp_path / "x.md") == 1
    assert "不认识的文件类型" in capsys.readouterr().err


def test_build_finds_everything_compiled(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.build() == 0
    assert "没有改动" in capsys.readouterr().out
