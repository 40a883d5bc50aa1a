"""The log in plain Chinese: what an entry's act, subject and detail mean to somebody who reads it; pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mzdesk.store.audit import ACTS, Entry
from mzdesk.store.backup import REASONS
from mzdesk.store.scope import ROLE_NAMES, Role

RIGHTS: Mapping[str, str] = {
    "add": "添加账户",
    "change": "修改账户",
    "remove": "移除账户，已更换密钥",
    "password": "修改密码",
    "password_reset": "重设密码",
    "recovery_key": "更换恢复密钥",
    "escrow": "托管给县里",
}
RETENTION: Mapping[str, str] = {"hold": "到期后继续保留", "release": "取消保留"}
SUBJECTS: Mapping[str, str] = {
    "recovery": "恢复密钥",
    "county": "县级托管",
    "visit_rules": "走访频次",
    "report_minutes": "强制报告时限",
    "retention_years": "保存年限",
    "care_template": "照料服务频次",
    "holidays": "节假日",
    "standards": "救助供养标准",
    "mandatory_report": "强制报告登记簿",
    "backup.second_place": "第二备份位置",
    "vault.json": "账户文件",
    "wal": "最近的保存",
    "audit": "日志",
}
_COUNTS: Mapping[str, str] = {
    "count": "次",
    "records": "份记录",
    "rows": "行",
    "lines": "行",
    "roles": "人次",
    "days": "天",
    "people": "人",
    "carried": "行从旧文件补回",
    "operations": "条",
}
_TEXTS: Mapping[str, str] = {
    "why": "原因",
    "reason": "原因",
    "unmask": "显示完整号码，原因",
    "file": "文件",
    "period": "期间",
    "from": "生效",
}


def act_words(act: str) -> str:
    """Return the name of an act."""
    return ACTS.get(act, act)


def detail_words(entry: Entry) -> str:
    """Return what an entry says beyond act and subject, "" where that is nothing."""
    detail = entry.detail
    what = str(detail.get("what", ""))
    parts = [RIGHTS.get(what, "") or RETENTION.get(what, "")]
    if entry.act == "rights":
        parts.append(_rights(detail))
    elif entry.act == "backup":
        parts += [REASONS.get(str(detail.get("reason", "")), ""), "第二位置已复制" if detail.get("second") else ""]
    elif entry.act == "unlock_failed":
        parts.append(f"此前输错 {detail.get('count', 0)} 次")
    else:
        parts += _plain(detail)
    return "，".join(part for part in parts if part)


def _plain(detail: Mapping[str, Any]) -> list[str]:
    found = [f"{detail[name]} {unit}" for name, unit in _COUNTS.items() if isinstance(detail.get(name), int) and detail[name]]
    found += [f"{words}：{detail[name]}" for name, words in _TEXTS.items() if isinstance(detail.get(name), str) and detail[name]]
    return found


def _rights(detail: Mapping[str, Any]) -> str:
    before, after = detail.get("before"), detail.get("after")
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return f"{_holder(before)} → {_holder(after)}"
    told = _holder(detail)
    why = str(detail.get("reason", ""))
    return "，".join(part for part in (told, f"原因：{why}" if why else "") if part)


def _holder(detail: Mapping[str, Any]) -> str:
    name, role, villages = str(detail.get("name", "")), str(detail.get("role", "")), detail.get("villages")
    title = ROLE_NAMES[Role(role)] if role in set(Role) else role
    scope = f"，{len(villages)} 个村" if isinstance(villages, list) and villages else ""
    return f"{name}（{title}{scope}）" if name else ""
