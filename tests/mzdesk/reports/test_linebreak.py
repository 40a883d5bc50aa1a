"""Line breaking: whatever the text and the width, no line starts with a closing mark or ends with an opening one, and nothing is lost."""

import re
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from mzdesk.reports.fonts import chain
from mzdesk.reports.linebreak import GIVE, HALF, NO_END, NO_START, break_lines, chunks, pair_kerns

MARKS = "，。、；：！？）》」』】”’（《「『【“‘…—·%℃"
TEXTS = st.text(st.sampled_from("的一是在王𬱖垚䶮㛃𠀀儿童 　\nabcXYZ0123456789.-:/*@" + MARKS), max_size=200)
ANY_TEXT = st.text(max_size=120)


def measure(text: str) -> float:
    return chain("song").width(text) - pair_kerns(text)


def squeeze(text: str) -> str:
    return re.sub(r"\s+", "", text)


@given(TEXTS, st.floats(0.5, 45), st.sampled_from((0.0, 2.0)))
def test_no_line_starts_or_ends_with_a_forbidden_mark(text: str, width: float, indent: float) -> None:
    for paragraph in text.split("\n"):
        lines = break_lines(paragraph, measure, width, indent)
        for before, line in pairwise(lines):
            assert not line.text or line.text[0] not in NO_START, (before, line)
            assert not before.text or before.text[-1] not in NO_END, (before, line)


@given(st.one_of(TEXTS, ANY_TEXT), st.floats(0.5, 45))
def test_every_character_is_set_once_and_in_order(text: str, width: float) -> None:
    assert squeeze("".join(line.text for line in break_lines(text, measure, width, 2))) == squeeze(text)


@given(TEXTS, st.floats(12, 45))
def test_a_line_fits_when_its_marks_have_given_way(text: str, width: float) -> None:
    for line in break_lines(text, measure, width):
        if len(chunks(line.text)) < 2:
            continue  # one unbreakable piece is squeezed as a whole
        marks = sum(character in MARKS for character in line.text)
        assert line.natural <= line.room + HALF + GIVE * marks + 1e-6, line


NUMBERS = ("3709022014031890X1", "138****2206", "GZ-5204-2025-00917734", "16:30—18:30", "2025-06-13", "SDQ")


@given(st.lists(st.sampled_from(NUMBERS), min_size=1, max_size=6))
def test_numbers_and_words_are_never_split(words: list[str]) -> None:
    text = "的".join(words)
    lines = "\n".join(line.text for line in break_lines(text, measure, 13))
    assert all(lines.count(word) >= words.count(word) for word in words)


def test_a_word_longer_than_the_line_is_cut_rather_than_lost() -> None:
    lines = break_lines("A" * 50, measure, 10)
    assert len(lines) > 1
    assert "".join(line.text for line in lines) == "A" * 50


def test_adjacent_marks_share_their_space() -> None:
    assert measure("说：“好。”") == 6 - 2 * HALF
    assert measure("（一）") == 3


def test_a_closing_mark_is_pulled_in_rather_than_a_character_pushed_down() -> None:
    text = "家中有祖父王昌喆一人照看，孩子放学。后来"
    first = break_lines(text, measure, 17.25)[0]
    assert first.text.endswith("。")
    assert first.natural - first.room <= HALF + GIVE
