"""Who may use the console: Argon2id passwords, three roles, sessions that expire, and a pause after wrong passwords."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, delete, func, select, update

from mzdesk.errors import MzError
from sync.county import audit
from sync.county.county import County
from sync.county.tables import OFFICER, SESSION
from sync.tickets import secret_digest

ROLES = {"viewer": "查看", "reviewer": "审核", "administrator": "管理"}
RANK = {"viewer": 0, "reviewer": 1, "administrator": 2}
IDLE_MS, LONGEST_MS = 30 * 60_000, 12 * 3_600_000
TRIES, PAUSE_MS = 5, 5 * 60_000
LEAST_PASSWORD = 10

_HASHER = PasswordHasher()
_DECOY = _HASHER.hash("nobody")  # an unknown login takes as long as a known one


@dataclass(frozen=True, slots=True)
class Officer:
    """Someone who is logged in; `csrf` must come back with every act."""

    login: str
    name: str
    role: str
    csrf: str

    def may(self, role: str) -> bool:
        """Tell whether this person has at least `role`."""
        return RANK[self.role] >= RANK[role]


def add(county: County, login: str, name: str, role: str, password: str, *, actor: str) -> None:
    """Add an account; raises MzError where the login is taken or the password is weak."""
    if role not in ROLES or not login.strip():
        raise MzError("账号填写不完整", "请填写登录名，并选择角色。", field="login")
    if len(password) < LEAST_PASSWORD or password.casefold() in (login.casefold(), "1234567890"):
        raise MzError("密码太简单", f"密码至少 {LEAST_PASSWORD} 个字符，且不能与登录名相同。", field="password")
    now = county.clock.now_ms()
    row = {"login": login, "name": name or login, "role": role, "password": _HASHER.hash(password), "created": now}
    with county.write() as connection:
        if connection.execute(select(OFFICER.c.login).where(OFFICER.c.login == login)).first() is not None:
            raise MzError("登录名已有人用", "请换一个登录名。", field="login")
        connection.execute(OFFICER.insert(), row)
        audit.append(connection, actor, "add_officer", login, {"role": role}, now)


def disable(county: County, login: str, *, actor: str) -> None:
    """Close an account and its sessions; the last administrator stays."""
    with county.write() as connection:
        others = select(func.count()).where(OFFICER.c.role == "administrator", OFFICER.c.disabled == 0, OFFICER.c.login != login)
        if connection.execute(others).scalar_one() == 0:
            raise MzError("至少要留一位管理员", "请先再加一位管理员，然后停用这一位。")
        connection.execute(update(OFFICER).where(OFFICER.c.login == login).values(disabled=1))
        connection.execute(delete(SESSION).where(SESSION.c.login == login))
        audit.append(connection, actor, "disable_officer", login, {}, county.clock.now_ms())


def log_in(county: County, login: str, password: str) -> str:
    """Return the token of a new session; raises MzError, the same for an unknown login and a wrong password."""
    now = county.clock.now_ms()
    with county.read() as connection:
        row = connection.execute(select(OFFICER).where(OFFICER.c.login == login, OFFICER.c.disabled == 0)).first()
    if row is not None and row.locked_until > now:
        raise MzError("请稍后再试", "密码错了多次，暂停五分钟。")
    if not _matches(row.password if row else _DECOY, password) or row is None:
        _count_failure(county, login, now)
        raise MzError("登录名或密码不对", "请核对后再试。连续错五次会暂停五分钟。")
    token = secrets.token_urlsafe(32)
    session = {"token": secret_digest(token), "login": login, "csrf": secrets.token_urlsafe(24), "created": now, "seen": now}
    with county.write() as connection:
        connection.execute(update(OFFICER).where(OFFICER.c.login == login).values(failures=0))
        connection.execute(delete(SESSION).where(SESSION.c.seen < now - LONGEST_MS))
        connection.execute(SESSION.insert(), session)
        audit.append(connection, login, "log_in", "", {}, now)
    return token


def _matches(hashed: str, password: str) -> bool:
    try:
        return _HASHER.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


def _count_failure(county: County, login: str, now: int) -> None:
    with county.write() as connection:
        row = connection.execute(select(OFFICER.c.failures).where(OFFICER.c.login == login)).first()
        if row is not None:
            locked = now + PAUSE_MS if row.failures + 1 >= TRIES else 0
            values = {"failures": 0 if locked else row.failures + 1, "locked_until": locked}
            connection.execute(update(OFFICER).where(OFFICER.c.login == login).values(values))
        audit.append(connection, "?", "log_in_failed", login[:40] if row is not None else "", {}, now)


def find_session(county: County, token: str) -> Officer | None:
    """Return who holds a session that has not expired, and mark it as used."""
    now = county.clock.now_ms()
    digest = secret_digest(token)
    columns = (OFFICER.c.login, OFFICER.c.name, OFFICER.c.role, SESSION.c.csrf, SESSION.c.created, SESSION.c.seen)
    query = select(*columns).select_from(SESSION.join(OFFICER, OFFICER.c.login == SESSION.c.login))
    with county.read() as connection:
        row = connection.execute(query.where(SESSION.c.token == digest, OFFICER.c.disabled == 0)).first()
    if row is None or now - row.seen > IDLE_MS or now - row.created > LONGEST_MS:
        return None
    if now - row.seen > 60_000:
        with county.write() as connection:
            connection.execute(update(SESSION).where(SESSION.c.token == digest).values(seen=now))
    return Officer(row.login, row.name, row.role, row.csrf)


def log_out(county: County, token: str) -> None:
    """End a session."""
    with county.write() as connection:
        connection.execute(delete(SESSION).where(SESSION.c.token == secret_digest(token)))


def every(connection: Connection) -> list[tuple[str, str, str, int]]:
    """Return (login, name, role, disabled) of all accounts."""
    query = select(OFFICER.c.login, OFFICER.c.name, OFFICER.c.role, OFFICER.c.disabled).order_by(OFFICER.c.login)
    return [tuple(row) for row in connection.execute(query)]
