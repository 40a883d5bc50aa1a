"""`uv run python -m tests.benchmarks NAME`: runs one benchmark; the last line printed is its result as one JSON object."""

from __future__ import annotations

import importlib
import json
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = ("lxml", "pyxform", "sqlcipher3", "sqlalchemy", "PySide6-Essentials", "reportlab", "httpx", "fastapi", "cryptography")


def names() -> tuple[str, ...]:
    """The benchmarks there are."""
    return tuple(sorted(path.stem for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("_")))


def versions() -> dict[str, str]:
    """What was measured on: Python, machine, and the packages that do the work."""
    found = {"python": platform.python_version(), "machine": platform.machine(), "system": platform.system()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def main(arguments: list[str]) -> int:
    """Exit code 2 where there is no such benchmark."""
    if len(arguments) != 1 or arguments[0] not in names():
        print(f"usage: python -m tests.benchmarks NAME, one of: {' '.join(names())}", file=sys.stderr)
        return 2
    result = importlib.import_module(f"tests.benchmarks.{arguments[0]}").run()
    print(json.dumps({"name": arguments[0], "figures": result["figures"], "ratios": result["ratios"], "versions": versions()}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
