"""What the county puts into the feeds itself: forms, parameters, and records sent back with a reason after they were accepted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from forms import xlsform
from forms.errors import FormError
from forms.xform_reader import read_form
from mzdesk import canonical
from mzdesk.clock import new_id
from mzdesk.errors import MzError
from sync.county import audit, ledger
from sync.county.county import County
from sync.county.database import copy_rows, insert_ignore, upsert_rows
from sync.county.release import FEED_COLUMNS, Line, change_verdict, tell_verdict
from sync.county.tables import FEED, FORM, OPERATION, PARAMETER, TOWNSHIP
from sync.receipts import ACCEPTED, RETURNED, Verdict

MAX_FORM = 8 << 20


def put_into_feed(connection: Connection, township: str, kind: str, body: Mapping[str, Any], *, village: str = "", device: str = "") -> int:
    """Append one entry to a township's feed, under its lock; return its number."""
    row = ledger.lock_township(connection, township)
    number = row.feed + 1
    copy_rows(connection, FEED, FEED_COLUMNS, [(township, number, kind, village, device, canonical.text(dict(body)))])
    ledger.set_feed(connection, township, number, row.held)
    return number


def townships(connection: Connection) -> Sequence[str]:
    """Return the codes of the townships that have ever joined, in locking order."""
    return connection.execute(select(TOWNSHIP.c.code).order_by(TOWNSHIP.c.code)).scalars().all()


def publish_form(county: County, name: str, content: bytes, *, actor: str) -> str:
    """Check an .xlsx form, keep it for ever and send it to every township; return "id@version". Raises MzError with what to mend."""
    if len(content) > MAX_FORM:
        raise MzError("文件太大", "表单文件不应超过 8 MB。请去掉其中的图片后再试。")
    try:
        xml = xlsform.convert(xlsform.read_source(name, content)).xml
        form = read_form(xml)
    except FormError as error:
        raise MzError("表单不能发布", error.message) from error
    now = county.clock.now_ms()
    document = (form.form_id, form.version, xml.encode())
    try:
        county.checker.add_forms([document])
    except FormError as error:
        raise MzError("版本号已用过", error.message) from error
    row = {
        "form_id": form.form_id,
        "version": form.version,
        "title": form.title,
        "source_kind": Path(name).suffix.lstrip(".") or "xlsx",
        "source": content,
        "xml": xml,
        "issued_by": actor,
        "issued": now,
    }
    with county.write() as connection:
        if insert_ignore(connection, FORM, [row]) == 0:
            raise MzError("版本号已用过", f"{form.form_id} 的版本 {form.version} 已经发布，请换一个版本号。")
        sent = {key: row[key] for key in ("form_id", "version", "title", "xml", "issued_by")} | {"source_kind": "xml", "source": ""}
        for township in townships(connection):
            put_into_feed(connection, township, "form", {"form": sent})
        audit.append(connection, actor, "publish_form", f"{form.form_id}@{form.version}", {}, now)
    return f"{form.form_id}@{form.version}"


def issued_forms(connection: Connection) -> list[tuple[str, str, bytes]]:
    """Return (form_id, version, XML) of every form this county issued."""
    query = select(FORM.c.form_id, FORM.c.version, FORM.c.xml).order_by(FORM.c.issued)
    return [(form_id, version, xml.encode()) for form_id, version, xml in connection.execute(query)]


def issue_parameter(county: County, parameter: Mapping[str, Any], *, actor: str) -> str:
    """Send an effective-dated parameter (name, effective_from, value, document_no) to every township; return its id."""
    now = county.clock.now_ms()
    row = {
        "id": new_id(county.clock),
        "name": parameter["name"],
        "effective_from": parameter["effective_from"],
        "effective_to": parameter.get("effective_to", ""),
        "value_json": canonical.text(parameter["value"]),
        "document_no": parameter.get("document_no", ""),
        "source": parameter.get("source", county.folder.settings.name),
        "created_at": now,
    }
    with county.write() as connection:
        upsert_rows(connection, PARAMETER, [row])
        for township in townships(connection):
            put_into_feed(connection, township, "parameter", {"parameter": row})
        audit.append(connection, actor, "issue_parameter", row["id"], {"name": row["name"]}, now)
    return str(row["id"])


def return_record(county: County, township: str, n: int, field: str, why: str, *, actor: str) -> None:
    """Send an accepted record back to its author with a reason; raises MzError where it is not there or was returned already."""
    if not why.strip():
        raise MzError("请写明退回原因", "原因会显示在村里的电脑上，请写清楚哪里要改、怎么改。", field="why")
    names = ("op", "kind", "subject", "village", "verdict", "body")
    with county.write() as connection:
        row = ledger.lock_township(connection, township)
        query = select(*(OPERATION.c[name] for name in names)).where(OPERATION.c.township == township, OPERATION.c.n == n)
        found = connection.execute(query).first()
        if found is None or found.kind != "record" or found.verdict != ACCEPTED:
            raise MzError("不能退回这一条", "它不是已收下的记录，或者已经退回过。请刷新页面。")
        verdict = Verdict(RETURNED, "REVIEW", field, why.strip())
        change_verdict(connection, township, n, verdict)
        line = Line(found.op, found.kind, found.subject, found.village, "", n, found.body)
        tell_verdict(connection, township, row.feed + 1, found.village, line, verdict)
        ledger.set_feed(connection, township, row.feed + 1, row.held)
        audit.append(connection, actor, "return_record", found.subject, {"n": n}, county.clock.now_ms())
