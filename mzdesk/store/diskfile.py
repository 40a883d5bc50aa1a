"""Files on the station's disk: written whole or not at all, and a failing disk told in Chinese."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from mzdesk.errors import MzError

TEMPORARY_PREFIX = ".mz-"

DISK_FULL = MzError("磁盘已满", "这一步没有保存。请删除一些不用的文件，或换一个位置，然后再试一次。此前已保存的内容都在。")
READ_ONLY = MzError(
    "文件夹不能写入", "存放数据的文件夹是只读的，现在只能查看。请取消只读，或把整个文件夹复制到可以写入的位置，再重新打开。"
)
DISK_ERROR = MzError("磁盘读写出错", "这一步没有保存。请检查磁盘或 U 盘是否松动，马上做一次备份，再重试。")
NOT_FOUND = MzError("找不到文件", "文件夹不存在或已被移走。请核对所选的文件夹，或从备份恢复。")

_ERRNO = {
    errno.ENOSPC: DISK_FULL,
    errno.EDQUOT: DISK_FULL,
    errno.EFBIG: DISK_FULL,
    errno.EROFS: READ_ONLY,
    errno.EACCES: READ_ONLY,
    errno.EPERM: READ_ONLY,
    errno.EIO: DISK_ERROR,
    errno.ENXIO: DISK_ERROR,
    errno.ENODEV: DISK_ERROR,
    errno.ENOENT: NOT_FOUND,
    errno.ENOTDIR: NOT_FOUND,
}


def told(error: OSError) -> MzError:
    """Return what the user is told of `error`; an unknown one counts as a failing disk."""
    known = _ERRNO.get(error.errno or 0, DISK_ERROR)
    return MzError(known.title, known.message)


@contextlib.contextmanager
def telling_disk_errors() -> Iterator[None]:
    """Turn an OSError of the block into an MzError."""
    try:
        yield
    except OSError as error:
        raise told(error) from error


def sync_folder(folder: Path) -> None:
    """Make renames and deletions in `folder` survive a power cut, where the platform can (POSIX)."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_file(path: Path) -> None:
    """Force the bytes of `path` to the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def write_whole(path: Path, content: bytes) -> None:
    """Replace `path` by `content`: temp file → fsync → rename → fsync of the folder; readable by the owner only.

    After a kill or power cut at any point the file holds the old content or the new one. Raises MzError.
    """
    temporary = path.with_name(f"{TEMPORARY_PREFIX}{secrets.token_hex(6)}")
    with telling_disk_errors():
        try:
            _write_synced(temporary, content)
            os.replace(temporary, path)
            sync_folder(path.parent)
        except OSError:
            discard(temporary)
            raise


def _write_synced(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def discard(path: Path) -> None:
    """Delete `path` and what SQLite keeps beside it, as far as the disk lets us; what stays goes at the next opening."""
    with contextlib.suppress(OSError):
        for leftover in list(path.parent.glob(f"{path.name}*")):
            with contextlib.suppress(OSError):
                leftover.unlink()


def read_limited(path: Path, limit: int) -> bytes:
    """Return the bytes of `path`; raises MzError where it is missing, unreadable or longer than `limit` bytes."""
    with telling_disk_errors(), path.open("rb") as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise MzError("文件太大", f"“{path.name}”不是民政社工台的文件。")
    return content


def can_write(folder: Path) -> bool:
    """Tell whether a file can be made in `folder` now; a full disk counts as writable."""
    probe = folder / f"{TEMPORARY_PREFIX}{secrets.token_hex(6)}"
    try:
        probe.touch(exist_ok=False)
        probe.unlink()
    except OSError as error:
        return _ERRNO.get(error.errno or 0) is DISK_FULL
    return True


def remove_temporaries(folder: Path) -> int:
    """Delete what interrupted writes left behind; return how many files."""
    count = 0
    for path in folder.glob(f"{TEMPORARY_PREFIX}*"):
        with contextlib.suppress(OSError):
            path.unlink()
            count += 1
    return count
