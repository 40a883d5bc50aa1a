"""What a form tells mzdesk about itself: id, version, kind, groups; and the reserved question names with the types they take."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from forms.lint_draft import Draft, Line
from forms.messages import WARNING, Finding

KINDS = frozenset(
    ["registration", "visit", "care", "assessment", "agreement", "checklist", "report", "activity", "spot_check", "follow_up"]
)
GROUPS = frozenset(
    (
        "left_behind_child",
        "child_in_difficulty",
        "left_behind_woman",
        "left_behind_elder",
        "extreme_poverty",
    )
)
WIDTHS = frozenset(("w1", "w2", "w3", "w4"))


@dataclass(frozen=True, slots=True)
class Reserved:
    """A question name the program reads: the types it may have, and the choices its answers must be among (none: any)."""

    types: frozenset[str]
    choices: frozenset[str] = frozenset()


_COMPUTED = frozenset(("calculate", "hidden"))
_TEXT = frozenset(("text",)) | _COMPUTED
_DATE = frozenset(("date",)) | _COMPUTED
_ONE = frozenset(("select_one",)) | _COMPUTED

RESERVED = {
    "occurred_on": Reserved(_DATE | {"dateTime", "datetime"}),
    "follow_up_on": Reserved(_DATE),
    "contact_mode": Reserved(_ONE, frozenset(("home", "phone", "video", "school"))),
    "reached": Reserved(_ONE, frozenset(("yes", "no"))),
    "risk_level": Reserved(_ONE, frozenset(("high", "medium", "low"))),
    "report_required": Reserved(_ONE, frozenset(("yes", "no"))),
    "refer_to": Reserved(_ONE | {"select_multiple"}),
    "leads": Reserved(
        frozenset(("select_multiple",)), frozenset(("illness", "disaster", "accident", "income", "dibao_edge", "temporary_aid"))
    ),
    "abnormal": Reserved(_ONE, frozenset(("yes", "no"))),
    "care_change": Reserved(_ONE, frozenset(("yes", "no"))),
    "person_id": Reserved(_TEXT),
    "person_name": Reserved(_TEXT),
    "person_id_no": Reserved(_TEXT),
    "person_sex": Reserved(_ONE, frozenset("0129")),
    "person_birth_date": Reserved(_DATE),
    "village_code": Reserved(_TEXT),
    "village_name": Reserved(_TEXT),
    "visitor": Reserved(_TEXT),
    "today": Reserved(frozenset(("today",)) | _DATE),
}
_NEEDED = {
    "visit": ("person_id", "occurred_on", "contact_mode", "reached"),
    "registration": ("person_id", "person_name", "occurred_on"),
    "report": ("occurred_on",),
    "care": ("person_id", "occurred_on"),
    "assessment": ("person_id", "occurred_on"),
    "agreement": ("person_id", "occurred_on"),
    "checklist": ("occurred_on",),
}


def check_settings(draft: Draft) -> Iterator[Finding]:
    """Errors where id or version is missing, warnings where kind, groups or title are."""
    settings = draft.settings
    for column in ("form_id", "version"):
        if not settings.get(column):
            yield settings.error(column, f"settings 工作表要写 {column}。")
        elif any(character in '/\\:*?"<>|@' or character.isspace() for character in settings.get(column)):
            yield settings.error(column, f"{column} 只能用字母、数字、下划线、连字符和句点。")
    if not settings.get("title"):
        yield settings.warning("form_title", "没有写表单的标题 form_title。")
    kind, groups = _attribute(settings, "kind"), _attribute(settings, "groups").split()
    if kind not in KINDS:
        yield settings.warning("attribute::kind", f"attribute::kind 要写表单的种类，可用的有：{'、'.join(sorted(KINDS))}。")
    for group in groups:
        if group not in GROUPS:
            yield settings.warning("attribute::groups", f"不认识的人群「{group}」，可用的有：{'、'.join(sorted(GROUPS))}。")


def check_reserved(draft: Draft) -> Iterator[Finding]:
    """Warnings where a reserved name has another type, other choices, or stands in a repeat; and where a form of its kind lacks one."""
    depth = 0
    for line in draft.survey:
        depth += {"begin_repeat": 1, "end_repeat": -1}.get(line.kind, 0)
        reserved = RESERVED.get(line.get("name"))
        if reserved is not None and not line.kind.startswith("end"):
            yield from _check_reserved(draft, line, reserved, inside=depth > 0)
    present = draft.names
    for name in _NEEDED.get(_attribute(draft.settings, "kind"), ()):
        if name not in present:
            yield Finding(WARNING, "survey", 0, "name", f"这种表单应有名为 {name} 的题目，否则程序得不到这一项。")


def check_widths(draft: Draft) -> Iterator[Finding]:
    """Warnings where an appearance asks for a width that a row of four does not have."""
    for line in draft.survey:
        widths = [word for word in line.get("appearance").split() if word[:1] == "w" and word[1:].isdigit()]
        if len(widths) > 1 or any(width not in WIDTHS for width in widths):
            yield line.warning(line.column("appearance"), "宽度只能写 w1、w2、w3、w4 中的一个，一行共四格。")


def check_restricted(draft: Draft) -> Iterator[Finding]:
    """Errors where a restricted question would be written to the person's file, which more people may read."""
    for line in draft.survey:
        if line.cells.get("body::restricted", "").strip() == "yes" and line.get("save_to"):
            yield line.error(line.column("save_to"), "限知的题目（body::restricted=yes）不能写 save_to，否则答案会进入更多人能看的档案。")


def _attribute(settings: Line, name: str) -> str:
    return next((text for column, text in settings.cells.items() if column.replace(" ", "").lower() == f"attribute::{name}"), "")


def _check_reserved(draft: Draft, line: Line, reserved: Reserved, *, inside: bool) -> Iterator[Finding]:
    name = line.get("name")
    if inside:
        yield line.warning("name", f"保留名 {name} 不能放在重复组里，程序只认第一个。")
    if line.kind not in reserved.types:
        yield line.warning("type", f"保留名 {name} 的题型应为 {'、'.join(sorted(reserved.types))}，现在是 {line.kind}。")
    elif reserved.choices and line.list_name in draft.lists:
        strange = sorted({choice.get("name") for choice in draft.lists[line.list_name]} - reserved.choices)
        if strange:
            yield line.warning("type", f"保留名 {name} 的选项只能是 {'、'.join(sorted(reserved.choices))}，多出了 {'、'.join(strange)}。")
