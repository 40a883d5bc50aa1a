"""The divisions of a station: seeded from the shipped snapshot, then edited by the station with history; people follow."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from mzdesk.errors import MzError
from mzdesk.registry import search_keys
from mzdesk.registry.snapshot import Snapshot, parent_code
from mzdesk.store import changes, outbox
from mzdesk.store import divisions as store
from mzdesk.store.divisions import DivisionRow
from mzdesk.store.outbox import Edit

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from mzdesk.station import Station

_LAST_SERIAL = 999


def seed(connection: Connection, township: str, snapshot: Snapshot | None = None) -> int:
    """Write a 9-digit township, all it contains, its county, city and province into the station; return how many villages.

    What the station has edited is left as it is. Raises MzError where the snapshot does not know the township.
    """
    shipped = snapshot or Snapshot()
    villages = shipped.below(township, 12)
    above = [(code, name) for code, name in shipped.names_above(township).items() if name]
    if not shipped.name(township):
        raise MzError("没有这个乡镇", "随程序提供的区划里找不到它，请在列表中重新选择。")
    neighbours = [(division.code, division.name) for division in shipped.below(township[:6], 9)]
    wanted = dict([*above, *neighbours, *((village.code, village.name) for village in villages)])
    edited = {code for code in wanted if (row := store.get(connection, code)) is not None and row.edited}
    store.put(connection, [_row(code, name) for code, name in wanted.items() if code not in edited])
    for village in villages:
        if village.code not in edited:
            store.put_keys(connection, village.code, search_keys.of_village(village.name))
    return len(villages)


def _row(code: str, name: str) -> DivisionRow:
    return DivisionRow(code, name, parent_code(code))


def villages(station: Station, *, with_retired: bool = False) -> tuple[DivisionRow, ...]:
    """Return the villages of the station's township that the person at the desk is responsible for."""
    with station.read() as connection:
        found = store.villages(connection, station.scope, station.identity.township, with_retired=with_retired)
    return found


def all_villages(station: Station) -> tuple[DivisionRow, ...]:
    """Return the villages in use of the station's township, whoever asks: names of divisions are public."""
    with station.read() as connection:
        return store.under(connection, station.identity.township)


@dataclass(frozen=True, slots=True)
class VillageLine:
    """A village as the list of them shows it; `people` who live there, `merged_into` the name of the village that took it over."""

    code: str
    name: str
    people: int
    retired_on: str
    merged_into: str
    edited: bool


def overview(station: Station) -> tuple[VillageLine, ...]:
    """Return the villages that the person at the desk is responsible for, those in use first, with how many people live in each."""
    with station.read() as connection:
        rows = store.villages(connection, station.scope, station.identity.township, with_retired=True)
        people = store.populations(connection, station.scope)
        names = store.names(connection, [row.merged_into for row in rows if row.merged_into])
    lines = [
        VillageLine(row.code, row.name, people.get(row.code, 0), row.retired_on, names.get(row.merged_into, ""), row.edited) for row in rows
    ]
    return tuple(sorted(lines, key=lambda line: (bool(line.retired_on), line.code)))


def display_name(name: str) -> str:
    """Return a village as people call it: 南龙湾村委会 → 南龙湾村, 馨瑞苑社区居委会 → 馨瑞苑社区."""
    for ending, kept in (("社区居委会", "社区"), ("社区居民委员会", "社区"), ("村委会", "村"), ("村民委员会", "村"), ("居委会", "居")):
        if name.endswith(ending):
            return name.removesuffix(ending) + kept
    return name


def names(station: Station, codes: frozenset[str]) -> dict[str, str]:
    """Return code → display name."""
    with station.read() as connection:
        return {code: display_name(name) for code, name in store.names(connection, codes).items()}


def add(station: Station, name: str, *, township: str = "") -> DivisionRow:
    """Add a village under the station's township with the next free code; raises MzError on an empty or doubled name."""
    parent = township or station.identity.township
    _require_scope(station, f"{parent}000")  # a village that is new is in nobody's list: only the whole township's scope covers it
    with station.write() as connection:
        siblings = store.under(connection, parent, with_retired=True)
        tidy = _checked_name(name, siblings)
        row = DivisionRow(_free_code(parent, siblings), tidy, parent, edited=True)
        _keep(connection, station, None, row)
    return row


def rename(station: Station, code: str, name: str) -> DivisionRow:
    """Give a village another name; its code, people and records stay."""
    _require_scope(station, code)
    with station.write() as connection:
        before = _require(connection, code)
        row = replace(before, name=_checked_name(name, store.under(connection, before.parent), but=code), edited=True)
        _keep(connection, station, before, row)
    return row


def retire(station: Station, code: str) -> DivisionRow:
    """Take a village out of use; raises MzError while people still live in it."""
    _require_scope(station, code)
    with station.write() as connection:
        before = _require(connection, code)
        if count := store.population(connection, station.scope, code):
            raise MzError(f"{display_name(before.name)}还有 {count} 人", "请先把他们转到别的村，或者用“合并到…”。")
        row = replace(before, retired_on=station.today().isoformat(), edited=True)
        _keep(connection, station, before, row)
    return row


def merge(station: Station, code: str, into: str) -> int:
    """Merge a village into another; people, roles, records and tasks follow. Return how many people moved."""
    if code == into:
        raise MzError("不能合并到自身", "请选择另一个村。")
    _require_scope(station, code, into)
    with station.write() as connection:
        before, target = _require(connection, code), _require(connection, into)
        if target.retired_on:
            raise MzError("目标村已停用", "请选择一个正在使用的村。")
        moved = store.move_everything(connection, code, into)
        row = replace(before, retired_on=station.today().isoformat(), merged_into=into, edited=True)
        _keep(connection, station, before, row)
    return moved


def history(station: Station, code: str) -> tuple[changes.ChangeRow, ...]:
    """Return what was changed of a village, newest first."""
    with station.read() as connection:
        return changes.of_person(connection, station.scope, code)


def _require_scope(station: Station, *codes: str) -> None:
    if not all(station.scope.covers(code) for code in codes):
        raise MzError("不能改动这个村", "这个村不在您负责的范围，请联系乡镇社工站。", field="village")


def _require(connection: Connection, code: str) -> DivisionRow:
    found = store.get(connection, code)
    if found is None or len(code) != 12:
        raise MzError("没有这个村", "请刷新区划列表后再试。")
    return found


def _checked_name(name: str, siblings: tuple[DivisionRow, ...], but: str = "") -> str:
    tidy = name.strip()
    if not 2 <= len(tidy) <= 40:
        raise MzError("村名不合适", "村（居）名称应为 2—40 个字。", field="name")
    if any(row.name == tidy and row.code != but and not row.retired_on for row in siblings):
        raise MzError("已有同名的村", "请换一个名称，或直接使用已有的村。", field="name")
    return tidy


def _free_code(parent: str, siblings: tuple[DivisionRow, ...]) -> str:
    taken = {row.code for row in siblings}
    for serial in range(_LAST_SERIAL, 0, -1):
        if (code := f"{parent}{serial:03d}") not in taken:
            return code
    raise MzError("区划代码已用完", "这个乡镇的 999 个村级代码都已占用，请先停用不用的村。")


def _keep(connection: Connection, station: Station, before: DivisionRow | None, row: DivisionRow) -> None:
    """Write a division, its search keys, its history and its operation."""
    now = station.clock.now_ms()
    fields = ("name", "retired_on", "merged_into")
    changed: dict[str, Any] = {name: getattr(row, name) for name in fields if before is None or getattr(before, name) != getattr(row, name)}
    store.put(connection, [row])
    store.put_keys(connection, row.code, () if row.retired_on else search_keys.of_village(row.name))
    changes.append(
        connection,
        [
            {
                "id": station.new_id(),
                "person_id": row.code,
                "subject": row.code,
                "table": "division",
                "field": name,
                "old": getattr(before, name) if before else "",
                "new": value,
                "actor": station.scope.actor,
                "actor_name": station.scope.name,
                "at": now,
                "source": "division",
                "village": row.code,
            }
            for name, value in changed.items()
            if before is not None or value
        ],
    )
    sent = {name: value for name, value in changed.items() if before is not None or value} | ({} if before else {"parent": row.parent})
    edit = Edit(station.new_id(), "division", row.code, sent, {}, row.code)
    outbox.enqueue(connection, [edit], actor=station.scope.actor, device=station.identity.device, now_ms=now)
