"""The county as a holder of the data key, so that a lost password does not lose a village's records; it never sees a record by that.

Three steps: the laptop asks (`request`), the county answers (`answer`, with its private key, after calling back), the laptop opens.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path

from mzdesk import canonical
from mzdesk.errors import MzError
from mzdesk.station import Station
from mzdesk.vault import document as documents
from mzdesk.vault import rights, slots
from mzdesk.vault.document import COUNTY, Slot

SLOT = "county"
MAXIMUM_BYTES = 16 * 1024
_NOT_A_REQUEST = MzError("不是求助文件", "请让社工站重新导出求助文件。")
_NOT_AN_ANSWER = MzError("县里的答复打不开", "它不是给这次求助的答复。请用最近一次求助的答复，或重新求助。")


@dataclass(frozen=True)
class RescueRequest:
    """What goes to the county (`content`, no secret in it) and what stays here (`private`, in memory only)."""

    content: bytes
    private: bytes


def enrol(station: Station, county: str, public: bytes) -> None:
    """Wrap the data key to the county's X25519 key (32 raw bytes), for this epoch and every later one. Raises MzError."""
    vault = station.open_vault()
    slot = slots.wrap(vault.document, Slot(SLOT, COUNTY, county, "", (), public), vault.data_key)
    rights.change(station, "rights", SLOT, {"what": "escrow", "county": county}, lambda document: document.with_slot(slot))


def holder(station: Station) -> str:
    """Return the name of the county that holds the data key in escrow, "" where none does."""
    slot = station.open_vault().document.slot(SLOT)
    return slot.name if slot is not None else ""


def request(folder: Path) -> RescueRequest:
    """Make the request of a station nobody can open. Raises MzError where no county is enrolled."""
    document = documents.load(folder)
    slot = document.slot(SLOT)
    if slot is None:
        raise MzError("没有县级托管", "这个站点没有托管密钥，只能用密码或恢复密钥打开。")
    private, public = slots.new_pair()
    tree = {"vault": document.vault, "epoch": document.epoch, "name": document.station_name, "wrap": slot.wrap.hex(), "to": public.hex()}
    return RescueRequest(canonical.dumps(tree), private)


def answer(content: bytes, county_private: bytes) -> bytes:
    """At the county: re-wrap the data key of a request to the asking laptop. Raises MzError."""
    try:
        tree = canonical.loads(content[:MAXIMUM_BYTES])
        info = b"mz-wrap\0" + canonical.dumps({"vault": tree["vault"], "slot": SLOT, "epoch": tree["epoch"]})
        data_key = slots.decrypt_with(county_private, bytes.fromhex(tree["wrap"]), info)
        target = bytes.fromhex(tree["to"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise MzError(_NOT_A_REQUEST.title, _NOT_A_REQUEST.message) from error
    if data_key is None or len(target) != slots.PUBLIC_BYTES:
        raise MzError(_NOT_A_REQUEST.title, "它不是托管给本县密钥的站点。")
    return base64.b64encode(slots.encrypt_to(target, data_key, b"mz-rescue\0" + tree["vault"].encode()))


def open_answer(folder: Path, asked: RescueRequest, content: bytes) -> bytes:
    """Return the data key from the county's answer, for `opening.unlock_with_data_key`. Raises MzError."""
    try:
        sealed = base64.b64decode(content[:MAXIMUM_BYTES], validate=True)
    except ValueError as error:
        raise MzError(_NOT_AN_ANSWER.title, _NOT_AN_ANSWER.message) from error
    data_key = slots.decrypt_with(asked.private, sealed, b"mz-rescue\0" + documents.load(folder).vault.encode())
    if data_key is None:
        raise MzError(_NOT_AN_ANSWER.title, _NOT_AN_ANSWER.message)
    return data_key
