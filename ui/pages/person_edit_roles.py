"""What can be done about a person's groups: entering, changing, putting visits off, leaving, moving, dying, and taking it back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from mzdesk.casework import suspensions
from mzdesk.registry import divisions, enrolments
from mzdesk.registry.dates import Toward
from mzdesk.registry.groups import CATEGORIES, GROUPS, RISKS, group_name
from mzdesk.registry.people import PersonFile
from mzdesk.store.divisions import DivisionRow
from mzdesk.store.rows import EnrolmentData
from ui.ask import Ask, Asked
from ui.page import Page

CATEGORIES_OF = {
    "child_in_difficulty": ("orphan", "unattended", "key_difficulty", "other"),
    "extreme_poverty": ("scattered", "institution"),
}
WHY_SUSPENDED = ("住院", "随父母外出", "外出探亲", "在校寄宿", "其他")
SUSPENDED_DAYS = 30


class RoleActs:
    """The dialogs of one person's groups; `done` is called after each act, with a sentence."""

    def __init__(self, page: Page, done: Callable[[str], None]) -> None:
        self._page, self._done = page, done

    def _ask(
        self,
        title: str,
        text: str,
        fields: tuple[Asked, ...],
        verb: str,
        act: Callable[[dict[str, str]], Any],
        told: str,
        *,
        danger: bool = False,
    ) -> Ask:
        dialog = Ask(self._page, self._page.desk, title, text, fields, verb, act, danger=danger)
        dialog.done_with.connect(lambda _result: self._done(told))
        dialog.open()
        return dialog

    def _today(self) -> str:
        return self._page.desk.station.today().isoformat()

    # ---- one group

    def change(self, role: EnrolmentData) -> Ask:
        """Change category, risk, entry date or responsible person."""
        station = self._page.desk.station
        offered = tuple((code, CATEGORIES[code]) for code in CATEGORIES_OF.get(role.group, ()))
        fields = [
            Asked("risk", "风险等级", "choice", role.risk, tuple((code, f"{name}风险") for code, name in RISKS.items()), span=2),
            Asked("entered_on", "纳入日期", "date", role.entered_on, span=2),
            Asked("responsible", "责任人", value=role.responsible, required=False, span=2),
            Asked("reason", "修改原因", required=False, span=2),
        ]
        if offered:
            fields.insert(0, Asked("category", "类别", "choice", role.category, (("", "未填"), *offered), required=False))

        def act(values: Mapping[str, str]) -> None:
            told = {name: value for name, value in values.items() if name != "reason" and value != getattr(role, name)}
            if told:
                enrolments.change(station, role.id, told, values["reason"])

        return self._ask(f"修改：{group_name(role.group)}", "", tuple(fields), "保存", act, "已保存，走访日期已重新计算")

    def leave(self, role: EnrolmentData) -> Ask:
        """End a group."""
        station = self._page.desk.station
        offered = tuple((why, why) for why in enrolments.reasons(role.group))
        fields = (
            Asked("left_on", "退出日期", "date", self._today(), span=2),
            Asked("why", "退出原因", "choice", "", offered, span=2, free=True, hint="可以选，也可以自己写"),
        )
        text = "退出后不再提醒走访，档案和记录都保留；登记有误的可以恢复。"
        return self._ask(
            f"退出{group_name(role.group, role.category)}",
            text,
            fields,
            "退出",
            lambda values: enrolments.leave(station, role.id, values["left_on"], values["why"]),
            "已退出",
            danger=True,
        )

    def take_back(self, role: EnrolmentData) -> Ask:
        """Take an exit back that was a mistake."""
        station = self._page.desk.station
        fields = (Asked("why", "原因"),)
        return self._ask(
            f"恢复{group_name(role.group, role.category)}",
            "退出登记有误时用。",
            fields,
            "恢复",
            lambda values: enrolments.return_to(station, role.id, values["why"]),
            "已恢复",
        )

    def suspend(self, role: EnrolmentData) -> Ask:
        """Put visits off until a day."""
        station = self._page.desk.station
        until = role.suspended_until or (station.today() + timedelta(days=SUSPENDED_DAYS)).isoformat()
        fields = (
            Asked("suspended_until", "暂停到", "date", until, span=2, toward=Toward.FUTURE, hint="到期后自动恢复提醒，最长一年"),
            Asked("suspended_why", "原因", "choice", role.suspended_why, tuple((why, why) for why in WHY_SUSPENDED), span=2, free=True),
        )

        def act(values: Mapping[str, str]) -> None:
            suspensions.suspend(station, role.id, date.fromisoformat(values["suspended_until"]), values["suspended_why"])

        return self._ask("暂停走访", "这段时间不提醒走访，档案仍在册。", fields, "暂停", act, "已暂停走访")

    def resume(self, role: EnrolmentData) -> None:
        """Let visits be due again."""
        station = self._page.desk.station
        self._page.act(lambda: suspensions.resume(station, role.id), lambda _none: self._done("已恢复走访提醒"))

    # ---- the whole person

    def move(self, file: PersonFile) -> None:
        """Read the villages, then ask where to."""
        desk = self._page.desk

        def show(villages: tuple[DivisionRow, ...]) -> None:
            self.ask_village(file, villages)

        desk.tasks.run(lambda: divisions.villages(desk.station), show, desk.fail, owner=self._page)

    def ask_village(self, file: PersonFile, villages: tuple[DivisionRow, ...]) -> Ask:
        """Ask for the village of the township that a person moves to."""
        station = self._page.desk.station
        offered = tuple((row.code, divisions.display_name(row.name)) for row in villages if row.code != file.person.village)
        fields = (
            Asked("village", "转入的村（居）", "choice", "", offered, span=2),
            Asked("on", "日期", "date", self._today(), span=2),
            Asked("why", "说明", required=False),
        )
        text = "在册类别、关系和未办结的事都转到新的村；以前的记录留在当时的村。"
        return self._ask(
            f"{file.person.name}迁往本乡镇别的村",
            text,
            fields,
            "转入",
            lambda values: enrolments.move(station, file.person.id, values["village"], values["on"], values["why"]),
            "已转到新的村",
        )

    def move_away(self, file: PersonFile) -> Ask:
        """Let a person leave the township."""
        station = self._page.desk.station
        fields = (
            Asked("on", "迁出日期", "date", self._today(), span=2),
            Asked("to", "迁往", span=2, hint="写到乡镇"),
            Asked("why", "说明", value="迁出"),
        )
        text = "所有类别同时退出，档案保留；误登记的可以撤销。"
        return self._ask(
            f"{file.person.name}迁出本乡镇",
            text,
            fields,
            "登记迁出",
            lambda values: enrolments.move_away(station, file.person.id, values["on"], values["to"], values["why"]),
            "已登记迁出",
            danger=True,
        )

    def record_death(self, file: PersonFile) -> Ask:
        """Record a death."""
        station = self._page.desk.station
        fields = (Asked("on", "去世日期", "date", self._today(), span=2),)
        text = "所有类别同时退出；由此人照护的人会出现提示。误登记的可以撤销。"
        return self._ask(
            f"登记{file.person.name}去世",
            text,
            fields,
            "登记去世",
            lambda values: enrolments.record_death(station, file.person.id, values["on"]),
            "已登记",
            danger=True,
        )

    def revive(self, file: PersonFile) -> Ask:
        """Take back a death or a departure."""
        station = self._page.desk.station
        what = "去世" if file.person.life == "dead" else "迁出"
        return self._ask(
            f"撤销{what}登记",
            "由它结束的类别同时恢复。",
            (Asked("why", "原因"),),
            "撤销登记",
            lambda values: enrolments.revive(station, file.person.id, values["why"]),
            f"已撤销{what}登记",
        )


def further_groups(file: PersonFile) -> tuple[tuple[str, str], ...]:
    """Return the groups that a person is not in now: code and name."""
    current = {role.group for role in file.current}
    return tuple((code, name) for code, name in GROUPS.items() if code not in current)
