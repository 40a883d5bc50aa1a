"""The county's tables, on PostgreSQL and on embedded SQLite alike; each key starts with the township, so that all of it partitions.

The first six digits of a township code are its county's. Instants are Unix milliseconds.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, String, Table, Text, UniqueConstraint, text

METADATA = MetaData()


def _text(name: str, **options: object) -> Column[str]:
    return Column(name, Text, nullable=False, server_default="", **options)  # type: ignore[arg-type]


def _number(name: str, **options: object) -> Column[int]:
    return Column(name, BigInteger, nullable=False, server_default="0", **options)  # type: ignore[arg-type]


META = Table("county_meta", METADATA, Column("key", String, primary_key=True), _text("value"))

# The lock row of a township: its feed counter, the counter when this epoch began, and how many operations are held.
TOWNSHIP = Table(
    "township",
    METADATA,
    Column("code", String, primary_key=True),
    _text("name"),
    _number("feed"),
    _number("floor"),
    _number("held"),
)

TICKET = Table(
    "ticket",
    METADATA,
    Column("device", String, primary_key=True),
    _text("township"),
    _text("villages"),
    _text("roles"),
    _text("secret"),  # SHA-256
    _text("label"),
    _number("expires"),
    _number("used"),
    _text("issued_by"),
    _number("issued"),
)

DEVICE = Table(
    "device",
    METADATA,
    Column("id", String, primary_key=True),
    _text("township"),
    _text("villages"),
    _text("roles"),
    _text("label"),
    Column("sign_key", LargeBinary, nullable=False),
    Column("box_key", LargeBinary, nullable=False),
    _text("token", index=True),  # SHA-256
    Column("record", LargeBinary, nullable=False),
    _number("head"),
    _text("head_digest"),
    _text("state"),  # active, forked, revoked
    _text("state_why"),
    _number("state_at"),
    _number("enrolled"),
    _number("seen"),
    _text("seen_by"),  # net, stick
    _number("cursor"),
    _text("audit"),
)

BATCH = Table(
    "batch",
    METADATA,
    Column("township", String, primary_key=True),
    Column("device", String, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    _text("digest"),
    Column("receipt", LargeBinary, nullable=False),
    _number("received", index=True),
    _number("count"),
    _number("bytes"),
    _number("returned"),
    _text("channel"),
    _text("courier"),
)

# The operation log, which is the feed as well: n = 1, 2, 3 … in a township, in the order of commits.
OPERATION = Table(
    "operation",
    METADATA,
    Column("township", String, primary_key=True),
    Column("n", BigInteger, primary_key=True),
    _text("op"),
    _text("kind"),
    _text("subject"),
    _text("village"),
    _text("from_village"),
    _text("person"),
    _text("form_id"),
    _text("occurred_on"),
    _text("device"),
    _number("seq"),
    Column("idx", Integer, nullable=False, server_default="0"),
    _text("verdict"),
    _text("reason"),
    _text("field"),
    _text("sentence"),
    _text("actor"),
    _number("received"),
    _text("body"),
    UniqueConstraint("township", "op"),
    Index("operation_subject", "township", "subject"),
)
Index(
    "operation_held",
    OPERATION.c.township,
    OPERATION.c.reason,
    postgresql_where=text("verdict = 'held'"),
    sqlite_where=text("verdict = 'held'"),
)

# What else went down: verdict changes, forms, parameters, divisions, tombstones; numbers are shared with the log.
FEED = Table(
    "feed",
    METADATA,
    Column("township", String, primary_key=True),
    Column("n", BigInteger, primary_key=True),
    _text("kind"),
    _text("village"),
    _text("device"),
    _text("body"),
)

STATE = Table(
    "state",
    METADATA,
    Column("township", String, primary_key=True),
    Column("kind", String, primary_key=True),
    Column("id", String, primary_key=True),
    _text("village"),
    _text("person"),
    _text("fields"),
    _number("revision"),
    _number("n"),
)

CONTENDER = Table(
    "contender",
    METADATA,
    Column("township", String, primary_key=True),
    Column("id", String, primary_key=True),
    _text("kind"),
    _text("subject", index=True),
    _text("field"),
    _text("value"),
    _text("op"),
    _text("hlc"),
    _text("village"),
    _number("guarded"),
    _text("resolved_by"),
    _number("resolved_at"),
)

QUARANTINE = Table(
    "quarantine",
    METADATA,
    Column("digest", String, primary_key=True),
    _text("device", index=True),
    _text("township"),
    _number("seq"),
    Column("frame", LargeBinary, nullable=False),
    _text("why"),
    _number("received"),
    _text("settled_by"),
    _number("settled_at"),
)

UPLOAD = Table(
    "upload",
    METADATA,
    Column("device", String, primary_key=True),
    Column("digest", String, primary_key=True),
    Column("offset", BigInteger, primary_key=True),
    _number("length"),
    Column("bytes", LargeBinary, nullable=False),
    _number("received", index=True),
)

BLOB = Table(
    "blob",
    METADATA,
    Column("township", String, primary_key=True),
    Column("digest", String, primary_key=True),
    Column("offset", BigInteger, primary_key=True),
    _number("length"),
    _number("total"),
    Column("bytes", LargeBinary, nullable=False),
    _text("device"),
    _number("received"),
)

FORM = Table(
    "form",
    METADATA,
    Column("form_id", String, primary_key=True),
    Column("version", String, primary_key=True),
    _text("title"),
    _text("source_kind"),
    Column("source", LargeBinary, nullable=False),
    _text("xml"),
    _text("issued_by"),
    _number("issued"),
)

PARAMETER = Table(
    "parameter",
    METADATA,
    Column("id", String, primary_key=True),
    _text("name"),
    _text("effective_from"),
    _text("effective_to"),
    _text("value_json"),
    _text("document_no"),
    _text("source"),
    _number("created_at"),
)

OFFICER = Table(
    "officer",
    METADATA,
    Column("login", String, primary_key=True),
    _text("name"),
    _text("role"),  # viewer, reviewer, administrator
    _text("password"),  # Argon2id
    _number("disabled"),
    _number("failures"),
    _number("locked_until"),
    _number("created"),
)

SESSION = Table(
    "session",
    METADATA,
    Column("token", String, primary_key=True),  # SHA-256
    _text("login"),
    _text("csrf"),
    _number("created"),
    _number("seen"),
)

AUDIT = Table(
    "audit",
    METADATA,
    Column("n", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    _number("at"),
    _text("actor"),
    _text("act"),
    _text("subject"),
    _text("detail"),
    _text("previous"),
    _text("digest"),
)
