"""Characters as people and Excel leave them, made plain; what a name is written with is never changed, only what surrounds it."""

from __future__ import annotations

import re
import unicodedata

_SPACES = "\t\n\r\x0b\x0c\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
_INVISIBLE = (
    "\xad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\ufeff"
)
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uff0d\u30fc"

_CONTROLS = (*range(0x09), *range(0x0E, 0x20), 0x7F)
_PLAIN: dict[int, int | None] = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_PLAIN |= {ord(character): ord(" ") for character in _SPACES}
_PLAIN |= dict.fromkeys((*map(ord, _INVISIBLE), *_CONTROLS))

_NAME = {ord(character): _PLAIN[ord(character)] for character in _SPACES + _INVISIBLE}
_NAME |= {code: _PLAIN[code] for code in range(0xFF21, 0xFF5B)}
_NAME |= {ord(character): ord("·") for character in "•・‧∙⋅●․･᛫﹒．"}
_NAME |= dict.fromkeys(_CONTROLS)

_HAN_SPACE = re.compile(r"(?<=[^\x00-\x7f]) +(?=[^\x00-\x7f])")
_HAN_DOT = re.compile(r"(?<=[^\x00-\x7f]) *[.·] *(?=[^\x00-\x7f])")
_COMPATIBLE = re.compile("[\uf900-\ufaff\U0002f800-\U0002fa1f]")
_RUN = re.compile(r" {2,}")

MAXIMUM_TEXT = 2000  # characters of one cell or field that are looked at


def plain(text: str) -> str:
    """Return `text` with full-width signs made half-width, odd blanks made spaces, invisible signs removed, trimmed."""
    return text[:MAXIMUM_TEXT].translate(_PLAIN).strip(" '`’‘")


def digits_and_letters(text: str) -> str:
    """Return `plain(text)` without any blank, for numbers that people group."""
    return plain(text).replace(" ", "")


def hyphenated(text: str) -> str:
    """Return `text` with every dash made a hyphen."""
    return text.translate({ord(dash): ord("-") for dash in _DASHES})


def person_name(text: str) -> str:
    """Return a name as it is written: blanks between Chinese characters removed, every middle dot made `·` (U+00B7), NFC."""
    tidy = _RUN.sub(" ", text[:MAXIMUM_TEXT].translate(_NAME)).strip(" '`’‘")
    joined = _HAN_DOT.sub("·", _HAN_SPACE.sub("", tidy))
    return joined if _compatibility(joined) else unicodedata.normalize("NFC", joined)


def _compatibility(text: str) -> bool:
    """Tell whether NFC would replace a CJK compatibility ideograph, which is another sign on the identity card."""
    return _COMPATIBLE.search(text) is not None
