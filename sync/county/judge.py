"""Decides the verdict of each operation of a batch, in order, over what the database said beforehand; pure, so that it can be tested alone.

One bad operation never fails its neighbours; the effects are returned as rows for the store step (decide, then do).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mzdesk import canonical
from mzdesk.clock import beijing
from mzdesk.registry.id_number import IdNumberError, parse
from mzdesk.store.tables import ENROLMENT, FOLLOW_UP, PERSON, RELATION
from sync import merge, strict
from sync.county.checks import Fault
from sync.operations import MAX_LONG_VALUE, MAX_VALUE, RECORD, ShapeError, WireOperation
from sync.receipts import ACCEPTED, CONFLICT, DUPLICATE, HELD, MERGED, RETURNED, Verdict

TOMBSTONE, DIVISION = "tombstone", "division"

_HOUSEKEEPING = {"id", "created_at", "updated_at", "field_ops_json", "next_due", "due_why", "last_visit_on"}
MERGED_KINDS: Mapping[str, frozenset[str]] = {
    kind: frozenset(column.name for column in table.c) - _HOUSEKEEPING | {"bank_tail", "profile"}
    for kind, table in (("person", PERSON), ("enrolment", ENROLMENT), ("relation", RELATION), ("follow_up", FOLLOW_UP))
}
LOG_KINDS = frozenset({DIVISION, "account", "attachment", "parameter"})  # kept in the log and shown, no state of their own
RECORD_FIELDS = frozenset(
    {
        "form_id",
        "form_version",
        "kind",
        "number",
        "person_id",
        "village",
        "occurred_on",
        "amends",
        "author_name",
        "saved_at",
        "answers",
        "restricted",
        "late_days",
        "clock_offset_ms",
    }
)
_RECORD_TEXTS = ("form_id", "form_version", "kind", "person_id", "village", "occurred_on", "amends")

SENTENCES: Mapping[str, str] = {
    "SHAPE": "这一条的格式不对，程序可能需要升级。",
    "VALUE": "内容过长或含有不允许的字符，请缩短后重新保存。",
    "FIELD": "县里的程序不认得这个栏目，请联系县里升级。",
    "KIND": "县里的程序不认得这类数据，请联系县里升级。",
    "SCOPE": "这个村不在这台电脑登记的范围内。如已调整分工，请联系县里更新登记。",
    "ID_NO": "身份证号码有误，请照证件核对。",
}


@dataclass(frozen=True, slots=True)
class Grant:
    """Where an operation may write: one township, and villages within it (none = all)."""

    township: str
    villages: frozenset[str]

    def covers(self, village: str) -> bool:
        """Tell whether a record of this village may come from this laptop."""
        if not village:
            return True
        return village.startswith(self.township) and (not self.villages or village in self.villages)


@dataclass(frozen=True, slots=True)
class Subject:
    """The county's state of a person, role or relation before the batch."""

    fields: merge.Fields
    revision: int
    village: str
    person: str


@dataclass(frozen=True, slots=True)
class Known:
    """What the database said before judging: operation ids seen, states by (kind, id), and subject → village of what exists."""

    operations: frozenset[str]
    states: Mapping[tuple[str, str], Subject]
    subjects: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """One new line of the log."""

    op: str
    kind: str
    subject: str
    village: str
    from_village: str
    person: str
    form_id: str
    occurred_on: str
    index: int
    actor: str
    body: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class ContenderRow:
    """A value that lost or is in dispute; `guarded` ones wait for a named person."""

    kind: str
    subject: str
    village: str
    loser: merge.Loser
    guarded: bool


@dataclass
class Judged:
    """The verdicts in the order of the batch, and what they change; `states` holds each touched subject once."""

    verdicts: list[Verdict] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    states: dict[tuple[str, str], Subject] = field(default_factory=dict)
    contenders: list[ContenderRow] = field(default_factory=list)
    settled: list[tuple[str, str, str]] = field(default_factory=list)  # (subject, field, actor)


Readable = WireOperation | ShapeError


class Judge:
    """Judges the operations of one batch one after the other, each seeing what the earlier ones did."""

    def __init__(self, grant: Grant, known: Known, faults: Mapping[int, Fault], received_ms: int, digest: str) -> None:
        self._grant = grant
        self._seen = set(known.operations)
        self._states = dict(known.states)
        self._subjects = dict(known.subjects)
        self._faults = faults
        self._received = received_ms
        self._digest = digest
        self.result = Judged()

    def run(self, operations: Iterable[Readable]) -> Judged:
        """Return the verdict of each operation and the rows they make."""
        for index, operation in enumerate(operations):
            self.result.verdicts.append(self._one(index, operation))
        return self.result

    def _one(self, index: int, operation: Readable) -> Verdict:
        op = operation.op or f"bad-{self._digest[:40]}-{index}"
        if op in self._seen:
            return Verdict(DUPLICATE)
        self._seen.add(op)
        if isinstance(operation, ShapeError):
            verdict = refused(operation.code, operation.field)
            self._log(index, operation, op, verdict)
            return verdict
        operation = self._as_change(operation)
        before = self._village_of(operation)
        verdict = self._refusal(index, operation) or self._effect(operation)
        if verdict.verdict != RETURNED:
            self._subjects.setdefault(operation.id, self._village_of(operation))
        self._log(index, operation, op, verdict, before)
        return verdict

    def _as_change(self, operation: WireOperation) -> WireOperation:
        """A tombstone on a person, role or relation is a change of `deleted_at`, merged like any other; on a record it stays one."""
        kind = next((kind for kind in MERGED_KINDS if (kind, operation.id) in self._states), "")
        if operation.kind != TOMBSTONE or not kind:
            return operation
        why = {"deleted_why": str(operation.set.get("why", ""))[:MAX_VALUE]} if "deleted_why" in MERGED_KINDS[kind] else {}
        return replace(operation, kind=kind, set={merge.DELETED: operation.wall_ms, **why})

    def _refusal(self, index: int, operation: WireOperation) -> Verdict | None:
        if operation.kind == RECORD:
            return self._refuse_record(index, operation)
        if operation.kind in MERGED_KINDS:
            return self._refuse_state(operation)
        if operation.kind == TOMBSTONE:
            return self._refuse_tombstone(operation)
        return None if operation.kind in LOG_KINDS else refused("KIND")

    def _refuse_tombstone(self, operation: WireOperation) -> Verdict | None:
        if operation.id not in self._subjects:
            return Verdict(HELD, operation.id)
        return None if self._grant.covers(self._subjects[operation.id]) else refused("SCOPE")

    def _refuse_record(self, index: int, operation: WireOperation) -> Verdict | None:
        content = operation.set
        if unknown := sorted(set(content) - RECORD_FIELDS):
            return refused("FIELD", unknown[0])
        if any(type(content.get(name, "")) is not str for name in _RECORD_TEXTS) or type(content.get("answers")) is not dict:
            return refused("SHAPE")
        if not self._grant.covers(content.get("village", "")):
            return refused("SCOPE", "village")
        if fault := self._faults.get(index):
            return Verdict(RETURNED, fault.reason, fault.field, fault.sentence)
        amends = content.get("amends", "")
        return Verdict(HELD, amends) if amends and amends not in self._subjects else None

    def _refuse_state(self, operation: WireOperation) -> Verdict | None:
        content = operation.set
        if unknown := sorted(set(content) - MERGED_KINDS[operation.kind]):
            return refused("FIELD", unknown[0])
        if wrong := next((name for name, value in content.items() if not _plain(name, value)), None):
            return refused("VALUE", wrong)
        state = self._states.get((operation.kind, operation.id))
        if not self._grant.covers(state.village if state else str(content.get("village", ""))):
            return refused("SCOPE", "village")
        if (number := content.get("id_no")) and (sentence := id_number_fault(str(number), self._received)):
            return Verdict(RETURNED, "ID_NO", "id_no", sentence)
        parent = str(content.get("person_id", ""))
        missing = operation.kind in ("enrolment", "relation") and parent and parent not in self._subjects
        return Verdict(HELD, parent) if missing else None

    def _effect(self, operation: WireOperation) -> Verdict:
        if operation.kind not in MERGED_KINDS:
            return Verdict(ACCEPTED)
        key = (operation.kind, operation.id)
        state = self._states.get(key) or Subject({}, 0, "", "")
        merged = merge.apply(state.fields, operation, self._received)
        village, person = (str(merged.fields.get(name, {"v": ""})["v"] or "") for name in ("village", "person_id"))
        self._states[key] = Subject(merged.fields, state.revision + 1, village, person)
        self.result.states[key] = self._states[key]
        self.result.settled.extend((operation.id, name, operation.actor) for name in merged.settled)
        guarded = merge.GUARDED.get(operation.kind, frozenset())
        self.result.contenders.extend(
            ContenderRow(operation.kind, operation.id, village, loser, loser.field in guarded) for loser in merged.losers
        )
        if merged.conflict:
            field_name = next(loser.field for loser in merged.losers if loser.field in guarded)
            return Verdict(CONFLICT, "GUARDED", field_name, "另一台电脑改过同一项，县里保留了原值，等主管裁定。")
        return Verdict(MERGED if merged.merged else ACCEPTED)

    def _village_of(self, operation: WireOperation) -> str:
        if operation.kind in MERGED_KINDS:
            state = self._states.get((operation.kind, operation.id))
            return state.village if state else ""
        return str(operation.set.get("village") or self._subjects.get(operation.id, ""))

    def _log(self, index: int, operation: Readable, op: str, verdict: Verdict, before: str = "") -> None:
        if isinstance(operation, ShapeError):
            self.result.entries.append(Entry(op, "", "", "", "", "", "", "", index, "", "", verdict))
            return
        content = operation.set
        state = self._states.get((operation.kind, operation.id))
        village = state.village if state else self._village_of(operation)
        entry = Entry(
            op,
            operation.kind,
            operation.id,
            village,
            before if before != village else "",
            str(content.get("person_id", "")),
            str(content.get("form_id", "")),
            str(content.get("occurred_on", ""))[:10],
            index,
            operation.actor,
            operation.line.decode(),
            verdict,
        )
        self.result.entries.append(entry)


def refused(code: str, field_name: str = "") -> Verdict:
    """Return the verdict of an operation that is sent back."""
    return Verdict(RETURNED, code, field_name, SENTENCES[code])


def _plain(name: str, value: Any) -> bool:
    """A field holds a text, a number, a truth or a list of words; the long ones are profiles."""
    if type(value) is str:
        return len(value) <= (MAX_LONG_VALUE if name.endswith("_json") else MAX_VALUE)
    if type(value) is list:
        return all(type(item) is str and len(item) <= MAX_VALUE for item in value)
    return value is None or type(value) in (bool, int) or (type(value) is dict and len(strict.dumps(value)) <= MAX_LONG_VALUE)


def id_number_fault(text: str, received_ms: int) -> str:
    """Return why an identity number cannot be right, "" where it can; a day of grace for clocks."""
    try:
        parse(text, beijing(received_ms + 86_400_000).date())
    except IdNumberError as error:
        return error.message
    return ""


def read_fields(text: str) -> merge.Fields:
    """Return the fields of a stored state."""
    value: merge.Fields = canonical.loads(text)
    return value


def filled_forms(operations: Sequence[Readable]) -> list[tuple[int, WireOperation]]:
    """Return the records whose answers the engine can check, with their place in the batch."""
    return [
        (index, item)
        for index, item in enumerate(operations)
        if isinstance(item, WireOperation)
        and item.kind == RECORD
        and type(item.set.get("answers")) is dict
        and type(item.set.get("form_id")) is str
        and type(item.set.get("form_version")) is str
    ]
