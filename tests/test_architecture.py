"""The walls of the house as code: docs/architecture.md and this file change together."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("forms", "mzdesk", "sync", "ui")
MAY_IMPORT = {
    "forms": {"forms"},
    "mzdesk": {"forms", "mzdesk"},
    "sync": {"forms", "mzdesk", "sync"},
    "ui": {"forms", "mzdesk", "sync", "ui"},
}
SQL = {"sqlalchemy", "sqlmodel", "alembic", "sqlcipher3", "psycopg", "sqlite3"}
STOPS_AT = (
    ({"PySide6", "shiboken6"}, ("ui/", "main.py")),
    (SQL, ("mzdesk/store/", "sync/county/")),
    ({"reportlab"}, ("mzdesk/reports/",)),
    ({"keyring"}, ("mzdesk/vault/",)),
    ({"httpx"}, ("sync/",)),
    ({"threading", "concurrent", "multiprocessing", "asyncio"}, ("ui/tasks.py", "sync/county/")),
)
NEVER = ("requests", "urllib3", "PyQt5", "PyQt6", "PySide6.QtWebEngineCore", "PySide6.QtPdf", "PySide6.QtCharts")
MAX_LINES = 400


def product_files() -> Iterator[Path]:
    yield from (ROOT / "main.py", ROOT / "command_line.py")
    for room in (*ROOMS, "demo"):
        yield from sorted((ROOT / room).rglob("*.py"))


def is_typing_guard(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def imports(path: Path, *, typing_too: bool = True) -> set[str]:
    """Every module that a file names in an import statement, wherever it stands."""
    found: set[str] = set()
    pending: list[ast.AST] = [ast.parse(path.read_text("utf-8"))]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import hides the wall that it crosses"
            found.add(node.module or "")
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        if typing_too or not is_typing_guard(node):
            pending.extend(ast.iter_child_nodes(node))
    return found


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def top(module: str) -> str:
    return module.partition(".")[0]


@pytest.mark.parametrize("room", ROOMS)
def test_layers_are_never_reversed(room: str) -> None:
    for path in sorted((ROOT / room).rglob("*.py")):
        ours = {top(module) for module in imports(path)} & {*ROOMS, "main", "tests"}
        assert ours <= MAY_IMPORT[room], f"{relative(path)} imports {ours - MAY_IMPORT[room]}"


@pytest.mark.parametrize(("packages", "rooms"), STOPS_AT, ids=lambda value: "-".join(sorted(value)))
def test_each_technique_stops_at_its_room(packages: set[str], rooms: tuple[str, ...]) -> None:
    for path in product_files():
        # A type named for the checker alone crosses no wall at run time.
        crossing = {top(module) for module in imports(path, typing_too=False)} & packages
        assert not crossing or relative(path).startswith(rooms), f"{relative(path)} imports {crossing}"


def test_forbidden_packages_are_absent() -> None:
    for path in product_files():
        named = imports(path)
        assert not [module for module in NEVER if module in named or top(module) in named & set(NEVER)], relative(path)


def test_files_stay_readable() -> None:
    long = {relative(path): len(path.read_text("utf-8").splitlines()) for path in product_files()}
    assert not {name: lines for name, lines in long.items() if lines > MAX_LINES}
    assert long.get("ui/main_window.py", 0) <= 300


def test_packages_have_empty_init_files() -> None:
    allowed = {"mzdesk/store/migrations/__init__.py"}
    filled = {relative(path) for path in product_files() if path.name == "__init__.py" and path.read_text("utf-8").strip()}
    assert filled <= allowed


def test_every_module_says_what_it_owns() -> None:
    silent = [
        relative(path)
        for path in product_files()
        if path.name != "__init__.py" and not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]
    assert not silent


def test_no_global_statements() -> None:
    guilty = [
        relative(path) for path in product_files() for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Global)
    ]
    assert not guilty


def test_product_never_reads_shared() -> None:
    for path in product_files():
        assert "/shared" not in path.read_text("utf-8"), relative(path)


BLOCKED = """
import importlib, pkgutil, sys
class Wall:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("PySide6", "shiboken6"):
            raise ImportError(name)
sys.meta_path.insert(0, Wall())
for room in ("forms", "mzdesk", "sync"):
    package = importlib.import_module(room)
    for module in pkgutil.walk_packages(package.__path__, room + "."):
        if ".migrations." not in module.name and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
"""


def test_rooms_below_ui_import_without_qt() -> None:
    done = subprocess.run([sys.executable, "-c", BLOCKED], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_rooms_are_described() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    for room in ROOMS:
        for part in sorted(item.name for item in (ROOT / room).iterdir() if item.is_dir() and (item / "__init__.py").exists()):
            assert f"{part}/" in page, f"docs/architecture.md does not name {room}/{part}/"
