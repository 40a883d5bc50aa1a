"""Form tables flow over pages: nothing lost, nothing twice but heads and labels, no part higher than its page."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from mzdesk.reports.ink import Ink, Supplies
from mzdesk.reports.table import CONTINUED, Cell, Part, Row, Table, flow, paint_part
from mzdesk.reports.text import Option, TextBlock, TextStyle, Typesetter

STYLE = TextStyle("song", 11, 15)
SET = Typesetter()


def words(part: Part, label: bool = False) -> list[str]:
    """The lines of the cells of a part, in order."""
    return [
        line.text
        for row in part.rows
        for cell in row.cells
        if cell.label is label
        for block in cell.blocks
        if isinstance(block, TextBlock)
        for line in block.lines
    ]


def row(text: str, label: str = "", **more: object) -> Row:
    """A label cell and a text cell."""
    cells = [Cell(0, 60, (SET.set_text(label, STYLE, 54),), label=True)] if label else []
    left = 60 if label else 0
    return Row((*cells, Cell(left, 400 - left, (SET.set_text(text, STYLE, 394 - left),))), least=20, **more)  # type: ignore[arg-type]


@settings(max_examples=60)
@given(st.lists(st.integers(1, 60), min_size=1, max_size=14), st.floats(80, 300), st.floats(120, 300))
def test_lines_are_kept_in_order_and_parts_fit(lengths: list[int], first: float, room: float) -> None:
    rows = tuple(row("\n".join(f"{index}-{line}" for line in range(count)), label="标\n题") for index, count in enumerate(lengths))
    table = Table(400, rows)
    parts = flow(table, first, room)
    assert [text for part in parts for text in words(part)] == [f"{i}-{line}" for i, count in enumerate(lengths) for line in range(count)]
    for index, part in enumerate(parts):
        assert part.height <= (first if index == 0 else room) + 0.02


def test_a_split_row_repeats_its_label_as_continued() -> None:
    parts = flow(Table(400, (row("\n".join("一" * 40), label="走访\n记录"),)), 200, 500)
    assert len(parts) == 2
    assert CONTINUED in words(parts[1], label=True)
    assert CONTINUED not in words(parts[0], label=True)


def test_heads_return_on_every_page() -> None:
    head = row("表头", with_next=True)
    parts = flow(Table(400, (head, *(row(str(number)) for number in range(30))), head=1), 200, 200)
    assert len(parts) > 2
    assert all(part.rows[0] is head for part in parts)


def test_a_matrix_head_is_carried_but_not_doubled() -> None:
    head = row("评定", with_next=True)
    rows = (row("前"), head, *(row(str(number), carry=(head,)) for number in range(20)))
    parts = flow(Table(400, rows), 150, 200)
    assert [words(part)[0] for part in parts[1:]] == ["评定"] * (len(parts) - 1)
    assert [text for part in parts for text in words(part) if text != "评定"] == ["前", *map(str, range(20))]


def test_a_heading_never_stays_behind() -> None:
    rows = (row("一"), row("节", with_next=True), row("\n".join("二" * 8), whole=True))
    parts = flow(Table(400, rows), 60, 400)
    assert words(parts[0]) == ["一"]


def test_a_new_page_is_begun_where_it_is_asked_for() -> None:
    parts = flow(Table(400, (row("一"), row("二", new_page=True), row("三"))), 500, 500)
    assert [words(part) for part in parts] == [["一"], ["二", "三"]]


def test_a_spanning_label_is_closed_and_continued() -> None:
    label = Cell(0, 60, (SET.set_text("家庭", STYLE, 54),), rows=12, label=True)
    rows = [Row((label, Cell(60, 340, (SET.set_text("0", STYLE, 334),))), least=20)]
    rows += [Row((Cell(60, 340, (SET.set_text(str(number), STYLE, 334),)),), least=20) for number in range(1, 12)]
    parts = flow(Table(400, tuple(rows)), 130, 400)
    assert len(parts) == 2
    spans = [cell.rows for part in parts for line in part.rows for cell in line.cells if cell.label]
    assert spans == [len(part.rows) for part in parts]
    assert CONTINUED in words(parts[1], label=True)


def test_every_part_is_framed_by_closed_rules() -> None:
    table = Table(400, tuple(row("\n".join("一" * 12)) for _ in range(4)))
    for part in flow(table, 300, 300):
        ink = Ink(Supplies())
        paint_part(part, table, 0, 700, ink, ink)
        assert any(op.startswith("1.2 w 0.00") and op.endswith("re S") for op in ink.ops)


def test_options_stand_whole_and_no_two_overlap() -> None:
    labels = ["没有变化", "父母返回", "父母新外出", "更换照护人", "转学升学", "辍学", "被遗弃或长期处于无人照料状态，需要立即上报的"]
    for width in (60, 120, 200, 400):
        frame = SET.set_options([Option(label, False) for label in labels], STYLE, width).frame
        assert "".join(placed.label.text for placed in frame.placed) == "".join(labels)
        by_line: dict[int, list[tuple[float, float]]] = {}
        for placed in frame.placed:
            by_line.setdefault(placed.line, []).append((placed.x, placed.x + (1.15 + placed.label.natural) * 11))
        for spans in by_line.values():
            assert all(left[1] <= right[0] for left, right in pairwise(spans))
