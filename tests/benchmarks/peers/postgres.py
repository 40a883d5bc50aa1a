"""A PostgreSQL of the benchmarks' own: initdb in a temporary folder, as an unprivileged user, durable as installed."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

USER = "nobody"


class NoPostgresError(RuntimeError):
    """The binaries are not on PATH."""


def _as_user(*words: str) -> list[str]:
    return ["setpriv", "--reuid", USER, "--regid", "nogroup", "--clear-groups", *words] if os.geteuid() == 0 else list(words)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def postgres(*settings: str) -> Iterator[str]:
    """Yield the URL of an empty database; raises NoPostgresError where there are no binaries."""
    if shutil.which("initdb") is None or shutil.which("pg_ctl") is None:
        raise NoPostgresError("initdb and pg_ctl are needed")
    folder = Path(tempfile.mkdtemp(prefix="mzdesk-pg-"))
    data = folder / "data"
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, USER, "nogroup")
        quiet: dict[str, Any] = {"check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.STDOUT, "cwd": "/"}
        subprocess.run(_as_user("initdb", "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"), **quiet)
        port = free_port()
        options = " ".join([f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c max_connections=200", *(f"-c {s}" for s in settings)])
        subprocess.run(_as_user("pg_ctl", "-D", str(data), "-l", str(folder / "log"), "-w", "-o", options, "start"), **quiet)
        try:
            yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
        finally:
            subprocess.run(_as_user("pg_ctl", "-D", str(data), "-m", "fast", "-w", "stop"), **quiet)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
