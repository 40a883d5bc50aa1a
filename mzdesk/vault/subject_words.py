"""The answer to a data-subject request in words that the person can read: codes become names, a filled form its questions and answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from forms.errors import FormError
from forms.session import FormSession
from mzdesk import canonical
from mzdesk.registry.codes import AIDS, ETHNICITIES, MARITAL
from mzdesk.registry.field_names import FIELD_NAMES, RECORD_KINDS, made_name, value_name
from mzdesk.registry.groups import CATEGORIES, GROUPS, RELATIONS, RISKS, SEXES
from mzdesk.store.audit import ACTS

if TYPE_CHECKING:
    from forms.catalog import Catalog
    from mzdesk.store.subject_data import Row

KINDS: Mapping[str, str] = {
    **RECORD_KINDS,
    "person": "个人档案",
    "enrolment": "分类登记",
    "relation": "亲属与照护人",
    "record": "记录",
    "tombstone": "删除",
    "attachment": "附件",
    "division": "村（居）",
}
SOURCES: Mapping[str, str] = {
    "form": "填表",
    "import": "导入",
    "county": "县级下发",
    "merge": "合并档案",
    "edit": "修改",
    "handover": "移交",
}
VERDICTS: Mapping[str, str] = {
    "accepted": "已接收",
    "merged": "已合并",
    "duplicate": "已接收",
    "returned": "已退回",
    "conflict": "待裁定",
    "held": "待上级档案",
}
_BY_COLUMN: Mapping[str, Mapping[str, str]] = {
    "group": GROUPS,
    "category": CATEGORIES,
    "risk": RISKS,
    "sex": SEXES,
    "ethnicity": ETHNICITIES,
    "marital": MARITAL,
    "kind": {**RELATIONS, **KINDS},
    "field": FIELD_NAMES,
    "act": ACTS,
}


def worded(row: Row) -> Row:
    """Return the row with its codes as words."""
    told = {
        name: _BY_COLUMN[name].get(value, value) if name in _BY_COLUMN and isinstance(value, str) else value for name, value in row.items()
    }
    if isinstance(told.get("aids"), str):
        told["aids"] = "、".join(AIDS.get(aid, aid) for aid in str(told["aids"]).split())
    if isinstance(told.get("verdict"), str):
        told["verdict"] = VERDICTS.get(str(row["verdict"]).partition(":")[0], told["verdict"])
    if isinstance(told.get("source"), str):
        told["source"] = SOURCES.get(str(row["source"]).partition(":")[0], told["source"])
    return told


def changed(row: Row) -> Row:
    """Return a line of the history with the values as people say them; a line without a field is the making of the row."""
    if not row["field"]:
        return {**row, "field": "新建", "new": made_name(str(row["table"]), str(row["new"]))}
    field = str(row["field"])
    return {**row, "old": value_name(field, str(row["old"])), "new": value_name(field, str(row["new"]))}


def filled(row: Row, catalog: Catalog) -> str:
    """Return a record's answers as 问题：答案；…, by its own version of the form; as they are stored where the form is not here."""
    answers: Mapping[str, Any] = canonical.loads(str(row["answers_json"]))
    try:
        session = FormSession(catalog.get(str(row["form_id"]), str(row["form_version"])), dict(answers))
    except FormError:
        return str(row["answers_json"])
    return "；".join(_told(session))


def _told(session: FormSession) -> list[str]:
    found = []
    for question in session.form.questions():
        for ref in session.instances(question.ref):
            state = session.state(ref)
            if state.relevant and state.value and state.label and question.type != "note":
                found.append(f"{state.label.strip('：: ')}：{_answer(session, question.type, ref, state.value)}")
    return found


def _answer(session: FormSession, kind: str, ref: str, value: str) -> str:
    if not kind.startswith(("select", "rank")):
        return value
    labels = {choice.value: choice.label for choice in session.choices(ref)}
    return "、".join(labels.get(one, one) for one in value.split())
