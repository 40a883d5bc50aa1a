"""Regular expressions of forms (Java and JavaScript syntax) as Python's, with limits so that a pattern cannot hang the program."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from functools import lru_cache

from forms.errors import FormError
from forms.functions_automaton import Automaton, Risk, risk_of

MAX_PATTERN = 1_000
SAFE_STEPS = 5_000_000
_HAN = "\u2e80-\u2fdf\u3005\u3007\u3021-\u3029\u3038-\u303b\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_LETTERS = "A-Za-z\u00aa\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02c1\u0370-\u1fff\u2c00-\u2dff\u3040-\u318e\ua000-\ud7ff" + _HAN
_MARKS = (
    "!-#%-*,-/:;?@\\[-\\]_{}\u00a1\u00a7\u00ab\u00b6\u00b7\u00bb\u00bf"
    "\u2010-\u2027\u2030-\u205e\u3001-\u3003\u3008-\u3011\u3014-\u301f\uff01-\uff0f\uff1a-\uff20"
)
_PROPERTIES = {
    "Han": _HAN,
    "IsHan": _HAN,
    "script=Han": _HAN,
    "sc=Han": _HAN,
    "L": _LETTERS,
    "Alpha": "A-Za-z",
    "Lu": "A-Z\u00c0-\u00d6\u00d8-\u00de",
    "Upper": "A-Z",
    "Ll": "a-z\u00df-\u00f6\u00f8-\u00ff",
    "Lower": "a-z",
    "N": "0-9\uff10-\uff19",
    "Nd": "0-9\uff10-\uff19",
    "Digit": "0-9",
    "Alnum": "A-Za-z0-9",
    "P": _MARKS,
    "Punct": "!-/:-@\\[-`{-~",
}
_PROPERTY = re.compile(r"\\([pP])(?:\{([A-Za-z=]+)\}|([A-Z]))")


def matches(text: str, pattern: str) -> bool:
    """Whether a pattern matches anywhere in a text. Raises FormError when it is wrong, too long, or cannot be tried safely."""
    compiled = _compiled(pattern)
    steps = (len(text) + 1) ** (compiled.risk.loops + 1)
    if not compiled.risk.runaway and (compiled.risk.loops < 2 or steps <= SAFE_STEPS):
        return compiled.pattern.search(text) is not None
    return _automaton(pattern).search(text)


@dataclass(frozen=True, slots=True)
class _Compiled:
    pattern: re.Pattern[str]
    risk: Risk


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> _Compiled:
    if len(pattern) > MAX_PATTERN:
        raise FormError(f"正则表达式太长（超过 {MAX_PATTERN} 个字符）。", "xpath-regex")
    try:
        translated = _translated(pattern)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # sets that a future Python may read otherwise
            return _Compiled(re.compile(translated, re.ASCII), risk_of(translated))
    except (re.error, OverflowError, RecursionError) as error:
        raise FormError(f"正则表达式“{pattern}”有错：{error}", "xpath-regex") from error


@lru_cache(maxsize=64)
def _automaton(pattern: str) -> Automaton:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        return Automaton(_translated(pattern))


def _translated(pattern: str) -> str:
    """Python's spelling: Unicode properties written out, and ``$`` that never matches before a final line break."""
    parts: list[str] = []
    in_class = False
    place = 0
    while place < len(pattern):
        char = pattern[place]
        prop = _PROPERTY.match(pattern, place) if char == "\\" else None
        if prop is not None:
            parts.append(_property(prop, in_class))
            place = prop.end()
        elif char == "\\":
            parts.append(pattern[place : place + 2])
            place += 2
        else:
            in_class = char == "[" or (in_class and char != "]")
            parts.append(r"\Z" if char == "$" and not in_class else char)
            place += 1
    return "".join(parts)


def _property(match: re.Match[str], in_class: bool) -> str:
    members = _PROPERTIES.get(match.group(2) or match.group(3))
    if members is None or (in_class and match.group(1) == "P"):
        raise re.error(f"不支持 {match.group()}")
    if in_class:
        return members
    return f"[{'^' if match.group(1) == 'P' else ''}{members}]"
