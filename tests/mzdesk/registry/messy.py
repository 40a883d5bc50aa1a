"""Makes rosters as messy as townships keep them, with the truth of every row beside them."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from tests.mzdesk.registry.numbers import id_number

NAMES = ("王", "李", "张", "曾", "单", "欧阳", "㛃", "覃", "解")
GIVEN = ("伟", "小贤", "娜娜", "𬱖福", "堃", "翀", "志强", "喆", "龑")
NAME_HEADINGS = (
    "姓名",
    "儿童姓名",
    "姓 名",
    "对象姓名",
    "老人姓名",
    "姓\n名",
    "人员姓名",
    "特困人员姓名",
    "姓名*",
    "姓名（必填）",
    "被监护人姓名",
)
ID_HEADINGS = (
    "身份证号",
    "公民身份号码",
    "证件号码",
    "身份证号码",
    "身份证",
    "居民身份证号码",
    "身份证\n号码",
    "公民身份证号码（18位）",
    "身份号码",
)
SEX_HEADINGS = ("性别", "性 别", "性\n别", "性别(男/女)")
BIRTH_HEADINGS = ("出生日期", "出生年月", "出生年月日", "生日", "出生时间", "出生\n日期")
VILLAGE_HEADINGS = ("村（居）", "村名", "行政村", "所在村", "村居", "村/社区", "居住地", "村（居）名称", "所属村居", "村委会")
PHONE_HEADINGS = ("联系电话", "手机", "电话", "联系方式", "手机号码", "监护人联系方式", "监护人电话", "家长联系电话", "移动电话")
REMARK_HEADINGS = ("备注", "备 注", "说明")
GROUP_TITLES = {
    "left_behind_child": ("桃园镇农村留守儿童花名册", "2026年留守儿童信息采集表", "留守儿童基本情况登记台账"),
    "left_behind_elder": ("留守老年人花名册", "农村留守老人探访关爱台账"),
    "extreme_poverty": ("特困人员供养台账", "分散供养特困对象名单", "农村五保对象花名册"),
    "left_behind_woman": ("农村留守妇女花名册",),
    "child_in_difficulty": ("困境儿童台账", "孤儿和事实无人抚养儿童名册"),
}
DATE_SHAPES: tuple[Callable[[date], Any], ...] = (
    lambda day: day.isoformat(),
    lambda day: f"{day.year}.{day.month}.{day.day}",
    lambda day: f"{day.year}年{day.month}月{day.day}日",
    lambda day: day.strftime("%Y/%m/%d"),
    lambda day: day.strftime("%Y%m%d"),
    lambda day: day,
    lambda day: (day - date(1899, 12, 30)).days,
    lambda day: int(day.strftime("%Y%m%d")),
    lambda day: f"{day.year}年{day.month}月",
    lambda day: f" {day.isoformat()} ",
    lambda day: f"{day.isoformat()} 00:00:00",
    lambda day: "",
)
SEX_SHAPES = {"1": ("男", "男", "男性", "1", " 男 ", "M"), "2": ("女", "女", "女性", "2", "女\u3000", "F")}
VILLAGE_SHAPES: tuple[Callable[[str], str], ...] = (
    lambda name: name,
    lambda name: name.removesuffix("委会"),
    lambda name: name.removesuffix("村委会"),
    lambda name: f"桃园镇{name.removesuffix('委会')}",
    lambda name: f" {name} ",
    lambda name: f"{name.removesuffix('委会')}三组",
    lambda name: f"山东省泰安市肥城市桃园镇{name}",
    lambda name: name.replace("村委会", "村民委员会"),
)


@dataclass
class Person:
    """A row before it is written: cells by kind of column, and what must become of it."""

    cells: dict[str, Any]
    verdict: str = "taken"
    reason: str = ""


@dataclass
class Messy:
    """A roster: `headings` by kind of column in their order, rows, and the truth."""

    group: str
    title: str
    headings: dict[str, str]
    people: list[Person] = field(default_factory=list)


def wide(text: str) -> str:
    """Return digits and letters in full width."""
    return "".join(chr(ord(sign) + 0xFEE0) if sign.isascii() and sign != " " else sign for sign in text)


def _break_check(number: str) -> str:
    return number[:-1] + ("1" if number[-1] != "1" else "2")


DAMAGES: dict[str, Callable[[Person, random.Random], None]] = {}


def damage(function: Callable[[Person, random.Random], None]) -> Callable[[Person, random.Random], None]:
    """Register a way in which a row can be damaged."""
    DAMAGES[function.__name__] = function
    return function


def _set(person: Person, verdict: str, reason: str = "", **cells: Any) -> None:
    person.verdict, person.reason = verdict, reason
    person.cells.update(cells)


@damage
def spaces(person: Person, chance: random.Random) -> None:
    number, name = person.cells["id_no"], person.cells["name"]
    _set(person, "repaired", id_no=f"{number[:6]} {number[6:14]} {number[14:]}", name=f" {name[0]} {name[1:]} ")


@damage
def full_width(person: Person, chance: random.Random) -> None:
    _set(person, "repaired", id_no=wide(person.cells["id_no"]))


@damage
def invisible(person: Person, chance: random.Random) -> None:
    _set(person, "repaired", id_no=f"\u200b{person.cells['id_no']}\xa0", name=f"{person.cells['name']}\u3000")


@damage
def apostrophe(person: Person, chance: random.Random) -> None:
    _set(person, "repaired", id_no="'" + person.cells["id_no"])


@damage
def lower_x(person: Person, chance: random.Random) -> None:
    number = person.cells["id_no"]
    _set(person, "repaired" if number.endswith("X") else "taken", id_no=number.lower())


@damage
def check_digit(person: Person, chance: random.Random) -> None:
    _set(person, "needs_look", "check digit", id_no=_break_check(person.cells["id_no"]))


@damage
def one_digit_lost(person: Person, chance: random.Random) -> None:
    _set(person, "needs_look", "length", id_no=person.cells["id_no"][:-1])


@damage
def letter_inside(person: Person, chance: random.Random) -> None:
    number = person.cells["id_no"]
    _set(person, "needs_look", "characters", id_no=number[:8] + "O" + number[9:])


@damage
def scientific(person: Person, chance: random.Random) -> None:
    _set(person, "needs_look", "scientific", id_no=float(person.cells["id_no"][:15] + "000"))


@damage
def scientific_text(person: Person, chance: random.Random) -> None:
    _set(person, "needs_look", "scientific", id_no="3.70983E+17")


@damage
def scientific_whole(person: Person, chance: random.Random) -> None:
    number = person.cells["id_no"]
    if not number.endswith("X"):
        _set(person, "repaired", id_no=f"{number[0]}.{number[1:]}E+17")


@damage
def empty_name(person: Person, chance: random.Random) -> None:
    _set(person, "needs_look", "empty name", name=chance.choice(("", " ", "\u3000", "无")))


@damage
def empty_id(person: Person, chance: random.Random) -> None:
    _set(person, "needs_look", "empty id", id_no=chance.choice(("", "无", "/")))


@damage
def future(person: Person, chance: random.Random) -> None:
    _set(person, "needs_look", "future", birth=chance.choice(("2031-05-05", "2031.5.5", "2031年5月5日", date(2031, 5, 5))))


@damage
def birth_mismatch(person: Person, chance: random.Random) -> None:
    _set(person, "needs_look", "birth mismatch", birth="1977-07-07")


@damage
def sex_mismatch(person: Person, chance: random.Random) -> None:
    _set(person, "needs_look", "sex mismatch", sex="女" if int(person.cells["id_no"][16]) % 2 else "男")


@damage
def other_township(person: Person, chance: random.Random) -> None:
    village = chance.choice(("外乡镇某某村", "王瓜店街道车庙村委会", "潮泉镇白窑村", "某某村"))
    _set(person, "needs_look", "other township", village=village)


@damage
def empty_village(person: Person, chance: random.Random) -> None:
    _set(person, "needs_look", "empty village", village="")


@damage
def bad_phone(person: Person, chance: random.Random) -> None:
    _set(person, "taken", phone=chance.choice(("1380000", "1.38E+10", "138000022066", "无", "")))


@damage
def good_phone(person: Person, chance: random.Random) -> None:
    _set(
        person, "taken", phone=chance.choice((13800002206.0, "138-0000-2206", "+86 13800002206", "13800002206/13900002207", "0538-3212345"))
    )


@damage
def long_name(person: Person, chance: random.Random) -> None:
    _set(person, "taken", name="阿不都热合曼·" + "买" * 43)


@damage
def too_long_name(person: Person, chance: random.Random) -> None:
    _set(person, "needs_look", "name length", name="阿" * 51)


@damage
def other_dot(person: Person, chance: random.Random) -> None:
    _set(person, "repaired", name="阿不都•买买提")


def make(seed: int, villages: Sequence[str], count: int = 40, damages: Sequence[str] | None = None) -> Messy:
    """Return a roster of `count` people, about half of them damaged in one way, the last one twice."""
    chance = random.Random(seed)
    group = chance.choice(sorted(GROUP_TITLES))
    columns = {
        "name": chance.choice(NAME_HEADINGS),
        "id_no": chance.choice(ID_HEADINGS),
        "sex": chance.choice(SEX_HEADINGS),
        "birth": chance.choice(BIRTH_HEADINGS),
        "village": chance.choice(VILLAGE_HEADINGS),
        "phone": chance.choice(PHONE_HEADINGS),
        "remark": chance.choice(REMARK_HEADINGS),
    }
    order = chance.sample(sorted(columns), len(columns))
    roster = Messy(group, chance.choice(GROUP_TITLES[group]), {name: columns[name] for name in order})
    ways = sorted(damages if damages is not None else DAMAGES)
    for serial in range(count):
        person = _person(chance, serial, villages)
        if chance.random() < 0.5:
            DAMAGES[chance.choice(ways)](person, chance)
        roster.people.append(person)
    double = next((person for person in roster.people if person.verdict == "taken"), None)
    if double is not None:
        roster.people.append(Person(dict(double.cells), "needs_look", "duplicate"))
    return roster


def _person(chance: random.Random, serial: int, villages: Sequence[str]) -> Person:
    born = date(1930, 1, 1) + timedelta(days=chance.randrange(30_000))
    number = id_number(born.isoformat(), serial, male=chance.random() < 0.5)
    sex = "1" if int(number[16]) % 2 else "2"
    return Person(
        {
            "name": chance.choice(NAMES) + chance.choice(GIVEN),
            "id_no": number,
            "sex": chance.choice(SEX_SHAPES[sex]),
            "birth": chance.choice(DATE_SHAPES)(born),
            "village": chance.choice(VILLAGE_SHAPES)(chance.choice(villages)),
            "phone": f"1380000{serial:04d}",
            "remark": chance.choice(("", "低保户", "=1+1", "随祖父母")),
        }
    )


def lines(roster: Messy, seed: int) -> list[list[Any]]:
    """Return the whole sheet: title, notes, headings, people with blank rows, subtotals and repeated headings between, signatures."""
    chance = random.Random(seed)
    headings = ["序号", *roster.headings.values()]
    out: list[list[Any]] = [[roster.title]]
    if chance.random() < 0.5:
        out.append(["填报单位（盖章）：", "", "", "填报日期：2026年6月1日"])
    if chance.random() < 0.3:
        out.append([])
    out.append(headings)
    for number, person in enumerate(roster.people, start=1):
        out.append([number, *(person.cells[name] for name in roster.headings)])
        if chance.random() < 0.05:
            out.append([])
        if chance.random() < 0.04:
            out.append(["小计", f"{number}人"])
        if chance.random() < 0.04:
            out.append(list(headings))
    out.append(["合计", f"{len(roster.people)}人"])
    out.append([])
    out.append(["单位负责人：", "", "复核人：", "", "填表人："])
    out.append(["说明：1. 本表一式两份，2. 身份证号码必须填写 18 位。"])
    return out


def write_xlsx(roster: Messy, path: Path, seed: int = 0) -> Path:
    """Write a workbook: sometimes with a cover sheet before, and headings in two merged rows."""
    chance = random.Random(seed + 1)
    book = Workbook()
    sheet = book.worksheets[0]
    if chance.random() < 0.3:
        sheet.title = "填表说明"
        sheet["A1"] = "请各村认真填写，姓名、身份证号必填。"
        sheet = book.create_sheet("花名册")
    table = lines(roster, seed)
    top = next(index for index, line in enumerate(table) if len(line) > 2 and line[0] == "序号")
    merged = chance.random() < 0.4
    if merged:
        table.insert(top, ["序号", chance.choice(("基本情况", "基本信息", "留守儿童基本情况"))])
        table[top + 1] = ["", *table[top + 1][1:]]
    for line in table:
        sheet.append(line)
    for row in sheet.iter_rows():
        for cell in row:
            if cell.data_type == "f":
                cell.data_type = "s"
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=8)
    if merged:
        sheet.merge_cells(start_row=top + 1, end_row=top + 2, start_column=1, end_column=1)
        sheet.merge_cells(start_row=top + 1, end_row=top + 1, start_column=2, end_column=8)
    book.save(path)
    return path


def write_csv(roster: Messy, path: Path, encoding: str, separator: str, seed: int = 0) -> Path:
    """Write text as Excel saves it: long numbers already damaged, dates as text."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, lineterminator="\r\n").writerows([[_csv(cell) for cell in line] for line in lines(roster, seed)])
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def _csv(cell: Any) -> str:
    if isinstance(cell, float) and cell > 1e15:
        return f"{cell:.5E}"
    return str(cell)
