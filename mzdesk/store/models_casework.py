"""The tables of what is written down about people: records, drafts, files, follow-ups, forms, monthly counts (see models.py)."""

from __future__ import annotations

from sqlmodel import Field, SQLModel


class Record(SQLModel, table=True):
    """One filled form of any kind; never edited: a correction is a new record that `amends` it."""

    id: str = Field(primary_key=True)
    number: str = Field(default="", index=True)  # printed: township-date-serial
    kind: str = Field(index=True)
    form_id: str
    form_version: str
    person_id: str = Field(default="", index=True)
    village: str = Field(default="", index=True)
    answers_json: str  # the open answers
    restricted_json: str = ""  # the restricted ones, "" where there are none (see store.restricted)
    restricted_by: str = ""  # the account that wrote them
    digest: str  # SHA-256 of the canonical answers, open and restricted
    occurred_on: str = Field(default="", index=True)
    contact_mode: str = ""
    reached: str = ""
    risk_level: str = ""
    follow_up_on: str = ""
    refer_to: str = ""
    report_required: str = ""
    late_days: int = 0
    restricted: bool = False
    amends: str = Field(default="", index=True)
    amended_by: str = ""
    author: str
    author_name: str
    saved_at: int = Field(index=True)
    clock_offset_ms: int = 0
    deleted_at: int = 0
    deleted_why: str = ""


class Attachment(SQLModel, table=True):
    """A file of a record: content-addressed, in its own encrypted file under attachments/."""

    digest: str = Field(primary_key=True)
    record_id: str = Field(primary_key=True)
    question: str = Field(primary_key=True)
    name: str
    media_type: str
    size: int
    village: str = ""
    created_at: int
    sent_bytes: int = 0
    delivered: bool = False


class Draft(SQLModel, table=True):
    """A form being filled; gone in the transaction that saves its record."""

    id: str = Field(primary_key=True)
    form_id: str
    form_version: str
    person_id: str = Field(default="", index=True)
    village: str = ""
    amends: str = ""
    answers_json: str
    author: str = Field(index=True)
    created_at: int
    updated_at: int


class FollowUp(SQLModel, table=True):
    """Something that must happen after a record: follow-up, referral, lead, re-assessment, expiry."""

    __tablename__ = "follow_up"
    id: str = Field(primary_key=True)
    record_id: str = Field(default="", index=True)
    person_id: str = Field(default="", index=True)
    village: str = Field(default="", index=True)
    kind: str  # follow_up, referral, lead, reassessment, report, agreement …
    title: str
    owner: str = ""
    due_on: str = Field(default="", index=True)
    stage: str = ""  # the plan's chain: 发现报告 应急处置 评估帮扶 监护干预
    outcome: str = ""
    done_on: str = Field(default="", index=True)
    restricted: bool = False
    created_at: int
    updated_at: int


class FormVersion(SQLModel, table=True):
    """An issued form with its source and XML; kept for ever."""

    __tablename__ = "form_version"
    form_id: str = Field(primary_key=True)
    version: str = Field(primary_key=True)
    title: str
    source_kind: str  # md, xlsx, xml
    source: bytes
    xml: str
    issued_by: str = ""
    received_at: int


class MonthTally(SQLModel, table=True):
    """A closed month of a village: people who should be seen and who were, computed from the raw facts and kept."""

    __tablename__ = "month_tally"
    month: str = Field(primary_key=True)  # 2026-11
    village: str = Field(primary_key=True)
    planned: int
    done: int
    computed_at: int


class MonthlyEntitlement(SQLModel, table=True):
    """One line of a confirmed monthly list of 特困 amounts; a month once confirmed is never changed; money in 分."""

    __tablename__ = "monthly_entitlement"
    month: str = Field(primary_key=True)  # 2026-11
    person_id: str = Field(primary_key=True)
    name: str
    village: str = Field(default="", index=True)
    area: str
    level: str
    basic: int
    care: int
    confirmed_at: int
    confirmed_by: str


class PreparedSet(SQLModel, table=True):
    """The month-end set of reports of one person, as it was prepared by itself; the PDF lies in the encrypted database only."""

    __tablename__ = "prepared_set"
    month: str = Field(primary_key=True)  # 2026-10
    actor: str = Field(primary_key=True)
    pages: int
    titles: str  # one a line
    problems: str  # one a line: reports whose figures do not add up, left out of the set
    pdf: bytes
    made_at: int
