"""The words of a form: every question and choice has its label in every language, and the default language is one of them."""

from __future__ import annotations

from collections.abc import Iterator

from forms.lint_draft import Draft, Line, base_column, column_language
from forms.messages import Finding

_FIRST_MEDIA = frozenset(("image", "audio", "video", "media", "hint"))


def check_words(draft: Draft) -> Iterator[Finding]:
    """Warnings about missing labels and an unknown or missing default language."""
    yield from _check_language(draft)
    for line in draft.survey:
        if line.needs_label and not line.kind.startswith("begin"):
            yield from _check_label(line, draft.languages("survey"), f"题目「{line.get('name')}」")
    for line in draft.choices:
        yield from _check_label(line, draft.languages("choices"), f"选项「{line.get('name')}」")


def _check_language(draft: Draft) -> Iterator[Finding]:
    languages = set(draft.languages("survey")) | set(draft.languages("choices"))
    named = sorted(language for language in languages if language)
    default = draft.settings.get("default_language")
    if named and not default:
        yield draft.settings.warning("default_language", f"表单有{'、'.join(named)}，请在 default_language 里写明先显示哪一种。")
    elif default and default not in languages:
        have = f"现有的是{'、'.join(named)}" if named else "label 列要写成「label::语言」"
        yield draft.settings.warning("default_language", f"没有任何文字是「{default}」的，{have}。")


def _check_label(line: Line, languages: tuple[str, ...], what: str) -> Iterator[Finding]:
    written = {column_language(column) for column in line.cells if base_column(column) == "label"}
    if not written:
        if not any(base_column(column) in _FIRST_MEDIA for column in line.cells):
            yield line.warning("label", f"{what}没有文字，请填写 label 列。")
        return
    for language in languages:
        if language not in written:
            column = f"label::{language}" if language else "label"
            yield line.warning(column, f"{what}缺少{language or '默认语言'}的文字。")
