"""The tools that keep the house tidy: ruff (lint and format) and mypy --strict run as tests, so that one command runs everything."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TOOLS = (
    ("ruff", "check", "--no-cache", "."),
    ("ruff", "format", "--no-cache", "--check", "."),
    ("mypy", "--cache-dir", ".mypy_cache", "main.py", "command_line.py", "demo", "forms", "mzdesk", "sync", "ui"),
)


@pytest.mark.parametrize("command", TOOLS, ids=lambda command: "-".join(command[:2]))
def test_tool_finds_nothing(command: tuple[str, ...]) -> None:
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
