"""The calculator for 临时救助: a range in 分 with its working, a hint for the official and never a decision.

3–12 × the urban 低保 standard for grave illness or accident, 3–6 × for education (domain/README.md §2).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mzdesk.care.standards import Standards, yuan
from mzdesk.errors import MzError

RANGES: Mapping[str, tuple[int, int]] = {"illness": (3, 12), "education": (3, 6)}
CAUSE_NAMES: Mapping[str, str] = {"illness": "重特大疾病", "education": "教育支出"}


@dataclass(frozen=True, slots=True)
class Aid:
    """A range of aid, 分, with the sentence that shows the working."""

    lowest: int
    highest: int
    amount: int
    working: str


def compute(standards: Standards, cause: str, times: int) -> Aid:
    """Return the aid of `times` × the urban 低保 standard; raises MzError outside the range of the cause."""
    if cause not in RANGES:
        raise MzError("请选择救助事由", f"可选：{'、'.join(CAUSE_NAMES.values())}。", field="cause")
    low, high = RANGES[cause]
    if not low <= times <= high:
        raise MzError("倍数超出范围", f"{CAUSE_NAMES[cause]}为城市低保标准的 {low}—{high} 倍，现在是 {times} 倍。", field="times")
    unit = standards.dibao_urban
    working = (
        f"{CAUSE_NAMES[cause]}：城市低保标准 {yuan(unit)} 元 × {times} = {yuan(unit * times)} 元"
        f"（范围 {low}—{high} 倍，即 {yuan(unit * low)}—{yuan(unit * high)} 元）。"
        f"依据：{standards.document_no or standards.source}，自 {standards.effective_from} 起"
    )
    return Aid(unit * low, unit * high, unit * times, working)
