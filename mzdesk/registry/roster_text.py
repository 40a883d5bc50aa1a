"""Text tables as offices keep them: CSV in GBK, UTF-8 or UTF-16, any separator, and web pages that call themselves .xls."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter

from lxml import etree, html

from mzdesk.errors import MzError

SEPARATORS = (",", "\t", ";", "，", "|", "；")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
MAXIMUM_FIELD = 131_072


def read(data: bytes) -> list[list[str]]:
    """Return the rows of a text file; raises MzError where it is no text or no table."""
    text = decode(data)
    head = text[:4096].lstrip().lower()
    if head.startswith("<") and ("<table" in text[:200_000].lower()):
        return _read_html(text)
    if head.startswith("<?xml"):
        raise MzError("这是旧式的 XML 表格", "请在 Excel 或 WPS 里打开它，另存为 .xlsx，再导入。")
    return split_rows(text, separator_of(text))


def decode(data: bytes) -> str:
    """Return text in whichever encoding it was written; raises MzError where it is none."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _decode(data, encoding)
    low, high = data[0:4096:2].count(0), data[1:4096:2].count(0)
    if low + high >= 2 and max(low, high) > 4 * min(low, high):
        return _decode(data, "utf-16-le" if high > low else "utf-16-be")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _decode(data, "gb18030")


def _decode(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = data.decode(encoding, "replace")
        if text.count("\ufffd") > max(4, len(text) // 200):
            raise MzError("这不是表格文件", "请选择 Excel 或 WPS 表格（.xlsx、.xls、.et），或者 CSV 文本。") from None
    controls = sum(1 for sign in text[:4096] if sign < " " and sign not in "\t\r\n\x0b\x0c")
    if controls > max(4, len(text[:4096]) // 50):
        raise MzError("这不是表格文件", "请选择 Excel 或 WPS 表格（.xlsx、.xls、.et），或者 CSV 文本。")
    return text


def separator_of(text: str) -> str:
    """Return the separator that splits most of the first lines into the same number of fields."""
    lines = [line for line in text[:100_000].splitlines()[:60] if line.strip()]
    return max(SEPARATORS, key=lambda separator: (_agreement(lines, separator), -SEPARATORS.index(separator)))


def _agreement(lines: list[str], separator: str) -> int:
    counts = Counter(line.count(separator) for line in lines if separator in line)
    return max((fields * lines_with for fields, lines_with in counts.items()), default=0)


def split_rows(text: str, separator: str) -> list[list[str]]:
    """Return the fields of every line; quoted fields may hold line breaks."""
    csv.field_size_limit(MAXIMUM_FIELD)
    source = io.StringIO(text.replace("\0", ""), newline="")
    try:
        return list(csv.reader(source, delimiter=separator))
    except csv.Error:
        return [line.split(separator) for line in text.replace("\0", "").splitlines()]


def _read_html(text: str) -> list[list[str]]:
    """Return the rows of the largest table of a web page (many systems export those as .xls)."""
    try:
        document = html.document_fromstring(text.encode("utf-8"), parser=html.HTMLParser(encoding="utf-8"))
    except (ValueError, etree.LxmlError) as error:
        raise MzError("表格文件已损坏", "请在 Excel 或 WPS 里打开它，另存为 .xlsx，再导入另存的文件。") from error
    tables = [[_html_cells(row) for row in table.iter("tr")] for table in document.iter("table")]
    return max(tables, key=len, default=[])


def _html_cells(row: etree._Element) -> list[str]:
    return ["".join(str(part) for part in cell.itertext()) for cell in row if cell.tag in ("td", "th")]
