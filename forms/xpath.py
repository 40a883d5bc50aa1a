"""The door to the expression engine: parse for lint, compile once, evaluate many times; every failure is a FormError."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from forms.errors import FormError
from forms.functions import LIBRARY
from forms.functions_registry import Library
from forms.tree import Node
from forms.xpath_ast import Ast, Call, Path, walk
from forms.xpath_code import as_boolean, as_nodes, as_number, as_text
from forms.xpath_compile import Compiler
from forms.xpath_context import Context, Environment
from forms.xpath_parser import parse_expression
from forms.xpath_paths import ANY_NAMESPACE, unknown_prefix
from forms.xpath_values import Value

__all__ = ["ANY_NAMESPACE", "DEFAULT_NAMESPACES", "Ast", "Context", "Environment", "Expression", "compile", "faults", "parse"]

DEFAULT_NAMESPACES: Mapping[str, str] = MappingProxyType(
    {
        "": ANY_NAMESPACE,
        "h": "http://www.w3.org/1999/xhtml",
        "jr": "http://openrosa.org/javarosa",
        "orx": "http://openrosa.org/xforms",
        "odk": "http://www.opendatakit.org/xforms",
        "entities": "http://www.opendatakit.org/xforms/entities",
        "ev": "http://www.w3.org/2001/xml-events",
        "xsd": "http://www.w3.org/2001/XMLSchema",
        "xml": "http://www.w3.org/XML/1998/namespace",
    }
)


def parse(expression: str) -> Ast:
    """The syntax tree, for lint and dependency analysis (see forms.xpath_ast). Raises FormError."""
    return parse_expression(expression)


class Expression:
    """A compiled expression. Each method raises FormError; ``number`` gives NaN rather than fail."""

    __slots__ = ("_boolean", "_nodes", "_number", "_run", "_text", "ast", "source", "type")

    def __init__(self, source: str, ast: Ast, namespaces: Mapping[str, str], library: Library) -> None:
        code = Compiler(namespaces, library).code(ast)
        self.source = source
        self.ast = ast
        self.type = code.type
        self._run = code.run
        self._text = as_text(code)
        self._number = as_number(code)
        self._boolean = as_boolean(code)
        self._nodes = as_nodes(code)

    def __repr__(self) -> str:
        return f"Expression({self.source!r})"

    def evaluate(self, context: Context) -> Value:
        """The value in its own type: float, str, bool, Moment or a list of nodes in document order, not to be changed."""
        try:
            return self._run(context.node, context.position, context.size, context)
        except RecursionError as error:
            raise _too_deep() from error

    def string(self, context: Context) -> str:
        try:
            return self._text(context.node, context.position, context.size, context)
        except RecursionError as error:
            raise _too_deep() from error

    def number(self, context: Context) -> float:
        try:
            return self._number(context.node, context.position, context.size, context)
        except RecursionError as error:
            raise _too_deep() from error

    def boolean(self, context: Context) -> bool:
        try:
            return self._boolean(context.node, context.position, context.size, context)
        except RecursionError as error:
            raise _too_deep() from error

    def nodes(self, context: Context) -> list[Node]:
        """The node-set, which the caller must not change; FormError when it is something else."""
        try:
            return self._nodes(context.node, context.position, context.size, context)
        except RecursionError as error:
            raise _too_deep() from error


def compile(expression: str, namespaces: Mapping[str, str] = DEFAULT_NAMESPACES, library: Library = LIBRARY) -> Expression:
    """Compile an expression. Raises FormError on bad syntax; an unknown function or wrong arity fails only when reached.

    ``namespaces`` maps prefixes to URIs; "" is the namespace that names without prefix may also be in, ``ANY_NAMESPACE`` for any.
    """
    try:
        return Expression(expression, parse_expression(expression), namespaces, library)
    except RecursionError as error:
        raise _too_deep() from error


def faults(ast: Ast, namespaces: Mapping[str, str] = DEFAULT_NAMESPACES, library: Library = LIBRARY) -> tuple[FormError, ...]:
    """What lint finds without evaluating: unknown functions, wrong numbers of arguments, prefixes that nothing declares."""
    compiler = Compiler(namespaces, library)
    found: list[FormError] = []
    for part in walk(ast):
        if isinstance(part, Call):
            fault = compiler.fault(part)
            if fault is not None:
                found.append(fault)
        elif isinstance(part, Path):
            tests = [step.test for step in part.steps if step.test.prefix and step.test.prefix not in namespaces]
            found.extend(unknown_prefix(test) for test in tests)
    return tuple(found)


def _too_deep() -> FormError:
    return FormError("表达式嵌套太深。", "xpath-depth")
