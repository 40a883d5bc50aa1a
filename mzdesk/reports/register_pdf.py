"""A register on A4: title, unit and period, the table with its heads on every page, charts beside it, the signature block, watermark."""

from __future__ import annotations

from collections.abc import Sequence

from mzdesk.reports.archival import Imprint
from mzdesk.reports.charts import chart_figure
from mzdesk.reports.ink import Ink
from mzdesk.reports.page import A4_LANDSCAPE, Element, Figure, Furniture, Paper, Text, Together, lay_out, print_pages
from mzdesk.reports.press import Press
from mzdesk.reports.register import Register
from mzdesk.reports.register_table import RegisterTable
from mzdesk.reports.text import TextStyle, Typesetter

TITLE = TextStyle("title", 18, 26, "center")
LEFT, CENTER, RIGHT = (TextStyle("song", 10.5, 14, align) for align in ("left", "center", "right"))
NOTE = TextStyle("song", 9, 13)
PUBLIC_NOTE = "公开用：小于 3 的数及可据以推算的数以“＊”代替。"
CONFIDENTIAL, RESTRICTED = "内部资料", "限知范围内部资料"


def print_register(register: Register, paper: Paper = A4_LANDSCAPE) -> bytes:
    """The register as a PDF/A-2b file. Raises MzError where an identity does not hold."""
    press = Press(share=len(register.rows) > 60)
    add_register(press, register, paper)
    context = register.context
    return press.finish(Imprint(register.title, context.station, context.period, made_at=context.printed_at))


def print_registers(registers: Sequence[Register], title: str, *, duplex: bool = False, paper: Paper = A4_LANDSCAPE) -> bytes:
    """Several registers in one file, the month-end set: each with its own page numbers and bookmark, with `duplex` on a sheet of its own.

    Raises MzError where an identity of any of them does not hold; nothing is printed then.
    """
    for register in registers:
        register.require_sound()
    press = Press(share=True)
    for register in registers:
        if duplex and press.page_count % 2:
            press.blank_page((paper.width, paper.height))
        add_register(press, register, paper)
    first = registers[0].context if registers else None
    return press.finish(Imprint(title, first.station if first else "", "", made_at=first.printed_at if first else None))


def add_register(press: Press, register: Register, paper: Paper = A4_LANDSCAPE) -> None:
    """Print a register onto a press that may hold others: the month-end set is one file."""
    register.require_sound()
    typesetter = Typesetter()
    width = paper.measure
    elements: list[Element] = [
        Text(typesetter.set_balanced(register.title, TITLE, width), width, after=5),
        _head_line(register, typesetter, width),
        RegisterTable(register, typesetter, width).table(),
        Together(tuple(_foot(register, typesetter, width))),
    ]
    press.bookmark(register.title)
    print_pages(press, lay_out(elements, paper), paper, _furniture(register))


def _head_line(register: Register, typesetter: Typesetter, width: float) -> Figure:
    """填报单位（盖章） · 统计时段 · 单位, on one line."""
    context = register.context
    parts = (
        (f"填报单位（盖章）：{context.station}", LEFT),
        (f"统计时段：{context.period}" if context.period else "", CENTER),
        (register.report.unit, RIGHT),
    )
    shares = (0.42, 0.36, 0.22)
    blocks = [typesetter.set_text(text, style, width * share) for (text, style), share in zip(parts, shares, strict=True)]
    height = max(block.height for block in blocks) + 3

    def paint(ink: Ink, x: float, top: float) -> None:
        for block, share in zip(blocks, shares, strict=True):
            ink.block(block, x, top, width * share)
            x += width * share

    return Figure(height, paint)


def _foot(register: Register, typesetter: Typesetter, width: float) -> list[Element]:
    out: list[Element] = []
    if register.trends:
        out.append(chart_figure(register.trends, width))
    out.append(_signatures(register, typesetter, width))
    notes = [register.report.note] if register.report.note else []
    if register.context.publication or register.report.publication:
        notes.append(PUBLIC_NOTE)
    if notes:
        out.append(Text(typesetter.set_text("填报说明：" + "".join(notes), NOTE, width, keep=True), width, before=4))
    return out


def _signatures(register: Register, typesetter: Typesetter, width: float) -> Figure:
    fields = register.report.signatures
    share = width / max(len(fields), 1)
    blocks = [typesetter.set_text(text, LEFT, share) for text in fields]

    def paint(ink: Ink, x: float, top: float) -> None:
        for index, block in enumerate(blocks):
            ink.block(block, x + index * share, top - 8, share)

    return Figure(24.0, paint)


def _furniture(register: Register) -> Furniture:
    context = register.context
    printed = f"{context.printed_at:%Y-%m-%d %H:%M}" if context.printed_at else ""
    mark = RESTRICTED if register.report.restricted else CONFIDENTIAL
    public = register.context.publication or register.report.publication
    watermark = "" if public else " ".join(part for part in (context.printed_by, printed, mark) if part)
    return Furniture(context.number, f"打印时间：{printed}" if printed else "", "", watermark)
