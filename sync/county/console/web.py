"""What every console page shares: who is logged in, the proof against forged requests, safe headers, and templates that escape."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import HTTPException, Request, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import FormData, UploadFile
from starlette.responses import RedirectResponse

from mzdesk.clock import beijing
from mzdesk.errors import MzError
from mzdesk.registry.divisions import display_name
from mzdesk.registry.snapshot import Snapshot
from sync.county.console import officers, words
from sync.county.console.officers import Officer
from sync.county.county import County

HERE = Path(__file__).parent
COOKIE = "mz_console"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "X-Frame-Options": "DENY",
}
VERDICTS = {
    "accepted": "已收下",
    "merged": "已合并",
    "conflict": "待裁定",
    "duplicate": "重复",
    "held": "等上一条",
    "returned": "已退回",
}
KINDS = {
    "record": "表单记录",
    "person": "人员",
    "enrolment": "身份类别",
    "relation": "亲属关系",
    "follow_up": "后续事项",
    "tombstone": "删除",
    "division": "区划",
    "attachment": "附件",
}
MAX_UPLOAD = 8 << 20
REFUSALS = {
    403: ("没有这个权限", "您的角色不能做这一步，或者页面已过期。请返回刷新后再试。"),
    404: ("没有这一页", "它可能已经变动。请返回列表。"),
    413: ("文件太大", "上传的文件不应超过 8 MB。"),
    422: ("地址不对", "请返回后重新打开。"),
}


def when(ms: int) -> str:
    """Return a Beijing date and time, "—" for never."""
    return f"{beijing(ms):%Y-%m-%d %H:%M}" if ms else "—"


@dataclass
class Web:
    """The console of one county."""

    county: County
    snapshot: Snapshot = field(default_factory=Snapshot)
    names: dict[str, str] = field(default_factory=dict)
    environment: Environment = field(init=False)

    def __post_init__(self) -> None:
        loader = FileSystemLoader(HERE / "templates")
        self.environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
        self.environment.filters |= {"when": when, "place": self.place, "value": words.value}
        self.environment.filters |= {"field": lambda name: words.FIELDS.get(name, name), "act": lambda act: words.ACTS.get(act, act)}
        self.environment.globals |= {"VERDICTS": VERDICTS, "KINDS": KINDS, "ROLES": officers.ROLES}

    def place(self, code: str) -> str:
        """Return the name of a division, its code where the snapshot does not know it."""
        if not code:
            return "—"
        if code not in self.names:
            self.names[code] = display_name(self.snapshot.name(code)) or code
        return self.names[code]

    def officer(self, request: Request, role: str = "viewer") -> Officer:
        """Return who is logged in; raises HTTPException: to the login page, or 403 where the role does not reach."""
        found = officers.find_session(self.county, request.cookies.get(COOKIE, ""))
        if found is None:
            target = urlencode({"next": request.url.path}) if request.method == "GET" else ""
            raise HTTPException(303, headers={"Location": f"/console/login?{target}"})
        if not found.may(role):
            raise HTTPException(403, {"code": "ROLE"})
        return found

    async def act(self, request: Request, role: str) -> tuple[Officer, FormData]:
        """Return who acts and the fields of the form; raises HTTPException without the proof that our own page sent it."""
        officer = self.officer(request, role)
        length = request.headers.get("content-length", "0")
        if not length.isdigit() or int(length) > MAX_UPLOAD + 65_536:
            raise HTTPException(413, {"code": "TOO_BIG"})
        fields = await request.form(max_files=1, max_fields=60)
        if fields.get("csrf") != officer.csrf:
            raise HTTPException(403, {"code": "CSRF"})
        return officer, fields

    def page(self, template: str, officer: Officer | None, status: int = 200, **values: Any) -> Response:
        """Return a page."""
        base = {"officer": officer, "county": self.county.folder.settings.name, "error": None, "done": ""}
        html = self.environment.get_template(template).render(base | values)
        return Response(html, status, HEADERS, media_type="text/html")

    def refused(self, status: int) -> Response:
        """Return the page for a refusal: no right, no such page, a form that was not ours."""
        title, message = REFUSALS.get(status, ("打不开这一页", "请返回后再试。"))
        return self.page("failed.html", None, status, error=MzError(title, message), back="/console/")

    def failed(self, officer: Officer | None, error: MzError, back: str) -> Response:
        """Return the page that tells what to do about an error."""
        return self.page("failed.html", officer, 400, error=error, back=back)


def go(path: str, done: str = "") -> Response:
    """Return to a page after an act."""
    return RedirectResponse(path + (f"?{urlencode({'done': done})}" if done else ""), 303, HEADERS)


def text(fields: FormData, name: str) -> str:
    """Return a field of a form, "" where it is missing or a file."""
    value = fields.get(name)
    return value.strip() if isinstance(value, str) else ""


def upload(fields: FormData, name: str) -> UploadFile:
    """Return the file of a form; raises MzError where none was chosen."""
    value = fields.get(name)
    if not isinstance(value, UploadFile) or not value.filename:
        raise MzError("没有选择文件", "请先选择文件，再提交。", field=name)
    return value
