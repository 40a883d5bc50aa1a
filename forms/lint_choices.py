"""Choices that nobody can choose: lists without a question, and choices that no filter lets through."""

from __future__ import annotations

from collections.abc import Iterator

from forms.errors import FormError
from forms.lint_draft import REFERENCE, Draft, Line
from forms.messages import WARNING, Finding
from forms.xpath import parse
from forms.xpath_ast import Ast, Binary, Literal, Number, Path

_OWN = "own"  # where ${question} stood in a filter: /own/question


def check_choices(draft: Draft) -> Iterator[Finding]:
    """Warnings about lists and choices out of reach. A filter too clever to be understood counts as letting everything through."""
    askers: dict[str, list[Line]] = {}
    for line in draft.survey:
        if line.list_name:
            askers.setdefault(line.list_name, []).append(line)
    text = "\n".join(cell for line in draft.lines() for cell in line.cells.values())
    for name, choices in draft.lists.items():
        if name in askers:
            yield from _check_list(draft, choices, askers[name])
        elif name and f"instance('{name}')" not in text and f"loop over {name}" not in text:
            yield Finding(WARNING, "choices", choices[0].number, "list_name", f"没有题目用到选项列表「{name}」。")


def _check_list(draft: Draft, choices: list[Line], askers: list[Line]) -> Iterator[Finding]:
    filters = [_filter(asker) for asker in askers]
    for choice in choices:
        if not any(ast is None or _may_pass(ast, choice, draft) for ast in filters):
            yield choice.warning("name", f"选项「{choice.get('name')}」在任何情况下都选不到：choice_filter 不会放行它。")


def _filter(asker: Line) -> Ast | None:
    text = asker.get("choice_filter")
    if not text:
        return None
    try:
        return parse(REFERENCE.sub(rf" /{_OWN}/\1 ", text))
    except FormError:
        return None


def _may_pass(ast: Ast, choice: Line, draft: Draft) -> bool:
    if not isinstance(ast, Binary):
        return True
    if ast.operator == "and":
        return _may_pass(ast.left, choice, draft) and _may_pass(ast.right, choice, draft)
    if ast.operator == "or":
        return _may_pass(ast.left, choice, draft) or _may_pass(ast.right, choice, draft)
    if ast.operator != "=":
        return True
    left, right = _possible(ast.left, choice, draft), _possible(ast.right, choice, draft)
    return left is None or right is None or bool(left & right)


def _possible(ast: Ast, choice: Line, draft: Draft) -> frozenset[str] | None:
    """The values one side of an equality can have, None where that is not known."""
    if isinstance(ast, Literal):
        return frozenset((ast.value,))
    if isinstance(ast, Number):
        return frozenset((f"{ast.value:g}",))
    if not isinstance(ast, Path) or any(step.predicates or step.axis != "child" for step in ast.steps):
        return None
    names = [step.test.local for step in ast.steps]
    if ast.start is None:
        return frozenset((choice.cells.get(names[0], ""),)) if len(names) == 1 else None
    return draft.answers.get(names[1]) if len(names) == 2 and names[0] == _OWN else None
