"""The search keys and the listing: written from persons, read by prefix range and by keyset; no query here scans a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, delete, func, or_, select, tuple_

from mzdesk.store.bulk import insert_values
from mzdesk.store.scope import Scope
from mzdesk.store.tables import LISTING, SEARCH_KEY

CURRENT, FORMER = "+", "-"
ALL = "*"  # both of them; no row has this group
EVERYBODY = (CURRENT, FORMER)
GROUP_CODES = ("left_behind_child", "child_in_difficulty", "left_behind_woman", "left_behind_elder", "extreme_poverty")
NO_DUE = "9999-12-31"
RISK_RANK = {"high": 0, "medium": 1, "low": 2}
NO_RISK = 3
CHUNK = 500

_ADD_KEY = "INSERT INTO search_key (key, person_id, tier, village) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
_PARTS = (
    ("", "a"),
    ("a", "~"),
    ("~", "\U0010ffff"),
)  # numbers and guardians, sounds, written names: about a third each
_WHOLE = LISTING.alias("whole")  # the row of "+" or "-", which holds the keys

# sort → (columns, index that holds them in order behind `group`)
_ORDERS: dict[str, tuple[tuple[str, ...], str]] = {
    "name": (("sort_name", "person_id"), "ix_listing_name"),
    "due": (("next_due", "person_id"), "ix_listing_due"),
    "village": (("village", "sort_name", "person_id"), "ix_listing_village"),
    "risk": (("risk", "next_due", "person_id"), "ix_listing_risk"),
    "birth": (("birth_date", "person_id"), "ix_listing_birth"),
}
SORTS = frozenset(_ORDERS)


@dataclass(frozen=True, slots=True)
class ListingData:
    """A row of the listing."""

    group: str
    person_id: str
    village: str
    sort_name: str
    birth_date: str
    risk: int
    next_due: str
    tags: str
    keys: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """What of the listing is wanted; "" means any. `due_from` and `due_until` are inclusive dates."""

    group: str = CURRENT
    village: str = ""
    risk: int | None = None
    due_from: str = ""
    due_until: str = ""
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Spans:
    """Key ranges of one word: `(first, last)` pairs, the last not included."""

    exact: tuple[tuple[str, str], ...]
    near: tuple[tuple[str, str], ...] = ()


def old_keys(connection: Connection, person_ids: Sequence[str]) -> dict[str, str]:
    """Return person id → the keys that are stored for them, space-separated."""
    found: dict[str, str] = {}
    for start in range(0, len(person_ids), CHUNK):
        query = select(LISTING.c.person_id, LISTING.c["keys"])
        chosen = LISTING.c.person_id.in_(person_ids[start : start + CHUNK])
        found.update({row[0]: row[1] for row in connection.execute(query.where(LISTING.c.group.in_(EVERYBODY), chosen))})
    return found


def forget(connection: Connection, person_ids: Sequence[str]) -> None:
    """Remove people from the listing and the search."""
    stored = old_keys(connection, person_ids)
    doomed = [{"k": key, "p": person} for person, keys in stored.items() for key in keys.split(" ") if key]
    if doomed:
        statement = delete(SEARCH_KEY).where(SEARCH_KEY.c.key == bindparam("k"), SEARCH_KEY.c.person_id == bindparam("p"))
        connection.execute(statement, doomed)
    for start in range(0, len(person_ids), CHUNK):
        chosen = LISTING.c.person_id.in_(person_ids[start : start + CHUNK])
        connection.execute(delete(LISTING).where(LISTING.c.group.in_((*EVERYBODY, *GROUP_CODES)), chosen))


def remember(connection: Connection, rows: Sequence[ListingData]) -> None:
    """Add people to the listing, and their keys to the search; must follow `forget`. The more at once, the cheaper each of them.

    What is written is sorted, so that neighbours in the file are written together: every page of a large register is sealed once.
    """
    in_order = sorted(rows, key=attrgetter("group", "sort_name"))
    insert_values(connection, LISTING, ListingData.__slots__, list(map(attrgetter(*ListingData.__slots__), in_order)))
    for first, last in _PARTS:
        if keys := _keys_between(rows, first, last):
            connection.exec_driver_sql(_ADD_KEY, keys)


def _keys_between(rows: Sequence[ListingData], first: str, last: str) -> list[tuple[str, str, int, str]]:
    """Return the rows of the search for the keys from `first` up to `last`, sorted; a part at a time, for the sake of memory."""
    return sorted(
        (key, row.person_id, 2 if key[0] == "~" else 1, row.village)
        for row in rows
        if row.group in EVERYBODY
        for key in row.keys.split(" ")
        if key and first <= key < last
    )


def page(
    connection: Connection, scope: Scope, chosen: Chosen, *, sort: str, backward: bool, after: tuple[Any, ...] | None, limit: int
) -> tuple[ListingData, ...]:
    """Return the next rows behind the keyset `after` (the values of `sort_columns(sort)` of the last row shown)."""
    if chosen.group != ALL:
        return _page(connection, scope, chosen, sort, backward, after, limit)
    parts = [_page(connection, scope, replace(chosen, group=group), sort, backward, after, limit) for group in EVERYBODY]
    place = attrgetter(*_ORDERS[sort][0])
    return tuple(sorted((row for part in parts for row in part), key=place, reverse=backward)[:limit])


def _page(
    connection: Connection, scope: Scope, chosen: Chosen, sort: str, backward: bool, after: tuple[Any, ...] | None, limit: int
) -> tuple[ListingData, ...]:
    names = _ORDERS[sort][0]
    query = _page_query(scope, chosen, sort, backward, after is not None)
    values = {"rows": limit} | {f"after_{name}": value for name, value in zip(names, after or (), strict=False)}
    return tuple(ListingData(*row) for row in connection.execute(query, values))


@lru_cache(maxsize=128)
def _page_query(scope: Scope, chosen: Chosen, sort: str, backward: bool, is_next: bool) -> Any:
    names, index = _ORDERS[sort]
    columns = [LISTING.c[name] for name in names]
    query = select(*(LISTING.c[name] for name in ListingData.__slots__)).where(*_conditions(scope, chosen))
    if is_next:
        bound, place = tuple_(*columns), tuple_(*(bindparam(f"after_{name}", type_=LISTING.c[name].type) for name in names))
        query = query.where(bound < place if backward else bound > place)
    query = query.order_by(*(column.desc() if backward else column for column in columns)).limit(bindparam("rows"))
    hint = "ix_listing_village" if _is_narrow(scope, chosen) else index
    return query.with_hint(LISTING, f"INDEXED BY {hint}", "sqlite")


def sort_columns(sort: str) -> tuple[str, ...]:
    """Return the columns whose values make the keyset of a sort order."""
    return _ORDERS[sort][0]


def count(connection: Connection, scope: Scope, chosen: Chosen) -> int:
    """Return how many people are chosen."""
    query = select(func.count()).select_from(LISTING).where(*_conditions(scope, chosen))
    if _is_narrow(scope, chosen):
        hint = "ix_listing_village"
    elif chosen.due_from or chosen.due_until:
        hint = "ix_listing_due"
    else:
        hint = "ix_listing_risk"
    return int(connection.execute(query.with_hint(LISTING, f"INDEXED BY {hint}", "sqlite")).scalar_one())


def _is_narrow(scope: Scope, chosen: Chosen) -> bool:
    return bool(chosen.village) or scope.villages is not None


def _conditions(scope: Scope, chosen: Chosen) -> list[ColumnElement[bool]]:
    group = LISTING.c.group.in_(EVERYBODY) if chosen.group == ALL else LISTING.c.group == chosen.group
    conditions: list[ColumnElement[bool]] = [group, scope.where(LISTING.c.village)]
    if chosen.village:
        conditions.append(LISTING.c.village == chosen.village)
    if chosen.risk is not None:
        conditions.append(LISTING.c.risk == chosen.risk)
    if chosen.due_from:
        conditions.append(LISTING.c.next_due >= chosen.due_from)
    if chosen.due_until:
        conditions.append(LISTING.c.next_due <= chosen.due_until)
    if chosen.tag:
        conditions.append(LISTING.c.tags.contains(f" {chosen.tag} ", autoescape=True))
    return conditions


def match(connection: Connection, scope: Scope, words: Sequence[Spans], chosen: Chosen, *, limit: int) -> tuple[str, ...]:
    """Return the ids of the people whom every word finds, exact before near-homophone, closest key first; at most `limit`."""
    lead, *others = words
    found: dict[str, None] = {}
    passes = [(lead.exact, False), (lead.near if not others else lead.exact + lead.near, True)]
    for spans, with_near in passes:
        if len(found) >= limit or (with_near and not any(word.near for word in words)):
            break
        tests = [_has(word, with_near) for word in others]
        for span in spans:
            found.update(_walk(connection, scope, span, chosen, tests, limit - len(found)))
            if len(found) >= limit:
                break
    return tuple(found)[:limit]


def _walk(
    connection: Connection, scope: Scope, span: tuple[str, str], chosen: Chosen, tests: Sequence[ColumnElement[bool]], wanted: int
) -> dict[str, None]:
    """Return people of one key range in the order of keys; a person has several keys, so that more rows may have to be read."""
    query = _in_villages(scope, chosen) if span[0][0] == "@" else _in_people(scope, chosen, bool(tests))
    query = query.where(*tests) if tests else query
    rows = wanted * 2 + 16
    while True:
        read = connection.execute(query, {"first": span[0], "last": span[1], "rows": rows}).all()
        found = dict.fromkeys(row[0] for row in read)
        if len(found) >= wanted or len(read) < rows:
            return found
        rows *= 8


@lru_cache(maxsize=64)
def _in_people(scope: Scope, chosen: Chosen, with_whole: bool) -> Any:
    """Select people by a range of their own keys, the closest key first; built once for each list that is searched."""
    listed = and_(LISTING.c.person_id == SEARCH_KEY.c.person_id, *_conditions(scope, chosen))
    joined = SEARCH_KEY.join(LISTING, listed)
    if with_whole:
        joined = joined.join(_WHOLE, and_(_WHOLE.c.group.in_(EVERYBODY), _WHOLE.c.person_id == SEARCH_KEY.c.person_id))
    return (
        select(SEARCH_KEY.c.person_id)
        .select_from(joined)
        .where(_within(bindparam("first"), bindparam("last")), scope.where(SEARCH_KEY.c.village))
        .order_by(SEARCH_KEY.c.key, SEARCH_KEY.c.person_id)
        .limit(bindparam("rows"))
    )


@lru_cache(maxsize=64)
def _in_villages(scope: Scope, chosen: Chosen) -> Any:
    """Select the people of the villages whose keys lie in the range, by village and name."""
    joined = LISTING.join(_WHOLE, and_(_WHOLE.c.group.in_(EVERYBODY), _WHOLE.c.person_id == LISTING.c.person_id))
    return (
        select(LISTING.c.person_id)
        .select_from(joined)
        .where(*_conditions(scope, chosen), LISTING.c.village.in_(_village_codes(bindparam("first"), bindparam("last"))))
        .order_by(LISTING.c.village, LISTING.c.sort_name)
        .limit(bindparam("rows"))
        .with_hint(LISTING, "INDEXED BY ix_listing_village", "sqlite")
    )


def _within(first: Any, last: Any) -> ColumnElement[bool]:
    return and_(SEARCH_KEY.c.key >= first, SEARCH_KEY.c.key < last)


def _village_codes(first: Any, last: Any) -> Any:
    return select(SEARCH_KEY.c.person_id).where(_within(first, last))


def _has(word: Spans, with_near: bool) -> ColumnElement[bool]:
    """Return the condition that a person already found by one word is also found by another."""
    tests: list[ColumnElement[bool]] = []
    for span in word.exact + (word.near if with_near else ()):
        if span[0][0] == "@":
            tests.append(_WHOLE.c.village.in_(_village_codes(*span)))
        else:
            tests.append((" " + _WHOLE.c["keys"]).contains(f" {span[0]}", autoescape=True))
    return or_(*tests)
