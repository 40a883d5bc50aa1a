"""The verbs `form lint`, `form convert` and `form build`: each prints Chinese and returns an exit code, and an issued version is never changed.

0 is done, 1 is a form that must be mended, 2 is a file that cannot be read or written.
"""

from __future__ import annotations

import sys
from pathlib import Path

from forms.errors import FormError
from forms.xlsform import Sheets, read_source
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


def _fail(error: Exception) -> int:
    if isinstance(error, OSError):
        print(f"文件读写不成功：{error.strerror or error}。", file=sys.stderr)
        return 2
    print(error, file=sys.stderr)
    return 1
