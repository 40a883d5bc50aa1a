"""Runs a county on 127.0.0.1 inside this process, for the demo and for tests; plain HTTP is allowed nowhere else."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import uvicorn

from mzdesk.clock import Clock
from sync.county import config, registrar
from sync.county.app import create_app
from sync.county.config import CountySettings
from sync.county.county import County, open_county

START_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class RunningCounty:
    """A county that answers at `url`."""

    county: County
    url: str

    def issue(self, township: str, villages: tuple[str, ...] = (), label: str = "") -> str:
        """Return a ticket code for one laptop."""
        return registrar.issue(self.county, township, villages, label=label, actor="loopback")


@contextmanager
def running(folder: Path, code: str, name: str, *, database_url: str | None = None, clock: Clock | None = None) -> Iterator[RunningCounty]:
    """Make (or reopen) the county in `folder`, serve it on a free port of 127.0.0.1, and stop it at the end."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(128)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        _prepare(folder, CountySettings(code, name, url))
        county = open_county(folder, database_url, clock=clock)
        try:
            with serving(county, listener):
                yield RunningCounty(county, url)
        finally:
            county.close()


def _prepare(folder: Path, settings: CountySettings) -> None:
    if (folder / config.KEYS).exists():
        config.save_settings(folder, replace(config.load(folder).settings, url=settings.url))
    else:
        config.init(folder, settings)


@contextmanager
def serving(county: County, listener: socket.socket) -> Iterator[None]:
    """Serve `county` on an open socket by a thread until the block ends."""
    settings = uvicorn.Config(create_app(county), log_level="error", access_log=False, lifespan="off", timeout_graceful_shutdown=2)
    server = uvicorn.Server(settings)
    thread = threading.Thread(target=asyncio.run, args=(_serve(server, listener),), name="county", daemon=True)
    thread.start()
    deadline = time.monotonic() + START_SECONDS
    while not server.started and thread.is_alive() and time.monotonic() < deadline:
        time.sleep(0.005)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(START_SECONDS)


async def _serve(server: uvicorn.Server, listener: socket.socket) -> None:
    """Serve, and give closing connections a moment before the loop ends."""
    await server.serve(sockets=[listener])
    await asyncio.sleep(0.02)
