"""The county's folder: who it is, its secret keys (mode 0600), and its certificates; every receiver of a county holds a copy."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from mzdesk.errors import MzError
from sync import signed
from sync.tickets import CountyCard

SETTINGS, KEYS, DATABASE = "county.json", "keys.json", "county.db"


@dataclass(frozen=True, slots=True)
class CountyKeys:
    """The county's secrets: `boxes` by key id, newest last; `database` is 96 hex digits."""

    sign: Ed25519PrivateKey
    boxes: dict[str, X25519PrivateKey]
    database: str

    @property
    def ekid(self) -> str:
        """The id of the key that new laptops seal to."""
        return list(self.boxes)[-1]


@dataclass(frozen=True, slots=True)
class CountySettings:
    """Who a county is: `code` of six digits, public address, and where the data lie ("" for the embedded file)."""

    code: str
    name: str
    url: str
    database_url: str = ""

    @property
    def id(self) -> str:
        """The county's id on the wire."""
        return f"county-{self.code}"


@dataclass(frozen=True, slots=True)
class CountyFolder:
    """An initialised folder."""

    path: Path
    settings: CountySettings
    keys: CountyKeys

    def card(self) -> CountyCard:
        """Return what tickets say of this county."""
        boxes, settings = self.keys.boxes, self.settings
        ca = self.path / "tls" / "ca.der"
        return CountyCard(
            county=settings.id,
            name=settings.name,
            url=settings.url,
            sign_key=self.keys.sign.public_key(),
            box_key=boxes[self.keys.ekid].public_key(),
            ekid=self.keys.ekid,
            ca=ca.read_bytes() if ca.exists() and settings.url.startswith("https") else b"",
        )


def write_secret(path: Path, content: bytes) -> None:
    """Write a file that only its owner reads: temporary, flushed, renamed."""
    temporary = path.with_suffix(path.suffix + ".tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def init(path: Path, settings: CountySettings) -> CountyFolder:
    """Make the folder of a new county; raises MzError where one is there."""
    if (path / KEYS).exists():
        raise MzError("这个文件夹里已有县级接收端", "请换一个文件夹，或直接启动它。")
    if len(settings.code) != 6 or not settings.code.isdigit():
        raise MzError("县代码不对", "县级行政区划代码是 6 位数字，例如 370921。")
    path.mkdir(parents=True, exist_ok=True)
    keys = {
        "sign": signed.encode(Ed25519PrivateKey.generate().private_bytes_raw()),
        "boxes": {"k1": signed.encode(X25519PrivateKey.generate().private_bytes_raw())},
        "database": secrets.token_hex(48),
    }
    save_settings(path, settings)
    write_secret(path / KEYS, json.dumps(keys).encode())
    return load(path)


def save_settings(path: Path, settings: CountySettings) -> None:
    """Write the settings of a county."""
    values = {name: getattr(settings, name) for name in CountySettings.__slots__}
    write_secret(path / SETTINGS, json.dumps(values, ensure_ascii=False, indent=1).encode())


def load(path: Path) -> CountyFolder:
    """Open the folder of a county; raises MzError where it is missing or damaged."""
    if not (path / KEYS).exists():
        raise MzError("这里还没有县级接收端", "请先运行 county init 建立。")
    try:
        settings = CountySettings(**json.loads((path / SETTINGS).read_bytes()))
        return CountyFolder(path, settings, _read_keys(json.loads((path / KEYS).read_bytes())))
    except (ValueError, TypeError, KeyError, signed.BadDocumentError) as error:
        raise MzError("县级接收端的配置已损坏", "请从备份恢复 county.json 和 keys.json。") from error


def _read_keys(value: dict[str, Any]) -> CountyKeys:
    return CountyKeys(
        Ed25519PrivateKey.from_private_bytes(signed.decode(value["sign"])),
        {ekid: X25519PrivateKey.from_private_bytes(signed.decode(text)) for ekid, text in value["boxes"].items()},
        str(value["database"]),
    )
