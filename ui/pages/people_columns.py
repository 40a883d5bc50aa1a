"""The columns that the list of people can show, in words; which ones and in what order a person has chosen is remembered for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from mzdesk.registry.groups import CATEGORIES, LIVES
from mzdesk.registry.people import PersonRow
from mzdesk.registry.tags import tag_name
from ui.loose_entry import show_date
from ui.table_model import Column
from ui.words import due_tone, due_words, group_words, risk_tone, risk_words, sex_words, short_day

Maker = Callable[[date], Column[PersonRow]]


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A column on offer: `sort` is the order that its heading asks for ("" for none), `export` its name in an exported list."""

    key: str
    make: Maker
    sort: str = ""
    export: str = ""


def _next_due(today: date) -> Column[PersonRow]:
    def words(row: PersonRow) -> str:
        when = short_day(row.next_due, today)
        pressing = due_tone(row.next_due, today) != "muted"
        return f"{when}（{due_words(row.next_due, today)}）" if pressing else when

    def colour(row: PersonRow) -> str:
        tone = due_tone(row.next_due, today)
        return "" if tone == "muted" else tone

    return Column("下次应访", words, 13.5, tone=colour, tip=lambda row: row.due_why)


def _tags(_today: date) -> Column[PersonRow]:
    return Column("标签", lambda row: "、".join(tag_name(tag) for tag in row.tags), 10.0, optional=4)


def _risk(_today: date) -> Column[PersonRow]:
    return Column("风险等级", lambda row: risk_words(row.risk), 7.0, tone=lambda row: risk_tone(row.risk), chip=True)


def _categories(_today: date) -> Column[PersonRow]:
    return Column("细类", lambda row: "、".join(CATEGORIES.get(code, code) for code in row.categories), 9.5)


def _last_visit(today: date) -> Column[PersonRow]:
    return Column("上次走访", lambda row: short_day(row.last_visit_on, today) or "—", 7.5, optional=1)


COLUMNS: dict[str, ListColumn] = {
    column.key: column
    for column in (
        ListColumn("name", lambda _: Column("姓名", lambda row: row.name, 9.5, bold=True), "name", "name"),
        ListColumn("sex", lambda _: Column("性别", lambda row: sex_words(row.sex), 4), "", "sex"),
        ListColumn("age", lambda _: Column("年龄", lambda row: "" if row.age is None else str(row.age), 4.4), "-birth", "age"),
        ListColumn("birth_date", lambda _: Column("出生日期", lambda row: show_date(row.birth_date), 10.0), "birth", "birth_date"),
        ListColumn("id_no", lambda _: Column("身份证号", lambda row: row.id_masked or "无", 12.0), "", "id_no"),
        ListColumn("village", lambda _: Column("村（居）", lambda row: row.village_name, 8.5), "village", "village"),
        ListColumn("address", lambda _: Column("现居住地址", lambda row: row.address, 12.0), "", "address"),
        ListColumn("groups", lambda _: Column("类别", lambda row: group_words(row.groups), 8.5, optional=3), "", "groups"),
        ListColumn("categories", _categories, "", "category"),
        ListColumn("risk", _risk, "risk", "risk"),
        ListColumn("guardian", lambda _: Column("监护人、联系人", lambda row: row.guardian, 0, optional=2), "", "guardian"),
        ListColumn("phone", lambda _: Column("联系电话", lambda row: row.phone_masked, 8.5), "", "phone"),
        ListColumn("tags", _tags, "", "tags"),
        ListColumn("last_visit", _last_visit, "", "last_visit_on"),
        ListColumn("next_due", _next_due, "due", "next_due"),
        ListColumn("life", lambda _: Column("状态", lambda row: LIVES.get(row.life, ""), 5.0), "", ""),
    )
}
DEFAULT = ("name", "sex", "age", "village", "groups", "risk", "guardian", "last_visit", "next_due")


def known(keys: Sequence[str]) -> tuple[str, ...]:
    """Return the keys that there are columns for, the default where none is left; a choice of an earlier version may hold others."""
    kept = tuple(dict.fromkeys(key for key in keys if key in COLUMNS))
    return kept or DEFAULT


def columns_of(keys: Sequence[str], today: date) -> tuple[Column[PersonRow], ...]:
    """Return the columns of a list; those that somebody has chosen never give way to a narrow window."""
    made = tuple(COLUMNS[key].make(today) for key in keys)
    return made if tuple(keys) == DEFAULT else tuple(replace(column, optional=0) for column in made)


def title_of(key: str) -> str:
    """Return the heading of a column."""
    return COLUMNS[key].make(date.min).title


def exported(keys: Sequence[str]) -> tuple[str, ...]:
    """Return the columns of an exported list that stand for these, with a number before them."""
    return ("number", *(COLUMNS[key].export for key in keys if COLUMNS[key].export))
