"""The foot of a printed form: the signatures that the form asks for, then the opinions and stamps of the offices."""

from __future__ import annotations

from collections.abc import Sequence

from mzdesk.reports.document import Document
from mzdesk.reports.form_fields import Field
from mzdesk.reports.form_styles import SIGN, SIGN_RIGHT, Density
from mzdesk.reports.hints import SignBlock, closing_blocks
from mzdesk.reports.pictures import Picture, read_picture
from mzdesk.reports.table import Cell, Row
from mzdesk.reports.text import Blank, Block, Typesetter

DATE_LINE = "年　　月　　日"
TRUE_RECORD = "以上内容已向本人宣读，情况属实。"
PERSON_WORDS = ("受访", "监护", "本人", "对象", "委托", "照护人", "当事")
INNER_PAD = 7.0


def _is_bare(blocks: Sequence[Block]) -> bool:
    """Whether the field is still to be signed, so that it belongs to the blank form."""
    return not any(isinstance(block, Picture) for block in blocks)


class FormClosing:
    """Sets the closing rows, two fields a row."""

    def __init__(self, document: Document, typesetter: Typesetter, width: float, density: Density) -> None:
        self._document = document
        self._set = typesetter.set_text
        self._width = width
        self._height = density.sign

    def rows(self, signatures: Sequence[Field]) -> list[Row]:
        """One cell for every signature question, then the standard blocks of the kind of form."""
        form = self._document.form
        cells = [self._signature(one) for one in signatures]
        cells += [self._block(block) for block in closing_blocks(form.kind, form.groups, form.attributes.get("print", ""))]
        return [self._row(cells[start : start + 2]) for start in range(0, len(cells), 2)]

    def _inner(self) -> float:
        return self._width / 2 - 2 * INNER_PAD

    def _row(self, pair: Sequence[tuple[Block, ...]]) -> Row:
        width = self._width / len(pair)
        cells = tuple(
            Cell(index * width, width, blocks, static=_is_bare(blocks), middle=False, pad_x=INNER_PAD, pad_y=6)
            for index, blocks in enumerate(pair)
        )
        return Row(cells, least=self._height, whole=True)

    def _signature(self, one: Field) -> tuple[Block, ...]:
        heading = one.label.rstrip("：:")
        for ending in ("签字", "签名", "签章"):
            heading = heading.removesuffix(ending)
        statement = TRUE_RECORD if any(word in heading for word in PERSON_WORDS) else ""
        return self._blocks(f"{heading}：", statement, self._picture(one), "签名：")

    def _picture(self, one: Field) -> Block | None:
        data = self._document.attachments.get(one.value) if one.value and not self._document.blank else None
        return read_picture(data, 110.0, 34.0) if data else None

    def _block(self, block: SignBlock) -> tuple[Block, ...]:
        return self._blocks(block.heading, block.statement, None, "（盖章）" if block.stamp else "签名：")

    def _blocks(self, heading: str, statement: str, picture: Block | None, mark: str) -> tuple[Block, ...]:
        width = self._inner()
        head = self._set(heading, SIGN, width)
        blocks: list[Block] = [head]
        if statement:
            blocks.append(self._set(statement, SIGN, width))
        tail = [self._set(mark, SIGN, width) if mark == "签名：" else self._set(f"　　　　　　{mark}", SIGN, width)]
        tail.append(self._set(DATE_LINE, SIGN_RIGHT, width))
        room = self._height - 12 - sum(block.height for block in (*blocks, *tail))
        if picture is not None:
            blocks.append(picture)
            room -= picture.height
        if room > 0:
            blocks.append(Blank(room))
        return (*blocks, *tail)
