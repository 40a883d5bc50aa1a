"""Rosters into the registry: opened, mapped, previewed, taken in one transaction, undone as a whole; nothing in a file is lost."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mzdesk import canonical
from mzdesk.errors import MzError
from mzdesk.registry.divisions import display_name
from mzdesk.registry.groups import GROUPS
from mzdesk.registry.journal import Journal
from mzdesk.registry.roster_layout import Table, find_tables, group_in
from mzdesk.registry.roster_preview import Action, Choice, Examined, Preview, Progress, Verdict, advance, examine
from mzdesk.registry.roster_reading import Setting
from mzdesk.registry.roster_source import Source, read_pasted, read_path
from mzdesk.registry.roster_villages import VillageFinder
from mzdesk.store import audit, backup, divisions, imports, rows, settings
from mzdesk.store.imports import RunData, RunRow
from mzdesk.store.rows import EnrolmentData, PersonData, RelationData
from mzdesk.store.scope import SYSTEM

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from mzdesk.station import Station

_MAPPING_KEY = "roster_mapping:"
STEP = 500


@dataclass(frozen=True, slots=True)
class Roster:
    """An opened roster before anything is decided: its tables with guessed or remembered columns, and the guessed group."""

    source: Source
    tables: tuple[Table, ...]
    group: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import did: `run_id` undoes it; `preview` holds every row with its verdict."""

    run_id: str
    preview: Preview
    created: int
    updated: int
    unchanged: int

    @property
    def rejected(self) -> tuple[Examined, ...]:
        """Return the rows that were not taken."""
        return self.preview.rejected


def open_roster(station: Station, path: Path) -> Roster:
    """Read a file and find its tables; raises MzError where it cannot be read or holds no table of people."""
    return _opened(station, read_path(path))


def open_pasted(station: Station, text: str) -> Roster:
    """Read rows pasted from a spreadsheet, headings included."""
    return _opened(station, read_pasted(text))


def _opened(station: Station, source: Source) -> Roster:
    tables = find_tables(source.sheets)
    if not tables:
        raise MzError("没有找到花名册的表头", "表里要有一行列名，至少写明“姓名”和“身份证号码”。请核对工作表，或补上列名再导入。")
    with station.read() as connection:
        known = [settings.read(connection, station.scope, _MAPPING_KEY + table.fingerprint) for table in tables]
    remembered = tuple(
        table.with_mapping({int(index): field for index, field in mapping.items()}) if mapping else table
        for table, mapping in zip(tables, known, strict=True)
    )
    groups = [table.group for table in remembered if table.group]
    return Roster(source, remembered, groups[0] if groups else group_in(source.name))


def remember_mapping(station: Station, table: Table, mapping: Mapping[int, str]) -> Table:
    """Keep a mapping that was chosen by hand for the next roster with the same headings; return the table with it."""
    with station.write() as connection:
        chosen = {str(index): field for index, field in mapping.items()}
        settings.write(connection, station.scope, _MAPPING_KEY + table.fingerprint, chosen)
    return table.with_mapping(mapping)


def preview(
    station: Station,
    roster: Roster,
    group: str | None = None,
    choices: Mapping[int, Choice] | None = None,
    progress: Progress | None = None,
) -> Preview:
    """Look through a roster without writing anything (dry run).

    `group` is a group's code or name, None to use what the roster itself tells. Raises MzError where it is unknown, or on cancel.
    """
    with station.read() as connection:
        return _preview(connection, station, roster, _group_code(group), choices or {}, progress)


def _group_code(group: str | None) -> str:
    if not group:
        return ""
    code = group if group in GROUPS else group_in(group)
    if not code:
        raise MzError("没有这一类对象", f"请写：{'、'.join(GROUPS.values())}。")
    return code


def _preview(
    connection: Connection, station: Station, roster: Roster, group: str, choices: Mapping[int, Choice], progress: Progress | None
) -> Preview:
    readings = [_setting(connection, station, table, group or table.group or roster.group) for table in roster.tables]
    examined = examine(connection, roster.source, roster.tables, readings, choices, progress)
    taken = [run for run in imports.of_file(connection, roster.source.digest) if run.state == "taken"]
    again = (f"这个文件已由{taken[0].actor_name}导入过；再次导入只会补上缺的内容。",) if taken else ()
    return Preview(roster.source, roster.tables, group or roster.group, examined, roster.source.notices + again)


def _setting(connection: Connection, station: Station, table: Table, group: str) -> Setting:
    township = station.identity.township
    villages = divisions.under(connection, township)
    names = divisions.names(connection, [township, township[:6]])
    neighbours = [row.name for row in divisions.under(connection, township[:6])]
    finder = VillageFinder({row.code: row.name for row in villages}, names.get(township, ""), neighbours, names.get(township[:6], ""))
    scope = station.scope.villages
    single = next(iter(scope)) if scope is not None and len(scope) == 1 else ""
    named = next((place.code for text in (table.sheet.name, *table.title.split()) if (place := finder.inside(text)).code), "")
    return Setting(
        today=station.today(),
        villages=finder,
        township=names.get(township, ""),
        group=group,
        default_village=named or single,
        covers=station.scope.covers,
        since_1904=table.sheet.since_1904,
    )


def save_choices(station: Station, roster: Roster, group: str, choices: Mapping[int, Choice]) -> None:
    """Keep what was decided so far, so that a roster can be gone on with after a break."""
    told = {str(row): _choice_tree(choice) for row, choice in choices.items()}
    with station.write() as connection:
        before = _open_run(connection, station, roster.source.digest)
        run = replace(
            before or _new_run(station, roster.source), group=group, choices_json=imports.as_json(told), updated_at=station.clock.now_ms()
        )
        imports.put(connection, run)


def saved_choices(station: Station, roster: Roster) -> tuple[str, dict[int, Choice]]:
    """Return the group and the choices of a roster that was left half-way, ("", {}) where there are none."""
    with station.read() as connection:
        run = _open_run(connection, station, roster.source.digest)
    if run is None:
        return "", {}
    return run.group, {int(row): _choice(tree) for row, tree in canonical.loads(run.choices_json).items()}


def _choice_tree(choice: Choice) -> dict[str, Any]:
    return {"action": choice.action.value, "corrected": dict(choice.corrected), "fields": dict(choice.fields)}


def _choice(tree: Mapping[str, Any]) -> Choice:
    return Choice(Action(tree["action"]), tree["corrected"], tree["fields"])


def _open_run(connection: Connection, station: Station, digest: str) -> RunData | None:
    found = imports.of_file(connection, digest)
    return next((run for run in found if run.state == "open" and run.actor == station.scope.actor), None)


def _new_run(station: Station, source: Source) -> RunData:
    now = station.clock.now_ms()
    return RunData(station.new_id(), source.name, source.digest, "", "open", "{}", "{}", station.scope.actor, station.scope.name, now, now)


def take(
    station: Station,
    roster: Roster,
    group: str | None = None,
    choices: Mapping[int, Choice] | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """Write a roster in one transaction: all rows that can be taken, or none; a backup is made first.

    Raises MzError on cancel or where the backup fails, with nothing written.
    """
    from mzdesk.casework import due

    if station.vault is not None:
        backup.make(station, "import")
    with _no_collection(), station.write() as connection:
        looked_through = _preview(connection, station, roster, _group_code(group), choices or {}, progress)
        run = _open_run(connection, station, roster.source.digest) or _new_run(station, roster.source)
        journal = Journal(connection, station, f"import:{run.id}", settle=due.refresh)
        written = _write_rows(connection, station, journal, looked_through, progress)
        advance(progress, "保存", len(written), len(written))
        journal.close()
        imports.put(connection, _finished(station, run, looked_through, written))
        imports.add_rows(connection, run.id, [row for row in written if row.person_id])
        detail = {"file": roster.source.digest, "rows": len(looked_through.rows), "taken": len(looked_through.takeable)}
        audit.append(connection, station.scope, "import", run.id, detail, now_ms=station.clock.now_ms())
    created = sum(1 for row in written if row.created)
    changed = {row.person_id for row in written if not row.created and row.person_id}
    return Outcome(run.id, looked_through, created, len(changed), len(written) - created - len(changed))


@contextmanager
def _no_collection() -> Iterator[None]:
    """Let no search for cycles run meanwhile: a roster makes none, and each search would walk all its rows (a seventh of the time)."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _finished(station: Station, run: RunData, looked_through: Preview, written: Sequence[RunRow]) -> RunData:
    counts = {verdict.value: looked_through.count(verdict) for verdict in Verdict} | {"created": sum(row.created for row in written)}
    now = station.clock.now_ms()
    return replace(run, group=looked_through.group, state="taken", counts_json=imports.as_json(counts), updated_at=now)


def _write_rows(
    connection: Connection, station: Station, journal: Journal, looked_through: Preview, progress: Progress | None
) -> list[RunRow]:
    wanted = looked_through.takeable
    known_ids = [row.known.id for row in wanted if row.known is not None]
    roles: dict[str, list[EnrolmentData]] = {}
    for role in rows.enrolments(connection, SYSTEM, known_ids, current=True):
        roles.setdefault(role.person_id, []).append(role)
    kin: dict[str, list[RelationData]] = {}
    for relation in rows.relations(connection, SYSTEM, known_ids):
        kin.setdefault(relation.person_id, []).append(relation)
    written = []
    for done, row in enumerate(wanted, start=1):
        if row.known is None:
            written.append(RunRow(row.row, _create(journal, row), True))
        else:
            changed = _update(journal, row, row.known, roles.get(row.known.id, []), kin.get(row.known.id, []))
            written.append(RunRow(row.row, row.known.id if changed else "", False))
        if done % STEP == 0:
            advance(progress, "写入", done, len(wanted))
    return written


def _create(journal: Journal, row: Examined) -> str:
    reading = row.reading
    values: dict[str, Any] = {name: value for name, value in reading.person.items() if value}
    if reading.person_profile:
        values["profile_json"] = canonical.text(reading.person_profile)
    person_id = journal.create("person", values)
    _enrol(journal, row, person_id, values["village"])
    for kind, told in reading.kin.items():
        _relate(journal, person_id, values["village"], kind, told)
    return person_id


def _enrol(journal: Journal, row: Examined, person_id: str, village: str) -> None:
    role: dict[str, Any] = {name: value for name, value in row.reading.role.items() if value}
    if row.reading.role_profile:
        role["profile_json"] = canonical.text(row.reading.role_profile)
    journal.create("enrolment", {**role, "person_id": person_id, "village": village, "group": row.reading.group})


def _relate(journal: Journal, person_id: str, village: str, kind: str, told: Mapping[str, str]) -> None:
    profile = {name: told[name] for name in ("relation", "state") if told.get(name)}
    values: dict[str, Any] = {name: value for name, value in told.items() if name not in profile}
    if profile:
        values["profile_json"] = canonical.text(profile)
    journal.create("relation", {**values, "person_id": person_id, "village": village, "kind": kind})


def _update(journal: Journal, row: Examined, known: PersonData, roles: Sequence[EnrolmentData], kin: Sequence[RelationData]) -> bool:
    """Fill what the registry does not know, write what was chosen, add the role and the relations that are missing."""
    chosen = row.choice.fields if row.choice else {}
    fresh: dict[str, Any] = {}
    for name, value in row.reading.person.items():
        ours = str(getattr(known, name))
        blank = not ours or (name == "sex" and ours == "0")
        if value and (blank or (ours != value and chosen.get(name) == "theirs")):
            fresh[name] = value
    if known.life == "moved":
        fresh |= {"life": "here", "life_on": ""}
    profile = canonical.loads(known.profile_json)
    added = {name: value for name, value in row.reading.person_profile.items() if name not in profile}
    if added:
        fresh["profile_json"] = canonical.text({**profile, **added})
    changed = journal.change("person", known, fresh) if fresh else False
    village = str(fresh.get("village", known.village))
    if not any(role.group == row.reading.group for role in roles):
        _enrol(journal, row, known.id, village)
        changed = True
    there = {(relation.kind, relation.name) for relation in kin}
    for kind, told in row.reading.kin.items():
        if (kind, told.get("name", "")) not in there:
            _relate(journal, known.id, village, kind, told)
            changed = True
    return changed


def import_roster(
    station: Station, path: Path, group: str | None = None, report: Path | None = None, progress: Progress | None = None
) -> Outcome:
    """Read, check and take a roster file in one go; `report` is where the verdict of every row is written (JSON).

    Rows that need a look are left out; write them to a copy with `roster_report.write_rejected`.
    """
    from mzdesk.registry.roster_report import write_report

    outcome = take(station, open_roster(station, path), group, progress=progress)
    if report is not None:
        write_report(outcome, report)
    return outcome


def place_name(station: Station, code: str) -> str:
    """Return the name of a village as the preview shows it."""
    with station.read() as connection:
        return display_name(divisions.names(connection, [code]).get(code, ""))
