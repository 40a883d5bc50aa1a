"""The forms at hand to look at: every version shipped and issued, any file with what is wrong in it, and a form taken in for trial.

A form on trial lies in this station only: what is filled with it the county takes once it has issued the same version itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from forms.catalog import Catalog, shipped_documents, version_order
from forms.errors import FormError
from forms.lint import ERROR, Finding, has_errors, lint
from forms.xform import Form
from forms.xform_reader import read_form
from forms.xlsform import Sheets, convert, read_source, write_xlsx
from mzdesk.casework import papers
from mzdesk.casework.issued_forms import catalog_of
from mzdesk.errors import MzError
from mzdesk.store import audit, form_versions
from mzdesk.store.form_versions import IssuedForm
from mzdesk.store.scope import Permission

if TYPE_CHECKING:
    from mzdesk.station import Station

TRIAL = "trial:"
KIND_ORDER = ("registration", "visit", "follow_up", "care", "assessment", "agreement", "report", "checklist", "spot_check", "activity")
MOST_BYTES = 20_000_000


@dataclass(frozen=True, slots=True)
class FormAtHand:
    """One version of one form: `origin` shipped, county or trial; `faulty` says why it cannot be read, "" where it can."""

    form_id: str
    version: str
    title: str
    kind: str
    groups: tuple[str, ...]
    origin: str
    newest: bool
    faulty: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """A form to look at: what is wrong with it, the form itself (None where it cannot work), and the source it came from."""

    name: str
    findings: tuple[Finding, ...]
    form: Form | None
    xml: str
    source_kind: str
    source: bytes

    @property
    def sheets(self) -> Sheets | None:
        """Return the sheets of the source, None where the source is an XForm."""
        return None if self.source_kind == "xml" else read_source(f"f.{self.source_kind}", self.source)


def at_hand(station: Station) -> tuple[FormAtHand, ...]:
    """Return every version of every form, by kind and title, the newest version first."""
    catalog = catalog_of(station)
    with station.read() as connection:
        issued = {(form.form_id, form.version): form for form in form_versions.all_of(connection)}
    found = [_described(catalog, form_id, version, issued) for form_id in catalog.ids() for version in catalog.versions(form_id)]
    places = {form.form_id: (_place(form.kind), form.title, form.form_id) for form in found if form.newest}
    found.sort(key=lambda form: version_order(form.version), reverse=True)
    return tuple(sorted(found, key=lambda form: places[form.form_id]))


def _place(kind: str) -> int:
    return KIND_ORDER.index(kind) if kind in KIND_ORDER else len(KIND_ORDER)


def _described(catalog: Catalog, form_id: str, version: str, issued: dict[tuple[str, str], IssuedForm]) -> FormAtHand:
    stored = issued.get((form_id, version))
    origin = "shipped" if stored is None else "trial" if stored.issued_by.startswith(TRIAL) else "county"
    newest = catalog.versions(form_id)[-1] == version
    try:
        form = catalog.get(form_id, version)
    except FormError as error:
        return FormAtHand(form_id, version, stored.title if stored else form_id, "", (), origin, newest, str(error))
    return FormAtHand(form_id, version, form.title, form.kind, tuple(form.groups), origin, newest)


def open_version(station: Station, form_id: str, version: str) -> Preview:
    """Return one version at hand to look at. Raises MzError where there is none."""
    with station.read() as connection:
        stored = next((form for form in form_versions.all_of(connection) if (form.form_id, form.version) == (form_id, version)), None)
    if stored is not None:
        source = stored.source or stored.xml.encode()
        return preview(f"{form_id}.{stored.source_kind if stored.source else 'xml'}", source)
    xml = next((xml for known, number, xml in shipped_documents() if (known, number) == (form_id, version)), None)
    if xml is None:
        raise MzError("找不到这一版表单", "它可能已被移走，请刷新后再试。")
    definition = _shipped_source(form_id, version)
    return preview(f"{form_id}.md", definition) if definition else preview(f"{form_id}.xml", xml)


def _shipped_source(form_id: str, version: str) -> bytes:
    """Return the definition of a shipped version, b"" for one whose definition has moved on."""
    path = files("forms").joinpath("definitions", f"{form_id}.md")
    if not path.is_file():
        return b""
    data = path.read_bytes()
    settings = read_source(f"{form_id}.md", data).find("settings")
    told = next((record.get("version", "") for _, record in settings.records()), "") if settings else ""
    return data if told == version else b""


def preview(name: str, data: bytes) -> Preview:
    """Return a form of a file (.xlsx, .md, .xml) to look at, with everything that is wrong with it; nothing is kept.

    Raises MzError where the file is too large; whatever is wrong inside comes back as a finding.
    """
    if len(data) > MOST_BYTES:
        raise MzError("文件太大", "表单文件一般不到 1 MB，请检查是不是选错了文件。")
    kind = name.rpartition(".")[2].lower()
    if kind == "xml":
        return _preview_xml(name, data)
    try:
        sheets = read_source(name, data)
    except FormError as error:
        return Preview(name, (Finding(ERROR, "", 0, "", str(error)),), None, "", kind, data)
    findings = lint(sheets)
    try:
        xml = convert(sheets).xml
        form = read_form(xml)
    except FormError as error:
        told = findings if has_errors(findings) else (*findings, Finding(ERROR, "", 0, "", str(error)))
        return Preview(name, told, None, "", kind, data)
    return Preview(name, findings, form, xml, kind, data)


def _preview_xml(name: str, data: bytes) -> Preview:
    findings = lint(data)
    try:
        form = read_form(data)
    except FormError:
        return Preview(name, findings, None, "", "xml", data)
    return Preview(name, findings, form, data.decode("utf-8", errors="replace"), "xml", data)


def import_trial(station: Station, shown: Preview) -> Form:
    """Keep a form in this station for trial. Raises MzError: no right, errors left, no version, a version issued before."""
    if not station.scope.may(Permission.PARAMETERS):
        raise MzError("您没有导入表单的权限", "请联系管理员或主管。")
    form = shown.form
    if form is None or has_errors(shown.findings):
        raise MzError("表单还有错误", "请先按“检查”里列出的位置修改，再导入。")
    if not form.version:
        raise MzError("表单没有写版本号", "请在 settings 工作表的 version 列写上版本号，例如 2026112401。")
    if form.version in catalog_of(station).versions(form.form_id):
        raise MzError("这一版已经有了", f"{form.form_id} 的版本 {form.version} 已经发布过，请把 version 改大再导入。")
    now = station.clock.now_ms()
    issued = IssuedForm(
        form.form_id, form.version, form.title, shown.source_kind, shown.source, shown.xml, f"{TRIAL}{station.scope.name}", now
    )
    with station.write() as connection:
        if not form_versions.add(connection, issued):
            raise MzError("这一版已经有了", "别的窗口刚刚导入过同一版。")
        audit.append(connection, station.scope, "import", form.form_id, {"version": form.version, "trial": True}, now_ms=now)
    return form


def blank_paper(station: Station, shown: Preview) -> bytes:
    """Return a form for filling in by hand, as a PDF. Raises MzError where the form cannot work."""
    if shown.form is None:
        raise MzError("表单还有错误", "请先按“检查”里列出的位置修改。")
    form = shown.form
    one = Catalog([(form.form_id, form.version, shown.xml.encode())])
    return papers.blank_form(station, form.form_id, catalog=one).pdf


def workbook(shown: Preview) -> bytes:
    """Return the form as an .xlsx that the county can go on with. Raises MzError where only the compiled XForm is at hand."""
    sheets = shown.sheets
    if sheets is None:
        raise MzError("这一版没有表格源文件", "只有编译好的 XML；请导出最新的一版，或另存为 XML。")
    return write_xlsx(sheets)
