"""XPath 1.0 tokens: splits an expression by the specification's disambiguation rules (section 3.7)."""

from __future__ import annotations

import re
from typing import NamedTuple

from forms.errors import FormError

_NAME = r"[^\W\d][\w.\-·]*"
_PATTERN = re.compile(
    rf"""
    [ \t\r\n]*
    (?:
    (?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
  | (?P<literal>"[^"]*"|'[^']*')
  | (?P<symbol>::|\.\.|//|!=|<=|>=|[()\[\].@,/|+\-=<>*$])
  | (?P<name>{_NAME}(?::(?!:)(?:{_NAME}|\*))?)
    )
    """,
    re.VERBOSE,
)
_SPACE = " \t\r\n"
_OPERATOR_NAMES = frozenset(("and", "or", "mod", "div"))
_OPERAND_STARTS = frozenset(("@", "::", "(", "[", ",", "/", "//", "|", "+", "-", "=", "!=", "<", "<=", ">", ">=", "$", "operator"))


class Token(NamedTuple):
    """``kind`` is number, literal, name, operator (a word or ``*``), end, or the symbol itself."""

    kind: str
    text: str
    position: int


def tokenise(expression: str) -> list[Token]:
    """The tokens of an expression, closed by an ``end`` token. Raises FormError at the first character that fits nothing."""
    tokens: list[Token] = []
    place, end = 0, len(expression.rstrip(_SPACE))
    after_operand = False
    while place < end:
        match = _PATTERN.match(expression, place)
        if match is None:
            place += len(expression[place:]) - len(expression[place:].lstrip(_SPACE))
            raise FormError(f"表达式第 {place + 1} 个字符“{expression[place]}”无法识别。", "xpath-character", place)
        kind = match.lastgroup or ""
        token = _token(kind, match[kind], match.start(kind), after_operand)
        tokens.append(token)
        after_operand = token.kind not in _OPERAND_STARTS
        place = match.end() if token.kind != "operator" else token.position + len(token.text)
    tokens.append(Token("end", "", len(expression)))
    return tokens


def _token(kind: str, text: str, place: int, after_operand: bool) -> Token:
    if kind == "symbol":
        return Token("operator" if after_operand and text == "*" else text, text, place)
    if kind == "literal":
        return Token("literal", text[1:-1], place)
    if after_operand and kind == "name":
        return _operator_name(text, place)
    return Token(kind, text, place)


def _operator_name(text: str, place: int) -> Token:
    """A name where only an operator can stand; ``1 and1`` and ``2div1`` are split after the word."""
    if text in _OPERATOR_NAMES:
        return Token("operator", text, place)
    match = re.match(r"(and|or|mod|div)(?=[0-9.\-])", text)
    if match is None:
        raise FormError(f"表达式第 {place + 1} 个字符处应当是运算符，却是“{text}”。", "xpath-syntax", place)
    return Token("operator", match.group(), place)
