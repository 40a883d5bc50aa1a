"""The tables of a station, declared once; money in 分, dates as ISO text in Beijing time, instants in Unix milliseconds.

Columns named `*_json` hold canonical JSON. Rows with a `village` are filtered by `Scope` in every query.
"""

from __future__ import annotations

from sqlalchemy import DDL, Index, event
from sqlmodel import Field, SQLModel


class Meta(SQLModel, table=True):
    """Single values of the station: identity, cursor, clock, epoch."""

    key: str = Field(primary_key=True)
    value: str


class Division(SQLModel, table=True):
    """An administrative division that the station knows; `code` has 2, 4, 6, 9 or 12 digits."""

    code: str = Field(primary_key=True)
    name: str
    parent: str = Field(default="", index=True)
    retired_on: str = ""
    merged_into: str = ""
    edited: bool = False


class Person(SQLModel, table=True):
    """One human being, whatever the roles; `field_ops_json` maps field → id of the operation that set it."""

    id: str = Field(primary_key=True)
    name: str
    id_no: str = Field(default="", index=True)
    id_no_absent: str = ""  # why there is none (无户籍 …)
    sex: str = "0"  # GB/T 2261.1: 0 unknown, 1 male, 2 female, 9 not told
    birth_date: str = Field(default="", index=True)
    identity_override: str = ""  # the reason why sex or birth date differ from the ID number
    ethnicity: str = ""  # GB/T 3304
    marital: str = ""  # GB/T 2261.2
    hukou_village: str = ""
    hukou_address: str = ""
    village: str = Field(default="", index=True)  # 12-digit code of where they live now
    address: str = ""
    phone: str = ""
    phone_absent: str = ""
    disability_no: str = ""
    aids: str = ""  # space-separated: dibao, dibao_edge, extreme_poverty, temporary, medical, housing, disability, other
    tags: str = ""
    profile_json: str = "{}"
    life: str = "here"  # here, moved, dead
    life_on: str = ""
    merged_into: str = Field(default="", index=True)
    deleted_at: int = 0
    deleted_why: str = ""
    created_at: int
    updated_at: int
    field_ops_json: str = "{}"


class Enrolment(SQLModel, table=True):
    """A person in a group, from `entered_on` until `left_on` ("" while current)."""

    id: str = Field(primary_key=True)
    person_id: str = Field(foreign_key="person.id", index=True)
    village: str = Field(default="", index=True)
    group: str = Field(index=True)  # left_behind_child, child_in_difficulty, left_behind_woman, left_behind_elder, extreme_poverty
    category: str = ""  # orphan, unattended, key_difficulty; scattered, institution …
    risk: str = "low"  # high, medium, low
    entered_on: str
    left_on: str = ""
    left_why: str = ""
    responsible: str = ""
    last_visit_on: str = ""
    next_due: str = Field(default="", index=True)
    due_why: str = ""
    agreed_on: str = ""  # the next date agreed in the last visit
    suspended_until: str = ""
    suspended_why: str = ""
    profile_json: str = "{}"
    deleted_at: int = 0
    created_at: int
    updated_at: int
    field_ops_json: str = "{}"


class Relation(SQLModel, table=True):
    """`other` is the `kind` (father, mother, guardian, carer, spouse, child, contact …) of `person`; it shows from both sides."""

    id: str = Field(primary_key=True)
    person_id: str = Field(foreign_key="person.id", index=True)
    other_id: str = Field(default="", index=True)  # "" where the other is not registered
    kind: str
    name: str = ""
    id_no: str = ""
    phone: str = ""
    place: str = ""
    since: str = ""
    until: str = ""
    profile_json: str = "{}"
    village: str = Field(default="", index=True)
    deleted_at: int = 0
    created_at: int
    updated_at: int
    field_ops_json: str = "{}"


class SearchKey(SQLModel, table=True):
    """A suffix key of a person (name, pinyin, initials, reversed ID …): search is a prefix range on `key`.

    Keys that begin with `@` belong to a village: `person_id` then holds its code.
    """

    __tablename__ = "search_key"
    __table_args__ = {"sqlite_with_rowid": False}
    key: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True)
    tier: int = 1  # 1 exact sound, 2 near-homophone
    village: str = ""


class Listing(SQLModel, table=True):
    """A person in a list: one row for each current group, and one for "+" (with a current group) or "-" (without), which holds the keys.

    Derived from person and enrolment, never sent: `registry.indexing.refresh` writes it, a trigger follows due dates and risk.
    """

    __table_args__ = (
        Index("ix_listing_name", "group", "sort_name", "person_id"),
        Index("ix_listing_due", "group", "next_due", "person_id"),
        Index("ix_listing_village", "group", "village", "sort_name", "person_id"),
        Index("ix_listing_risk", "group", "risk", "next_due", "person_id"),
        Index("ix_listing_birth", "group", "birth_date", "person_id"),
    )
    group: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True)
    village: str = ""
    sort_name: str = ""  # pinyin of the name, then the name
    birth_date: str = ""
    risk: int = 3  # 0 high, 1 medium, 2 low, 3 in no group
    next_due: str = "9999-12-31"
    tags: str = " "  # " tag tag "
    keys: str = ""  # the search keys of the person, on the row of "+" or "-" only


event.listen(
    SQLModel.metadata.tables["listing"],
    "after_create",
    DDL(  # type: ignore[no-untyped-call]
        """CREATE TRIGGER listing_follows_enrolment AFTER UPDATE OF risk, next_due, left_on, deleted_at ON enrolment
        WHEN old.risk <> new.risk OR old.next_due <> new.next_due OR old.left_on <> new.left_on OR old.deleted_at <> new.deleted_at
        BEGIN
          UPDATE listing SET
            risk = coalesce((SELECT min(CASE e.risk WHEN 'high' THEN 0 WHEN 'medium' THEN 1 ELSE 2 END) FROM enrolment e
              WHERE e.person_id = new.person_id AND e.left_on = '' AND e.deleted_at = 0), 3),
            next_due = coalesce((SELECT min(e.next_due) FROM enrolment e
              WHERE e.person_id = new.person_id AND e.left_on = '' AND e.deleted_at = 0 AND e.next_due <> ''), '9999-12-31')
          WHERE person_id = new.person_id AND "group" IN
            ('+', '-', 'left_behind_child', 'child_in_difficulty', 'left_behind_woman', 'left_behind_elder', 'extreme_poverty');
        END"""
    ),
)


class Change(SQLModel, table=True):
    """One field of a person, enrolment or relation that changed: who, when, what, from where."""

    id: str = Field(primary_key=True)
    person_id: str = Field(index=True)
    subject: str  # id of the row
    table: str
    field: str
    old: str
    new: str
    actor: str
    actor_name: str
    at: int
    source: str  # form:ID, import:ID, edit, county, merge, transfer …
    reason: str = ""
    village: str = ""


class Setting(SQLModel, table=True):
    """A remembered choice of one user: columns, filters, theme, printer, column mappings."""

    actor: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    value_json: str


class ImportRun(SQLModel, table=True):
    """One roster that was read: what was chosen while it is looked through, what it did once it is taken."""

    __tablename__ = "import_run"
    id: str = Field(primary_key=True)
    file_name: str
    digest: str = Field(index=True)  # SHA-256 of the file
    group: str = ""
    state: str = "open"  # open, taken, undone
    choices_json: str = "{}"  # mapping, and the choice for each row that needs a look
    counts_json: str = "{}"
    actor: str
    actor_name: str
    created_at: int
    updated_at: int


class ImportRow(SQLModel, table=True):
    """A row of a roster that changed the registry, so that the whole file can be undone."""

    __tablename__ = "import_row"
    run_id: str = Field(primary_key=True)
    row: int = Field(primary_key=True)
    person_id: str = Field(index=True)
    created: bool


class Merge(SQLModel, table=True):
    """Two people found to be one: what was changed to join them, so that it can be undone."""

    id: str = Field(primary_key=True)
    kept_id: str = Field(index=True)
    gone_id: str = Field(index=True)
    village: str = ""
    moved_json: str
    reason: str = ""
    actor: str
    actor_name: str
    at: int
    undone_at: int = 0


class Parameter(SQLModel, table=True):
    """An effective-dated rule or amount with its document number (文号); `value_json` by `name`."""

    id: str = Field(primary_key=True)
    name: str = Field(index=True)
    effective_from: str
    effective_to: str = ""
    value_json: str
    document_no: str = ""
    source: str = ""
    created_at: int
