"""The parts of an .xlsx package that calamine does not tell: macros, the date system, true extent, and long numbers digit by digit."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from posixpath import join, normpath

from lxml import etree

from mzdesk.errors import MzError

MAXIMUM_UNPACKED = 400 * 2**20
MAXIMUM_PARTS = 5_000
_RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_VALUE_CELL = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"[^>]*[^/]>')
_LONG_NUMBER = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"[^>]*>\s*<(?:\w+:)?v>([0-9]{16,18})(?:\.0+)?</')
_FAILURES = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError, KeyError, etree.LxmlError)


def _damaged() -> MzError:
    return MzError("表格文件已损坏", "请在 Excel 或 WPS 里打开它，另存为 .xlsx，再导入另存的文件。")


def open_package(data: bytes) -> Package:
    """Return the package; raises MzError where it is damaged, encrypted, not an .xlsx, or unpacks to too much."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        names = frozenset(archive.namelist())
        unpacked = sum(info.file_size for info in archive.infolist())
        locked = any(info.flag_bits & 1 for info in archive.infolist())
    except _FAILURES as error:
        raise _damaged() from error
    if unpacked > MAXIMUM_UNPACKED or len(names) > MAXIMUM_PARTS:
        raise MzError("表格太大", "解开后超过 400 MB。请删去多余的空行空列和图片，或按村拆成几个文件。")
    if locked:
        raise MzError("表格有密码保护", "请在 Excel 或 WPS 里输入密码打开，去掉密码后另存，再导入。")
    if "xl/workbook.xml" not in names:
        kind = "二进制工作簿（.xlsb）" if "xl/workbook.bin" in names else "压缩包或别的文档"
        raise MzError("不是 .xlsx 表格", f"这是{kind}。请在 Excel 或 WPS 里打开，另存为 .xlsx，再导入。")
    return Package(archive, names)


class Package:
    """An open .xlsx package."""

    def __init__(self, archive: zipfile.ZipFile, names: frozenset[str]) -> None:
        self._archive = archive
        self._names = names
        self.has_macros = any(name.endswith("vbaProject.bin") for name in names)
        self._workbook = self._parse("xl/workbook.xml")
        properties = next((node for node in self._workbook.iter("{*}workbookPr")), None)
        self.since_1904 = properties is not None and properties.get("date1904") in ("1", "true")

    def check_extent(self, maximum_rows: int, maximum_cells: int) -> None:
        """Raise MzError where cells with values lie so far apart that a dense table of them would not fit into memory."""
        for path in self._sheet_paths().values():
            rows, columns = self._extent(path)
            if rows > maximum_rows or rows * columns > maximum_cells:
                raise MzError("表格太大", "有内容的单元格排到了很远的行或列。请删去多余的行和列，另存后再导入。")

    def _extent(self, path: str) -> tuple[int, int]:
        rows, columns = 0, 0
        for letters, digits in _VALUE_CELL.findall(self._read(path)):
            rows = max(rows, int(digits))
            columns = max(columns, column_number(letters))
        return rows, columns

    def long_numbers(self, sheet: str) -> dict[tuple[int, int], str]:
        """Return (row, column), from 0, → digits of the numbers of 16 to 18 digits that are written out in full in a sheet."""
        path = self._sheet_paths().get(sheet)
        if path is None:
            return {}
        found = _LONG_NUMBER.findall(self._read(path))
        return {(int(row) - 1, column_number(letters) - 1): digits.decode() for letters, row, digits in found}

    def _sheet_paths(self) -> dict[str, str]:
        """Return sheet name → part; sheets that are not there are left out."""
        targets = {str(node.get("Id")): str(node.get("Target", "")) for node in self._relations()}
        found = {}
        for node in self._workbook.iter("{*}sheet"):
            link = next((str(value) for name, value in node.attrib.items() if str(name).endswith("}id")), "")
            target = targets.get(link, "")
            path = target.lstrip("/") if target.startswith("/") else normpath(join("xl", target))
            if path in self._names:
                found[str(node.get("name", ""))] = path
        return found

    def _relations(self) -> Iterator[etree._Element]:
        path = "xl/_rels/workbook.xml.rels"
        return self._parse(path).iter(_RELATIONS) if path in self._names else iter(())

    def _read(self, path: str) -> bytes:
        try:
            return self._archive.read(path)
        except _FAILURES as error:
            raise _damaged() from error

    def _parse(self, path: str) -> etree._Element:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        try:
            return etree.fromstring(self._read(path), parser)
        except etree.LxmlError as error:
            raise _damaged() from error


def column_number(letters: bytes) -> int:
    """Return 1 for A, 27 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
