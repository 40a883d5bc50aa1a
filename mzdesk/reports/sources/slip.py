"""The slip that goes with a stick: one line for each batch in the parcel, declared once as the report `batch_slip`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mzdesk.clock import beijing
from mzdesk.errors import MzError
from mzdesk.reports.declared.catalog import REPORTS
from mzdesk.reports.register import fill
from mzdesk.reports.register_pdf import print_register
from mzdesk.reports.sources import duties
from mzdesk.reports.sources.build import log_output
from mzdesk.reports.sources.selection import Selection, context_of, village_names
from mzdesk.store import handed

if TYPE_CHECKING:
    from mzdesk.station import Station

KEY = "batch_slip"


def print_slip(station: Station) -> bytes:
    """Typeset the slip of the batches that lie on a stick without a receipt, and log it. Raises MzError where there are none."""
    with station.read() as connection:
        lying = handed.on_stick(connection)
    if not lying:
        raise MzError("U 盘上没有等回执的批次", "请先“导出到 U 盘”；已经收到回执的批次请到“统计报表”打印“数据批次报送单”。")
    first = beijing(min(batch.sealed_at for batch in lying)).date()
    wanted = Selection(first, max(station.today(), first))
    names = village_names(station)
    digests = {batch.digest for batch in lying}
    rows = [row for row in duties.batch_rows(station, wanted, names) if row.digest in digests]
    pdf = print_register(fill(REPORTS[KEY], rows, context_of(station, wanted, names)))
    log_output(station, KEY, wanted, "print")
    return pdf
