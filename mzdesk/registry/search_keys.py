"""What a person is found by, as short keys: a search is a prefix range over them, so that no search reads the whole table.

Marks: none for names, pinyin, initials, ID and phone from the front; `<` reversed numbers (后四位); `~` near-homophones; `@` villages;
`^` guardians and carers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from mzdesk.registry.characters import plain
from mzdesk.registry.pinyin import fold, fold_syllables, name_readings

REVERSED, NEAR, VILLAGE, GUARDIAN = "<", "~", "@", "^"
EXACT_TIER, NEAR_TIER = 1, 2
_TOKEN = re.compile(r"[a-z]+|[0-9][0-9x*]*|[^\sa-z0-9]+", re.IGNORECASE)
_MARKS = str.maketrans("", "", REVERSED + NEAR + VILLAGE + GUARDIAN + "'")
_VILLAGE_ENDS = re.compile(r"(?:社区居民委员会|社区居委会|村民委员会|居民委员会|村委会|居委会|委员会|社区|村)$")


def of_person(name: str, id_no: str, phones: Iterable[str], guardians: Iterable[str]) -> frozenset[str]:
    """Return every key of a person."""
    keys = set(of_name(name))
    if id_no:
        keys |= {id_no.lower(), REVERSED + id_no[::-1].lower()}
    for phone in phones:
        digits = re.sub(r"[^0-9]", "", phone)
        keys |= {digits, REVERSED + digits[::-1]} if digits else set()
    for guardian in guardians:
        keys |= {GUARDIAN + key for key in _whole(guardian)}
    return frozenset(keys)


def of_name(name: str) -> frozenset[str]:
    """Return the keys of a name from each of its signs on: written, in full pinyin, as initials, and near-homophones."""
    written = name.replace(" ", "").replace("·", "").lower()
    keys = {written[start:] for start in range(len(written))}
    if "·" in name:
        keys.add(name.replace(" ", "").lower())
    for syllables in name_readings(name):
        for start in range(len(syllables)):
            keys |= _sounds(syllables[start:])
        keys.add(syllables[0] + "".join(syllable[0] for syllable in syllables[1:]))
    return frozenset(keys)


def _sounds(syllables: tuple[str, ...]) -> set[str]:
    whole = "".join(syllables)
    near = {fold(whole), fold_syllables(syllables)} - {whole}
    return {whole, "".join(syllable[0] for syllable in syllables)} | {NEAR + key for key in near}


def _whole(name: str) -> set[str]:
    """Return the keys of somebody whom people look up by the front of the name only."""
    keys = {name.replace(" ", "").replace("·", "").lower()} if name else set()
    for syllables in name_readings(name)[:2]:
        keys |= {"".join(syllables), "".join(syllable[0] for syllable in syllables)}
    return keys


def of_village(name: str) -> frozenset[str]:
    """Return the keys of a village, with and without 村委会."""
    bare = _VILLAGE_ENDS.sub("", name) or name
    return frozenset(VILLAGE + key for key in {name.lower(), *of_name(bare)} if not key.startswith(NEAR))


@dataclass(frozen=True, slots=True)
class Range:
    """Keys from `first` up to, not including, `last`."""

    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Token:
    """One word of what was typed: `exact` ranges find it as it is, `near` ranges what sounds like it."""

    text: str
    exact: tuple[Range, ...]
    near: tuple[Range, ...]


def prefix(text: str) -> Range:
    """Return the range of all keys that begin with `text`."""
    return Range(text, text[:-1] + chr(ord(text[-1]) + 1)) if ord(text[-1]) < 0x10FFFF else Range(text, text + "\U0010ffff")


def tokens(text: str, limit: int = 4) -> tuple[Token, ...]:
    """Return the words of what was typed into the search box; all of them must match."""
    words = _TOKEN.findall(plain(text[:100]).lower().replace("ü", "v").translate(_MARKS))
    return tuple(_token(word.replace("·", "")) for word in words[:limit] if word.replace("·", "").strip("*"))


def _token(word: str) -> Token:
    if word[0].isdigit():
        digits = word.strip("*")
        return Token(word, (prefix(digits), prefix(REVERSED + digits[::-1])), ())
    exact = (prefix(word), prefix(GUARDIAN + word), prefix(VILLAGE + word))
    if word.isascii():
        return Token(word, exact, _near(word))
    sounds = ["".join(syllables) for syllables in name_readings(word)[:2]] if len(word) > 1 else []
    return Token(word, exact, tuple(dict.fromkeys(found for sound in sounds for found in (prefix(sound), *_near(sound)))))


def _near(letters: str) -> tuple[Range, ...]:
    """Return where near-homophones of letters lie; one or two letters are initials, which have none."""
    if len(letters) < 3:
        return ()
    folded = fold(letters)
    return (prefix(NEAR + folded), *((prefix(folded),) if folded != letters else ()))
