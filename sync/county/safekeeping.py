"""Backs a county up, restores it under a new epoch so that laptops notice, and verifies what it holds."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection, LargeBinary, Table, func, select, update

from mzdesk.clock import SystemClock, beijing
from mzdesk.errors import MzError
from sync import receipts, signed
from sync.county import audit, config
from sync.county.config import KEYS, SETTINGS
from sync.county.county import County, epoch_of, open_county
from sync.county.database import copy_rows
from sync.county.tables import BATCH, DEVICE, FEED, META, METADATA, OPERATION, TOWNSHIP
from sync.receipts import BadReceiptError

CHUNK = 500
_FILES = (SETTINGS, KEYS)


def backup(folder: Path, to: Path, database_url: str | None = None) -> Path:
    """Write one file with the keys, settings and every table as of one instant; it must be kept as safe as the keys themselves."""
    county = open_county(folder, database_url)
    to.mkdir(parents=True, exist_ok=True)
    path = to / f"{county.id}-{beijing(SystemClock().now_ms()):%Y%m%d-%H%M%S}.tar"
    temporary = path.with_suffix(".tmp")
    try:
        with tarfile.open(temporary, "w") as archive, county.read() as connection:
            if county.database.postgres:
                connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            for name in [*_FILES, *(f"tls/{item.name}" for item in sorted((folder / "tls").glob("*")))]:
                _put(archive, name, (folder / name).read_bytes())
            for table in METADATA.sorted_tables:
                _put(archive, f"{table.name}.jsonl.gz", gzip.compress(b"".join(_lines(connection, table))))
    finally:
        county.close()
    temporary.chmod(0o600)
    temporary.replace(path)
    return path


def _put(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(content), 0o600
    archive.addfile(info, io.BytesIO(content))


def _lines(connection: Connection, table: Table) -> Iterator[bytes]:
    for row in connection.execute(select(table)):
        values = [signed.encode(bytes(value)) if isinstance(value, bytes | memoryview) else value for value in row]
        yield json.dumps(values, ensure_ascii=False).encode() + b"\n"


def restore(file: Path, folder: Path, database_url: str | None = None) -> int:
    """Fill an empty folder and database from a backup; return the new epoch. Raises MzError where something is there already."""
    if (folder / KEYS).exists():
        raise MzError("这个文件夹里已有县级接收端", "请恢复到一个空文件夹，核对无误后再替换。")
    try:
        with tarfile.open(file) as archive:
            contents = {member.name: _read(archive, member) for member in archive.getmembers() if member.isfile()}
    except (OSError, tarfile.TarError) as error:
        raise MzError("备份文件读不出来", "请核对文件，或换另一份备份。") from error
    if not set(_FILES) <= set(contents):
        raise MzError("这不是县级接收端的备份", "请选择 county backup 写出的 .tar 文件。")
    folder.mkdir(parents=True, exist_ok=True)
    for name in contents:
        if name in _FILES or name in ("tls/ca.der", "tls/ca.key", "tls/server.pem", "tls/server.key"):
            (folder / name).parent.mkdir(exist_ok=True)
            config.write_secret(folder / name, contents[name])
    return _fill(folder, database_url, contents)


def _read(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = archive.extractfile(member)
    return file.read() if file else b""


def _fill(folder: Path, database_url: str | None, contents: dict[str, bytes]) -> int:
    county = open_county(folder, database_url)
    try:
        with county.write() as connection:
            if connection.execute(select(func.count()).select_from(DEVICE)).scalar_one():
                raise MzError("数据库不是空的", "请恢复到一个空的数据库。")
            connection.execute(META.delete())
            for table in METADATA.sorted_tables:
                _fill_table(connection, table, gzip.decompress(contents.get(f"{table.name}.jsonl.gz", gzip.compress(b""))))
            epoch = epoch_of(connection) + 1
            connection.execute(update(META).where(META.c.key == "epoch").values(value=str(epoch)))
            connection.execute(update(TOWNSHIP).values(floor=TOWNSHIP.c.feed))
            audit.append(connection, "命令行", "restore", county.id, {"epoch": epoch}, county.clock.now_ms())
    finally:
        county.close()
    return epoch


def _fill_table(connection: Connection, table: Table, lines: bytes) -> None:
    binary = [isinstance(column.type, LargeBinary) for column in table.c]
    rows = []
    for line in lines.splitlines():
        values = json.loads(line)
        rows.append([signed.decode(value) if is_binary else value for value, is_binary in zip(values, binary, strict=True)])
    for start in range(0, len(rows), CHUNK):
        copy_rows(connection, table, [column.name for column in table.c], rows[start : start + CHUNK])


def verify(county: County) -> list[str]:
    """Return what is wrong, in Chinese, empty where all holds: chains, receipt signatures, feed numbers, audit."""
    faults: list[str] = []
    with county.read() as connection:
        faults += _verify_batches(county, connection)
        faults += _verify_feed(connection)
        if (broken := audit.first_break(connection)) is not None:
            faults.append(f"审计日志第 {broken} 条与前一条接不上。")
    return faults


def _verify_batches(county: County, connection: Connection) -> Iterator[str]:
    heads = {row.id: row.head for row in connection.execute(select(DEVICE.c.id, DEVICE.c.head))}
    counts = select(BATCH.c.device, func.count().label("held"), func.max(BATCH.c.seq).label("highest")).group_by(BATCH.c.device)
    held = {row.device: (row.held, row.highest) for row in connection.execute(counts)}
    for device, head in heads.items():
        if held.get(device, (0, 0)) != (head, head):
            yield f"电脑 {device} 的批次不连续。"
    key = county.folder.keys.sign.public_key()
    for row in connection.execute(select(BATCH.c.device, BATCH.c.seq, BATCH.c.digest, BATCH.c.receipt)):
        try:
            receipt = receipts.read(bytes(row.receipt), key)
        except BadReceiptError:
            yield f"电脑 {row.device} 第 {row.seq} 批的回执签名无效。"
            continue
        if (receipt.device, receipt.seq, receipt.digest) != (row.device, row.seq, row.digest):
            yield f"电脑 {row.device} 第 {row.seq} 批的回执与批次不符。"


def _verify_feed(connection: Connection) -> Iterator[str]:
    for code, feed in connection.execute(select(TOWNSHIP.c.code, TOWNSHIP.c.feed)).all():
        numbers = [
            cast("tuple[int, Any]", connection.execute(select(func.count(), func.max(table.c.n)).where(table.c.township == code)).one())
            for table in (OPERATION, FEED)
        ]
        if sum(count for count, _ in numbers) != feed or max((highest or 0) for _, highest in numbers) != feed:
            yield f"乡镇 {code} 的日志编号不连续。"
