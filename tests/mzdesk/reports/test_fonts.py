"""Faces: every character that a name may hold is drawn, in one face a name where there is one, and never as a blank."""

import struct

import pytest

from mzdesk.reports.fonts import FACE_FILES, MISSING, ROLE_CHAINS, chain, clean, open_face
from mzdesk.reports.outlines import contours, text_path
from tests.mzdesk.reports.samples import IDEOGRAPHS

RARE = "王𬱖垚䶮㛃堃翀㙍㼆龘𠀀𫚥𫟼𬺈𬺓𮯠"


@pytest.mark.parametrize("role", ROLE_CHAINS)
def test_rare_characters_are_drawn_in_every_role(role: str) -> None:
    assert chain(role).missing(RARE) == ""
    for run in chain(role).runs(RARE):
        for character in run.text:
            assert contours(run.face.file, run.face.glyph(character)), character


@pytest.mark.parametrize(("first", "last"), IDEOGRAPHS)
def test_unified_ideographs_through_extension_f_are_covered(first: int, last: int) -> None:
    song, rare = open_face("SWSong"), open_face("SWRare")
    missing = [code for code in range(first, last + 1) if not (song.file.glyph(code) or rare.file.glyph(code))]
    assert missing == []


def test_a_name_is_set_in_one_face_where_one_has_it_whole() -> None:
    (run,) = chain("title").runs("王𬱖垚")
    assert run.face.name in FACE_FILES
    assert all(run.face.has(character) for character in "王𬱖垚")
    faces = {run.face.name for run in chain("song").runs("赵𠀀")}
    assert faces == {"SWSong", "SWRare"}


def test_an_unknown_character_is_visible() -> None:
    face = chain("song").first
    assert face.glyph("\ue000") == face.glyph(MISSING) != 0
    assert chain("song").missing("一\ue000") == "\ue000"


def test_text_is_cleaned_of_what_cannot_be_set() -> None:
    assert clean("王\u200b𬱖\ufe00垚\r\n走\t访\x07") == "王𬱖垚\n走  访"


def test_a_subset_keeps_outlines_and_advances() -> None:
    file = open_face("SWSong").file
    glyphs = [0, *(file.glyph(ord(character)) for character in "王垚A1")]
    data = file.subset(glyphs)
    tables = {data[at : at + 4].decode(): struct.unpack_from(">LL", data, at + 8) for at in range(12, 12 + 16 * data[5], 16)}
    offsets = struct.unpack_from(f">{len(glyphs) + 1}L", data, tables["loca"][0])
    start = tables["glyf"][0]
    for index, glyph in enumerate(glyphs):
        outline = file.outline(glyph)
        assert data[start + offsets[index] : start + offsets[index + 1]][: len(outline)] == outline
        assert struct.unpack_from(">H", data, tables["hmtx"][0] + 4 * index)[0] == round(file.advance(glyph))


def test_a_watermark_is_paths() -> None:
    path, width = text_path("内部资料", "hei", 15)
    assert width == 60
    assert path.count(" h") >= 8
    assert "Tj" not in path
