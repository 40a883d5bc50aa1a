"""The verbs `form lint`, `form convert` and `form build`: each prints Chinese, returns an exit code; an issued version never changes.

0 is done, 1 is a form that must be mended, 2 is a file that cannot be read or written.
"""

from __future__ import annotations

import sys
from pathlib import Path

from forms.errors import FormError
from forms.lint import ERROR, Finding, has_errors
from forms.lint import lint as find_faults
from forms.xlsform import Sheets, read_source, write_markdown, write_xlsx
from forms.xlsform import convert as convert_sheets

DEFINITIONS = Path(__file__).parent / "definitions"
COMPILED = DEFINITIONS / "compiled"


def compile_definitions(source: Path = DEFINITIONS, target: Path = COMPILED) -> tuple[Path, ...]:
    """Compile every definition into `{form_id}@{version}.xml`; returns the files newly written.

    FormError where a definition fails, or where a version already issued would change: its `version` must be raised first.
    """
    written: list[Path] = []
    target.mkdir(parents=True, exist_ok=True)
    for path in sorted(source.glob("*.md")):
        sheets = read_source(path.name, path.read_bytes())
        xml = convert_sheets(sheets).xml
        issued = target / f"{_setting(sheets, 'form_id')}@{_setting(sheets, 'version')}.xml"
        if not issued.exists():
            issued.write_text(xml, encoding="utf-8", newline="\n")
            written.append(issued)
        elif issued.read_text(encoding="utf-8") != xml:
            raise FormError(f"{path.name} 改动过，但版本号仍是已发布的 {_setting(sheets, 'version')}。请先把 settings 里的 version 改大。")
    return tuple(written)


def _setting(sheets: Sheets, column: str) -> str:
    settings = sheets.find("settings")
    for _, record in settings.records() if settings else ():
        if record.get(column):
            return record[column]
    raise FormError(f"settings 工作表缺少 {column}。")


def lint(path: str | Path) -> int:
    """`form lint FILE`: print every finding about a .xlsx, .md or .xml form."""
    path = Path(path)
    try:
        data = path.read_bytes()
        findings = find_faults(data if path.suffix.lower() == ".xml" else read_source(path.name, data))
    except (FormError, OSError) as error:
        return _fail(error)
    for finding in findings:
        print(_line(finding))
    errors = sum(finding.severity == ERROR for finding in findings)
    print(f"{path.name}：{errors} 处错误，{len(findings) - errors} 处提醒。" if findings else f"{path.name}：没有发现问题。")
    return 1 if has_errors(findings) else 0


def convert(path: str | Path, out: str | Path) -> int:
    """`form convert FILE OUT`: .md and .xlsx into each other and into .xml, by the endings of the names."""
    path, out = Path(path), Path(out)
    try:
        sheets = read_source(path.name, path.read_bytes())
        content = _written(sheets, out)
        half = out.with_name(out.name + ".part")
        half.write_bytes(content)
        half.replace(out)
    except (FormError, OSError) as error:
        return _fail(error)
    print(f"已写入 {out}。")
    return 0


def _written(sheets: Sheets, out: Path) -> bytes:
    ending = out.suffix.lower()
    if ending == ".md":
        return write_markdown(sheets).encode()
    if ending == ".xlsx":
        return write_xlsx(sheets)
    if ending == ".xml":
        conversion = convert_sheets(sheets)
        for finding in conversion.warnings:
            print(_line(finding))
        return conversion.xml.encode()
    raise FormError(f"不知道怎样写成「{ending or out.name}」，目标文件应以 .md、.xlsx 或 .xml 结尾。")


def _line(finding: Finding) -> str:
    return f"{'错误' if finding.severity == ERROR else '提醒'}  {finding}"


def build() -> int:
    """`form build`: compile the shipped definitions."""
    try:
        written = compile_definitions()
    except (FormError, OSError) as error:
        return _fail(error)
    print(f"已编译 {len(written)} 张新版本的表单。" if written else "所有表单都已是编译好的版本，没有改动。")
    for path in written:
        print(f"  {path.name}")
    return 0


def _fail(error: FormError | OSError) -> int:
    if isinstance(error, FormError):
        print(error, file=sys.stderr)
        return 1
    reasons = {FileNotFoundError: "找不到这个文件", PermissionError: "没有读写权限", IsADirectoryError: "这是一个文件夹"}
    print(f"{reasons.get(type(error), '文件读写不成功')}：{error.filename or ''}", file=sys.stderr)
    return 2
