from __future__ import annotations

import io
import random
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

from mzdesk.errors import MzError
from mzdesk.registry import roster_source, roster_text
from mzdesk.registry.roster_layout import find_tables
from tests.mzdesk.registry import messy, old_excel
from tests.mzdesk.registry.numbers import id_number

ROWS: list[list[str | float]] = [
    ["留守儿童花名册"],
    ["姓名", "身份证号", "村", "手机"],
    ["王一", id_number("2015-01-01"), "潘庄村", 13800002206.0],
    ["李㛃", "370983201501020031", "业长", ""],
]


def workbook_bytes(rows: list[list[str | float]] = ROWS) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rezip(data: bytes, change: dict[str, bytes | None]) -> bytes:
    """The same package with parts replaced, added or (None) removed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in change:
                new.writestr(name, old.read(name))
        for name, content in change.items():
            if content is not None:
                new.writestr(name, content)
    return out.getvalue()


def part(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return package.read(name)


def test_old_excel_and_wps() -> None:
    source = roster_source.read_bytes(old_excel.write_xls("花名册", ROWS), "r.et")
    (table,) = find_tables(source.sheets)
    assert table.sheet.name == "花名册"
    assert [table.cell(row, "name") for row in table.people] == ["王一", "李㛃"]
    assert table.cell(table.people[0], "phone") == 13800002206.0


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.encode("gb18030"),
        lambda text: text.encode("utf-8"),
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.encode("utf-16"),
        lambda text: text.encode("utf-16-le"),
        lambda text: text.encode("utf-16-be"),
    ],
)
@pytest.mark.parametrize("separator", [",", "\t", ";", "，", "|"])
def test_text_in_any_encoding(encode: object, separator: str) -> None:
    text = "\r\n".join(separator.join(str(cell) for cell in row) for row in ROWS)
    source = roster_source.read_bytes(encode(text), "r.csv")  # type: ignore[operator]
    (table,) = find_tables(source.sheets)
    assert [table.cell(row, "name") for row in table.people] == ["王一", "李㛃"]


def test_a_web_page_that_calls_itself_xls() -> None:
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in ROWS)
    page = f"<html><head><meta charset='gbk'></head><body><table>{body}</table></body></html>".encode("gbk", "xmlcharrefreplace")
    (table,) = find_tables(roster_source.read_bytes(page, "r.xls").sheets)
    assert [table.cell(row, "name") for row in table.people] == ["王一", "李㛃"]


def test_long_numbers_written_out_in_full_keep_their_digits() -> None:
    number = int(next(text for serial in range(20) if not (text := id_number("2015-01-01", serial)).endswith("X")))
    data = workbook_bytes([["姓名", "身份证号", "村"], ["王一", 1.0, "潘庄"]])
    sheet = part(data, "xl/worksheets/sheet1.xml").replace(b"<v>1</v>", f"<v>{number}</v>".encode())
    read = roster_source.read_bytes(rezip(data, {"xl/worksheets/sheet1.xml": sheet}), "r.xlsx").sheets[0]
    assert read.rows[1][1] == str(number)


def test_both_date_systems() -> None:
    for epoch, since_1904 in ((WINDOWS_EPOCH, False), (MAC_EPOCH, True)):
        book = openpyxl.Workbook()
        book.epoch = epoch
        book.worksheets[0].append(["姓名", "出生日期", "村", "身份证号"])
        book.worksheets[0].append(["王一", date(2015, 1, 1), "潘庄", ""])
        out = io.BytesIO()
        book.save(out)
        (sheet,) = roster_source.read_bytes(out.getvalue(), "r.xlsx").sheets
        assert sheet.since_1904 is since_1904
        value = sheet.rows[1][1]
        assert isinstance(value, date) and (value.year, value.month, value.day) == (2015, 1, 1)


def test_formulas_give_their_last_value_and_errors_are_blank() -> None:
    data = workbook_bytes([["姓名", "身份证号"], ["王一", "x"]])
    sheet = part(data, "xl/worksheets/sheet1.xml").replace(
        b"</row></sheetData>", b'<c r="C2" t="str"><f>A2&amp;B2</f><v>abc</v></c><c r="D2" t="e"><v>#REF!</v></c></row></sheetData>'
    )
    (read,) = roster_source.read_bytes(rezip(data, {"xl/worksheets/sheet1.xml": sheet}), "r.xlsx").sheets
    assert read.rows[1][2] == "abc"
    assert read.rows[1][3] in ("", None)


def test_macros_are_passed_over_and_said() -> None:
    source = roster_source.read_bytes(rezip(workbook_bytes(), {"xl/vbaProject.bin": b"macro"}), "r.xlsm")
    assert "宏" in source.notices[0]
    assert find_tables(source.sheets)


@pytest.mark.parametrize(
    ("data", "title"),
    [
        (b"", "文件是空的"),
        (b"\xef\xbb\xbf \r\n", "文件是空的"),
        (b"\0" * 5000, "文件是空的"),
        (workbook_bytes()[:3000], "表格文件已损坏"),
        (b"PK\x03\x04rubbish", "表格文件已损坏"),
        (workbook_bytes([]), "表里没有内容"),
        (rezip(workbook_bytes(), {"xl/workbook.xml": None}), "不是 .xlsx 表格"),
        (rezip(workbook_bytes(), {"xl/workbook.xml": b"<broken"}), "表格文件已损坏"),
        (rezip(workbook_bytes(), {"xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row"}), "表格文件已损坏"),
        (rezip(workbook_bytes(), {"xl/workbook.xml": None, "xl/workbook.bin": b"x"}), "不是 .xlsx 表格"),
        (old_excel.write_xls("甲", ROWS, locked=True), "表格有密码保护"),
        (old_excel.container({"EncryptedPackage": b"x" * 100, "EncryptionInfo": b"y"}), "表格有密码保护"),
        (old_excel.container({"WordDocument": b"x" * 100}), "表格文件已损坏"),
        (b"%PDF-1.7 ...", "这不是表格文件"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "这不是表格文件"),
        (random.Random(1).randbytes(5000), "这不是表格文件"),
        (b"<?xml version='1.0'?><?mso-application progid='Excel.Sheet'?><Workbook/>", "这是旧式的 XML 表格"),
    ],
)
def test_each_bad_file_has_its_sentence(data: bytes, title: str) -> None:
    with pytest.raises(MzError) as caught:
        roster_source.read_bytes(data, "r.xlsx")
    assert caught.value.title == title
    assert caught.value.message


def test_cells_far_apart_do_not_fill_the_memory() -> None:
    data = workbook_bytes()
    sheet = part(data, "xl/worksheets/sheet1.xml").replace(
        b"</sheetData>", b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    )
    with pytest.raises(MzError, match="太大"):
        roster_source.read_bytes(rezip(data, {"xl/worksheets/sheet1.xml": sheet}), "r.xlsx")


def test_a_bomb_is_not_unpacked() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", b"<workbook/>")
        with package.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as file:
            for _ in range(420):
                file.write(bytes(2**20))
    with pytest.raises(MzError, match="太大"):
        roster_source.read_bytes(out.getvalue(), "r.xlsx")


def test_files_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(MzError, match="找不到"):
        roster_source.read_path(tmp_path / "无.xlsx")
    with pytest.raises(MzError):
        roster_source.read_path(tmp_path)


def read_or_refuse(data: bytes) -> None:
    """Whatever the bytes are: rows, or a sentence."""
    try:
        source = roster_source.read_bytes(data, "fuzz")
        find_tables(source.sheets)
    except MzError as error:
        assert error.title


@pytest.mark.parametrize("original", [workbook_bytes(), old_excel.write_xls("花名册", ROWS)], ids=["xlsx", "xls"])
def test_mutated_workbooks(original: bytes) -> None:
    chance = random.Random(7)
    for _ in range(80):
        data = bytearray(original)
        for _ in range(chance.randrange(1, 8)):
            place = chance.randrange(len(data))
            data[place : place + chance.randrange(3)] = chance.randbytes(chance.randrange(4))
        read_or_refuse(bytes(data))


def test_mutated_parts_of_a_workbook() -> None:
    """The checksum of a zip hides most mutations from the XML behind it, so the parts are mutated before they are packed."""
    chance = random.Random(8)
    original = workbook_bytes()
    for _ in range(80):
        name = chance.choice(["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels"])
        content = bytearray(part(original, name))
        for _ in range(chance.randrange(1, 6)):
            place = chance.randrange(len(content))
            content[place : place + chance.randrange(6)] = chance.choice([b"", b"<", b">", b"9" * 9, b"A1", chance.randbytes(2)])
        read_or_refuse(rezip(original, {name: bytes(content)}))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(st.binary(max_size=2000), st.text(max_size=500).map(lambda text: text.encode("utf-8", "ignore"))))
def test_any_bytes(data: bytes) -> None:
    read_or_refuse(data)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.lists(st.one_of(st.text(max_size=8), st.sampled_from(["姓名", "身份证号", "村", "父亲", "合计"])), max_size=8), max_size=12)
)
def test_any_table(rows: list[list[str]]) -> None:
    width = max((len(row) for row in rows), default=0)
    sheet = roster_source.Sheet("甲", tuple(tuple(row) + ("",) * (width - len(row)) for row in rows), ((0, 0, 1, 2), (0, 3, 0, 900)))
    for table in find_tables([sheet]):
        assert all(0 <= row < len(rows) for row in table.people)


def test_separator_of_the_first_lines() -> None:
    assert roster_text.separator_of("甲;乙;丙\n1,2;3;4\n5;6;7") == ";"


def test_wide_is_wide() -> None:
    assert messy.wide("1X") == "１Ｘ"
