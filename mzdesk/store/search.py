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
_STARTS = ("", "a", "~")  # numbers and guardians, sounds, written names: parts of like size
_PARTS = tuple(zip(_STARTS, (*_STARTS[1:], "\U0010ffff"), strict=True))
_IN_RANGE = "SELECT person_id FROM search_key WHERE key >= ? AND key < ? LIMIT ?"
_WEIGHT = "SELECT count(*) FROM (SELECT 1 FROM search_key WHERE key >= ? AND key < ? LIMIT ?)"
WEIGHED = 5000  # keys; words with more of them are all the same
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
    elif chosen.risk is not None or chosen.tag:
        hint = "ix_listing_risk"
    else:
        hint = "sqlite_autoindex_listing_1"  # the narrowest, as nothing but the group is asked
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


@dataclass(frozen=True, slots=True)
class _Word:
    """A word with what it means here: key ranges of people, the codes of the villages that it names, and how many keys there are."""

    people: tuple[tuple[str, str], ...]
    near: tuple[tuple[str, str], ...]
    villages: frozenset[str]
    keys: int = 0


def match(connection: Connection, scope: Scope, words: Sequence[Spans], chosen: Chosen, *, limit: int) -> tuple[str, ...]:
    """Return the ids of the people whom every word finds, exact before near-homophone, closest key first; at most `limit`."""
    met = sorted((_met(connection, word, weigh=len(words) > 1) for word in words), key=attrgetter("keys"))
    found = _among(connection, scope, met, chosen, None, False, {}, limit)
    if len(found) < limit and any(word.near for word in met):
        found = _among(connection, scope, met, chosen, None, True, found, limit)
    return tuple(found)[:limit]


def _met(connection: Connection, word: Spans, *, weigh: bool) -> _Word:
    """Look up what a word names; where there are several, also how many keys it leads to, up to WEIGHED."""
    people = tuple(span for span in word.exact if span[0][0] != "@")
    codes = [code for span in word.exact if span[0][0] == "@" for code in connection.exec_driver_sql(_IN_RANGE, (*span, -1)).scalars()]
    keys = sum(connection.exec_driver_sql(_WEIGHT, (*span, WEIGHED)).scalar_one() for span in people) if weigh else 0
    return _Word(people, word.near, frozenset(codes), keys)


def _among(
    connection: Connection,
    scope: Scope,
    words: Sequence[_Word],
    chosen: Chosen,
    villages: frozenset[str] | None,
    with_near: bool,
    found: dict[str, None],
    limit: int,
) -> dict[str, None]:
    """Return `found` and those whom every word finds, in `villages` (None: anywhere).

    The rarest word leads: its keys are walked and the others tested on each person. Whom it means by the village are found by the other
    words within that village, so that no village is ever walked from end to end for one family name.
    """
    lead, *others = words
    tests = [(word, with_near) for word in others]
    old = with_near and not others  # one word: its exact keys were walked before
    for span in (() if old else lead.people) + (lead.near if with_near else ()):
        if len(found) < limit:
            query = _in_people(scope, chosen, villages, bool(others)).where(*(_has(word, near, chosen) for word, near in tests))
            found = _walk(connection, query, {"first": span[0], "last": span[1]}, found, limit)
    here = lead.villages if villages is None else lead.villages & villages
    if not here or old or len(found) >= limit:
        return found
    if others:
        return _among(connection, scope, others, chosen, here, with_near, found, limit)
    return _walk(connection, _in_villages(scope, chosen), {"villages": sorted(here)}, found, limit)


def _walk(connection: Connection, query: Any, place: dict[str, Any], found: dict[str, None], limit: int) -> dict[str, None]:
    """Return `found` and the people of a query in its order; a person has several keys, so that more rows may have to be read."""
    rows = limit * 2 + 16
    while True:
        read = connection.execute(query, {**place, "rows": rows}).all()
        together = found | dict.fromkeys(row[0] for row in read)
        if len(together) >= limit or len(read) < rows:
            return together
        rows *= 8


@lru_cache(maxsize=128)
def _in_people(scope: Scope, chosen: Chosen, villages: frozenset[str] | None, with_keys: bool) -> Any:
    """Select people by a range of their own keys, the closest key first; built once for each list that is searched."""
    listed = and_(LISTING.c.person_id == SEARCH_KEY.c.person_id, *_conditions(scope, chosen))
    joined = SEARCH_KEY.join(LISTING, listed)
    if with_keys and _keys_of(chosen) is _WHOLE:
        joined = joined.join(_WHOLE, and_(_WHOLE.c.group == CURRENT, _WHOLE.c.person_id == SEARCH_KEY.c.person_id))
    query = (
        select(SEARCH_KEY.c.person_id)
        .select_from(joined)
        .where(SEARCH_KEY.c.key >= bindparam("first"), SEARCH_KEY.c.key < bindparam("last"), scope.where(SEARCH_KEY.c.village))
        .order_by(SEARCH_KEY.c.key, SEARCH_KEY.c.person_id)
        .limit(bindparam("rows"))
    )
    return query if villages is None else query.where(SEARCH_KEY.c.village.in_(sorted(villages)))


@lru_cache(maxsize=64)
def _in_villages(scope: Scope, chosen: Chosen) -> Any:
    """Select the people of villages, by village and name."""
    return (
        select(LISTING.c.person_id)
        .where(*_conditions(scope, chosen), LISTING.c.village.in_(bindparam("villages", expanding=True)))
        .order_by(LISTING.c.village, LISTING.c.sort_name)
        .limit(bindparam("rows"))
        .with_hint(LISTING, "INDEXED BY ix_listing_village", "sqlite")
    )


def _keys_of(chosen: Chosen) -> Any:
    """Return the table that holds the keys: the listing itself, or, for the list of one group, the row of "+" beside it."""
    return LISTING if chosen.group in (*EVERYBODY, ALL) else _WHOLE


def _has(word: _Word, with_near: bool, chosen: Chosen) -> ColumnElement[bool]:
    """Return the condition that a person already found by one word is also found by another."""
    keys = " " + _keys_of(chosen).c["keys"]
    tests: list[ColumnElement[bool]] = [SEARCH_KEY.c.village.in_(sorted(word.villages))] if word.villages else []
    tests += [keys.contains(f" {span[0]}", autoescape=True) for span in word.people + (word.near if with_near else ())]
    return or_(*tests)
