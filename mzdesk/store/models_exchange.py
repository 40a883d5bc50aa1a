"""The tables of what leaves and comes back: outbox, batches, receipts, the county's word, and the chained log (see models.py)."""

from __future__ import annotations

from sqlmodel import Field, SQLModel


class Operation(SQLModel, table=True):
    """The outbox: one change on its way to the county; leaves "pending" only with a verified receipt (I2)."""

    seq: int | None = Field(default=None, primary_key=True)
    op: str = Field(unique=True)
    kind: str  # record, person, enrolment, relation, follow_up, attachment, division …
    subject: str = Field(index=True)
    body: bytes  # canonical JSON of the wire's operation
    lane: int = 1  # 0 reports and high risk, 1 records, 2 the rest
    village: str = ""
    created_at: int
    batch: int | None = Field(default=None, index=True)
    verdict: str | None = Field(default=None, index=True)
    reason: str = ""  # the code after returned:
    field: str = ""
    sentence: str = ""
    feed_hi: int | None = Field(default=None, index=True)
    closed_by: str = ""  # the operation that corrected a returned one


class Batch(SQLModel, table=True):
    """A sealed frame: final bytes, sent as they are on every channel until a receipt is stored."""

    seq: int = Field(primary_key=True)
    digest: str
    frame: bytes
    count: int
    sealed_at: int
    receipt: bytes | None = None
    receipted_at: int = 0
    channel: str = ""
    state: str = "sealed"  # sealed, delivered, returned


class Receipt(SQLModel, table=True):
    """A verified receipt, as the county signed it; `number` is what a person reads out on the phone."""

    seq: int = Field(primary_key=True)
    number: str = Field(index=True)
    body: bytes
    server_ms: int
    epoch: int
    received_at: int


class Shadow(SQLModel, table=True):
    """The county's latest word on a record, person …: fields with the operation that set each."""

    kind: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    fields_json: str
    revision: int
    month: str = ""


class Contender(SQLModel, table=True):
    """A value that lost or is in dispute; kept until a named person decides."""

    id: str = Field(primary_key=True)
    kind: str
    subject: str = Field(index=True)
    field: str
    value_json: str
    op: str
    hlc: str
    village: str = ""
    resolved_by: str = ""
    resolved_at: int = 0


class AuditEntry(SQLModel, table=True):
    """One act in the hash-chained log; `digest` covers the entry and `previous`."""

    __tablename__ = "audit_entry"
    seq: int = Field(primary_key=True)
    at: int
    actor: str
    actor_name: str
    act: str
    subject: str = Field(default="", index=True)
    detail_json: str = "{}"
    previous: str
    digest: str
