"""The OpenRosa side of the receiver: any ODK client may fetch our forms and submit them; a submission becomes an operation like any other.

OpenRosa 1.0 requests: formList, form download, HEAD and POST submission with `xml_submission_file`.
Authentication is Basic: device id and its token.
"""

import base64
import hashlib
from typing import Annotated, Any
from xml.sax.saxutils import escape

from fastapi import APIRouter, Header, HTTPException, Request, Response
from lxml import etree
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from forms import catalog
from forms.errors import FormError
from mzdesk.answers import first_named
from mzdesk.clock import beijing
from sync import strict, tickets
from sync.county import ingest, issuing, ledger
from sync.county.county import County
from sync.county.judge import Grant, Judge
from sync.county.ledger import ACTIVE, DeviceRow
from sync.operations import read_operation
from sync.receipts import DUPLICATE, RETURNED, Verdict

MAX_SUBMISSION = 10 << 20
MAX_NODES, MAX_DEPTH = 20_000, 12
OPENROSA = {"X-OpenRosa-Version": "1.0"}
_XML = "text/xml; charset=utf-8"


def routes(county: County) -> APIRouter:
    """Return the routes under /openrosa."""
    router = APIRouter(prefix="/openrosa", include_in_schema=False)

    @router.get("/formList")
    def form_list(request: Request, authorization: Annotated[str, Header()] = "") -> Response:
        _courier(county, authorization)
        base = str(request.base_url).rstrip("/")
        return Response(_form_list(county, base), media_type=_XML, headers=OPENROSA)

    @router.get("/forms/{form_id}/{version}.xml")
    def form(form_id: str, version: str, authorization: Annotated[str, Header()] = "") -> Response:
        _courier(county, authorization)
        xml = _documents(county).get((form_id, version))
        if xml is None:
            raise HTTPException(404, {"code": "NOT_FOUND"})
        return Response(xml, media_type=_XML, headers=OPENROSA)

    @router.head("/submission")
    def greet(request: Request, authorization: Annotated[str, Header()] = "") -> Response:
        _courier(county, authorization)
        here = f"{str(request.base_url).rstrip('/')}/openrosa/submission"
        return Response(status_code=204, headers=OPENROSA | {"X-OpenRosa-Accept-Content-Length": str(MAX_SUBMISSION), "Location": here})

    @router.post("/submission")
    async def submit(request: Request, authorization: Annotated[str, Header()] = "") -> Response:
        device = await run_in_threadpool(_courier, county, authorization)
        length = request.headers.get("content-length", "")
        if not length.isdigit() or int(length) > MAX_SUBMISSION:
            raise HTTPException(413, {"code": "TOO_BIG"})
        fields = await request.form(max_files=20, max_fields=20)
        try:
            found = fields.get("xml_submission_file")
            xml = await found.read() if isinstance(found, UploadFile) else b""
        finally:
            await fields.close()
        verdict = await run_in_threadpool(receive, county, device, xml)
        return _answer(verdict)

    return router


def _courier(county: County, authorization: str) -> DeviceRow:
    try:
        device, _, token = base64.b64decode(authorization.removeprefix("Basic "), validate=True).decode().partition(":")
    except ValueError:
        device, token = "", ""
    with county.read() as connection:
        row = ledger.device_by_token(connection, tickets.secret_digest(token))
    if row is None or row.id != device or row.state != ACTIVE:
        raise HTTPException(401, {"code": "UNAUTHORISED"}, headers={"WWW-Authenticate": 'Basic realm="mzdesk"', **OPENROSA})
    return row


def _documents(county: County) -> dict[tuple[str, str], bytes]:
    with county.read() as connection:
        issued = issuing.issued_forms(connection)
    return {(form_id, version): xml for form_id, version, xml in [*catalog.shipped_documents(), *issued]}


def _form_list(county: County, base: str) -> bytes:
    documents = _documents(county)
    known = catalog.Catalog((form_id, version, xml) for (form_id, version), xml in documents.items())
    entries = []
    for form in known.all():
        digest = hashlib.md5(documents[form.form_id, form.version], usedforsecurity=False).hexdigest()
        url = f"{base}/openrosa/forms/{form.form_id}/{form.version}.xml"
        entries.append(
            f"<xform><formID>{escape(form.form_id)}</formID><name>{escape(form.title)}</name><version>{escape(form.version)}</version>"
            f"<hash>md5:{digest}</hash><downloadUrl>{escape(url)}</downloadUrl></xform>"
        )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><xforms xmlns="http://openrosa.org/xforms/xformsList">{"".join(entries)}</xforms>'.encode()
    )


def receive(county: County, device: DeviceRow, xml: bytes) -> Verdict:
    """Take in one submission; the same instance id is the same operation, so a repeated one changes nothing. Raises HTTPException 400."""
    operation = read_operation(strict.dumps(_body(county, device, xml)))
    faults = ingest.check_forms(county, [operation])
    now = county.clock.now_ms()
    with county.write() as connection:
        row = ledger.lock_township(connection, device.township)
        known = ingest.look_up(connection, device.township, [operation])
        judged = Judge(Grant(device.township, frozenset(device.villages)), known, faults, now, "").run([operation])
        if judged.verdicts[0].verdict == RETURNED:
            return judged.verdicts[0]  # the client still holds it and mends it there
        ledger.append_entries(connection, device, 0, row.feed + 1, judged.entries, now)
        feed, held = ingest.store_effects(connection, device.township, judged, row.feed, row.held, now)
        ledger.set_feed(connection, device.township, feed, held)
    return judged.verdicts[0]


def _body(county: County, device: DeviceRow, xml: bytes) -> dict[str, Any]:
    root = _parse(xml)
    form_id, version = root.get("id") or "", root.get("version") or ""
    try:
        form = catalog.Catalog((*key, content) for key, content in _documents(county).items()).get(form_id, version)
    except FormError:
        raise HTTPException(400, {"code": "FORM"}) from None
    answers = _answers(root, MAX_DEPTH)
    instance = next((item.text or "" for item in root.iter() if etree.QName(item).localname == "instanceID"), "")
    identity = hashlib.sha256(f"{form_id}\0{instance}".encode()).hexdigest()[:32] if instance else ""
    if not identity:
        raise HTTPException(400, {"code": "NO_INSTANCE_ID"})
    now = county.clock.now_ms()
    content = {
        "form_id": form_id,
        "form_version": version,
        "kind": form.kind,
        "number": f"{device.township}-{beijing(now):%Y%m%d}-ODK-{identity[:6]}",
        "person_id": first_named(answers, "person_id"),
        "village": first_named(answers, "village_code") or (device.villages[0] if len(device.villages) == 1 else ""),
        "occurred_on": first_named(answers, "occurred_on"),
        "amends": "",
        "author_name": first_named(answers, "visitor"),
        "saved_at": now,
        "answers": answers,
    }
    hlc = f"{now:012x}-0000-{device.id}"
    return {"op": f"odk-{identity}", "id": f"odk-{identity}", "kind": "record", "set": content, "base": {}, "hlc": hlc, "actor": device.id}


def _parse(xml: bytes) -> etree._Element:
    if b"<!DOCTYPE" in xml:
        raise HTTPException(400, {"code": "BAD_XML"})
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise HTTPException(400, {"code": "BAD_XML"}) from None
    if sum(1 for _ in root.iter()) > MAX_NODES:
        raise HTTPException(400, {"code": "BAD_XML"})
    return root


def _answers(node: etree._Element, depth: int) -> dict[str, Any]:
    """Return the instance as nested answers: groups are objects, what comes more than once is a list, blanks and meta are left out."""
    if depth == 0:
        raise HTTPException(400, {"code": "BAD_XML"})
    found: dict[str, Any] = {}
    for child in node:
        name = etree.QName(child).localname
        if name == "meta":
            continue
        value: Any = _answers(child, depth - 1) if len(child) else (child.text or "")
        if value in ("", {}):
            continue
        if name in found:
            found[name] = [*found[name], value] if isinstance(found[name], list) else [found[name], value]
        else:
            found[name] = value
    return found


def _answer(verdict: Verdict) -> Response:
    refused = verdict.verdict == RETURNED
    nature = "submit_error" if refused else "submit_success"
    words = escape(verdict.sentence if refused else "县里已收下")
    body = f'<OpenRosaResponse xmlns="http://openrosa.org/http/response"><message nature="{nature}">{words}</message></OpenRosaResponse>'
    status = {RETURNED: 400, DUPLICATE: 202}.get(verdict.verdict, 201)
    return Response(body, status, OPENROSA, media_type=_XML)
