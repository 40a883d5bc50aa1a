"""vault.json as frozen data: who can open the station, which file is current; not secret, and not trusted until its MAC holds."""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from mzdesk import canonical
from mzdesk.errors import MzError
from mzdesk.store import diskfile

FILE_NAME = "vault.json"
FORMAT = 1
MAXIMUM_BYTES = 1 << 20
MAXIMUM_SLOTS = 200
ACCOUNT, RECOVERY, COUNTY = "account", "recovery", "county"
_SLOT_KINDS = (ACCOUNT, RECOVERY, COUNTY)
_DATABASE_NAME = re.compile(r"station-[0-9a-f]{8,32}\.db")

DAMAGED = MzError("账户文件损坏", "文件夹里的 vault.json 不完整或被改动。请不要删除任何文件，用“从备份恢复”打开。")
FOREIGN = MzError("这不是民政社工台的站点", "请核对所选的文件夹：站点文件夹里应有 vault.json。")
NEWER = MzError("数据是更新版本的程序写的", "请先升级本机的民政社工台，再打开这个站点。数据没有改动。")


@dataclass(frozen=True)
class KdfCost:
    """Cost of Argon2id: memory in KiB, passes, lanes."""

    memory_kib: int = 65536
    passes: int = 3
    lanes: int = 4


@dataclass(frozen=True)
class Slot:
    """One holder of the data key: an account, the printed recovery key, or the county.

    `sealed` is the private half of `public` under the key that the password gives (empty for the county);
    `wrap` is the data key of the current epoch, HPKE-sealed to `public`.
    """

    id: str
    kind: str
    name: str
    role: str
    villages: tuple[str, ...]
    public: bytes
    wrap: bytes = b""
    cost: KdfCost = field(default_factory=KdfCost)
    salt: bytes = b""
    pepper: str = ""  # name of the keyring entry, "" where the password stands alone
    nonce: bytes = b""
    sealed: bytes = b""


@dataclass(frozen=True)
class VaultDocument:
    """The whole of vault.json; `mac` covers everything else."""

    vault: str
    counter: int
    station_name: str
    township: str
    epoch: int
    database: str
    database_salt: bytes
    slots: tuple[Slot, ...]
    mac: bytes = b""

    def slot(self, slot_id: str) -> Slot | None:
        """Return the slot of `slot_id`, None where there is none."""
        return next((slot for slot in self.slots if slot.id == slot_id), None)

    def accounts(self) -> tuple[Slot, ...]:
        """Return the accounts, in the order of their making."""
        return tuple(slot for slot in self.slots if slot.kind == ACCOUNT)

    def with_slot(self, new: Slot) -> VaultDocument:
        """Return the document with `new` in place of the slot of the same id, or added."""
        if self.slot(new.id) is None:
            return replace(self, slots=(*self.slots, new))
        return replace(self, slots=tuple(new if slot.id == new.id else slot for slot in self.slots))


def load(folder: Path) -> VaultDocument:
    """Read and shape-check `folder`/vault.json; raises MzError where it is missing, foreign, damaged or newer."""
    path = folder / FILE_NAME
    if not path.is_file():
        raise MzError(FOREIGN.title, FOREIGN.message)
    return parse(diskfile.read_limited(path, MAXIMUM_BYTES))


def save(folder: Path, document: VaultDocument) -> None:
    """Write `folder`/vault.json atomically; raises MzError."""
    diskfile.write_whole(folder / FILE_NAME, render(document))


def render(document: VaultDocument) -> bytes:
    """Return the bytes of vault.json."""
    return json.dumps(_tree(document) | {"mac": _b64(document.mac)}, ensure_ascii=False, indent=1).encode()


def authenticated_bytes(document: VaultDocument) -> bytes:
    """Return what the MAC covers: everything but the MAC, canonical."""
    return canonical.dumps(_tree(document))


def _tree(document: VaultDocument) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "vault": document.vault,
        "counter": document.counter,
        "station": {"name": document.station_name, "township": document.township},
        "epoch": document.epoch,
        "database": {"file": document.database, "salt": _b64(document.database_salt)},
        "slots": [_slot_tree(slot) for slot in document.slots],
    }


def _slot_tree(slot: Slot) -> dict[str, Any]:
    return {
        "id": slot.id,
        "kind": slot.kind,
        "name": slot.name,
        "role": slot.role,
        "villages": list(slot.villages),
        "public": _b64(slot.public),
        "wrap": _b64(slot.wrap),
        "kdf": {"m": slot.cost.memory_kib, "t": slot.cost.passes, "p": slot.cost.lanes},
        "salt": _b64(slot.salt),
        "pepper": slot.pepper,
        "nonce": _b64(slot.nonce),
        "sealed": _b64(slot.sealed),
    }


def parse(content: bytes) -> VaultDocument:
    """Return the document of `content`; raises MzError on any other shape."""
    try:
        tree = json.loads(content)
        if isinstance(tree, dict) and isinstance(tree.get("format"), int) and tree["format"] > FORMAT:
            raise MzError(NEWER.title, NEWER.message)
        return _document(tree)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise MzError(DAMAGED.title, DAMAGED.message) from error


def _document(tree: dict[str, Any]) -> VaultDocument:
    slots = tree["slots"]
    _require(tree["format"] == FORMAT and isinstance(slots, list) and 0 < len(slots) <= MAXIMUM_SLOTS)
    document = VaultDocument(
        vault=_text(tree["vault"], 64),
        counter=_integer(tree["counter"], 1, 2**53),
        station_name=_text(tree["station"]["name"], 200),
        township=_text(tree["station"]["township"], 12),
        epoch=_integer(tree["epoch"], 1, 2**31),
        database=_text(tree["database"]["file"], 64),
        database_salt=_bytes(tree["database"]["salt"], 16),
        slots=tuple(_slot(slot) for slot in slots),
        mac=_bytes(tree["mac"], 32),
    )
    _require(_DATABASE_NAME.fullmatch(document.database) is not None)
    _require(len({slot.id for slot in document.slots}) == len(document.slots))
    return document


def _slot(tree: dict[str, Any]) -> Slot:
    kdf, villages = tree["kdf"], tree["villages"]
    _require(tree["kind"] in _SLOT_KINDS and isinstance(villages, list) and len(villages) <= 2000)
    return Slot(
        id=_text(tree["id"], 64),
        kind=tree["kind"],
        name=_text(tree["name"], 100),
        role=_text(tree["role"], 32),
        villages=tuple(_text(code, 12) for code in villages),
        public=_bytes(tree["public"], 32),
        wrap=_bytes(tree["wrap"], None),
        cost=KdfCost(_integer(kdf["m"], 1, 2**31), _integer(kdf["t"], 1, 2**16), _integer(kdf["p"], 1, 255)),
        salt=_bytes(tree["salt"], None),
        pepper=_text(tree["pepper"], 100),
        nonce=_bytes(tree["nonce"], None),
        sealed=_bytes(tree["sealed"], None),
    )


def _require(holds: bool) -> None:
    if not holds:
        raise ValueError("not the shape of vault.json")


def _text(value: Any, limit: int) -> str:
    _require(isinstance(value, str) and len(value) <= limit)
    value.encode()  # a lone surrogate is a ValueError
    return str(value)


def _integer(value: Any, low: int, high: int) -> int:
    _require(type(value) is int and low <= value < high)
    return int(value)


def _bytes(value: Any, length: int | None) -> bytes:
    try:
        content = base64.b64decode(_text(value, 4096), validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
    _require(length is None or len(content) == length)
    return content


def _b64(content: bytes) -> str:
    return base64.b64encode(content).decode()
