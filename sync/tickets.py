"""Owns joining a county: the signed ticket, the laptop's signed request, and the signed device record that answers it; pure."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from sync import signed
from sync.signed import BadDocumentError

TICKET_DAYS = 7
PREFIX = "MZT1."
MAX_CODE = 8_000

_TICKET, _REQUEST, _REQUEST_SEAL, _DEVICE = b"MZT1", b"MZQ1", b"MZQ1-hpke", b"MZV1"
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class CountyCard:
    """How to reach and recognise a county: keys, address, and the CA certificate to pin (DER, b"" for the public ones)."""

    county: str
    name: str
    url: str
    sign_key: Ed25519PublicKey
    box_key: X25519PublicKey
    ekid: str
    ca: bytes

    def to_json(self) -> dict[str, Any]:
        """Return the card as it stands in tickets and device records."""
        return {
            "county": self.county,
            "name": self.name,
            "url": self.url,
            "sign": signed.encode(self.sign_key.public_bytes_raw()),
            "box": signed.encode(self.box_key.public_bytes_raw()),
            "ekid": self.ekid,
            "ca": signed.encode(self.ca),
        }


@dataclass(frozen=True, slots=True)
class Grant:
    """What a laptop may do: its id, one 9-digit township, 12-digit villages within it (none = all), roles."""

    device: str
    township: str
    villages: tuple[str, ...]
    roles: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the grant as it stands in tickets and device records."""
        return {"device": self.device, "township": self.township, "villages": list(self.villages), "roles": list(self.roles)}


@dataclass(frozen=True, slots=True)
class Ticket:
    """A permission to enrol once until `expires_ms`; `secret` proves that the code was really handed over."""

    card: CountyCard
    grant: Grant
    expires_ms: int
    secret: str


@dataclass(frozen=True, slots=True)
class Request:
    """The laptop's answer to a ticket: the public halves of the keys it made itself."""

    device: str
    secret: str
    sign_key: bytes
    box_key: bytes
    label: str


@dataclass(frozen=True, slots=True)
class DeviceRecord:
    """The county's word that this laptop is enrolled; `token` authenticates it as a courier."""

    card: CountyCard
    grant: Grant
    token: str
    epoch: int
    enrolled_ms: int
    raw: bytes


def secret_digest(secret: str) -> str:
    """Return what the county keeps of a ticket's secret or a device's token."""
    return hashlib.sha256(secret.encode()).hexdigest()


def write_ticket(ticket: Ticket, signer: Ed25519PrivateKey) -> str:
    """Return the code that is typed, pasted, scanned or carried in a file."""
    body = {**ticket.card.to_json(), **ticket.grant.to_json(), "expires": ticket.expires_ms, "secret": ticket.secret}
    return PREFIX + signed.encode(signed.sign(_TICKET, body, signer))


def read_ticket(code: str) -> Ticket:
    """Return the ticket in `code`, whose signature holds under the key that it carries; raises BadDocumentError.

    The code is the root of trust: whoever hands it over vouches for the county's keys in it.
    """
    text = _SPACES.sub("", code)
    if not text.startswith(PREFIX) or len(text) > MAX_CODE:
        raise BadDocumentError("prefix")
    raw = signed.decode(text[len(PREFIX) :])
    card = _read_card(signed.read_object(raw[:-64]))
    value = signed.verify(_TICKET, raw, card.sign_key)
    return Ticket(card, _read_grant(value), _number(value, "expires"), _text(value, "secret"))


def write_request(ticket: Ticket, sign_key: Ed25519PrivateKey, box_key: X25519PrivateKey, label: str) -> bytes:
    """Return the request, signed by the laptop's new key and sealed to the county."""
    body = {
        "device": ticket.grant.device,
        "secret": ticket.secret,
        "sign": signed.encode(signed.public_bytes(sign_key)),
        "box": signed.encode(signed.public_bytes(box_key)),
        "label": label[:80],
    }
    return signed.seal(_REQUEST_SEAL, signed.sign(_REQUEST, body, sign_key), ticket.card.box_key)


def read_request(sealed: bytes, county: X25519PrivateKey) -> Request:
    """Return a request whose own signature holds; raises BadDocumentError."""
    raw = signed.unseal(_REQUEST_SEAL, sealed, county, 4096)
    claimed = signed.read_object(raw[:-64])
    value = signed.verify(_REQUEST, raw, signed.read_signing_key(claimed.get("sign")))
    signed.read_sealing_key(value.get("box"))
    keys = signed.decode(_text(value, "sign")), signed.decode(_text(value, "box"))
    return Request(_text(value, "device"), _text(value, "secret"), *keys, _text(value, "label"))


def write_device(record: dict[str, Any], card: CountyCard, grant: Grant, signer: Ed25519PrivateKey) -> bytes:
    """Return the signed device record; `record` holds token, epoch and enrolled."""
    return signed.sign(_DEVICE, {**card.to_json(), **grant.to_json(), **record}, signer)


def read_device(raw: bytes, county_key: Ed25519PublicKey | None = None) -> DeviceRecord:
    """Return the device record in `raw`, signed by `county_key` (None: a stored one, by the key it names); raises BadDocumentError."""
    value = signed.read_object(raw[:-64])
    card = _read_card(value)
    signed.verify(_DEVICE, raw, county_key or card.sign_key)
    return DeviceRecord(card, _read_grant(value), _text(value, "token"), _number(value, "epoch"), _number(value, "enrolled"), raw)


def _read_card(value: dict[str, Any]) -> CountyCard:
    return CountyCard(
        _text(value, "county"),
        _text(value, "name"),
        _text(value, "url"),
        signed.read_signing_key(value.get("sign")),
        signed.read_sealing_key(value.get("box")),
        _text(value, "ekid"),
        signed.decode(_text(value, "ca")),
    )


def _read_grant(value: dict[str, Any]) -> Grant:
    return Grant(_text(value, "device"), _text(value, "township"), _texts(value, "villages"), _texts(value, "roles"))


def _text(value: dict[str, Any], key: str) -> str:
    if type(found := value.get(key)) is not str:
        raise BadDocumentError(key)
    return found


def _texts(value: dict[str, Any], key: str) -> tuple[str, ...]:
    found = value.get(key)
    if type(found) is not list or any(type(item) is not str for item in found):
        raise BadDocumentError(key)
    return tuple(found)


def _number(value: dict[str, Any], key: str) -> int:
    if type(found := value.get(key)) is not int or found < 0:
        raise BadDocumentError(key)
    return found
