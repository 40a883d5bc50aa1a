"""The console's acts: log in and out, return, decide, release, enrol, revoke, publish; each needs a role, a proof, and leaves a trace."""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from mzdesk import canonical
from mzdesk.errors import MzError
from sync.county import issuing, quarantine, registrar
from sync.county.console import deciding, officers
from sync.county.console.officers import LONGEST_MS, Officer
from sync.county.console.web import COOKIE, MAX_UPLOAD, Web, go, text, upload

Act = Callable[[Officer, FormData], Awaitable[Response] | Response]


def routes(web: Web) -> APIRouter:
    """Return the acts under /console."""
    router = APIRouter(prefix="/console", include_in_schema=False)
    _add_door(router, web)
    _add_review(router, web)
    _add_office(router, web)
    return router


async def _attempt(web: Web, request: Request, role: str, back: str, act: Callable[[Officer, FormData], Response]) -> Response:
    officer, fields = await web.act(request, role)
    try:
        return await run_in_threadpool(act, officer, fields)
    except MzError as error:
        return web.failed(officer, error, back)


def _add_door(router: APIRouter, web: Web) -> None:
    @router.get("/login")
    def show_login(next: str = "") -> Response:
        return web.page("login.html", None, next=next)

    @router.post("/login")
    async def log_in(request: Request) -> Response:
        fields = await request.form(max_files=0, max_fields=5)
        target = text(fields, "next")
        try:
            token = await run_in_threadpool(officers.log_in, web.county, text(fields, "login"), str(fields.get("password", "")))
        except MzError as error:
            return web.page("login.html", None, 403, next=target, error=error)
        answer = go(target if target.startswith("/console") and "\\" not in target and "//" not in target else "/console/")
        secure = request.url.scheme == "https"
        answer.set_cookie(COOKIE, token, max_age=LONGEST_MS // 1000, httponly=True, secure=secure, samesite="strict", path="/console")
        return answer

    @router.post("/logout")
    async def log_out(request: Request) -> Response:
        await web.act(request, "viewer")
        await run_in_threadpool(officers.log_out, web.county, request.cookies.get(COOKIE, ""))
        answer = go("/console/login")
        answer.delete_cookie(COOKIE, path="/console")
        return answer


def _add_review(router: APIRouter, web: Web) -> None:
    county = web.county

    @router.post("/records/{township}/{n}/return")
    async def return_record(request: Request, township: str, n: int) -> Response:
        back = f"/console/records/{township}/{n}"

        def act(officer: Officer, fields: FormData) -> Response:
            issuing.return_record(county, township, n, text(fields, "field"), text(fields, "why"), actor=officer.login)
            return go(back, "已退回，村里的电脑下次同步时会看到原因。")

        return await _attempt(web, request, "reviewer", back, act)

    @router.post("/conflicts/{township}/{contender}")
    async def decide(request: Request, township: str, contender: str) -> Response:
        def act(officer: Officer, fields: FormData) -> Response:
            keep = text(fields, "keep") == "current"
            deciding.decide(county, township, contender, keep_current=keep, actor=officer.login)
            return go("/console/conflicts", "已裁定，各台电脑下次同步时更新。")

        return await _attempt(web, request, "reviewer", "/console/conflicts", act)

    @router.post("/quarantine/{digest}")
    async def release(request: Request, digest: str) -> Response:
        def act(officer: Officer, fields: FormData) -> Response:
            chosen = [value for value in fields.getlist("op") if isinstance(value, str)]
            verdicts = quarantine.release(county, digest, chosen, actor=officer.login)
            return go("/console/conflicts", f"已放行 {len(verdicts)} 条，其余不采用。")

        return await _attempt(web, request, "reviewer", "/console/conflicts", act)


def _add_office(router: APIRouter, web: Web) -> None:
    county = web.county

    @router.post("/devices")
    async def issue_ticket(request: Request) -> Response:
        def act(officer: Officer, fields: FormData) -> Response:
            villages = text(fields, "villages").replace("，", " ").replace(",", " ").split()
            label = text(fields, "label")
            code = registrar.issue(county, text(fields, "township"), villages, label=label, actor=officer.login)
            return web.page("ticket.html", officer, code=code, label=label, active="devices")

        return await _attempt(web, request, "administrator", "/console/devices", act)

    @router.post("/devices/{device}/revoke")
    async def revoke(request: Request, device: str) -> Response:
        def act(officer: Officer, fields: FormData) -> Response:
            if not text(fields, "why"):
                raise MzError("请写明注销原因", "例如：电脑遗失、人员离岗。", field="why")
            registrar.revoke(county, device, text(fields, "why"), actor=officer.login)
            return go("/console/devices", "已注销，下一次请求起生效。")

        return await _attempt(web, request, "administrator", "/console/devices", act)

    @router.post("/forms")
    async def publish(request: Request) -> Response:
        officer, fields = await web.act(request, "administrator")
        try:
            chosen = upload(fields, "file")
            content = await chosen.read(MAX_UPLOAD + 1)
            published = await run_in_threadpool(issuing.publish_form, county, str(chosen.filename), content, actor=officer.login)
        except MzError as error:
            return web.failed(officer, error, "/console/issue")
        finally:
            await fields.close()
        return go("/console/issue", f"已发布 {published}，各台电脑下次同步时收到。")

    @router.post("/parameters")
    async def issue_parameter(request: Request) -> Response:
        def act(officer: Officer, fields: FormData) -> Response:
            issuing.issue_parameter(county, _parameter(fields), actor=officer.login)
            return go("/console/issue", "已下发，各台电脑下次同步时收到。")

        return await _attempt(web, request, "administrator", "/console/issue", act)


def _parameter(fields: FormData) -> dict[str, object]:
    try:
        value = canonical.loads(text(fields, "value"))
    except ValueError:
        raise MzError("参数值写法不对", '参数值应为 JSON，例如 {"left_behind_child": {"low": "90d"}}。', field="value") from None
    names = ("name", "effective_from", "effective_to", "document_no")
    found = {name: text(fields, name) for name in names}
    if not found["name"] or not found["effective_from"]:
        raise MzError("参数填写不完整", "请填写名称和生效日期。", field="name")
    return {**found, "value": value}
