"""A county's assessment scheme becomes a form that scores by it; a scheme that cannot score is refused with its sheet and row."""

from __future__ import annotations

import pytest

from forms.command import DEFINITIONS
from forms.errors import FormError
from forms.lint import lint
from forms.session import FormSession
from forms.xform_reader import read_form
from forms.xlsform import Sheets, convert, read_markdown, read_source, write_xlsx
from forms.xlsform_scheme import ordinal
from tests.forms.example_parts import CLOCK

_SCHEME = """
| scheme |
| | form_id | version | title | source |
| | county_guardianship | 2 | 某县监护能力评估表 | 某县民政局'2026'方案 |
| indicators |
| | domain | name | label |
| | 监护人 | health | 健康 |
| | 监护人 | time | 陪伴 |
| | 环境 | home | 居住 |
| options |
| | indicator | label | points |
| | health | 好 | 10 |
| | health | 差 | 2.5 |
| | time | 多 | 5 |
| | time | 少 | 0 |
| | home | 安全 | 5 |
| | home | 危险 | -5 |
| bands |
| | name | label | from |
| | normal | 监护正常 | 15 |
| | weak | 监护不足 | 5 |
| | absent | 监护缺失 | -5 |
"""


def _read(text: str) -> Sheets:
    return read_source("方案.md", text.encode())


def test_the_shipped_assessment_is_built_from_the_example_scheme() -> None:
    scheme = (DEFINITIONS / "schemes" / "guardianship_example.md").read_bytes()
    definition = (DEFINITIONS / "guardianship_assessment.md").read_bytes()
    assert read_source("x.md", scheme) == read_markdown(definition)


def test_a_scheme_in_excel_is_the_same_form() -> None:
    book = write_xlsx(read_markdown(_SCHEME))
    assert read_source("方案.xlsx", book) == _read(_SCHEME)
    assert lint(_read(_SCHEME)) == ()


@pytest.mark.parametrize(
    ("health", "time", "home", "total", "band"),
    [
        ("health_1", "time_1", "home_1", "20", "normal"),
        ("health_1", "time_1", "home_2", "10", "weak"),
        ("health_2", "time_1", "home_1", "12.5", "weak"),
        ("health_2", "time_2", "home_2", "-2.5", "absent"),
        ("health_1", "time_1", "", "", ""),
    ],
)
def test_the_form_scores_by_the_scheme(health: str, time: str, home: str, total: str, band: str) -> None:
    session = FormSession(read_form(convert(_read(_SCHEME)).xml), clock=lambda: CLOCK)
    for ref, value in (("domain_1/health", health), ("domain_1/time", time), ("domain_2/home", home)):
        session.set(f"/data/{ref}", value)
    assert session.named("total") in (total, f"{total}.0")
    assert session.named("computed_band") == band
    assert [choice.value for choice in session.choices("/data/domain_1/time")] == ["time_1", "time_2"]
    assert session.named("scheme") == "county_guardianship"
    assert session.named("scheme_source") == "某县民政局＇2026＇方案"


def test_the_notice_names_source_and_version() -> None:
    session = FormSession(read_form(convert(_read(_SCHEME)).xml), clock=lambda: CLOCK)
    assert session.state("/data/assessment/scheme_notice").label == "本表采用的评估方案：某县民政局'2026'方案，第 2 版。"
    assert session.state("/data/conclusion").label == "五、评估结论"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("| bands |", "| band |", "缺少工作表 bands"),
        ("| version |", "| edition |", "要写 version"),
        ("| home | 危险 | -5 |", "| home | 危险 | 很低 |", "options 工作表第 7 行的 points 应是数字"),
        ("| home | 危险 | -5 |", "| home | | -5 |", "options 工作表第 7 行没有写 label"),
        ("| home | 危险 | -5 |", "| | | |", "「居住」应有 2 到 12 个选项"),
        ("| 环境 | home | 居住 |", "| 环境 | Home | 居住 |", "indicators 工作表第 4 行的 name"),
        ("| 环境 | home | 居住 |", "| 环境 | total | 居住 |", "「total」已经用过"),
        ("| 环境 | home | 居住 |", "| 环境 | time | 居住 |", "「time」已经用过"),
        ("| 环境 | home | 居住 |", "| | | |", "「home」在 indicators 工作表里没有"),
        ("| 环境 | home | 居住 |", "| | home | 居住 |", "没有写 domain"),
        ("| absent | 监护缺失 | -5 |", "| absent | 监护缺失 | 5 |", "不能重复"),
    ],
)
def test_a_scheme_that_cannot_score_is_refused(old: str, new: str, words: str) -> None:
    with pytest.raises(FormError, match=words):
        _read(_SCHEME.replace(old, new, 1))


def test_ordinals() -> None:
    assert [ordinal(number) for number in (1, 9, 10, 12, 20, 34)] == ["一", "九", "十", "十二", "二十", "三十四"]
