"""Workbooks are read as text whatever their cells hold, and hostile or broken files are refused with a sentence."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from forms.errors import FormError
from forms.xlsform_markdown import read_markdown
from forms.xlsform_sheets import MAX_BYTES, Row, Sheets
from forms.xlsform_workbook import read_xlsx, write_xlsx

_SHEETS = read_markdown(
    "| survey |\n| | type | name | label::中文 (zh) |\n| | text | a | =1+1 |\n| | text | b | 01 |\n| | | | |\n| | note | c | 一<br>二 |\n"
    "| settings |\n| | form_id | version |\n| | f | 2026112401 |\n"
)
_GOOD = write_xlsx(_SHEETS)


def _repacked(change: Callable[[dict[str, bytes]], None]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(_GOOD)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _workbook(*cells: tuple[int, int, object]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "survey"
    sheet.append(["type", "name"])
    for row, column, value in cells:
        sheet.cell(row, column).value = value  # type: ignore[assignment]
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_written_sheets_read_back() -> None:
    assert read_xlsx(_GOOD) == _SHEETS


def test_written_workbook_is_comfortable() -> None:
    sheet = load_workbook(io.BytesIO(_GOOD))["survey"]
    assert sheet.freeze_panes == "A2"
    assert sheet.column_dimensions["C"].width > 30
    assert sheet["C2"].data_type == "s"
    assert sheet["C3"].number_format == "@"


def test_numbers_dates_and_truths_become_text() -> None:
    data = _workbook((2, 1, 2026112401), (2, 2, 1.5), (3, 1, datetime.date(2026, 11, 24)), (3, 2, True), (6, 1, " \u00a0a\r\nb "))
    assert read_xlsx(data).sheets[0].rows == (Row(2, ("2026112401", "1.5")), Row(3, ("2026-11-24", "TRUE")), Row(6, ("a\nb", "")))


def _bomb(parts: dict[str, bytes]) -> None:
    parts["xl/sharedStrings.xml"] = b"<a>" + b" " * (100 * 1024 * 1024)


def _entities(parts: dict[str, bytes]) -> None:
    parts["xl/workbook.xml"] = b'<!DOCTYPE x [<!ENTITY a "b">]>' + parts["xl/workbook.xml"]


def _macros(parts: dict[str, bytes]) -> None:
    parts["xl/vbaProject.bin"] = b"x"


def _macro_type(parts: dict[str, bytes]) -> None:
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"sheet.main+xml", b"macroEnabled.main+xml")


def _no_book(parts: dict[str, bytes]) -> None:
    del parts["xl/workbook.xml"]


def _no_sheet(parts: dict[str, bytes]) -> None:
    del parts["xl/worksheets/sheet1.xml"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_bomb, "解压后过大"),
        (_entities, "不安全"),
        (_macros, "带有宏"),
        (_macro_type, "带有宏"),
        (_no_book, "不是 .xlsx"),
        (_no_sheet, "损坏"),
    ],
)
def test_unsafe_and_broken_archives_are_refused(change: Callable[[dict[str, bytes]], None], words: str) -> None:
    with pytest.raises(FormError, match=words):
        read_xlsx(_repacked(change))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "损坏"),
        (b"not a workbook", "损坏"),
        (_GOOD[: len(_GOOD) // 2], "损坏"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "旧的 .xls"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "打开密码"),
        (b"P" * (MAX_BYTES + 1), "不像是一张表单"),
        (_workbook((30_000, 1, "x")), "A30000"),
        (_workbook((2, 300, "x")), "KN2"),
    ],
)
def test_other_files_are_refused(data: bytes, words: str) -> None:
    with pytest.raises(FormError, match=words):
        read_xlsx(data)


@given(st.integers(0, len(_GOOD) - 1), st.binary(min_size=1, max_size=6))
@settings(max_examples=120, deadline=None)
def test_a_scarred_workbook_reads_or_raises_form_error(place: int, scar: bytes) -> None:
    data = _GOOD[:place] + scar + _GOOD[place + len(scar) :]
    try:
        sheets = read_xlsx(data)
    except FormError:
        return
    assert isinstance(sheets, Sheets)


@given(
    st.sampled_from(("xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml", "[Content_Types].xml")),
    st.integers(0, 4000),
    st.binary(max_size=8),
)
@settings(max_examples=120, deadline=None)
def test_a_scarred_part_reads_or_raises_form_error(part: str, place: int, scar: bytes) -> None:
    def change(parts: dict[str, bytes]) -> None:
        parts[part] = parts[part][:place] + scar + parts[part][place + len(scar) :]

    try:
        sheets = read_xlsx(_repacked(change))
    except FormError:
        return
    assert isinstance(sheets, Sheets)
