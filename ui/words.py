"""The words and tones that codes have on the screen; pure functions."""

from __future__ import annotations

from datetime import date, timedelta

from mzdesk.clock import beijing
from mzdesk.registry.groups import GROUPS, RISKS, SEXES
from ui.loose_entry import show_date

RISK_TONES = {"high": "red", "medium": "amber", "low": "green"}
MODES = {"home": "入户", "phone": "电话", "video": "视频", "school": "学校见面"}
WEEKDAYS = "一二三四五六日"


def risk_words(risk: str) -> str:
    """Return 高风险, 中风险, 低风险, or nothing."""
    return f"{RISKS[risk]}风险" if risk in RISKS else ""


def risk_tone(risk: str) -> str:
    """Return the tone of a risk level."""
    return RISK_TONES.get(risk, "")


def sex_words(sex: str) -> str:
    """Return the word for a code of GB/T 2261.1."""
    return SEXES.get(sex, "")


def group_words(groups: tuple[str, ...]) -> str:
    """Return the names of groups."""
    return "、".join(GROUPS.get(group, group) for group in groups)


def long_day(day: date) -> str:
    """Return such as 2025年6月13日　星期五."""
    return f"{day.year}年{day.month}月{day.day}日　星期{WEEKDAYS[day.weekday()]}"


def short_day(iso: str, today: date) -> str:
    """Return such as 6月13日, with the year where it is another."""
    if not iso:
        return ""
    day = date.fromisoformat(iso[:10])
    return f"{day.month}月{day.day}日" if day.year == today.year else show_date(iso[:10])


def show_instant(milliseconds: int) -> str:
    """Return such as 6月13日 10:23 in Beijing time, "" for 0."""
    if not milliseconds:
        return ""
    moment = beijing(milliseconds)
    return f"{moment.month}月{moment.day}日 {moment:%H:%M}"


def due_words(iso: str, today: date) -> str:
    """Return 逾期 2 天, 今日到期, 明天到期, 6月18日前, or nothing."""
    if not iso:
        return ""
    day = date.fromisoformat(iso)
    if day < today:
        return f"逾期 {(today - day).days} 天"
    if day == today:
        return "今日到期"
    return "明天到期" if day == today + timedelta(days=1) else f"{short_day(iso, today)}前"


def due_tone(iso: str, today: date) -> str:
    """Return the tone of a due date."""
    if not iso or date.fromisoformat(iso) > today:
        return "muted"
    return "red" if date.fromisoformat(iso) < today else "amber"


def status_words(verdict: str, receipt: str) -> str:
    """Return what the county has said of a record; only a receipt makes it 已送达."""
    if verdict.startswith("returned"):
        return "县级退回"
    if verdict == "conflict":
        return "待县级裁定"
    if verdict == "county":
        return "县里已有"
    if verdict.startswith("held"):
        return "已送达，等上级档案"
    return "已送达" if verdict and receipt else "待同步"


def status_tone(verdict: str, receipt: str) -> str:
    """Return the tone of that status."""
    words = status_words(verdict, receipt)
    return {"已送达": "green", "县里已有": "green", "县级退回": "red", "待同步": "amber", "待县级裁定": "amber"}.get(words, "primary")


def copies_words(copy: str, receipt: str) -> str:
    """Return where a record lies, such as 本机、U盘（还没有回执） or 本机、县里（回执号 260613-ABCD-0001）."""
    if copy == "county":
        return "本机、县里（由县里下发）"
    if receipt:
        return f"本机、县里（回执号 {receipt}）"
    return "本机、U盘（还没有收到县里的回执）" if copy == "stick" else "只在本机（还没有送出，或没有收到回执）"
