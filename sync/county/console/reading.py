"""The console's pages to read: overview, batches, records, conflicts, laptops, coverage, forms, parameters, log, export."""

import io
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request, Response
from openpyxl import Workbook

from forms import catalog
from forms.errors import FormError
from mzdesk.clock import beijing
from mzdesk.errors import MzError
from sync.county import audit, issuing, quarantine, registrar
from sync.county.console import coverage, officers, record_view, views
from sync.county.console.web import HEADERS, HERE, VERDICTS, Web, when
from sync.operations import WireOperation
from sync.strict import MAX_INTEGER

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_Before = Annotated[int, Query(ge=0, le=MAX_INTEGER)]
_Verdict = Annotated[str, Query(pattern="^[a-z]{0,10}$")]
_Township = Annotated[str, Query(pattern=r"^(\d{9})?$")]


def routes(web: Web) -> APIRouter:
    """Return the pages under /console."""
    router = APIRouter(prefix="/console", include_in_schema=False)
    _add_lists(router, web)
    _add_details(router, web)
    _add_office(router, web)
    _add_coverage(router, web)
    return router


def _add_lists(router: APIRouter, web: Web) -> None:
    county = web.county

    @router.get("/console.css")
    def style() -> Response:
        return Response((HERE / "static" / "console.css").read_bytes(), media_type="text/css", headers={"Cache-Control": "max-age=3600"})

    @router.get("")
    @router.get("/")
    def overview(request: Request) -> Response:
        officer = web.officer(request)
        now = county.clock.now_ms()
        start = int(beijing(now).replace(hour=0, minute=0, second=0, microsecond=0).timestamp() * 1000)
        with county.read() as connection:
            figures = views.overview(connection, start, now)
            latest = views.batches(connection, "", MAX_INTEGER)[:12]
        return web.page("overview.html", officer, figures=figures, batches=latest, active="overview")

    @router.get("/batches")
    def batches(request: Request, township: _Township = "", before: _Before = MAX_INTEGER) -> Response:
        officer = web.officer(request)
        with county.read() as connection:
            found = views.batches(connection, township, before)
            codes = views.township_codes(connection)
        return web.page("batches.html", officer, batches=found, townships=codes, township=township, page=views.PAGE, active="batches")

    @router.get("/records")
    def records(
        request: Request,
        township: _Township = "",
        verdict: _Verdict = "",
        before: _Before = MAX_INTEGER,
    ) -> Response:
        officer = web.officer(request)
        with county.read() as connection:
            found = views.records(connection, township, verdict, before)
            codes = views.township_codes(connection)
        values: dict[str, Any] = {"records": found, "townships": codes, "township": township, "verdict": verdict, "page": views.PAGE}
        return web.page("records.html", officer, **values, titles=_titles(), active="records")

    @router.get("/conflicts")
    def conflicts(request: Request, done: str = "") -> Response:
        officer = web.officer(request)
        with county.read() as connection:
            found = views.conflicts(connection)
            frames = quarantine.waiting(connection)
        return web.page("conflicts.html", officer, conflicts=found, frames=frames, done=done, active="conflicts")


def _titles() -> dict[str, str]:
    return {form.form_id: form.title for form in catalog.all()}


def _add_details(router: APIRouter, web: Web) -> None:
    county = web.county

    @router.get("/batches/{device}/{seq}")
    def batch(request: Request, device: str, seq: int) -> Response:
        officer = web.officer(request)
        with county.read() as connection:
            found = views.batch(connection, device, seq)
        if not found:
            raise HTTPException(404, {"code": "NOT_FOUND"})
        return web.page("batch.html", officer, operations=found, device=device, seq=seq, titles=_titles(), active="batches")

    @router.get("/records/{township}/{n}")
    def record(request: Request, township: str, n: int, done: str = "") -> Response:
        officer = web.officer(request, "reviewer")
        with county.read() as connection:
            found = views.operation(connection, township, n)
            history = views.versions(connection, township, found["subject"]) if found else []
        if found is None:
            raise HTTPException(404, {"code": "NOT_FOUND"})
        lines, title = _shown(web, found)
        return web.page("record.html", officer, record=found, lines=lines, title=title, history=history, done=done, active="records")

    @router.get("/quarantine/{digest}")
    def frame(request: Request, digest: str) -> Response:
        officer = web.officer(request, "reviewer")
        try:
            inside = [item for item in quarantine.operations(county, digest) if isinstance(item, WireOperation)]
        except MzError as error:
            return web.failed(officer, error, "/console/conflicts")
        return web.page("quarantine.html", officer, digest=digest, operations=inside, active="conflicts")


def _shown(web: Web, found: dict[str, Any]) -> tuple[list[record_view.Shown], str]:
    content = found["body"].get("set", {})
    answers = content.get("answers", content)
    if found["kind"] != "record":
        return record_view.plain(content), ""
    with web.county.read() as connection:
        issued = [item for item in issuing.issued_forms(connection) if item[0] == found["form_id"]]
    known = catalog.Catalog([*catalog.shipped_documents(), *issued])
    try:
        form = known.get(found["form_id"], content.get("form_version"))
        return record_view.show(form, answers, found["field"]), form.title
    except FormError:
        return record_view.plain(answers), found["form_id"]


def _add_office(router: APIRouter, web: Web) -> None:
    county = web.county

    @router.get("/devices")
    def devices(request: Request, silent: bool = False, done: str = "") -> Response:
        officer = web.officer(request)
        quiet = county.clock.now_ms() - views.SILENT_MS
        with county.read() as connection:
            found = registrar.devices(connection)
        shown = [line for line in found if not silent or (line.state == "active" and line.seen < quiet)]
        return web.page("devices.html", officer, devices=shown, silent=silent, quiet=quiet, code="", done=done, active="devices")

    @router.get("/issue")
    def issue(request: Request, done: str = "") -> Response:
        officer = web.officer(request)
        with county.read() as connection:
            values: dict[str, Any] = {"forms": views.forms(connection), "parameters": views.parameters(connection)}
        return web.page("issue.html", officer, **values, done=done, active="issue")

    @router.get("/log")
    def log(request: Request, before: _Before = MAX_INTEGER) -> Response:
        officer = web.officer(request, "administrator")
        with county.read() as connection:
            values: dict[str, Any] = {"entries": views.audit_page(connection, before), "officers": officers.every(connection)}
        return web.page("log.html", officer, **values, page=views.PAGE, active="log")


def _month(text: str, web: Web) -> date:
    today = beijing(web.county.clock.now_ms()).date()
    try:
        return date.fromisoformat(f"{text}-01") if text else today.replace(day=1)
    except ValueError:
        raise HTTPException(422, {"code": "BAD_REQUEST"}) from None


def _add_coverage(router: APIRouter, web: Web) -> None:
    county = web.county

    @router.get("/coverage")
    def show_coverage(request: Request, month: str = "", township: _Township = "") -> Response:
        officer = web.officer(request)
        chosen = _month(month, web)
        with county.read() as connection:
            lines = coverage.by_place(connection, chosen, 12 if township else 9)
        kept = [line for line in lines if line.place.startswith(township)]
        values: dict[str, Any] = {"lines": kept, "total": coverage.total(kept), "month": f"{chosen:%Y-%m}", "township": township}
        return web.page("coverage.html", officer, **values, active="coverage")

    @router.get("/coverage.xlsx")
    def export_coverage(request: Request, month: str = "") -> Response:
        web.officer(request, "reviewer")
        chosen = _month(month, web)
        with county.read() as connection:
            lines = coverage.by_place(connection, chosen, 12)
        rows = [[web.place(line.place), line.place, line.people, line.planned, line.seen, line.percent, line.visits] for line in lines]
        return _workbook(f"coverage-{chosen:%Y-%m}", ["村（居）", "代码", "对象", "应访", "已访", "完成%", "走访次数"], rows)

    @router.get("/records.xlsx")
    def export_records(
        request: Request, township: _Township = "", verdict: Annotated[str, Query(pattern="^[a-z]{0,10}$")] = ""
    ) -> Response:
        officer = web.officer(request, "reviewer")
        rows: list[list[Any]] = []
        before, titles = MAX_INTEGER, _titles()
        with county.write() as connection:
            while (found := views.records(connection, township, verdict, before)) and len(rows) < 100_000:
                before = found[-1]["received"]
                rows += [_record_row(web, item, titles) for item in found]
            note_export(web, connection, officer.login, len(rows))
        head = ["乡镇", "村（居）", "表单", "日期", "编号", "结果", "说明", "收到"]
        return _workbook("records", head, rows)


def note_export(web: Web, connection: Any, login: str, count: int) -> None:
    """Log an export: who, how many rows."""
    audit.append(connection, login, "export_records", "", {"rows": count}, web.county.clock.now_ms())


def _record_row(web: Web, item: Any, titles: dict[str, str]) -> list[Any]:
    place = web.place(item["township"]), web.place(item["village"])
    verdict = VERDICTS.get(item["verdict"], item["verdict"])
    return [
        *place,
        titles.get(item["form_id"], item["form_id"]),
        item["occurred_on"],
        item["n"],
        verdict,
        item["sentence"],
        when(item["received"]),
    ]


def _workbook(name: str, head: list[str], rows: list[list[Any]]) -> Response:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("数据")
    for row in [head, *rows]:
        sheet.append([f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@" else cell for cell in row])
    content = io.BytesIO()
    book.save(content)
    return Response(content.getvalue(), media_type=XLSX, headers=HEADERS | {"Content-Disposition": f'attachment; filename="{name}.xlsx"'})
