"""The manual speaks the program's own words: each button that it names is in the program, each picture is there and light."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MANUAL = ROOT / "docs" / "用户手册.md"
LARGEST = 150 * 1024  # bytes of a picture
PROSE = {"先记住四句话", "黑体字", "先打 110", "立即", "先打 110。", "有回执号才算送到。", "不要删任何文件。", "核对。", "未联系上"}


def bold_words() -> list[str]:
    """Return what the manual prints bold inside its steps, headings of questions and whole sentences left out."""
    found = re.findall(r"\*\*([^*\n]+)\*\*", MANUAL.read_text("utf-8"))
    return [words for words in dict.fromkeys(found) if words not in PROSE and not words.endswith(("。", "？"))]


def words_of_the_program() -> str:
    """Return every text that a screen or a form can show."""
    sources = [*(ROOT / "ui").rglob("*.py"), *(ROOT / "mzdesk").rglob("*.py"), *(ROOT / "forms" / "definitions").glob("*.md")]
    return "\n".join(path.read_text("utf-8") for path in sources)


def test_every_button_of_the_manual_is_in_the_program() -> None:
    program = words_of_the_program()
    explained = re.findall(r"^- \*\*([^*]+)\*\*：", MANUAL.read_text("utf-8"), re.MULTILINE)  # what a person wants, not what is pressed
    missing = [words for words in bold_words() if words not in program and words not in explained]
    assert missing == []


@pytest.mark.parametrize("page", ["README.md", "docs/用户手册.md"])
def test_pictures_are_there_and_light(page: str) -> None:
    source = ROOT / page
    pictures = [(source.parent / link).resolve() for link in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", source.read_text("utf-8"))]
    assert pictures
    assert [path.name for path in pictures if not path.is_file() or path.stat().st_size > LARGEST] == []
