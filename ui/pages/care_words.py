"""The words and tones of care on the screen; pure functions."""

from __future__ import annotations

from mzdesk.care.levels import LEVEL_NAMES, Level
from mzdesk.care.standards import yuan

LEVEL_TONES = {Level.FULL: "red", Level.PARTIAL: "amber", Level.SELF: "green"}
ALERT_WORDS = {
    "none": "无照料人",
    "expired": "协议到期",
    "incapable": "不能胜任",
    "level": "等级不符",
    "old_carer": "照料人高龄",
    "expires": "即将到期",
    "reassessment": "待重新评估",
    "unassessed": "未评估",
    "visit": "探视逾期",
}
ALERT_TONES = {"none": "red", "expired": "red", "incapable": "red", "level": "amber", "reassessment": "amber", "visit": "red"}
UNSIGNED = "未签协议"


def level_words(level: Level | None) -> str:
    """Return 全护理, 半护理, 全自理 or 未评估."""
    return LEVEL_NAMES[level] if level is not None else "未评估"


def level_tone(level: Level | None) -> str:
    """Return the tone of a care level."""
    return LEVEL_TONES[level] if level is not None else ""


def mode_words(institution: bool) -> str:
    """Return 集中 or 分散."""
    return "集中" if institution else "分散"


def wish_words(wish: bool | None) -> str:
    """Return whether somebody wants to live in an institution."""
    return "未征询" if wish is None else "愿意" if wish else "不愿意"


def money(fen: int) -> str:
    """Return 分 as 元 with separators, such as 1,567 or 698.10."""
    whole, dot, rest = yuan(fen).partition(".")
    return f"{int(whole):,}{dot}{rest}" if whole not in ("-0",) else yuan(fen)


def difference(fen: int) -> str:
    """Return a change of money with its sign, 0 as 0."""
    return f"+{money(fen)}" if fen > 0 else money(fen)
