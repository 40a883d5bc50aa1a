"""The shipped forms: convert without a word of complaint, lint clean, are compiled fresh, fit the grid, and take their examples."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from forms.command import COMPILED, DEFINITIONS, compile_definitions
from forms.errors import FormError
from forms.lint import lint
from forms.session import FormSession
from forms.xform import Form, Group, Item, Question, Repeat
from forms.xform_reader import read_form
from forms.xlsform import Conversion, Sheets, convert, read_markdown, read_xlsx, write_markdown, write_xlsx
from tests.forms.example_parts import CLOCK, Answers
from tests.forms.examples import EXAMPLES

FORM_IDS = tuple(sorted(EXAMPLES))
_ORDINALS = "一二三四五六七八九十"


def _sheets(form_id: str) -> Sheets:
    return read_markdown((DEFINITIONS / f"{form_id}.md").read_bytes())


@pytest.fixture(scope="module")
def conversions() -> dict[str, Conversion]:
    return {form_id: convert(_sheets(form_id)) for form_id in FORM_IDS}


@pytest.fixture(scope="module")
def forms(conversions: dict[str, Conversion]) -> dict[str, Form]:
    return {form_id: read_form(conversion.xml) for form_id, conversion in conversions.items()}


def flatten(answers: Any, ref: str = "/data") -> dict[str, str]:
    """Answers by reference."""
    if isinstance(answers, str):
        return {ref: answers}
    found: dict[str, str] = {}
    for name, value in answers.items():
        for place, item in enumerate(value if isinstance(value, list) else [value], 1):
            found |= flatten(item, f"{ref}/{name}[{place}]" if isinstance(value, list) else f"{ref}/{name}")
    return found


def test_every_definition_has_an_example() -> None:
    assert {path.stem for path in DEFINITIONS.glob("*.md")} == set(EXAMPLES)


def test_the_guide_lists_every_form(forms: dict[str, Form]) -> None:
    guide = (Path(__file__).parents[2] / "docs" / "forms.md").read_text(encoding="utf-8")
    assert [form_id for form_id in FORM_IDS if f"| `{form_id}` | {forms[form_id].title} |" not in guide] == []


@pytest.mark.parametrize("form_id", FORM_IDS)
def test_converts_without_warning(form_id: str, conversions: dict[str, Conversion]) -> None:
    assert conversions[form_id].warnings == ()


@pytest.mark.parametrize("form_id", FORM_IDS)
def test_lints_clean(form_id: str) -> None:
    assert lint(_sheets(form_id)) == ()


@pytest.mark.parametrize("form_id", FORM_IDS)
def test_compiled_form_is_that_of_the_definition(form_id: str, conversions: dict[str, Conversion], forms: dict[str, Form]) -> None:
    compiled = COMPILED / f"{form_id}@{forms[form_id].version}.xml"
    assert compiled.read_text(encoding="utf-8") == conversions[form_id].xml
    assert lint(compiled.read_bytes()) == ()


@pytest.mark.parametrize("form_id", FORM_IDS)
def test_survives_excel_and_back(form_id: str, conversions: dict[str, Conversion]) -> None:
    there = read_xlsx(write_xlsx(_sheets(form_id)))
    back = read_markdown(write_markdown(there))
    assert there == back == _sheets(form_id)
    assert convert(there).xml == conversions[form_id].xml


@pytest.mark.parametrize("form_id", FORM_IDS)
def test_tells_what_it_is(form_id: str, forms: dict[str, Form]) -> None:
    form = forms[form_id]
    assert form.form_id == form_id
    assert form.default_language == "中文 (zh)"
    assert form.languages == ("中文 (zh)", "English (en)")
    assert form.title_in("English (en)").isascii()
    assert form.title_in("中文 (zh)") == form.title
    assert form.kind
    assert form.groups


@pytest.mark.parametrize("form_id", FORM_IDS)
def test_sections_are_numbered_in_order(form_id: str, forms: dict[str, Form]) -> None:
    session = FormSession(forms[form_id], EXAMPLES[form_id], clock=lambda: CLOCK)
    sections = [item for item in forms[form_id].body if not isinstance(item, Question)]
    titles = [session.state(item.ref if isinstance(item, Group) else f"{item.ref}").label for item in sections]
    assert [title[0] for title in titles] == list(_ORDINALS[: len(titles)])


@pytest.mark.parametrize("form_id", FORM_IDS)
def test_rows_of_four_are_full(form_id: str, forms: dict[str, Form]) -> None:
    assert list(_ragged_rows(forms[form_id].body)) == []


def _ragged_rows(items: tuple[Item, ...]) -> list[str]:
    ragged: list[str] = []
    filled = 0
    for item in items:
        width = _width(item)
        if width is None:
            continue
        if filled and filled + width > 4:
            ragged.append(item.ref)
            filled = 0
        filled = (filled + width) % 4
        if isinstance(item, Group | Repeat):
            ragged += _ragged_rows(item.children)
    return ragged + ([items[-1].ref] if filled else [])


def _width(item: Item) -> int | None:
    if isinstance(item, Question) and item.label.is_blank:
        return None
    return next(int(word[1:]) for word in item.appearance if word[0] == "w" and word[1:].isdigit())


@pytest.mark.parametrize("form_id", FORM_IDS)
def test_example_is_complete_and_right(form_id: str, forms: dict[str, Form]) -> None:
    session = FormSession(forms[form_id], EXAMPLES[form_id], clock=lambda: CLOCK)
    assert session.problems() == ()
    kept = flatten(session.answers())
    assert flatten(EXAMPLES[form_id]).items() <= kept.items()


@pytest.mark.parametrize("form_id", FORM_IDS)
def test_example_answers_nearly_every_question(form_id: str, forms: dict[str, Form]) -> None:
    """An example that left most questions blank would not exercise the paper."""
    session = FormSession(forms[form_id], EXAMPLES[form_id], clock=lambda: CLOCK)
    asked = [question for question in forms[form_id].questions() if question.type not in ("note", "image")]
    shown = [ref for question in asked for ref in session.instances(question.ref) if session.state(ref).relevant]
    blank = [ref for ref in shown if not session.state(ref).value]
    assert len(blank) <= len(shown) // 4, blank


def test_a_registration_makes_a_person_and_a_visit_changes_one(forms: dict[str, Form]) -> None:
    example = EXAMPLES["left_behind_child_registration"]
    (made,) = FormSession(forms["left_behind_child_registration"], example, clock=lambda: CLOCK).entities()
    assert (made.action, made.label, made.dataset) == ("create", "王𬱖垚", "people")
    assert made.properties["birth_date"] == "2014-03-18"
    known: Answers = {**example, "identity": {**example["identity"], "person_id": "0193a1b2"}}
    (changed,) = FormSession(forms["left_behind_child_registration"], known, clock=lambda: CLOCK).entities()
    assert (changed.action, changed.id) == ("update", "0193a1b2")
    visit = FormSession(forms["left_behind_child_visit"], EXAMPLES["left_behind_child_visit"], clock=lambda: CLOCK)
    (moved,) = visit.entities()
    assert (moved.action, moved.properties["phone"]) == ("update", "13705380919")


def test_an_issued_version_never_changes(tmp_path: Path) -> None:
    source = tmp_path / "care_log.md"
    shutil.copy(DEFINITIONS / "care_log.md", source)
    assert [path.name for path in compile_definitions(tmp_path, tmp_path / "out")] == ["care_log@2026112401.xml"]
    assert compile_definitions(tmp_path, tmp_path / "out") == ()
    text = source.read_text(encoding="utf-8").replace("其他服务", "别的服务")
    source.write_text(text, encoding="utf-8")
    with pytest.raises(FormError, match="version"):
        compile_definitions(tmp_path, tmp_path / "out")
    source.write_text(text.replace("2026112401", "2026112402"), encoding="utf-8")
    assert [path.name for path in compile_definitions(tmp_path, tmp_path / "out")] == ["care_log@2026112402.xml"]
