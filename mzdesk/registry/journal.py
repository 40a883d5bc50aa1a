"""One act on the registry: every new value, its history and its outgoing operation go into the same transaction, or none do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from mzdesk import canonical
from mzdesk.errors import MzError
from mzdesk.registry import indexing
from mzdesk.store import changes, outbox, rows
from mzdesk.store.outbox import Edit
from mzdesk.store.scope import SYSTEM

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from mzdesk.station import Station
    from mzdesk.store.rows import EnrolmentData, PersonData, RelationData, Row

# Columns that never travel: the station computes them, or they are bookkeeping.
LOCAL = frozenset({"field_ops_json", "created_at", "updated_at", "last_visit_on", "next_due", "due_why", "agreed_on"})
_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "person": {
        "id_no": "", "id_no_absent": "", "sex": "0", "birth_date": "", "identity_override": "", "ethnicity": "", "marital": "",
        "hukou_village": "", "hukou_address": "", "village": "", "address": "", "phone": "", "phone_absent": "", "disability_no": "",
        "aids": "", "tags": "", "profile_json": "{}", "life": "here", "life_on": "", "merged_into": "", "deleted_at": 0, "deleted_why": "",
    },
    "enrolment": {
        "village": "", "category": "", "risk": "low", "left_on": "", "left_why": "", "responsible": "", "last_visit_on": "",
        "next_due": "", "due_why": "", "agreed_on": "", "suspended_until": "", "suspended_why": "", "profile_json": "{}", "deleted_at": 0,
    },
    "relation": {
        "other_id": "", "name": "", "id_no": "", "phone": "", "place": "", "since": "", "until": "", "profile_json": "{}", "village": "",
        "deleted_at": 0,
    },
}  # fmt: skip


FLUSH_AT = 2000  # new people that are held in memory


class Journal:
    """Collects what one act changes; `close` writes it all: rows, history, operations, search and listing."""

    def __init__(
        self,
        connection: Connection,
        station: Station,
        source: str,
        reason: str = "",
        *,
        settle: Callable[[Connection, Station, Iterable[str]], None] | None = None,
    ) -> None:
        """Begin an act in an open transaction; `settle` (casework.due.refresh) runs on the people concerned before they are listed."""
        self._settle = settle
        self._connection = connection
        self._station = station
        self._source = source
        self._reason = reason
        self._now = station.clock.now_ms()
        self._new: dict[str, list[dict[str, Any]]] = {"person": [], "enrolment": [], "relation": []}
        self._changes: list[dict[str, Any]] = []
        self._edits: list[Edit] = []
        self._touched: dict[str, None] = {}
        self._waiting: dict[str, None] = {}
        self._unlisted: dict[str, None] = {}
        self._created: set[str] = set()

    @property
    def touched(self) -> tuple[str, ...]:
        """Return the ids of the people whom this act concerned."""
        return tuple(self._touched)

    def create(self, kind: str, values: Mapping[str, Any], *, row_id: str = "") -> str:
        """Queue a new person, enrolment or relation, which must lie in scope; return its id."""
        if kind == "person" and len(self._new["person"]) >= FLUSH_AT:
            self._flush()
        row_id = row_id or self._station.new_id()
        full = {**_DEFAULTS[kind], **values, "id": row_id}
        self._check_scope(full["village"])
        op = self._station.new_id()
        sent = {name: value for name, value in values.items() if value not in ("", 0, "{}") and name not in LOCAL}
        full |= {"created_at": self._now, "updated_at": self._now, "field_ops_json": _ops_text(sent, op)}
        self._new[kind].append(full)
        person_id = row_id if kind == "person" else full["person_id"]
        if kind == "person":
            self._created.add(row_id)
        self._touch(person_id)
        self._note(person_id, row_id, kind, "", "", full.get("name") or full.get("group") or "", full["village"])
        self._edits.append(Edit(op, kind, row_id, _wire(sent), {}, full["village"]))
        return row_id

    def change(self, kind: str, row: Row, values: Mapping[str, Any]) -> bool:
        """Queue new values of an existing row; values that stay the same are dropped. Return whether anything changed."""
        before = asdict(row)
        fresh = {name: value for name, value in values.items() if before[name] != value}
        if not fresh:
            return False
        village = str(fresh.get("village", row.village))
        self._check_scope(row.village)
        op = self._station.new_id()
        ops = canonical.loads(row.field_ops_json)
        sent = {name: value for name, value in fresh.items() if name not in LOCAL}
        base = {name: ops[name] for name in sent if name in ops}
        person_id = row.id if kind == "person" else str(before["person_id"])
        stored = {**fresh, "updated_at": self._now, "field_ops_json": canonical.text({**ops, **dict.fromkeys(sent, op)})}
        rows.change(self._connection, SYSTEM, kind, row.id, stored)
        for name, value in sent.items():
            self._note(person_id, row.id, kind, name, str(before[name]), str(value), village)
        if sent:
            self._edits.append(Edit(op, kind, row.id, _wire(sent), base, village))
        self._touch(person_id)
        return True

    def delete(self, kind: str, row: Row, why: str) -> None:
        """Put a tombstone on a row; nothing is ever erased."""
        self._check_scope(row.village)
        stored: dict[str, Any] = {"deleted_at": self._now, "updated_at": self._now}
        if kind == "person":
            stored["deleted_why"] = why
        rows.change(self._connection, SYSTEM, kind, row.id, stored)
        person_id = row.id if kind == "person" else str(asdict(row)["person_id"])
        self._note(person_id, row.id, kind, "deleted_at", "", why, row.village)
        self._edits.append(
            Edit(self._station.new_id(), "tombstone", row.id, {"why": why}, canonical.loads(row.field_ops_json), row.village)
        )
        self._touch(person_id)

    def touch(self, *person_ids: str) -> None:
        """Let search and listing of further people be written anew."""
        for person_id in person_ids:
            self._touch(person_id)

    def close(self) -> tuple[str, ...]:
        """Write everything that is queued, then search and listing in one go (new people together cost least); return whom it concerned."""
        self._flush()
        indexing.refresh(self._connection, [person for person in self._unlisted if person not in self._created])
        indexing.refresh(self._connection, [person for person in self._unlisted if person in self._created], fresh=True)
        self._unlisted, self._created = {}, set()
        return self.touched

    def _flush(self) -> None:
        """Write what is queued so far into the open transaction, so that a large act needs no more memory than a small one."""
        for kind, queued in self._new.items():
            rows.add(self._connection, kind, queued)
        changes.append(self._connection, self._changes)
        actor, device = self._station.scope.actor, self._station.identity.device
        outbox.enqueue(self._connection, self._edits, actor=actor, device=device, now_ms=self._now)
        if self._settle is not None:
            self._settle(self._connection, self._station, self._waiting)
        self._unlisted |= self._waiting
        self._new = {kind: [] for kind in self._new}
        self._changes, self._edits, self._waiting = [], [], {}

    def _touch(self, person_id: str) -> None:
        self._touched[person_id] = self._waiting[person_id] = None

    def _check_scope(self, village: str) -> None:
        if not self._station.scope.covers(village):
            raise MzError("不能改动这个村的资料", "这个村不在您负责的范围。如确需改动，请联系乡镇社工站。", field="village")

    def _note(self, person_id: str, subject: str, table: str, field: str, old: str, new: str, village: str) -> None:
        scope = self._station.scope
        self._changes.append(
            {
                "id": self._station.new_id(),
                "person_id": person_id,
                "subject": subject,
                "table": table,
                "field": field,
                "old": old,
                "new": new,
                "actor": scope.actor,
                "actor_name": scope.name,
                "at": self._now,
                "source": self._source,
                "reason": self._reason,
                "village": village,
            }
        )


def _ops_text(names: Iterable[str], op: str) -> str:
    """Return the canonical JSON of column → operation, columns being plain ASCII names."""
    return "{" + ",".join(f'"{name}":"{op}"' for name in sorted(names)) + "}"


def _wire(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as they travel: profiles as objects, everything else as it is."""
    sent = {name: value for name, value in values.items() if name != "profile_json"}
    if "profile_json" in values:
        sent["profile"] = canonical.loads(values["profile_json"])
    return sent


def require_person(connection: Connection, station: Station, person_id: str) -> PersonData:
    """Return a person in scope; raises MzError where there is none."""
    found = rows.person(connection, station.scope, person_id)
    if found is None:
        raise MzError("找不到这个人", "此人可能已迁出、合并或删除，或者不在您负责的村。请刷新列表后再试。")
    return found


def require_enrolment(connection: Connection, station: Station, enrolment_id: str) -> EnrolmentData:
    """Return an enrolment in scope; raises MzError where there is none."""
    found = rows.one(connection, station.scope, "enrolment", enrolment_id)
    if not isinstance(found, rows.EnrolmentData) or found.deleted_at:
        raise MzError("找不到这条登记", "它可能已被删除，或者不在您负责的村。请刷新后再试。")
    return found


def require_relation(connection: Connection, station: Station, relation_id: str) -> RelationData:
    """Return a relation in scope; raises MzError where there is none."""
    found = rows.one(connection, station.scope, "relation", relation_id)
    if not isinstance(found, rows.RelationData) or found.deleted_at:
        raise MzError("找不到这条关系", "它可能已被删除，或者不在您负责的村。请刷新后再试。")
    return found
