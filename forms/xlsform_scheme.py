"""A scheme of guardianship assessment (indicators, options, points, bands) as a county keeps it in Excel → the XLSForm that scores by it.

A result stays bound to its scheme: id, version and source of the scheme are answers of the record. A file is a scheme where it has a sheet
`scheme`; the other sheets are `indicators`, `options` and `bands` (docs/forms.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from forms.errors import FormError
from forms.xlsform_scheme_parts import ENGLISH, PARTS, VISIBLE, ZH_HINT, ZH_LABEL, Cells, question
from forms.xlsform_sheets import Row, Sheet, Sheets

MAX_INDICATORS = 200
MAX_OPTIONS = 12
MAX_BANDS = 12

_NAME = re.compile(r"[a-z][a-z0-9_]{0,30}")
_NUMBER = re.compile(r"-?[0-9]{1,4}(\.[0-9]{1,2})?")
_NO_END = "1000000"  # beyond any total
_DIGITS = "零一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to an indicator, worth `points`."""

    label: str
    english: str
    points: str


@dataclass(frozen=True, slots=True)
class Indicator:
    """One thing assessed; `options` in the order shown."""

    name: str
    label: str
    english: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Band:
    """A conclusion for totals from `least` up to the next band."""

    name: str
    label: str
    english: str
    least: str


@dataclass(frozen=True, slots=True)
class Scheme:
    """A whole scheme; `domains` keeps indicators by domain title in the order written."""

    facts: Mapping[str, str]
    domains: Mapping[tuple[str, str], tuple[Indicator, ...]]
    bands: tuple[Band, ...]


def is_scheme(sheets: Sheets) -> bool:
    """Whether these sheets are a scheme and not yet a form."""
    return sheets.find("scheme") is not None and sheets.find("survey") is None


def build_assessment(sheets: Sheets) -> Sheets:
    """The XLSForm of a scheme. FormError says which sheet and row cannot be used."""
    scheme = read_scheme(sheets)
    choices = [*_option_rows(scheme), *_band_rows(scheme), *PARTS.choices]
    return Sheets(
        (
            _sheet("survey", _survey(scheme)),
            _sheet("choices", choices),
            _sheet("settings", [_settings(scheme)]),
        )
    )


def read_scheme(sheets: Sheets) -> Scheme:
    """The scheme that the sheets describe. FormError where something is missing, twice, or no number."""
    facts = next((record for _, record in _records(sheets, "scheme")), {})
    for column in ("form_id", "version", "title", "source"):
        if not facts.get(column):
            raise FormError(f"scheme 工作表要写 {column}。")
    options = _read_options(sheets)
    domains: dict[tuple[str, str], tuple[Indicator, ...]] = {}
    seen: set[str] = set()
    for number, record in _records(sheets, "indicators"):
        indicator = _read_indicator(number, record, options, seen)
        key = (_needed("indicators", number, record, "domain"), record.get("domain_en", "") or record["domain"])
        domains[key] = (*domains.get(key, ()), indicator)
    if not seen or len(seen) > MAX_INDICATORS:
        raise FormError(f"指标应有 1 到 {MAX_INDICATORS} 项，现在是 {len(seen)} 项。")
    stray = next((name for name in options if name not in seen), "")
    if stray:
        raise FormError(f"options 工作表里的指标「{stray}」在 indicators 工作表里没有。")
    return Scheme(facts, domains, _read_bands(sheets))


def _records(sheets: Sheets, name: str) -> Iterator[tuple[int, dict[str, str]]]:
    sheet = sheets.find(name)
    if sheet is None:
        raise FormError(f"评估方案缺少工作表 {name}；应有 scheme、indicators、options、bands 四张。")
    yield from sheet.records()


def _needed(sheet: str, number: int, record: Mapping[str, str], column: str) -> str:
    if not record.get(column):
        raise FormError(f"{sheet} 工作表第 {number} 行没有写 {column}。")
    return record[column]


def _number(sheet: str, number: int, record: Mapping[str, str], column: str) -> str:
    text = _needed(sheet, number, record, column)
    if not _NUMBER.fullmatch(text):
        raise FormError(f"{sheet} 工作表第 {number} 行的 {column} 应是数字，现在是「{text}」。")
    return text


def _name(sheet: str, number: int, record: Mapping[str, str], column: str = "name") -> str:
    text = _needed(sheet, number, record, column)
    if not _NAME.fullmatch(text):
        raise FormError(f"{sheet} 工作表第 {number} 行的 {column} 要以小写字母开头，只用小写字母、数字和下划线，现在是「{text}」。")
    return text


def _read_options(sheets: Sheets) -> dict[str, list[Option]]:
    found: dict[str, list[Option]] = {}
    for number, record in _records(sheets, "options"):
        label = _needed("options", number, record, "label")
        option = Option(label, record.get("label_en", "") or label, _number("options", number, record, "points"))
        found.setdefault(_name("options", number, record, "indicator"), []).append(option)
    return found


def _read_indicator(number: int, record: Mapping[str, str], options: Mapping[str, list[Option]], seen: set[str]) -> Indicator:
    name = _name("indicators", number, record)
    label = _needed("indicators", number, record, "label")
    own = tuple(options.get(name, ()))
    if name in seen or name in VISIBLE:
        raise FormError(f"indicators 工作表第 {number} 行的代码「{name}」已经用过，请换一个。")
    if not 2 <= len(own) <= MAX_OPTIONS:
        raise FormError(f"指标「{label}」应有 2 到 {MAX_OPTIONS} 个选项，现在是 {len(own)} 个。")
    seen.add(name)
    return Indicator(name, label, record.get("label_en", "") or label, own)


def _read_bands(sheets: Sheets) -> tuple[Band, ...]:
    bands = []
    for number, record in _records(sheets, "bands"):
        label = _needed("bands", number, record, "label")
        least = _number("bands", number, record, "from")
        bands.append(Band(_name("bands", number, record), label, record.get("label_en", "") or label, least))
    if (
        not 2 <= len(bands) <= MAX_BANDS
        or len({band.least for band in bands}) < len(bands)
        or len({band.name for band in bands}) < len(bands)
    ):
        raise FormError(f"bands 工作表应有 2 到 {MAX_BANDS} 个等次，代码和起始分都不能重复。")
    return tuple(sorted(bands, key=lambda band: float(band.least)))


def _survey(scheme: Scheme) -> Iterator[Cells]:
    names = [indicator.name for indicators in scheme.domains.values() for indicator in indicators]
    yield from PARTS.opening(scheme.facts)
    for place, ((title, english), indicators) in enumerate(scheme.domains.items(), 1):
        yield question("begin_group", f"domain_{place}", f"{ordinal(place + 2)}、{title}", english, "w4")
        for indicator in indicators:
            asked = question("select_one scheme_option", indicator.name, indicator.label, indicator.english, "w4 likert")
            yield {**asked, "required": "yes", "choice_filter": f"indicator = '{indicator.name}'"}
        yield {"type": "end_group"}
    place = len(scheme.domains) + 3
    whole = all(option.points.lstrip("-").isdigit() for group in scheme.domains.values() for one in group for option in one.options)
    yield from PARTS.conclusion(names, _most(scheme), ordinal(place), "integer" if whole else "decimal")
    yield from PARTS.signatures(ordinal(place + 1))


def _most(scheme: Scheme) -> str:
    best = sum(max(float(option.points) for option in one.options) for group in scheme.domains.values() for one in group)
    return f"{best:g}"


def ordinal(number: int) -> str:
    """The number of a section in Chinese, from 1 to 99: 3 → 三, 12 → 十二, 20 → 二十."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else ("十" if tens == 1 else f"{_DIGITS[tens]}十")
    return head + (_DIGITS[ones] if ones else "")


def _option_rows(scheme: Scheme) -> Iterator[Cells]:
    for indicators in scheme.domains.values():
        for one in indicators:
            for place, option in enumerate(one.options, 1):
                row = {"list_name": "scheme_option", "name": f"{one.name}_{place}", ZH_LABEL: option.label, ENGLISH: option.english}
                yield {**row, "indicator": one.name, "points": option.points}


def _band_rows(scheme: Scheme) -> Iterator[Cells]:
    """Each band reaches up to the next one's start; the last has no end."""
    ends = [band.least for band in scheme.bands[1:]] + [_NO_END]
    for band, end in zip(scheme.bands, ends, strict=True):
        row = {"list_name": "scheme_band", "name": band.name, ZH_LABEL: band.label, ENGLISH: band.english}
        yield {**row, "from": band.least, "below": end}


def _settings(scheme: Scheme) -> Cells:
    facts = scheme.facts
    return PARTS.settings | {
        "form_title": facts["title"],
        "form_id": facts["form_id"],
        "version": facts["version"],
        "attribute::title_en": facts.get("title_en", "") or facts["title"],
    }


def _sheet(name: str, rows: Iterable[Cells]) -> Sheet:
    kept = list(rows)
    written = list(dict.fromkeys(column for row in kept for column, text in row.items() if text))
    first = [column for column in ("list_name", "type", "name", ZH_LABEL, ENGLISH, ZH_HINT) if column in written]
    header = tuple(dict.fromkeys([*first, *written]))
    return Sheet(name, header, tuple(Row(number, tuple(row.get(column, "") for column in header)) for number, row in enumerate(kept, 2)))
