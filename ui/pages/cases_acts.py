"""What a person does with an open matter: add one, close it with its outcome, hand it over, take it to another step of the chain."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from mzdesk.casework import follow_ups
from mzdesk.casework.follow_ups import KINDS, STAGES, NewMatter
from mzdesk.registry import divisions
from mzdesk.registry.dates import Toward
from mzdesk.store.follow_ups import FollowUpRow
from ui.ask import Ask, Asked
from ui.panels import Panel

BY_HAND = ("follow_up", "referral", "aid", "lead")
DAYS = 7


def _ask(panel: Panel, ask: Ask, words: str) -> None:
    def done(_result: Any) -> None:
        panel.desk.tell(words)
        panel.page.changed.emit()
        panel.opened()

    ask.done_with.connect(done)
    ask.open()


def add_matter(panel: Panel, kinds: tuple[str, ...] = BY_HAND) -> None:
    """Ask for a new matter."""
    station = panel.desk.station
    villages = [(row.code, divisions.display_name(row.name)) for row in divisions.villages(station)]
    fields = (
        Asked("person", "对象", "person", required=False, span=2, hint="属于全村的事项不填，改选村（居）。"),
        Asked("village", "村（居）", "choice", "", (("", "按对象所在村"), *villages), required=False, span=2),
        Asked("kind", "种类", "choice", kinds[0], tuple((kind, KINDS[kind]) for kind in kinds), span=2),
        Asked("stage", "环节", "choice", STAGES[0], tuple((stage, stage) for stage in STAGES), span=2),
        Asked("title", "要做什么", hint="例如：联系县医院办理大病救助。"),
        Asked("due_on", "期限", "date", (station.today() + timedelta(days=DAYS)).isoformat(), toward=Toward.FUTURE, span=2),
        Asked("owner", "责任人", value=station.scope.name, span=2),
    )

    def act(told: dict[str, str]) -> str:
        due_on = date.fromisoformat(told["due_on"])
        return follow_ups.add(
            station, NewMatter(told["title"], due_on, told["person"], told["village"], told["kind"], told["owner"], told["stage"])
        )

    _ask(panel, Ask(panel, panel.desk, "新增事项", "", fields, "保存", act), "事项已保存")


def close_matter(panel: Panel, row: FollowUpRow) -> None:
    """Ask for the outcome, then close."""
    fields = (Asked("outcome", "办理结果", "lines", hint="例如：已转民政办，6 月 20 日答复，纳入低保边缘。"),)
    about = f"{row.person_name}　{row.title}" if row.person_name else row.title
    ask = Ask(panel, panel.desk, "办结", about, fields, "办结", lambda told: follow_ups.close(panel.desk.station, row.id, told["outcome"]))
    _ask(panel, ask, "已办结")


def hand_over(panel: Panel, row: FollowUpRow) -> None:
    """Ask for the next owner."""
    fields = (Asked("owner", "交给谁", hint="填写接手人的姓名或单位。"),)
    text = f"{row.title}（现责任人：{row.owner or '未定'}）"
    ask = Ask(panel, panel.desk, "转交", text, fields, "转交", lambda told: follow_ups.hand_over(panel.desk.station, row.id, told["owner"]))
    _ask(panel, ask, "已转交")


def move_on(panel: Panel, row: FollowUpRow) -> None:
    """Ask for the next step of the chain and its date."""
    station = panel.desk.station
    place = STAGES.index(row.stage) if row.stage in STAGES else 0
    following = STAGES[min(place + 1, len(STAGES) - 1)]
    fields = (
        Asked("stage", "环节", "choice", following, tuple((stage, stage) for stage in STAGES), span=2),
        Asked("due_on", "新的期限", "date", (station.today() + timedelta(days=DAYS)).isoformat(), toward=Toward.FUTURE, span=2),
    )

    def act(told: dict[str, str]) -> None:
        follow_ups.move_on(station, row.id, told["stage"], date.fromisoformat(told["due_on"]))

    _ask(panel, Ask(panel, panel.desk, "下一环节", " → ".join(STAGES), fields, "保存", act), "环节和期限已更新")


Act = Callable[[Panel, FollowUpRow], None]
