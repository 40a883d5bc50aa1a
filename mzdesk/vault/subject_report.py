"""The answer to a data-subject request (个人信息保护法第四十五条): what is held on a person, where it went, and who looked at it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mzdesk import canonical
from mzdesk import clock as clocks
from mzdesk.casework.issued_forms import catalog_in
from mzdesk.errors import MzError
from mzdesk.registry.field_names import FIELD_NAMES
from mzdesk.registry.registration import flatten
from mzdesk.station import Station
from mzdesk.store import audit, subject_data
from mzdesk.store.subject_data import Row
from mzdesk.vault import subject_words

if TYPE_CHECKING:
    from sqlalchemy import Connection

PERSON_FIELDS = {
    "name": "姓名",
    "id_no": "公民身份号码",
    "sex": "性别",
    "birth_date": "出生日期",
    "ethnicity": "民族",
    "marital": "婚姻",
    "hukou_address": "户籍地址",
    "address": "现居住地址",
    "phone": "电话",
    "disability_no": "残疾证号",
    "aids": "救助标志",
}


@dataclass(frozen=True)
class Section:
    """A table of the report: title, column names, rows of text."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class SubjectReport:
    """The whole answer; `made_at` in Unix ms, `reason` why it was made; restricted records only for those who may see them."""

    person_id: str
    name: str
    made_at: int
    made_by: str
    reason: str
    sections: tuple[Section, ...]


def make(station: Station, person_id: str, reason: str) -> SubjectReport:
    """Collect everything on one person and log that it was done. Raises MzError: out of scope, no reason."""
    if not reason.strip():
        raise MzError("请写明查询的原因", "例如“本人（监护人）申请查阅”，并写上申请日期。", field="reason")
    with station.write() as connection:
        person = subject_data.person(connection, station.scope, person_id)
        if person is None:
            raise MzError("找不到这个人", "此人不在您负责的范围内，或已不存在。")
        now = station.clock.now_ms()
        sections = tuple(_sections(connection, station, person))
        audit.append(connection, station.scope, "subject_report", person_id, {"reason": reason.strip()}, now_ms=now)
    return SubjectReport(person_id, str(person["name"]), now, station.scope.name, reason.strip(), sections)


def _sections(connection: Connection, station: Station, person: Row) -> Iterable[Section]:
    scope, person_id = station.scope, str(person["id"])
    about = {name: subject_data.of_person(connection, scope, table, person_id) for name, table in subject_data.TABLES.items()}
    related = subject_data.relations(connection, scope, person_id)
    records = [str(row["id"]) for row in about["record"]]
    holders = [*records, *(str(row["id"]) for row in about["follow_up"])]  # matters hold files too: scans of route sheets
    everything = [person_id, *records, *(str(row["id"]) for row in (*about["enrolment"], *related))]
    shown = subject_words.worded(person)
    yield Section("基本信息", ("项目", "内容"), tuple((label, str(shown[name])) for name, label in PERSON_FIELDS.items() if person[name]))
    yield Section("登记的其他内容", ("项目", "内容"), tuple(_profile(str(person["profile_json"]))))
    forms = catalog_in(connection)
    yield _section(
        "分类登记", about["enrolment"], {"group": "类别", "risk": "风险", "entered_on": "纳入", "left_on": "退出", "left_why": "原因"}
    )
    yield _section("亲属与照护人", related, {"kind": "关系", "name": "姓名", "id_no": "身份证号", "phone": "电话", "place": "地点"})
    yield _section(
        "走访、照料和其他记录",
        [{**row, "told": subject_words.filled(row, forms)} for row in about["record"]],
        {"number": "编号", "kind": "种类", "occurred_on": "日期", "author_name": "填写人", "told": "内容"},
    )
    yield _section("附件", subject_data.attachments(connection, scope, holders), {"name": "名称", "media_type": "类型", "size": "字节"})
    yield _section("待办和草稿", (*about["follow_up"], *about["draft"]), {"title": "事项", "due_on": "期限", "outcome": "结果"})
    yield _section(
        "修改历史",
        [subject_words.changed(row) for row in _dated(about["change"], "at") if not row["field"] or row["field"] in FIELD_NAMES],
        {"at": "时间", "actor_name": "谁", "field": "项目", "old": "原来", "new": "现在", "source": "来源"},
    )
    yield _section(
        "报送到县",
        _dated(subject_data.sent(connection, everything), "created_at", "received_at"),
        {"created_at": "产生", "kind": "种类", "verdict": "结果", "number": "回执号", "received_at": "收到回执"},
    )
    seen = _dated(subject_data.looked_at(connection, everything), "at")
    yield _section("谁看过、用过", seen, {"at": "时间", "actor_name": "谁", "act": "做了什么"})


def _section(title: str, rows: Iterable[Row], columns: dict[str, str]) -> Section:
    told = [subject_words.worded(row) for row in rows]
    return Section(title, tuple(columns.values()), tuple(tuple(_text(row.get(name)) for name in columns) for row in told))


def _profile(text: str) -> Iterable[tuple[str, str]]:
    for name, value in flatten(canonical.loads(text or "{}")).items():
        yield FIELD_NAMES.get(name, name), value


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _dated(rows: Iterable[Row], *names: str) -> list[Row]:
    return [{**row, **{name: f"{clocks.beijing(row[name]):%Y-%m-%d %H:%M}" for name in names if row[name]}} for row in rows]
