"""OpenRosa's functions on text: selections, joins, patterns, digests, encodings."""

from __future__ import annotations

import base64
import binascii
import hashlib
import math
from functools import lru_cache

from forms.errors import FormError
from forms.functions_core import joined, texts_of
from forms.functions_patterns import matches
from forms.functions_registry import Shelf
from forms.xpath_code import NUMBER, STRING
from forms.xpath_context import Context
from forms.xpath_values import Value

SHELF = Shelf()
_DIGESTS = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}


@SHELF.add("selected", "string string", "boolean")
def selected(choices: str, choice: str) -> bool:
    return choice.strip() in (choices.split() or [""])


@SHELF.add("selected-at", "string number", STRING)
def selected_at(choices: str, place: float) -> str:
    words = choices.split()
    return words[int(place)] if 0 <= place < len(words) else ""


@SHELF.add("count-selected", "string", NUMBER)
def count_selected(choices: str) -> float:
    return float(len(choices.split()))


@SHELF.add("boolean-from-string", "string", "boolean")
def boolean_from_string(text: str) -> bool:
    return text in ("1", "true")


@SHELF.add("join", "string any", STRING, least=1, most=None)
def join(glue: str, *values: Value) -> str:
    return joined(glue, [text for value in values for text in texts_of(value)])


@SHELF.add("ends-with", "string string", "boolean")
def ends_with(text: str, end: str) -> bool:
    return text.endswith(end)


@SHELF.add("lower-case", "string", STRING)
def lower_case(text: str) -> str:
    return text.lower()


@SHELF.add("upper-case", "string", STRING)
def upper_case(text: str) -> str:
    return text.upper()


@SHELF.add("substr", "string number number", STRING, least=2)
def substr(text: str, start: float, end: float = math.inf) -> str:
    """From one place to before another, counted from 0; negative places count from the end."""
    first, stop = _place(start, len(text)), _place(end, len(text))
    return text[first:stop] if first < stop else ""


def _place(number: float, length: int) -> int:
    if number != number:
        return 0
    number = max(-1e9, min(1e9, number))
    place = math.trunc(number)
    return max(0, min(length, place + length if place < 0 else place))


@SHELF.add("regex", "string string", "boolean")
def regex(text: str, pattern: str) -> bool:
    return matches(text, pattern)


@SHELF.add("digest", "string string string", STRING, least=2)
def digest(text: str, algorithm: str, encoding: str = "base64") -> str:
    if algorithm not in _DIGESTS:
        raise FormError(f"digest() 不认识摘要算法“{algorithm}”。", "xpath-digest")
    raw = hashlib.new(_DIGESTS[algorithm], text.encode("utf-8", "surrogatepass"), usedforsecurity=False).digest()
    if encoding == "hex":
        return raw.hex()
    if encoding == "base64":
        return base64.b64encode(raw).decode()
    raise FormError(f"digest() 不认识编码“{encoding}”。", "xpath-digest")


@SHELF.add("base64-encode", "string", STRING)
def base64_encode(text: str) -> str:
    return base64.b64encode(text.encode("utf-8", "surrogatepass")).decode()


@SHELF.add("base64-decode", "string", STRING)
def base64_decode(text: str) -> str:
    try:
        return base64.b64decode("".join(text.split()), validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""


@SHELF.add("uuid", "number", STRING, least=0, contextual=True, steady=False)
def new_uuid(run: Context, length: float = math.nan) -> str:
    """A random UUID; with a length, that many random characters made of UUIDs."""
    text = run.env.new_uuid()
    if length != length:
        return text
    wanted = int(max(0.0, min(1_000.0, length)))
    while len(text) < wanted:
        text += run.env.new_uuid()
    return text[:wanted]


@SHELF.add("extract-signed", "string string", STRING)
def extract_signed(content: str, public_key: str) -> str:
    """The message of a base64 text of 64 bytes of Ed25519 signature and a message; "" where the signature does not hold."""
    try:
        signed = base64.b64decode(content, validate=True)
        key = base64.b64decode(public_key, validate=True)
    except (binascii.Error, ValueError):
        return ""
    return signed[64:].decode("utf-8", "replace") if _holds(signed[:64], signed[64:], key) else ""


@lru_cache(maxsize=64)
def _holds(signature: bytes, message: bytes, key: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
