"""A cover letter (函) to GB/T 9704 measures that goes with a report: asked in a dialog, previewed, printed and logged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mzdesk.errors import MzError
from mzdesk.reports.letter import Letter, print_letter
from mzdesk.reports.sources.build import log_output
from ui.ask import Ask, Asked
from ui.paper_preview import PaperPreview

if TYPE_CHECKING:
    from mzdesk.reports.register import Register
    from mzdesk.reports.sources.selection import Selection
    from mzdesk.station import Station
    from ui.page import Page

BODY = "现将《{title}》报送贵单位，请查收。如有疑问，请与我站联系。"


def ask_letter(page: Page, register: Register, key: str, wanted: Selection) -> Ask:
    """Open the dialog for a letter that carries a report; done, the letter is shown as it will be printed."""
    station = page.desk.station
    fields = (
        Asked("to", "主送单位", hint="例如：肥城市民政局"),
        Asked("number", "发文字号", required=False, hint="没有可以不填", span=2),
        Asked("contact", "联系人及电话", required=False, span=2),
        Asked("title", "标题", value=f"关于报送《{register.title}》的函"),
        Asked("body", "正文", kind="lines", value=BODY.format(title=register.title), hint="每段一行"),
    )
    dialog = Ask(
        page,
        page.desk,
        "写公函",
        "按公文格式排版（GB/T 9704），附件为当前报表。",
        fields,
        "预览",
        lambda told: write_letter(station, register, key, wanted, told),
    )
    dialog.done_with.connect(lambda pdf: PaperPreview(page, "公函", pdf).exec())
    dialog.open()
    return dialog


def write_letter(station: Station, register: Register, key: str, wanted: Selection, told: dict[str, str]) -> bytes:
    """Return the letter as a PDF; raises MzError without a body."""
    paragraphs = tuple(line.strip() for line in told["body"].splitlines() if line.strip())
    if not paragraphs:
        raise MzError("请写正文", "正文至少一段。", field="body")
    letter = Letter(
        organ=station.identity.name,
        number=told["number"],
        title=told["title"],
        to=told["to"],
        paragraphs=paragraphs,
        signed_on=station.today(),
        attachments=(register.title,),
        contact=told["contact"],
    )
    pdf = print_letter(letter, station.local_now())
    log_output(station, key, wanted, "print", "公函")
    return pdf
