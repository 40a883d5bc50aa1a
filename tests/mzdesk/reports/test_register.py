"""Registers: totals, ratios, identities and suppression against slow recomputation; paper and workbook from one declaration."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mzdesk.errors import MzError
from mzdesk.reports.charts import axis_scale
from mzdesk.reports.declared.catalog import REPORTS
from mzdesk.reports.declared.visits import TOWNSHIP_MONTH, visit_trends
from mzdesk.reports.page import A4_LANDSCAPE
from mzdesk.reports.preview import page_sizes
from mzdesk.reports.register import LEAST_SHOWN, SUPPRESSED, Column, Identity, Register, Report, fill
from mzdesk.reports.register_pdf import print_register, print_registers
from mzdesk.reports.workbook import write_workbook
from tests.mzdesk.reports.reading import page_texts, plain
from tests.mzdesk.reports.samples import context, months, rows_of, visit_rows


def squeeze(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("key", sorted(REPORTS))
def test_every_report_is_printed_and_written(key: str) -> None:
    register = fill(REPORTS[key], rows_of(key), context())
    pdf = print_register(register)
    text = plain(pdf)
    assert squeeze(register.title) in text
    for column in REPORTS[key].columns:
        assert all(squeeze(part) in text for part in column.label.split("\n"))
    assert all(size[0] > size[1] for size in page_sizes(pdf))
    for figures in register.rows:
        assert all(squeeze(figure.text) in text for figure in figures)
    sheet = openpyxl.load_workbook(io.BytesIO(write_workbook(register))).active
    assert sheet is not None
    assert sheet["A1"].value == register.title
    assert sheet.max_row >= len(register.rows) + 3


@settings(max_examples=30)
@given(st.integers(1, 40), st.integers(0, 10**6))
def test_totals_are_those_of_a_slow_count(count: int, seed: int) -> None:
    rows = visit_rows(count, seed)
    register = fill(TOWNSHIP_MONTH, rows, context())
    assert register.problems == ()
    for index, column in enumerate(TOWNSHIP_MONTH.columns):
        if column.total:
            total = 0
            for row in rows:
                total += getattr(row, column.key)
            assert register.totals[index].value == total
    rate = next(i for i, column in enumerate(TOWNSHIP_MONTH.columns) if column.key == "rate")
    due, visited = sum(row.due for row in rows), sum(row.visited for row in rows)
    assert register.totals[rate].value == (visited / due if due else None)


def test_a_broken_identity_names_its_row_and_stops_print_and_workbook() -> None:
    rows = visit_rows(5)
    rows[2] = replace(rows[2], high=rows[2].high + 1)
    register = fill(TOWNSHIP_MONTH, rows, context())
    assert any("第 3 行" in problem and rows[2].name in problem for problem in register.problems)
    for make in (print_register, write_workbook):
        with pytest.raises(MzError, match="第 3 行"):
            make(register)


def test_every_number_opens_what_is_behind_it() -> None:
    rows = visit_rows(6)
    register = fill(TOWNSHIP_MONTH, rows, context())
    at = next(i for i, column in enumerate(TOWNSHIP_MONTH.columns) if column.key == "overdue")
    for row, figures in zip(rows, register.rows, strict=True):
        assert len(figures[at].behind) == row.overdue
    assert len(register.totals[at].behind) == sum(row.overdue for row in rows)


# ---- suppression ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Counted:
    name: str
    whole: int
    left: int
    right: int


COUNTED = Report(
    "counted",
    "{place}统计",
    (
        Column("村", "name", 20),
        Column("合计", "whole", 10, "count", total=True),
        Column("甲", "left", 10, "count", total=True),
        Column("乙", "right", 10, "count", total=True),
        Column("甲占比", "share", 10, "percent", parts=("left", "whole")),
    ),
    (Identity("whole", ("left", "right")),),
)
PAIRS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=8)


def published(pairs: list[tuple[int, int]]) -> Register:
    rows = [Counted(f"村{index}", left + right, left, right) for index, (left, right) in enumerate(pairs)]
    return fill(COUNTED, rows, context(publication=True))


@given(PAIRS)
def test_small_counts_cannot_be_worked_out(pairs: list[tuple[int, int]]) -> None:
    register = published(pairs)
    lines = [*register.rows, register.totals]
    for figures in lines:
        shown = [figure.text for figure in figures[1:4]]
        assert all(not text.isdigit() or int(text) == 0 or int(text) >= LEAST_SHOWN for text in shown)
        assert shown.count(SUPPRESSED) != 1
        if SUPPRESSED in (shown[0], shown[1]):
            assert figures[4].text == SUPPRESSED
    for column in (1, 2, 3):
        assert [figures[column].text for figures in lines].count(SUPPRESSED) != 1


@given(PAIRS)
def test_nothing_is_suppressed_inside_the_office(pairs: list[tuple[int, int]]) -> None:
    rows = [Counted(f"村{index}", left + right, left, right) for index, (left, right) in enumerate(pairs)]
    register = fill(COUNTED, rows, context())
    assert all(figure.text != SUPPRESSED for figures in [*register.rows, register.totals] for figure in figures)


def test_a_publication_has_no_watermark_and_says_what_the_sign_means() -> None:
    text = plain(print_register(published([(1, 5), (4, 4)])))
    assert "小于3的数" in text
    assert SUPPRESSED in text


# ---- workbook ------------------------------------------------------------------------------------------------------------------


@settings(max_examples=40)
@given(st.text(max_size=40) | st.sampled_from(("=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "-2+3", "\t=1", '=HYPERLINK("x")')))
def test_no_cell_is_ever_a_formula(text: str) -> None:
    register = fill(COUNTED, [Counted(text, 0, 0, 0)], context(station=text, place=text.replace("{", "").replace("}", "")))
    book = openpyxl.load_workbook(io.BytesIO(write_workbook(register)))
    for row in book.active.iter_rows():  # type: ignore[union-attr]
        assert all(cell.data_type != "f" for cell in row)


def test_cells_are_typed() -> None:
    register = fill(REPORTS["payments"], rows_of("payments"), context())
    sheet: Any = openpyxl.load_workbook(io.BytesIO(write_workbook(register))).active
    keys = [column.key for column in REPORTS["payments"].columns]
    row = list(sheet[5])
    assert row[keys.index("basic")].value == 760
    assert row[keys.index("basic")].number_format == "#,##0.00"
    assert row[keys.index("id_number")].value.count("*") == 10
    assert isinstance(row[keys.index("serial")].value, int)


# ---- paper ---------------------------------------------------------------------------------------------------------------------


def test_heads_return_and_the_closing_block_never_stands_alone() -> None:
    for count in (8, 11, 12, 13, 14, 15, 16, 17, 28, 30, 32):
        rows = visit_rows(count)
        register = fill(TOWNSHIP_MONTH, rows, context(), visit_trends(months(), rows, "11月末"))
        pages = [squeeze(page) for page in page_texts(print_register(register))]
        assert all("完成率" in page for page in pages), count
        assert "合计" in pages[-1]
        assert "图1" in pages[-1]
        assert "单位负责人" in pages[-1]


def test_charts_show_their_figures() -> None:
    rows = visit_rows(3)
    text = plain(print_register(fill(TOWNSHIP_MONTH, rows, context(), visit_trends(months(), rows, "11月末"))))
    assert all(str(month.due) in text for month in months())
    assert f"低{sum(row.low for row in rows)}" in text


@given(st.integers(0, 10**7))
def test_axis_has_round_steps_and_air(most: int) -> None:
    top, step = axis_scale(most)
    assert top > most
    assert top % step == 0
    assert top // step <= 6
    assert str(step).rstrip("0") in ("1", "2", "5")


def test_the_month_end_set_is_one_file() -> None:
    registers = [fill(REPORTS[key], rows_of(key), context()) for key in ("visits_village", "overdue", "payments")]
    pdf = print_registers(registers, "2026年11月报表", duplex=True)
    starts = [index for index, page in enumerate(page_texts(pdf)) if "第1页" in squeeze(page)]
    assert len(starts) == 3
    assert all(start % 2 == 0 for start in starts)
    assert A4_LANDSCAPE.width == pytest.approx(page_sizes(pdf)[0][0], abs=0.1)
