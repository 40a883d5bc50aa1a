"""Reads labels, hints, messages and the itext table; words stay apart from expressions, so nothing a person types is ever evaluated."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from forms.xform import Text
from forms.xform_source import XFormSource, child, children, split_name
from forms.xpath import Expression

Parts = tuple[str | Expression, ...]
Entry = dict[str, Parts]

_CONSTANT = re.compile(r"^\s*jr:itext\s*\(\s*(?:'([^']*)'|\"([^\"]*)\")\s*\)\s*$")
_COMPUTED = re.compile(r"^\s*jr:itext\s*\((.*)\)\s*$", re.DOTALL)
_PLACEHOLDER = "-"  # pyxform writes this where a language has no words


@dataclass(frozen=True)
class ItextTable:
    """Words by language, entry and form ("" for plain words, else long, short, guidance, image, audio, video, big-image)."""

    languages: tuple[str, ...]
    default: str
    entries: dict[str, dict[str, Entry]]


def read_text(source: XFormSource, element: etree._Element | None, where: str) -> Text:
    """The words of a label or hint element; blank where there is none."""
    if element is None:
        return Text()
    reference = element.get("ref")
    if reference is not None:
        return read_reference(source, reference, where)
    return Text(parts=read_parts(source, element, where))


def read_reference(source: XFormSource, reference: str, where: str) -> Text:
    """`jr:itext('id')`, `jr:itext(expression)` or an expression giving the words."""
    constant = _CONSTANT.match(reference)
    if constant:
        return Text(itext=constant.group(1) or constant.group(2) or "")
    computed = _COMPUTED.match(reference)
    if computed:
        return Text(itext_expression=source.compile(computed.group(1), where))
    return Text(parts=(source.compile(reference, where),))


def read_message(source: XFormSource, written: str | None, where: str) -> Text:
    """A jr:constraintMsg or jr:requiredMsg: an itext call, or plain words."""
    if not written:
        return Text()
    return read_reference(source, written, where) if _COMPUTED.match(written) else Text(parts=(written.strip(),))


def read_parts(source: XFormSource, element: etree._Element, where: str) -> Parts:
    """Literals and `output` expressions in order, the white space at both ends removed."""
    parts: list[str | Expression] = []
    _append_words(parts, element.text)
    for inner in element:
        value = inner.get("value") or inner.get("ref")
        if split_name(inner)[1] == "output" and value:
            parts.append(source.compile(value, where))
        else:
            parts.extend(read_parts(source, inner, where))
        _append_words(parts, inner.tail)
    return _trim(parts)


def _append_words(parts: list[str | Expression], words: str | None) -> None:
    if words:
        parts.append(words)


def _trim(parts: list[str | Expression]) -> Parts:
    if parts and isinstance(parts[0], str):
        parts[0] = parts[0].lstrip(" \r\n")
    if parts and isinstance(parts[-1], str):
        parts[-1] = parts[-1].rstrip(" \r\n")
    return tuple(part for part in parts if part != "")


def read_itext(source: XFormSource) -> ItextTable:
    """The itext table of the model; a form without one has the single language ""."""
    table = child(source.model, "itext")
    translations = list(children(table, "translation")) if table is not None else []
    languages = tuple(dict.fromkeys(translation.get("lang", "") for translation in translations))
    flagged = (translation.get("lang", "") for translation in translations if translation.get("default") is not None)
    entries: dict[str, dict[str, Entry]] = {}
    for translation in translations:
        entries.setdefault(translation.get("lang", ""), {}).update(_read_translation(source, translation))
    return ItextTable(languages or ("",), next(flagged, languages[0] if languages else ""), entries)


def _read_translation(source: XFormSource, translation: etree._Element) -> dict[str, Entry]:
    language = translation.get("lang", "")
    found: dict[str, Entry] = {}
    for text in children(translation, "text"):
        key = text.get("id")
        if key is not None:
            found[key] = _read_entry(source, text, f"文字 {key}（{language}）")
    return found


def _read_entry(source: XFormSource, text: etree._Element, where: str) -> Entry:
    entry: Entry = {}
    for value in children(text, "value"):
        parts = read_parts(source, value, where)
        if parts != (_PLACEHOLDER,):
            entry.setdefault(value.get("form", ""), parts)
    return entry
