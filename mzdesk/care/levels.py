"""What a person can do alone, and the care level that follows: six indicators in, one level out, nothing guessed.

特困人员认定办法: none of six failed → 具备 (全自理), one to three → 部分丧失 (半护理), four to six → 完全丧失 (全护理).
The rule says "可以视为": computed and final level are stored apart, with the reason where they differ (domain/README.md §1.5).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from mzdesk.errors import MzError


class Indicator(StrEnum):
    """The six indicators, in the order of the printed form."""

    EATING = "eating"
    DRESSING = "dressing"
    BED = "bed"
    TOILET = "toilet"
    WALKING = "moving"
    BATHING = "bathing"


INDICATOR_NAMES: Mapping[Indicator, str] = {
    Indicator.EATING: "自主吃饭",
    Indicator.DRESSING: "穿衣",
    Indicator.BED: "上下床",
    Indicator.TOILET: "如厕",
    Indicator.WALKING: "室内行走",
    Indicator.BATHING: "洗澡",
}


class Level(StrEnum):
    """A care level; the value is what forms and enrolments store."""

    SELF = "independent"
    PARTIAL = "partial"
    FULL = "dependent"


LEVEL_NAMES: Mapping[Level, str] = {Level.SELF: "全自理", Level.PARTIAL: "半护理", Level.FULL: "全护理"}
ABILITY_NAMES: Mapping[Level, str] = {
    Level.SELF: "具备生活自理能力",
    Level.PARTIAL: "部分丧失生活自理能力",
    Level.FULL: "完全丧失生活自理能力",
}


@dataclass(frozen=True, slots=True)
class Assessment:
    """An assessment's outcome; `reason` is "" where the final level is the computed one."""

    fails: int
    computed: Level
    final: Level
    reason: str = ""


def level_of(fails: int) -> Level:
    """Return the level for a number of failed indicators, 0 to 6."""
    if not 0 <= fails <= len(Indicator):
        raise ValueError(f"{fails} of six indicators")
    if fails == 0:
        return Level.SELF
    return Level.PARTIAL if fails <= 3 else Level.FULL


def assess(able: Mapping[Indicator, bool], *, final: Level | None = None, reason: str = "") -> Assessment:
    """Return the outcome; raises MzError where an indicator is missing or a different final level has no reason."""
    missing = [INDICATOR_NAMES[indicator] for indicator in Indicator if indicator not in able]
    if missing:
        raise MzError("六项指标没有填全", f"请补填：{'、'.join(missing)}。", field="indicators")
    fails = sum(not able[indicator] for indicator in Indicator)
    computed = level_of(fails)
    chosen = final or computed
    if chosen is not computed and not reason.strip():
        told = f"按六项指标应为{LEVEL_NAMES[computed]}，现定为{LEVEL_NAMES[chosen]}，请写明理由。"
        raise MzError("最终等级与评估结果不同", told, field="final_reason")
    return Assessment(fails, computed, chosen, reason.strip() if chosen is not computed else "")
