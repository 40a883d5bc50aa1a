"""The two tables behind care that an office changes: how often each level is served, and the holidays that working days are counted by."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QPlainTextEdit

from mzdesk.care import holidays, services
from mzdesk.care.levels import LEVEL_NAMES
from mzdesk.care.services import SERVICE_NAMES
from mzdesk.errors import MzError
from mzdesk.registry.dates import Toward
from ui.ask import Ask, Asked
from ui.loose_entry import clean_number
from ui.widgets import button

if TYPE_CHECKING:
    from mzdesk.station import Station
    from ui.page import Page


def open_template(page: Page) -> None:
    """Ask for the times a month of each service and level."""
    station = page.desk.station
    page.desk.tasks.run(lambda: services.template(station), lambda found: _show_template(page, found), page.desk.fail, owner=page)


def _show_template(page: Page, template: Mapping[str, Mapping[str, int]]) -> None:
    station = page.desk.station
    fields = [
        Asked(
            f"{level}.{service}",
            f"{name}：{SERVICE_NAMES[service]}",
            value=str(template.get(level, {}).get(service, 0)),
            required=False,
            span=1,
        )
        for service in SERVICE_NAMES
        for level, name in ((level.value, name) for level, name in LEVEL_NAMES.items())
    ]
    rows = [item for place in range(0, len(fields), 3) for item in _row_of_four(fields[place : place + 3])]
    first = station.today().replace(day=1).isoformat()
    head = (
        Asked("effective_from", "从哪天起", "date", first, toward=Toward.FUTURE, span=2),
        Asked("document_no", "依据", hint="文号，没有文号就写谁定的。", span=2),
    )
    text = "每月应提供的次数，按自理等级。0 表示不安排。旧的频次保留，以前的月份不变。"
    ask = Ask(page, page.desk, "照料服务频次", text, (*head, *rows), "施行", lambda told: _change_template(station, told))
    ask.done_with.connect(lambda _none: page.opened())
    ask.open()


def _row_of_four(three: list[Asked]) -> tuple[Asked, ...]:
    """Let the last of three fields take the rest of a row of four."""
    from dataclasses import replace

    return (*three[:2], replace(three[2], span=2))


def _change_template(station: Station, told: dict[str, str]) -> None:
    value: dict[str, dict[str, int]] = {}
    for key, text in told.items():
        level, dot, service = key.partition(".")
        if dot:
            times = clean_number(text) or "0"
            if not times.isdecimal():
                raise MzError("次数写法不对", "请填 0 到 93 的整数。", field=key)
            value.setdefault(level, {})[service] = int(times)
    services.change_template(station, value, date.fromisoformat(told["effective_from"]), told["document_no"])


def open_holidays(page: Page) -> None:
    """Ask for the county's table of holidays, pasted or from a file."""
    station = page.desk.station
    text = (
        "10 个工作日的期限按它计算。每行一个日期和“休”或“班”，可从表格直接粘贴；已导入的年份以县里的为准，"
        "没有导入的年份用程序自带的放假安排，再没有就按周一至周五。"
    )
    fields = (
        Asked("table", "放假和调休上班的日期", "lines", hint="例如：2027-01-01 休　　2027-02-14 班"),
        Asked("document_no", "放假通知的文号", hint="例如：国办发明电〔2026〕7 号"),
    )
    ask = Ask(page, page.desk, "放假安排", text, fields, "导入", lambda told: _import_holidays(station, told))
    ask.extra.insertWidget(ask.extra.count() - 1, button("从文件读入…", "folder-open", on_click=lambda: _read_file(ask)))
    ask.done_with.connect(lambda count: _told(page, count))
    ask.open()


def _told(page: Page, count: int) -> None:
    page.desk.tell(f"已导入，现有 {count} 天的安排")
    page.opened()


def _import_holidays(station: Station, told: dict[str, str]) -> int:
    return holidays.import_table(station, holidays.parse_table(told["table"], station.today()), told["document_no"])


def _read_file(ask: Ask) -> None:
    path, _kind = QFileDialog.getOpenFileName(ask, "选择放假安排", "", "表格或文本 (*.xlsx *.xls *.csv *.txt)")
    box = ask.controls["table"]
    if path and isinstance(box, QPlainTextEdit):
        try:
            box.setPlainText(read_table_file(Path(path)))
        except MzError as error:
            ask.fields["table"].show_message(error.message)


def read_table_file(path: Path) -> str:
    """Return the first two columns of a file as lines of text. Raises MzError where it cannot be read."""
    try:
        if path.stat().st_size > holidays.MOST_BYTES * 5:
            raise MzError("文件太大", "放假安排只有几十行，请只保留日期和“休”或“班”两列。")
        data = path.read_bytes()
    except OSError as error:
        raise MzError("文件读不出来", "请确认文件还在，没有被别的程序占用。") from error
    if path.suffix.lower() in (".xlsx", ".xls"):
        return _read_workbook(data)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise MzError("文件读不出来", "请另存为 .xlsx 或 UTF-8 文本后再试。")


def _read_workbook(data: bytes) -> str:
    from io import BytesIO

    from python_calamine import CalamineError, CalamineWorkbook

    try:
        rows = CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_index(0).to_python(nrows=holidays.MOST_LINES)
    except (CalamineError, ValueError, IndexError) as error:
        raise MzError("表格读不出来", "请确认是 Excel 或 WPS 表格，且没有密码。") from error
    lines = (" ".join(_cell_text(cell) for cell in row[:2]).strip() for row in rows)
    return "\n".join(line for line in lines if line)


def _cell_text(cell: object) -> str:
    return cell.isoformat()[:10] if isinstance(cell, date) else str(cell).strip()
