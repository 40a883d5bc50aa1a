"""Whatever is written as an expression, the engine answers or refuses with FormError, and nothing else."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from forms.errors import FormError
from forms.functions import LIBRARY
from forms.tree import document_of, element
from forms.tree_xml import parse_xml
from forms.xpath import Context, Environment, faults, parse
from forms.xpath import compile as compile_expression

XML = '<d k="1" xml:lang="zh"><a>1</a><a>2026-03-05</a><b><c>x y</c><c/></b><g>30 120;31 121;31 120;30 120</g><!--n--><?p q?></d>'
names = st.sampled_from(["a", "b", "c", "g", "d", "*", "node()", "text()", "@k", "@*", ".", "..", "comment()", "and", "div"])
literals = st.one_of(
    st.sampled_from(["''", "'a'", "'x y'", "'2026-03-05'", "'12:00:00'", "'%Y-%m'", "'['", "'hex'", "'SHA-256'", "'/d/a'"]),
    st.floats(allow_nan=False, allow_infinity=False, min_value=0).map(repr),
    st.integers(0, 10**20).map(str),
    st.text("ab0-:T %;\\[(龘𠀀", max_size=8).map(lambda inner: f"'{inner}'"),
)
axes = st.sampled_from(
    ["", "ancestor::", "following::", "preceding-sibling::", "descendant-or-self::", "namespace::", "parent::", "self::"]
)


def grammar(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    signs = st.sampled_from(["+", "-", "*", "div", "mod", "=", "!=", "<", "<=", ">", ">=", "and", "or", "|"])
    arguments = st.lists(inner, max_size=4).map(", ".join)
    return st.one_of(
        st.builds(lambda left, sign, right: f"{left} {sign} {right}", inner, signs, inner),
        st.builds(lambda name, given: f"{name}({given})", st.sampled_from([*sorted(LIBRARY), "nope"]), arguments),
        st.builds(lambda base, keep: f"({base})[{keep}]", inner, inner),
        st.builds(lambda base, keep: f"{base}[{keep}]", inner, inner),
        st.builds(lambda base, mark, step: f"{base}{mark}{step}", inner, st.sampled_from(["/", "//"]), names),
        st.builds("-{}".format, inner),
        st.builds("({})".format, inner),
    )


paths = st.builds(lambda start, axis, name: f"{start}{axis}{name}", st.sampled_from(["", "/", "//", "/d/"]), axes, names)
expressions = st.recursive(literals | paths, grammar, max_leaves=12)


def attempt(expression: str) -> None:
    document = parse_xml(XML)
    environment = Environment(document, instances={"a": document_of(element("root", children=[element("a", "1")]))}, budget=200_000)
    with suppress(FormError):
        faults(parse(expression))
    with suppress(FormError):
        compiled = compile_expression(expression)
        for node in (document, document.element, document.element.children[0], document.element.attributes[0]):
            here = Context(node, env=environment)
            for ask in (compiled.evaluate, compiled.string, compiled.number, compiled.boolean, compiled.nodes):
                with suppress(FormError):
                    ask(here)


@settings(max_examples=600, deadline=None)
@given(expressions)
def test_no_expression_of_the_grammar_crashes(expression: str) -> None:
    attempt(expression)


@settings(max_examples=400, deadline=None)
@given(st.text("ab01.'\"()[]/@:*+-=<>!|,$ \n龘andorivm", max_size=40) | st.text(max_size=40))
def test_no_text_crashes(expression: str) -> None:
    attempt(expression)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from([*"()[]/@.*+-=<>|,", "//", "::", "..", "and", "div", "a", "1", "'x'", "child", "text", "count", "(."]), max_size=25
    )
)
def test_no_row_of_tokens_crashes(tokens: list[str]) -> None:
    attempt(" ".join(tokens))
