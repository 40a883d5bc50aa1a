"""Which texts are values of which type."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.session_values import LABELS, calculated, is_value

GOOD = {
    "int": ["0", "-7", "+3", "13800000000"],
    "decimal": ["0", "1.5", "-.5", "1e3"],
    "date": ["2026-02-28", "2026-02-28T10:00:00.000+08:00"],
    "time": ["08:30", "08:30:00.000+08:00", "23:59:59"],
    "dateTime": ["2026-02-28T10:00", "2026-02-28T10:00:00.000+08:00", "2026-02-28T10:00:00Z"],
    "geopoint": ["36.19 117.08", "36.19 117.08 150 5", "-90 180"],
    "geotrace": ["0 0;1 1", "0 0; 1 1;"],
    "geoshape": ["0 0;1 1;0 1;0 0"],
    "boolean": ["true", "0"],
    "string": ["随便"],
    "barcode": ["6901234567892"],
}
BAD = {
    "int": ["1.5", "一", "1 2", "1e3", "٣"],
    "decimal": ["1,5", "NaN", "1.2.3", "."],
    "date": ["2026-02-29", "2026-2-8", "26-02-28", "2026-02-28x", "2026-02-28T", "20260228"],
    "time": ["24:00:01", "8", "", "25:00"],
    "dateTime": ["2026-02-28", "2026-02-30T10:00"],
    "geopoint": ["36.19", "91 0", "0 181", "a b", "1 2 3 4 5", "36.19,117.08"],
    "geotrace": ["0 0", "0 0;91 0"],
    "geoshape": ["0 0;1 1", "0 0;1 1;0 1;5 5"],
    "boolean": ["yes"],
}


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in GOOD.items() for text in texts])
def test_values(kind: str, text: str) -> None:
    assert is_value(text, kind)


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in BAD.items() for text in texts])
def test_no_values(kind: str, text: str) -> None:
    assert not is_value(text, kind)
    assert LABELS[kind]


@given(st.sampled_from(sorted(GOOD)), st.text(max_size=30) | st.from_regex(r"[0-9T:;. +-]{0,30}", fullmatch=True))
def test_what_is_calculated_is_blank_or_a_value_for_ever(kind: str, text: str) -> None:
    once = calculated(text, kind)
    assert calculated(once, kind) == once
    if kind in ("int", "decimal", "date", "geopoint", "geotrace", "geoshape") and once:
        assert is_value(once, kind)
