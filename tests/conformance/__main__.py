"""``python -m tests.conformance expressions|sessions FILE [-v]``: scores a recorded case file and prints ``passed/total``."""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

SUITES = {"expressions": "tests.conformance.expressions", "sessions": "tests.conformance.sessions"}


def main(arguments: list[str] | None = None) -> int:
    """Run one suite; exit status 0 only when every case passed."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description=__doc__)
    parser.add_argument("suite", choices=sorted(SUITES))
    parser.add_argument("file", type=Path, help="a file in the format of shared/conformance (.json or .json.xz)")
    parser.add_argument("-v", "--verbose", action="store_true", help="print each failure")
    options = parser.parse_args(arguments)
    if not options.file.exists():
        parser.error(f"no such file: {options.file}")
    suite = importlib.import_module(SUITES[options.suite])
    passed, total = suite.run(options.file, options.verbose)
    print(f"{passed}/{total}")
    return 0 if passed == total else 1


if __name__ == "__main__":
    sys.exit(main())
