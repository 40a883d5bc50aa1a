"""Every expression of a form: it parses, its functions exist and get the right number of arguments, its ${names} resolve."""

from __future__ import annotations

import re
from collections.abc import Iterator

from forms.errors import FormError
from forms.functions import LIBRARY
from forms.lint_draft import REFERENCE, Draft, Line, base_column
from forms.messages import Finding
from forms.xpath import parse
from forms.xpath_ast import Ast, calls

_EXPRESSIONS = {
    "survey": frozenset(("relevant", "constraint", "calculation", "required", "readonly", "choice_filter", "repeat_count")),
    "settings": frozenset(("instance_name",)),
    "entities": frozenset(("label", "entity_id", "create_if", "update_if")),
    "choices": frozenset[str](),
}
_YES_NO = frozenset(("yes", "no", "true", "false", "true()", "false()"))
_DYNAMIC = re.compile(r"\$\{|\w\(")
_NOT_REFERENCES = frozenset(("name", "type"))


def check_expressions(draft: Draft) -> Iterator[Finding]:
    """Findings of every cell that holds an expression or a ${name}."""
    names = draft.names
    for line in draft.lines():
        for column, text in line.cells.items():
            yield from _check_references(line, column, text, frozenset(names))
            if _is_expression(line, column, text):
                yield from check_expression(line, column, REFERENCE.sub(lambda found: f" /data/{found[1] or 'x'} ", text))


def _is_expression(line: Line, column: str, text: str) -> bool:
    base = base_column(column)
    if line.sheet == "survey" and base == "default":
        return bool(_DYNAMIC.search(text))
    return base in _EXPRESSIONS[line.sheet] and text.lower() not in _YES_NO


def _check_references(line: Line, column: str, text: str, names: frozenset[str]) -> Iterator[Finding]:
    if "${" not in text or base_column(column) in _NOT_REFERENCES or (line.sheet == "choices" and base_column(column) != "label"):
        return
    for name in dict.fromkeys(REFERENCE.findall(text)):
        if name not in names:
            yield line.error(column, f"表中没有名为「{name}」的题目，请检查 ${{{name}}} 的拼写。")


def check_expression(line: Line, column: str, expression: str) -> Iterator[Finding]:
    """Findings of one expression whose references are already paths."""
    try:
        ast = parse(expression)
    except FormError as error:
        yield line.error(column, f"表达式写错了：{error}")
        return
    for message in wrong_calls(ast):
        yield line.error(column, message)


def wrong_calls(ast: Ast) -> Iterator[str]:
    """A sentence for every call of an unknown function or with a wrong number of arguments."""
    for call in calls(ast):
        function = LIBRARY.get(call.name)
        if function is None:
            yield f"没有名为 {call.name}() 的函数，请检查拼写。"
        elif not function.accepts(len(call.arguments)):
            yield f"函数 {call.name}() 的参数个数不对：写了 {len(call.arguments)} 个，应为 {_wanted(function.least, function.most)}。"


def _wanted(least: int, most: int | None) -> str:
    if most is None:
        return f"至少 {least} 个"
    return f"{least} 个" if least == most else f"{least} 到 {most} 个"
