"""Owns a page of the county's feed, MZD1: signed by the county, sealed to one laptop, the same bytes on the line and on the stick; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from sync import signed
from sync.signed import BadDocumentError

MAX_PAGE = 16 << 20
PAGE_ITEMS = 1_000

_PAGE, _PAGE_SEAL, _MAGIC = b"MZF1", b"MZF1-hpke", b"MZD1"

RECORD_ITEM, STATE_ITEM, LEFT_ITEM, VERDICT_ITEM = "record", "state", "left_scope", "verdict"
FORM_ITEM, PARAMETER_ITEM, DIVISION_ITEM, TOMBSTONE_ITEM, ORDER_ITEM = "form", "parameter", "division", "tombstone", "order"


@dataclass(frozen=True, slots=True)
class Page:
    """Changes `after` < n ≤ `next` that this laptop may see; `last` is the end of the feed when the page was made."""

    county: str
    device: str
    after: int
    next: int
    last: int
    epoch: int
    server_ms: int
    items: tuple[Mapping[str, Any], ...]

    @property
    def complete(self) -> bool:
        """Tell whether nothing was left for another page."""
        return self.next >= self.last


def write_page(page: Page, signer: Ed25519PrivateKey, reader: X25519PublicKey) -> bytes:
    """Return the sealed page."""
    names = ("county", "device", "after", "next", "last", "epoch", "server_ms")
    body = {name: getattr(page, name) for name in names} | {"items": list(page.items)}
    return _MAGIC + signed.seal(_PAGE_SEAL, signed.sign(_PAGE, body, signer), reader)


def read_page(raw: bytes, key: X25519PrivateKey, county_key: Ed25519PublicKey) -> Page:
    """Return the page in `raw`; raises BadDocumentError unless the county sealed it to this laptop."""
    if raw[:4] != _MAGIC:
        raise BadDocumentError("not a page")
    value = signed.verify(_PAGE, signed.unseal(_PAGE_SEAL, raw[4:], key, MAX_PAGE), county_key)
    items = value.pop("items", None)
    if type(items) is not list or any(not _is_item(item) for item in items):
        raise BadDocumentError("items")
    try:
        page = Page(**value, items=tuple(items))
    except TypeError:
        raise BadDocumentError("keys") from None
    numbers: Sequence[Any] = (page.after, page.next, page.last, page.epoch, page.server_ms)
    if any(type(number) is not int or number < 0 for number in numbers):
        raise BadDocumentError("numbers")
    return page


def _is_item(item: Any) -> bool:
    return type(item) is dict and type(item.get("n")) is int and type(item.get("kind")) is str
