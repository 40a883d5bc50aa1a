"""Care on paper: the carer's monthly sheet that is signed as the basis of payment, and the notice of one exit with the least data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from mzdesk.care import services
from mzdesk.care.exits import NOTICE_DAYS, Notice, public_reason
from mzdesk.casework.duties import last_of_month
from mzdesk.errors import MzError
from mzdesk.reports.notice import PublicNotice, print_notice
from mzdesk.reports.register import Column, Context, Report, fill
from mzdesk.reports.register_pdf import print_register
from mzdesk.reports.sources.build import log_output
from mzdesk.reports.sources.selection import Selection, context_of, village_names

if TYPE_CHECKING:
    from mzdesk.station import Station


@dataclass(frozen=True)
class SheetRow:
    """One visit of a carer; `minutes` of care, `hours` as written, e.g. 08:30—09:15."""

    on: date
    name: str
    hours: str
    minutes: int
    services: str
    anomaly: str
    signed: str = ""
    behind: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


EXIT_NOTICE = "exit_notice"
CARER_SHEET = Report(
    key="carer_sheet",
    title="{place}{period}特困人员照料服务月记录表",
    unit="单位：分钟",
    columns=(
        Column("序号", "serial", 10, "serial"),
        Column("日期", "on", 24, "date"),
        Column("照料对象", "name", 24, align="center"),
        Column("起止时间", "hours", 28, align="center"),
        Column("时长", "minutes", 14, "count", total=True, zero="—"),
        Column("服务内容", "services", 76),
        Column("异常情况", "anomaly", 46),
        Column("对象（监护人）签字", "signed", 36, align="center"),
    ),
    note="本表由照料人、照料对象签字后交乡镇，作为支付照料费的依据；没有签字的不计。",
    signatures=("照料人：", "村级探视责任人：", "乡镇审核：", "审核日期：　　年　　月　　日"),
)


def carer_sheet(station: Station, carer: str, first: date) -> bytes:
    """Return the month of one carer as a PDF; printing is logged. Raises MzError where the carer logged nothing."""
    lines = services.sheet(station, carer, first)
    if not lines:
        raise MzError("没有照料记录", f"{first.year}年{first.month}月没有{carer or '这位照料人'}的照料记录。")
    rows = [_row(line) for line in lines]
    wanted = Selection(first, last_of_month(first))
    context = _for_carer(context_of(station, wanted, village_names(station)), carer)
    pdf = print_register(fill(CARER_SHEET, rows, context))
    log_output(station, CARER_SHEET.key, wanted, "print")
    return pdf


def _row(line: services.LogLine) -> SheetRow:
    hours = f"{line.start}—{line.end}" if line.start and line.end else line.start
    return SheetRow(
        date.fromisoformat(line.on),
        line.person_name,
        hours,
        line.minutes,
        line.services,
        line.anomaly,
        behind={"on": (line.record_id,)},
    )


def _for_carer(context: Context, carer: str) -> Context:
    return Context(
        station=context.station,
        place=context.place,
        period=f"{context.period}　照料人：{carer}",
        month=context.month,
        printed_by=context.printed_by,
        printed_at=context.printed_at,
    )


def exit_notice(station: Station, told: Notice, kind: str) -> bytes:
    """Return the seven-day notice of one exit as a PDF: name and village only; `kind` 集中 or 分散. Printing is logged."""
    names = village_names(station)
    township = names.get(station.identity.township, "")
    stops = f"{told.stops_from.year}年{told.stops_from.month}月"
    who = f"{names.get(told.village, '')}{told.name}（{kind}供养）"
    what = f"{who}拟退出特困人员救助供养，原因：{public_reason(told.reason)}；自{stops}起停止救助供养。现予以公示。"
    objection = f"对以上事项有异议的，请在公示期内向{township}反映。"
    foot = f"公示期 {NOTICE_DAYS} 天，期满即撤下存档，不得留存于公开场所。"
    sheet = PublicNotice(
        "特困人员救助供养退出公示",
        township or station.identity.name,
        (what, objection, "监督电话：＿＿＿＿＿＿＿＿＿＿"),
        told.first,
        told.last,
        foot,
    )
    pdf = print_notice(sheet, station.local_now())
    log_output(station, EXIT_NOTICE, Selection(told.first, told.last), "print")
    return pdf
