"""Who is at the desk and what they may see; every query filters by it, so that no service can forget."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, true

from mzdesk.errors import MzError


class Role(StrEnum):
    """The four roles of a station (issue G)."""

    CHILDREN_DIRECTOR = "children_director"  # 儿童主任: own villages
    SOCIAL_WORKER = "social_worker"  # 社工: the township
    SUPERVISOR = "supervisor"  # 儿童督导员/主管: the township, review, restricted records
    ADMINISTRATOR = "administrator"  # 管理员: accounts and parameters, no case content


class Permission(StrEnum):
    """What a role may do beyond reading and writing in its villages."""

    RESTRICTED = "restricted"  # 强制报告、家暴线索
    UNMASK = "unmask"
    EXPORT_PLAIN = "export_plain"
    REVIEW = "review"
    PARAMETERS = "parameters"
    ACCOUNTS = "accounts"
    CASES = "cases"


ROLE_NAMES: dict[Role, str] = {
    Role.CHILDREN_DIRECTOR: "儿童主任",
    Role.SOCIAL_WORKER: "社工",
    Role.SUPERVISOR: "儿童督导员/主管",
    Role.ADMINISTRATOR: "管理员",
}

PERMISSION_NAMES: dict[Permission, str] = {
    Permission.RESTRICTED: "查看受限内容",
    Permission.UNMASK: "显示完整证件号",
    Permission.EXPORT_PLAIN: "明文导出",
    Permission.REVIEW: "审核",
    Permission.PARAMETERS: "修改参数",
    Permission.ACCOUNTS: "管理账户",
    Permission.CASES: "查看和填写个案",
}

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.CHILDREN_DIRECTOR: frozenset({Permission.CASES, Permission.UNMASK, Permission.RESTRICTED}),
    Role.SOCIAL_WORKER: frozenset({Permission.CASES, Permission.UNMASK}),
    Role.SUPERVISOR: frozenset(
        {Permission.CASES, Permission.UNMASK, Permission.RESTRICTED, Permission.REVIEW, Permission.EXPORT_PLAIN, Permission.PARAMETERS}
    ),
    Role.ADMINISTRATOR: frozenset({Permission.ACCOUNTS, Permission.PARAMETERS}),
}


@dataclass(frozen=True, slots=True)
class Scope:
    """The person at the desk: `villages` holds 12-digit codes, None means the whole township of the station."""

    actor: str
    name: str
    role: Role
    villages: frozenset[str] | None = None
    permissions: frozenset[Permission] = frozenset()

    def may(self, permission: Permission) -> bool:
        """Tell whether this person has `permission`."""
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        """Raise MzError where this person lacks `permission`."""
        if not self.may(permission):
            raise MzError("没有权限", f"这一步要由有“{PERMISSION_NAMES[permission]}”权限的人来做。")

    def covers(self, village: str | None) -> bool:
        """Tell whether a 12-digit village code lies within this scope."""
        if not self.may(Permission.CASES):
            return False
        return self.villages is None or village in self.villages

    def where(self, village: Any) -> ColumnElement[bool]:
        """Return the SQL condition that keeps the rows whose column `village` is in scope."""
        if not self.may(Permission.CASES):
            return ~true()
        return true() if self.villages is None else village.in_(sorted(self.villages))


def scope_for(actor: str, name: str, role: Role, villages: frozenset[str] | None) -> Scope:
    """Return the scope of an account: a children's director is bound to villages, the others to the township."""
    bound = villages if role is Role.CHILDREN_DIRECTOR else None
    return Scope(actor, name, role, bound, ROLE_PERMISSIONS[role])


SYSTEM = Scope("system", "系统", Role.SUPERVISOR, None, frozenset(Permission))
