"""Owns the stick parcel .mzp: the same frames, receipts and pages as on the line, in one stored zip; no personal data in any name.

Written whole (temporary, flushed, renamed, read back); read with limits, so that any file is either a parcel or a clear sentence.
"""

from __future__ import annotations

import hashlib
import os
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mzdesk.errors import MzError
from sync import strict

SUFFIX = ".mzp"
MANIFEST = "manifest.json"
MAX_ENTRIES = 20_000
MAX_ENTRY = 17 << 20
MAX_TOTAL = 1 << 30
_NAME = re.compile(r"(frames/[a-z0-9-]{1,40}-\d{1,10}\.mzb|receipts/[a-z0-9-]{1,40}-\d{1,10}\.mzr|feed/[a-z0-9-]{1,40}-\d{1,16}\.mzd)\Z")

_BAD = "文件已损坏或不完整"
_ADVICE = "可能是拔 U 盘太早，或拷贝中断。请在原来的电脑上重新导出一次；原来的数据没有丢。"


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a stick carries; maps are by (device, number). `cursors` says how far each laptop's feed had come."""

    county: str
    made_ms: int
    frames: Mapping[tuple[str, int], bytes] = field(default_factory=dict)
    receipts: Mapping[tuple[str, int], bytes] = field(default_factory=dict)
    pages: Mapping[tuple[str, int], bytes] = field(default_factory=dict)
    cursors: Mapping[str, int] = field(default_factory=dict)

    def entries(self) -> dict[str, bytes]:
        """Return name → bytes of everything but the manifest."""
        found = {f"frames/{device}-{seq}.mzb": raw for (device, seq), raw in self.frames.items()}
        found |= {f"receipts/{device}-{seq}.mzr": raw for (device, seq), raw in self.receipts.items()}
        return found | {f"feed/{device}-{after}.mzd": raw for (device, after), raw in self.pages.items()}


def write(path: Path, parcel: Parcel) -> None:
    """Write a parcel so that a half-written one never bears its name; raises MzError where the stick fails."""
    temporary = path.with_name(path.name + ".tmp")
    entries = parcel.entries()
    try:
        with temporary.open("wb") as file:
            _write_zip(file, entries, _manifest(parcel, entries))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        _sync_folder(path.parent)
        if read(path).entries() != entries:
            raise MzError("写完后核对不一致", "U 盘可能已损坏。请换一个 U 盘再导出一次。")
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise MzError("写不进 U 盘", f"请检查 U 盘是否已满、写保护或松动，然后再导出一次。（{error.strerror}）") from error


def _write_zip(file: Any, entries: Mapping[str, bytes], manifest: bytes) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, raw in [(MANIFEST, manifest), *entries.items()]:
            archive.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), raw)


def _sync_folder(folder: Path) -> None:
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _manifest(parcel: Parcel, entries: Mapping[str, bytes]) -> bytes:
    return strict.dumps(
        {
            "v": 1,
            "county": parcel.county,
            "made": parcel.made_ms,
            "cursors": dict(parcel.cursors),
            "entries": {name: hashlib.sha256(raw).hexdigest() for name, raw in entries.items()},
        }
    )


def read(path: Path) -> Parcel:
    """Return the parcel in a file; raises MzError where it is none, cut or altered. Frames are verified by who opens them."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _read(archive)
    except FileNotFoundError:
        raise MzError("找不到这个文件", "请检查 U 盘是否插好，再选一次。") from None
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError, RuntimeError):
        raise MzError(_BAD, _ADVICE) from None


def _read(archive: zipfile.ZipFile) -> Parcel:
    infos = archive.infolist()
    names = [info.filename for info in infos]
    if MANIFEST not in names:
        raise MzError("这不是交换文件", "请选择“数据交换”页导出的 .mzp 文件。")
    _check_bounds(infos, names)
    manifest = _read_manifest(archive.read(MANIFEST))
    raws = {name: archive.read(name) for name in names if name != MANIFEST}
    if {name: hashlib.sha256(raw).hexdigest() for name, raw in raws.items()} != manifest["entries"]:
        raise MzError(_BAD, _ADVICE)
    return Parcel(
        manifest["county"],
        manifest["made"],
        _folder(raws, "frames/"),
        _folder(raws, "receipts/"),
        _folder(raws, "feed/"),
        manifest["cursors"],
    )


def _check_bounds(infos: list[zipfile.ZipInfo], names: list[str]) -> None:
    stored = all(info.compress_type == zipfile.ZIP_STORED and info.file_size == info.compress_size for info in infos)
    sizes = [info.file_size for info in infos]
    named = all(name == MANIFEST or _NAME.match(name) for name in names)
    if not (stored and named and len(set(names)) == len(names) <= MAX_ENTRIES and max(sizes) <= MAX_ENTRY and sum(sizes) <= MAX_TOTAL):
        raise MzError(_BAD, _ADVICE)


def _read_manifest(raw: bytes) -> dict[str, Any]:
    try:
        value = strict.loads(raw)
    except strict.NotCanonicalError:
        raise MzError(_BAD, _ADVICE) from None
    kinds = {"v": int, "county": str, "made": int, "cursors": dict, "entries": dict}
    if type(value) is not dict or set(value) != set(kinds) or any(type(value[key]) is not kind for key, kind in kinds.items()):
        raise MzError(_BAD, _ADVICE)
    if value["v"] != 1:
        raise MzError("文件是更新版本的程序写的", "请先升级本机的民政社工台，再导入。")
    if any(type(cursor) is not int or cursor < 0 for cursor in value["cursors"].values()):
        raise MzError(_BAD, _ADVICE)
    return value


def _folder(raws: Mapping[str, bytes], prefix: str) -> dict[tuple[str, int], bytes]:
    found = {}
    for name, raw in raws.items():
        if name.startswith(prefix):
            device, _, number = name[len(prefix) :].rpartition(".")[0].rpartition("-")
            found[device, int(number)] = raw
    return found
