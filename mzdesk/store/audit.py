"""The log of who did and saw what: append-only, hash-chained, written in the transaction of the act itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, insert, select, true

from mzdesk import canonical
from mzdesk.store.scope import Permission, Scope
from mzdesk.store.tables import AUDIT_ENTRY

GENESIS = "0" * 64
DOMAIN = "mz-audit"

ACTS: dict[str, str] = {
    "station_created": "建站",
    "unlock": "解锁",
    "unlock_failed": "解锁失败",
    "lock": "锁定",
    "view_restricted": "查看受限内容",
    "save_restricted": "填写受限内容",
    "view": "查看",
    "unmask": "显示完整证件号",
    "search_export": "导出查询结果",
    "export": "导出",
    "import": "导入",
    "print": "打印",
    "rights": "账户与权限变更",
    "handover": "移交",
    "parameter": "参数变更",
    "change_parameter": "修改参数",
    "delete": "删除记录",
    "exit": "退出登记",
    "confirm_list": "确认发放名单",
    "withdraw_list": "撤回发放名单",
    "backup": "备份",
    "restore": "恢复",
    "rekey": "更换密钥",
    "recovery_confirmed": "核对恢复密钥",
    "vault_reconciled": "账户文件变更补记",
    "subject_report": "个人信息查询",
    "retention": "到期去标识",
    "integrity": "数据检查",
    "resolve_conflict": "处理冲突",
    "dismiss_returned": "不再报送退回内容",
    "enrol": "登记到县里",
    "report_paper": "核对纸质件",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One act: `at` in Unix ms, `act` one of ACTS, `detail` without personal data beyond ids."""

    seq: int
    at: int
    actor: str
    actor_name: str
    act: str
    subject: str
    detail: Mapping[str, Any]
    digest: str


@dataclass(frozen=True, slots=True)
class Filters:
    """What the log page asks for; "", () and 0 mean any. `before` is the smallest seq already shown (newest first)."""

    actor: str = ""
    act: str = ""
    acts: tuple[str, ...] = ()
    subject: str = ""
    since_ms: int = 0
    until_ms: int = 0
    before: int = 0
    limit: int = 200


@dataclass(frozen=True, slots=True)
class Break:
    """Where the chain does not hold: the entry, and why in Chinese."""

    seq: int
    why: str


def append(
    connection: Connection, scope: Scope, act: str, subject: str = "", detail: Mapping[str, Any] | None = None, *, now_ms: int
) -> int:
    """Add an entry in the caller's transaction and return its seq; `subject` is the id of the person, record, file or account concerned."""
    seq, previous = head(connection)
    row = {
        "seq": seq + 1,
        "at": now_ms,
        "actor": scope.actor,
        "actor_name": scope.name,
        "act": act,
        "subject": subject,
        "detail_json": canonical.text(dict(detail or {})),
    }
    connection.execute(insert(AUDIT_ENTRY).values(**row, previous=previous, digest=digest_of(row, previous)))
    return seq + 1


def digest_of(row: Mapping[Any, Any], previous: str) -> str:
    """Return the SHA-256 that chains an entry to the one before."""
    fields = ["seq", "at", "actor", "actor_name", "act", "subject", "detail_json"]
    return canonical.digest([DOMAIN, previous, *(row[name] for name in fields)])


def head(connection: Connection) -> tuple[int, str]:
    """Return (seq, digest) of the newest entry, (0, zeros) for an empty log; each batch carries it to the county."""
    query = select(AUDIT_ENTRY.c.seq, AUDIT_ENTRY.c.digest).order_by(AUDIT_ENTRY.c.seq.desc()).limit(1)
    row = connection.execute(query).first()
    return (int(row.seq), str(row.digest)) if row else (0, GENESIS)


def verify(connection: Connection, since: int = 1, until: int = 0) -> tuple[Break, ...]:
    """Check the chain from entry `since` to `until` (0: the newest); return the breaks, () where it holds."""
    query = select(AUDIT_ENTRY).where(AUDIT_ENTRY.c.seq >= since - 1).order_by(AUDIT_ENTRY.c.seq)
    if until:
        query = query.where(AUDIT_ENTRY.c.seq <= until)
    expected, previous, breaks = since, GENESIS if since <= 1 else "", []
    for row in connection.execute(query).mappings():
        if row["seq"] < since:
            previous = row["digest"]
            continue
        if row["seq"] != expected:
            breaks.append(Break(expected, f"第 {expected} 条到第 {row['seq'] - 1} 条日志缺失"))
        elif row["previous"] != previous:
            breaks.append(Break(row["seq"], f"第 {row['seq']} 条日志与前一条接不上"))
        if row["digest"] != digest_of(row, row["previous"]):
            breaks.append(Break(row["seq"], f"第 {row['seq']} 条日志的内容被改动"))
        expected, previous = row["seq"] + 1, row["digest"]
    if until >= expected:
        breaks.append(Break(expected, f"第 {expected} 条到第 {until} 条日志缺失"))
    return tuple(breaks)


def verify_recent(connection: Connection, count: int = 500) -> tuple[Break, ...]:
    """Check the newest `count` entries (at start-up)."""
    return verify(connection, max(1, head(connection)[0] - count + 1))


def contains(connection: Connection, seq: int, digest: str) -> bool:
    """Tell whether the log still holds the head that was once sent: False means that history was rewritten."""
    found = connection.execute(select(AUDIT_ENTRY.c.digest).where(AUDIT_ENTRY.c.seq == seq)).scalar()
    return seq == 0 or found == digest


def entries(connection: Connection, scope: Scope, filters: Filters | None = None) -> tuple[Entry, ...]:
    """Return entries, newest first: all for an administrator or a supervisor, for the others their own acts."""
    asked = filters or Filters()
    table = AUDIT_ENTRY.c
    query = select(AUDIT_ENTRY).where(_readable(scope)).order_by(table.seq.desc()).limit(max(1, min(asked.limit, 5000)))
    for column, value in ((table.actor, asked.actor), (table.act, asked.act), (table.subject, asked.subject)):
        if value:
            query = query.where(column == value)
    if asked.acts:
        query = query.where(table.act.in_(asked.acts))
    if asked.since_ms:
        query = query.where(table.at >= asked.since_ms)
    if asked.until_ms:
        query = query.where(table.at < asked.until_ms)
    if asked.before:
        query = query.where(table.seq < asked.before)
    return tuple(_entry(row) for row in connection.execute(query).mappings())


def actors(connection: Connection, scope: Scope) -> tuple[tuple[str, str], ...]:
    """Return (id, name) of everybody who stands in the log, by name, as far as this person may read it."""
    query = select(AUDIT_ENTRY.c.actor, func.max(AUDIT_ENTRY.c.actor_name)).where(_readable(scope)).group_by(AUDIT_ENTRY.c.actor)
    return tuple(sorted(((str(actor), str(name)) for actor, name in connection.execute(query)), key=lambda pair: pair[1]))


def _readable(scope: Scope) -> ColumnElement[bool]:
    reads_all = scope.may(Permission.ACCOUNTS) or scope.may(Permission.REVIEW)
    return true() if reads_all else AUDIT_ENTRY.c.actor == scope.actor


def _entry(row: Mapping[Any, Any]) -> Entry:
    detail = canonical.loads(row["detail_json"])
    return Entry(row["seq"], row["at"], row["actor"], row["actor_name"], row["act"], row["subject"], detail, row["digest"])
