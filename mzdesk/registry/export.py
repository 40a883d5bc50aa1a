"""Lists out to .xlsx as they stand: masked by default; whole numbers need a permission and a reason, and every export is logged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from mzdesk import canonical
from mzdesk.errors import MzError
from mzdesk.registry import id_number, phone
from mzdesk.registry.ages import age_of
from mzdesk.registry.codes import AIDS, ETHNICITIES, MARITAL
from mzdesk.registry.divisions import display_name
from mzdesk.registry.groups import CATEGORIES, GROUPS, RISKS, SEXES
from mzdesk.registry.people import Query, find, found_by_text
from mzdesk.registry.tags import tag_name
from mzdesk.registry.workbook import Sheet, write_workbook
from mzdesk.store import audit, divisions, rows
from mzdesk.store.rows import EnrolmentData, PersonData, RelationData
from mzdesk.store.scope import Permission

if TYPE_CHECKING:
    from mzdesk.station import Station

_Row = TypeVar("_Row", EnrolmentData, RelationData)
Progress = Callable[[str, int, int], bool | None]
CHUNK = 500
MAXIMUM = 200_000


@dataclass(frozen=True, slots=True)
class Line:
    """What a column may draw from: a person, the role that the list is about, relations by kind, names of places, and whether to mask."""

    number: int
    person: PersonData
    roles: tuple[EnrolmentData, ...]
    kin: Mapping[str, RelationData]
    village: str
    township: str
    age: int | None
    masked: bool


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an export."""

    name: str
    heading: str
    read: Callable[[Line], str]


def _id_no(line: Line) -> str:
    return id_number.mask(line.person.id_no) if line.masked else line.person.id_no


def _phone(text: str, line: Line) -> str:
    return phone.mask(text) if line.masked else text


def _kin_of(line: Line) -> RelationData | None:
    return next((line.kin[kind] for kind in ("guardian", "carer", "mother", "father", "spouse", "contact") if kind in line.kin), None)


def _guardian(line: Line) -> str:
    kin = _kin_of(line)
    return kin.name if kin is not None else ""


def _guardian_phone(line: Line) -> str:
    kin = _kin_of(line)
    return _phone(kin.phone, line) if kin is not None else ""


def _words(codes: str, names: Mapping[str, str]) -> str:
    return "、".join(names.get(code, code) for code in codes.split())


def _kin_text(kind: str, column: str) -> Callable[[Line], str]:
    def read(line: Line) -> str:
        relation = line.kin.get(kind)
        text = str(getattr(relation, column)) if relation is not None else ""
        if column == "id_no" and line.masked:
            return id_number.mask(text)
        return _phone(text, line) if column == "phone" else text

    return read


def _profile(name: str) -> Callable[[Line], str]:
    return lambda line: next((str(text) for role in line.roles if (text := canonical.loads(role.profile_json).get(name))), "")


COLUMNS: Mapping[str, Column] = {
    column.name: column
    for column in (
        Column("number", "序号", lambda line: str(line.number)),
        Column("township", "乡镇（街道）", lambda line: line.township),
        Column("village", "村（居）", lambda line: line.village),
        Column("name", "姓名", lambda line: line.person.name),
        Column("sex", "性别", lambda line: SEXES.get(line.person.sex, "")),
        Column("birth_date", "出生日期", lambda line: line.person.birth_date),
        Column("age", "年龄", lambda line: "" if line.age is None else str(line.age)),
        Column("id_no", "身份证号码", _id_no),
        Column("ethnicity", "民族", lambda line: ETHNICITIES.get(line.person.ethnicity, "")),
        Column("marital", "婚姻状况", lambda line: MARITAL.get(line.person.marital, "")),
        Column("address", "现居住地址", lambda line: line.person.address),
        Column("hukou_address", "户籍地址", lambda line: line.person.hukou_address),
        Column("phone", "联系电话", lambda line: _phone(line.person.phone, line)),
        Column("groups", "类别", lambda line: "、".join(GROUPS.get(role.group, role.group) for role in line.roles)),
        Column(
            "category", "细类", lambda line: "、".join(CATEGORIES.get(role.category, role.category) for role in line.roles if role.category)
        ),
        Column("risk", "风险等级", lambda line: "、".join(dict.fromkeys(RISKS.get(role.risk, "") for role in line.roles))),
        Column("entered_on", "纳入日期", lambda line: min((role.entered_on for role in line.roles), default="")),
        Column("responsible", "责任人", lambda line: next((role.responsible for role in line.roles if role.responsible), "")),
        Column("guardian", "监护（照护）人", _guardian),
        Column("guardian_phone", "监护（照护）人电话", _guardian_phone),
        Column("father_name", "父亲姓名", _kin_text("father", "name")),
        Column("father_id_no", "父亲身份证号码", _kin_text("father", "id_no")),
        Column("father_place", "父亲务工地", _kin_text("father", "place")),
        Column("father_phone", "父亲电话", _kin_text("father", "phone")),
        Column("mother_name", "母亲姓名", _kin_text("mother", "name")),
        Column("mother_id_no", "母亲身份证号码", _kin_text("mother", "id_no")),
        Column("mother_place", "母亲务工地", _kin_text("mother", "place")),
        Column("mother_phone", "母亲电话", _kin_text("mother", "phone")),
        Column("carer_name", "受委托照护人", _kin_text("carer", "name")),
        Column("carer_phone", "受委托照护人电话", _kin_text("carer", "phone")),
        Column("spouse_name", "丈夫姓名", _kin_text("spouse", "name")),
        Column("spouse_place", "丈夫务工地", _kin_text("spouse", "place")),
        Column("contact_name", "紧急联系人", _kin_text("contact", "name")),
        Column("contact_phone", "紧急联系人电话", _kin_text("contact", "phone")),
        Column("school", "就读学校", _profile("school")),
        Column("aids", "享受救助", lambda line: _words(line.person.aids, AIDS)),
        Column("tags", "标签", lambda line: "、".join(tag_name(code) for code in line.person.tags.split())),
        Column("last_visit_on", "末次走访", lambda line: max((role.last_visit_on for role in line.roles), default="")),
        Column("next_due", "下次应访", lambda line: min((role.next_due for role in line.roles if role.next_due), default="")),
        Column("remarks", "备注", _profile("remarks")),
    )
}
LIST = ("number", "village", "name", "sex", "age", "id_no", "guardian", "phone", "risk", "last_visit_on", "remarks")  # domain/README.md §3
_REGISTER_HEAD = ("number", "township", "village", "name", "sex", "birth_date", "id_no", "ethnicity", "hukou_address", "address")
_REGISTER_TAIL = ("risk", "entered_on", "responsible", "remarks")
# The columns of the rosters that stations re-enter into the national system (花名册), by group.
REGISTERS: Mapping[str, tuple[str, ...]] = {
    "left_behind_child": (
        *_REGISTER_HEAD,
        "school",
        *(f"{parent}_{column}" for parent in ("father", "mother") for column in ("name", "id_no", "place", "phone")),
        "carer_name",
        "carer_phone",
        *_REGISTER_TAIL,
    ),
    "child_in_difficulty": (
        *_REGISTER_HEAD,
        "category",
        "school",
        "father_name",
        "mother_name",
        "guardian",
        "guardian_phone",
        *_REGISTER_TAIL,
    ),
    "left_behind_woman": (*_REGISTER_HEAD, "marital", "phone", "spouse_name", "spouse_place", "aids", *_REGISTER_TAIL),
    "left_behind_elder": (*_REGISTER_HEAD, "phone", "contact_name", "contact_phone", "aids", *_REGISTER_TAIL),
    "extreme_poverty": (*_REGISTER_HEAD, "phone", "category", "guardian", "guardian_phone", "aids", *_REGISTER_TAIL),
}


def export_list(
    station: Station,
    query: Query,
    path: Path,
    columns: Sequence[str] = LIST,
    *,
    title: str = "",
    whole_numbers: bool = False,
    reason: str = "",
    progress: Progress | None = None,
    only: Sequence[str] = (),
) -> int:
    """Write the list that `query` shows, with these columns of COLUMNS, to `path`; return how many people.

    `only` names the people where some were chosen from the list.
    `whole_numbers` shows ID and phone numbers in full: it needs Permission.EXPORT_PLAIN and a reason. Every export leaves a log line.
    Raises MzError: permission or reason missing, nobody to export, place not writable, cancelled.
    """
    if whole_numbers:
        _require_right(station, reason)
    people = list(only) or list(_everybody(station, query, progress))
    if not people:
        raise MzError("没有可以导出的人", "列表是空的。请放宽筛选条件后再导出。")
    lines = list(_lines(station, people, query.group, masked=not whole_numbers))
    chosen = [COLUMNS[name] for name in columns]
    cells = [[column.read(line) for column in chosen] for line in lines]
    heading = title or f"{GROUPS.get(query.group, '服务对象')}花名册"
    note = f"导出人：{station.scope.name}　导出日期：{station.today().isoformat()}　共 {len(cells)} 人"
    _log(station, query, len(cells), whole_numbers=whole_numbers, reason=reason)
    write_workbook(path, [Sheet("花名册", heading, tuple(column.heading for column in chosen), cells, note)])
    return len(cells)


def export_register(
    station: Station,
    group: str,
    path: Path,
    *,
    village: str = "",
    whole_numbers: bool = False,
    reason: str = "",
    progress: Progress | None = None,
) -> int:
    """Write the roster of one group with the columns for re-entry into the national system; see export_list."""
    query = Query(group=group, village=village, sort="village")
    return export_list(station, query, path, REGISTERS[group], whole_numbers=whole_numbers, reason=reason, progress=progress)


def _require_right(station: Station, reason: str) -> None:
    if not station.scope.may(Permission.EXPORT_PLAIN):
        raise MzError("您没有导出完整证件号的权限", "可以导出隐去中间几位的名单；确需完整证件号，请让主管操作。")
    if not reason.strip():
        raise MzError("请写明导出原因", "例如：录入全国儿童福利信息系统。原因会写入日志。", field="reason")


def _everybody(station: Station, query: Query, progress: Progress | None) -> Iterator[str]:
    """Yield the ids of the whole list: page by page, or, of a search, all that it finds, of which the screen shows the first only."""
    if query.text.strip():
        yield from found_by_text(station, query, MAXIMUM)
        return
    page_query = replace(query, after=None, limit=CHUNK)
    done = 0
    while True:
        page = find(station, page_query)
        yield from (row.id for row in page.rows)
        done += len(page.rows)
        if progress is not None and progress("导出", done, page.total) is False:
            raise MzError("已取消", "没有写出文件。")
        if page.after is None or done >= MAXIMUM:
            return
        page_query = replace(page_query, after=page.after)


def _lines(station: Station, person_ids: Sequence[str], group: str, *, masked: bool) -> Iterator[Line]:
    number = 0
    for start in range(0, len(person_ids), CHUNK):
        chunk = list(person_ids[start : start + CHUNK])
        with station.read() as connection:
            people = rows.people(connection, station.scope, chunk)
            roles = _sorted_out(rows.enrolments(connection, station.scope, chunk, current=True))
            relations = _sorted_out(rows.relations(connection, station.scope, chunk))
            codes = {code for person in people.values() for code in (person.village, person.village[:9])}
            names = divisions.names(connection, codes)
        for person_id in chunk:
            if (person := people.get(person_id)) is None:
                continue
            number += 1
            mine = tuple(role for role in roles.get(person_id, ()) if group not in GROUPS or role.group == group)
            kin = {row.kind: row for row in reversed(relations.get(person_id, [])) if not row.until}
            age = age_of(person.birth_date, station.today())
            village, township = display_name(names.get(person.village, "")), names.get(person.village[:9], "")
            yield Line(number, person, mine, kin, village, township, age, masked)


def _sorted_out(found: Iterable[_Row]) -> dict[str, list[_Row]]:
    by_person: dict[str, list[_Row]] = {}
    for row in found:
        by_person.setdefault(row.person_id, []).append(row)
    return by_person


def _log(station: Station, query: Query, count: int, *, whole_numbers: bool, reason: str) -> None:
    """Log before the file appears: an export that nobody knows of must not be."""
    detail = {
        "list": "people",
        "group": query.group,
        "village": query.village,
        "count": count,
        "plain": whole_numbers,
        "reason": reason.strip(),
    }
    with station.write() as connection:
        audit.append(connection, station.scope, "export", "", detail, now_ms=station.clock.now_ms())
