"""A TCP proxy on loopback that cuts, alters, counts and slows: the worst line in the county, for tests and benchmarks."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

CHUNK = 4096
REST = 0.03  # seconds before a cut: a reset drops what the far side has not read yet


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to one connection: cut after that many bytes up or down, or one bit altered at a place."""

    cut_up: int | None = None
    cut_down: int | None = None
    alter_up: int | None = None
    alter_down: int | None = None


@dataclass
class Line:
    """A running proxy; `rtt` in seconds, `kbps` of the way up, `cut_every` bytes up over all connections."""

    target: int
    plan: Callable[[int], Fault] = lambda number: Fault()
    rtt: float = 0.0
    kbps: float = 0.0
    cut_every: int = 0
    port: int = 0
    up: int = 0
    down: int = 0
    connections: int = 0
    cuts: int = 0
    _since: int = 0
    _free_at: float = 0.0

    async def serve(self, ready: threading.Event, stop: asyncio.Event) -> None:
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        await stop.wait()
        server.close()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        fault = self.plan(self.connections)
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        ends = (writer, far_writer)
        try:
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await asyncio.gather(self._pump(reader, far_writer, ends, fault, True), self._pump(far_reader, writer, ends, fault, False))
        finally:
            for end in ends:
                end.close()

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, ends: tuple[asyncio.StreamWriter, ...], fault: Fault, up: bool
    ) -> None:
        passed = 0
        cut = fault.cut_up if up else fault.cut_down
        alter = fault.alter_up if up else fault.alter_down
        while data := await reader.read(CHUNK):
            if alter is not None and passed <= alter < passed + len(data):
                changed = bytearray(data)
                changed[alter - passed] ^= 1
                data = bytes(changed)
            if cut is not None and passed + len(data) >= cut:
                await self._forward(data[: cut - passed], writer, up)
                await asyncio.sleep(REST)
                self._abort(ends)
                return
            passed += len(data)
            await self._forward(data, writer, up)
            if up and self.cut_every and self._since >= self.cut_every:
                self._since = 0
                await asyncio.sleep(REST)
                self._abort(ends)
                return
        with suppress(OSError):
            writer.write_eof()

    async def _forward(self, data: bytes, writer: asyncio.StreamWriter, up: bool) -> None:
        if up:
            self.up += len(data)
            self._since += len(data)
            await self._slow_down(len(data))
        else:
            self.down += len(data)
        if self.rtt:
            asyncio.get_running_loop().call_later(self.rtt / 2, _write, writer, data)
        else:
            writer.write(data)
            await writer.drain()

    async def _slow_down(self, size: int) -> None:
        if self.kbps:
            now = asyncio.get_running_loop().time()
            self._free_at = max(self._free_at, now) + size * 8 / (self.kbps * 1000)
            await asyncio.sleep(max(0.0, self._free_at - now))

    def _abort(self, ends: tuple[asyncio.StreamWriter, ...]) -> None:
        self.cuts += 1
        for end in ends:
            end.transport.abort()


@contextmanager
def proxied(line: Line) -> Iterator[Line]:
    """Run a proxy in a thread until the block ends."""
    ready = threading.Event()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(line.serve(ready, stop)), daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield line
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.run_until_complete(_drain())
        loop.close()


def _write(writer: asyncio.StreamWriter, data: bytes) -> None:
    if not writer.is_closing():
        writer.write(data)


async def _drain() -> None:
    """End the connections that are still open, so that nothing is left behind."""
    pending = asyncio.all_tasks() - {asyncio.current_task()}
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    await asyncio.sleep(0.01)
