"""Owns what makes a laptop a member of a county: its private keys and the county's signed device record, in the encrypted station."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from mzdesk.errors import MzError
from mzdesk.station import Station
from mzdesk.store.meta import read_meta, write_meta
from sync import signed, tickets
from sync.tickets import DeviceRecord

if TYPE_CHECKING:
    from sqlalchemy import Connection

_SIGN, _BOX, _RECORD = "sync.sign_key", "sync.box_key", "sync.device"


@dataclass(frozen=True, slots=True)
class Account:
    """The keys this laptop made, and the record that the county signed for them."""

    record: DeviceRecord
    sign_key: Ed25519PrivateKey
    box_key: X25519PrivateKey

    @property
    def device(self) -> str:
        """This laptop's id at the county."""
        return self.record.grant.device


def load(connection: Connection) -> Account | None:
    """Return the account of this station, None before it joined a county."""
    raw = read_meta(connection, _RECORD)
    if not raw:
        return None
    return Account(
        tickets.read_device(signed.decode(raw)),
        Ed25519PrivateKey.from_private_bytes(signed.decode(read_meta(connection, _SIGN))),
        X25519PrivateKey.from_private_bytes(signed.decode(read_meta(connection, _BOX))),
    )


def require(station: Station) -> Account:
    """Return the account of this station; raises MzError where it has not joined a county."""
    with station.read() as connection:
        account = load(connection)
    if account is None:
        raise MzError("这台电脑还没有登记到县里", "请向县里要登记码，在“数据交换”页登记一次。登记前记录都安全地存在本机。")
    return account


def keep(connection: Connection, account: Account) -> None:
    """Store the account in the encrypted database."""
    write_meta(connection, _SIGN, signed.encode(account.sign_key.private_bytes_raw()))
    write_meta(connection, _BOX, signed.encode(account.box_key.private_bytes_raw()))
    write_meta(connection, _RECORD, signed.encode(account.record.raw))
