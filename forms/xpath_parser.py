"""XPath 1.0 grammar: tokens to syntax tree, with limits on length and nesting so that no expression can exhaust the machine."""

from __future__ import annotations

from forms.errors import FormError
from forms.xpath_ast import (
    ANY_NODE,
    AXES,
    ROOT_START,
    Ast,
    Binary,
    Call,
    Filter,
    Literal,
    Negation,
    NodeTest,
    Number,
    Path,
    Step,
    Variable,
    children,
)
from forms.xpath_lexer import Token, tokenise

MAX_LENGTH = 50_000
MAX_DEPTH = 60
MAX_CHAIN = 250
MAX_TREE_DEPTH = 300

_RANKS = {"or": 0, "and": 1, "=": 2, "!=": 2, "<": 3, "<=": 3, ">": 3, ">=": 3, "+": 4, "-": 4, "*": 5, "div": 5, "mod": 5}
_OPERATOR_KINDS = frozenset(("operator", "=", "!=", "<", "<=", ">", ">=", "+", "-"))
_NODE_TYPES = frozenset(("node", "text", "comment", "processing-instruction"))
_STEP_STARTS = frozenset((".", "..", "@", "name", "*"))
_DESCEND = Step("descendant-or-self", ANY_NODE)


def parse_expression(expression: str) -> Ast:
    """The syntax tree of an expression. Raises FormError with the character offset."""
    if len(expression) > MAX_LENGTH:
        raise FormError(f"表达式太长（超过 {MAX_LENGTH} 个字符）。", "xpath-length", MAX_LENGTH)
    parser = _Parser(tokenise(expression))
    if parser.token.kind == "end":
        raise FormError("表达式是空的。", "xpath-empty", 0)
    ast = parser.binary(0)
    if parser.token.kind != "end":
        raise parser.unexpected()
    if len(parser.tokens) > MAX_TREE_DEPTH:
        _limit_depth(ast)
    return ast


def _limit_depth(ast: Ast) -> None:
    """Brackets and chains together must not make a tree that recursion over it could not bear."""
    level: list[Ast] = [ast]
    for _ in range(MAX_TREE_DEPTH):
        level = [inner for node in level for inner in children(node)]
        if not level:
            return
    raise FormError("表达式嵌套太深。", "xpath-depth", 0)


class _Parser:
    """Recursive descent over the token list; ``token`` is the next one to read."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.place = 0
        self.depth = 0
        self.token = tokens[0]

    def advance(self) -> Token:
        token = self.token
        self.place += 1
        self.token = self.tokens[min(self.place, len(self.tokens) - 1)]
        return token

    def peek(self, ahead: int = 1) -> str:
        return self.tokens[min(self.place + ahead, len(self.tokens) - 1)].kind

    def expect(self, kind: str) -> Token:
        if self.token.kind != kind:
            raise self.unexpected(kind)
        return self.advance()

    def unexpected(self, wanted: str = "") -> FormError:
        found = "提前结束" if self.token.kind == "end" else f"第 {self.token.position + 1} 个字符处出现“{self.token.text}”"
        hint = f"，应当是“{wanted}”" if wanted else ""
        return FormError(f"表达式{found}{hint}。", "xpath-syntax", self.token.position)

    def enter(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise FormError(f"表达式嵌套太深（超过 {MAX_DEPTH} 层）。", "xpath-depth", self.token.position)

    def expression(self) -> Ast:
        self.enter()
        ast = self.binary(0)
        self.depth -= 1
        return ast

    def binary(self, lowest: int) -> Ast:
        """Precedence climbing: operators of ``lowest`` rank and above; chains become left spines."""
        left = self.unary()
        chain = 0
        while True:
            rank = _RANKS.get(self.token.text, -1) if self.token.kind in _OPERATOR_KINDS else -1
            if rank < lowest:
                return left
            chain = self.count(chain)
            operator = self.advance().text
            left = Binary(operator, left, self.binary(rank + 1))

    def count(self, chain: int) -> int:
        if chain >= MAX_CHAIN:
            raise FormError(f"表达式一串运算太长（超过 {MAX_CHAIN} 项）。", "xpath-depth", self.token.position)
        return chain + 1

    def unary(self) -> Ast:
        signs = 0
        while self.token.kind == "-":
            self.advance()
            signs += 1
        ast = self.union()
        if signs:
            ast = Negation(ast) if signs % 2 else Negation(Negation(ast))
        return ast

    def union(self) -> Ast:
        left = self.path()
        chain = 0
        while self.token.kind == "|":
            chain = self.count(chain)
            self.advance()
            left = Binary("|", left, self.path())
        return left

    def path(self) -> Ast:
        kind = self.token.kind
        if kind == "/":
            self.advance()
            return Path(ROOT_START, tuple(self.steps()) if self.token.kind in _STEP_STARTS else ())
        if kind == "//":
            self.advance()
            return Path(ROOT_START, (_DESCEND, *self.steps()))
        if self.starts_filter():
            return self.filter_path()
        return Path(None, tuple(self.steps()))

    def starts_filter(self) -> bool:
        kind = self.token.kind
        if kind == "name" and self.peek() == "(":
            return self.token.text not in _NODE_TYPES
        return kind in ("number", "literal", "(", "$")

    def filter_path(self) -> Ast:
        base = self.primary()
        predicates = self.predicates()
        if predicates:
            base = Filter(base, predicates)
        if self.token.kind == "/":
            self.advance()
            return Path(base, tuple(self.steps()))
        if self.token.kind == "//":
            self.advance()
            return Path(base, (_DESCEND, *self.steps()))
        return base

    def primary(self) -> Ast:
        token = self.advance()
        if token.kind == "number":
            return Number(float(token.text))
        if token.kind == "literal":
            return Literal(token.text)
        if token.kind == "$":
            return Variable(self.expect("name").text, token.position)
        if token.kind == "(":
            inner = self.expression()
            self.expect(")")
            return inner
        return self.call(token)

    def call(self, name: Token) -> Ast:
        self.expect("(")
        arguments: list[Ast] = []
        if self.token.kind != ")":
            arguments.append(self.expression())
            while self.token.kind == ",":
                self.advance()
                arguments.append(self.expression())
        self.expect(")")
        return Call(name.text, tuple(arguments), name.position)

    def steps(self) -> list[Step]:
        found = [self.step()]
        while self.token.kind in ("/", "//"):
            self.count(len(found))
            if self.advance().kind == "//":
                found.append(_DESCEND)
            found.append(self.step())
        return found

    def step(self) -> Step:
        if self.token.kind == ".":
            self.advance()
            return Step("self", ANY_NODE, self.predicates())
        if self.token.kind == "..":
            self.advance()
            return Step("parent", ANY_NODE, self.predicates())
        axis = self.axis()
        return Step(axis, self.node_test(), self.predicates())

    def axis(self) -> str:
        if self.token.kind == "@":
            self.advance()
            return "attribute"
        if self.token.kind != "name" or self.peek() != "::":
            return "child"
        name = self.advance()
        self.advance()
        if name.text not in AXES:
            raise FormError(f"没有名为“{name.text}”的轴。", "xpath-axis", name.position)
        return name.text

    def node_test(self) -> NodeTest:
        token = self.token
        if token.kind == "*":
            self.advance()
            return NodeTest("name", position=token.position)
        if token.kind != "name":
            raise self.unexpected()
        self.advance()
        if self.token.kind == "(" and token.text in _NODE_TYPES:
            return self.type_test(token)
        prefix, _, local = token.text.rpartition(":")
        return NodeTest("name", prefix, local, token.position)

    def type_test(self, token: Token) -> NodeTest:
        self.expect("(")
        target = "*"
        if token.text == "processing-instruction" and self.token.kind == "literal":
            target = self.advance().text
        self.expect(")")
        return NodeTest(token.text, "", target, token.position)

    def predicates(self) -> tuple[Ast, ...]:
        found: list[Ast] = []
        while self.token.kind == "[":
            self.advance()
            found.append(self.expression())
            self.expect("]")
        return tuple(found)
