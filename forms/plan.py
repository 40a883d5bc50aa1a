"""The order of calculation of one form: which rule must run when which value changes; cycles of calculation are named here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from forms.errors import FormError
from forms.plan_references import DOCUMENT, Reads, ReferenceFinder, descendants, repeats_above
from forms.xform import Action, Bind, Group, Item, ModelNode, Question, Repeat, Text, questions_in
from forms.xpath import Expression

RELEVANT, COUNT, CALCULATE, CHOICES = "relevant", "count", "calculate", "choices"
REQUIRED, READONLY, CONSTRAINT, LABEL, HINT, MESSAGE = "required", "readonly", "constraint", "label", "hint", "message"

Itext = Mapping[str, Mapping[str, Mapping[str, tuple[str | Expression, ...]]]]


@dataclass(frozen=True, slots=True)
class Rule:
    """Something that changes values: it runs at every instance of `node`. `rank` is its place in the order of calculation."""

    kind: str
    node: int
    expression: Expression
    reads: Reads


@dataclass(frozen=True, slots=True)
class Watch:
    """What must be worked out anew when a node's value changes: a rule by rank, or a facet of the screen by name.

    `shared` is the repeat whose instance the changed node and the reader have in common, DOCUMENT where any reader is concerned."""

    rank: int
    facet: str
    node: int
    shared: int


@dataclass(frozen=True)
class Plan:
    """Everything about a form's rules that does not depend on answers."""

    rules: tuple[Rule, ...]
    on_value: tuple[tuple[Watch, ...], ...]
    on_repeat: Mapping[int, tuple[Watch, ...]]
    on_language: tuple[int, ...]
    own_rules: tuple[tuple[int, ...], ...]
    own_choices: tuple[int | None, ...]
    questions: Mapping[int, Question]
    homes: tuple[int, ...]
    below: tuple[tuple[int, ...], ...]
    by_name: Mapping[str, tuple[int, ...]]
    by_ref: Mapping[str, int]
    frame_labels: Mapping[int, Text]
    moving_words: frozenset[str]
    live_attributes: frozenset[int]
    fixed_repeats: frozenset[int]
    action_sources: frozenset[int]


def make_plan(
    nodes: tuple[ModelNode, ...], body: tuple[Item, ...], refs: Mapping[str, int], itext: Itext, actions: tuple[Action, ...]
) -> Plan:
    """Raises FormError naming the nodes of a cycle of calculation."""
    by_node = {refs[question.ref]: question for question in questions_in(body)}
    frames = {refs[frame.ref]: frame for frame in frames_in(body) if frame.ref in refs}
    labels = {index: frame.label for index, frame in frames.items()}
    finder = ReferenceFinder(nodes)
    rules = [
        Rule(kind, node, expression, _item_reads(by_node[node], finder, node) if kind == CHOICES else finder.find(expression.ast, node))
        for kind, node, expression in _rules(nodes, by_node)
    ]
    _refuse_cycles(nodes, rules)
    ordered = _in_order(nodes, rules)
    homes = tuple(next(iter(repeats_above(nodes, node.index)), DOCUMENT) for node in nodes)
    watches = _rule_watches(ordered)
    watches += _facet_watches(nodes, by_node, finder, itext, labels)
    on_value: list[list[Watch]] = [[] for _ in nodes]
    on_repeat: dict[int, list[Watch]] = {}
    for watch, reads in watches:
        _register(watch, reads, on_value, on_repeat, homes)
    return Plan(
        rules=tuple(ordered),
        on_value=tuple(tuple(dict.fromkeys(found)) for found in on_value),
        on_repeat={node: tuple(dict.fromkeys(found)) for node, found in on_repeat.items()},
        on_language=tuple(rank for rank, rule in enumerate(ordered) if rule.reads.language),
        own_rules=tuple(_own_rules(ordered, node.index) for node in nodes),
        own_choices=tuple(_own_choices(ordered, node.index) for node in nodes),
        questions=by_node,
        homes=homes,
        below=tuple(tuple(descendants(nodes, node.index)) for node in nodes),
        by_name=_by_name(nodes),
        by_ref=refs,
        frame_labels=labels,
        moving_words=frozenset(moving_words(itext)),
        live_attributes=_live_attributes(nodes, actions),
        fixed_repeats=frozenset(index for index, frame in frames.items() if isinstance(frame, Repeat) and frame.fixed),
        action_sources=frozenset(action.source for action in actions if action.source >= 0),
    )


def frames_in(items: tuple[Item, ...]) -> Iterator[Group | Repeat]:
    """Every group and repeat at or below these items."""
    for item in items:
        if not isinstance(item, Question):
            yield item
            yield from frames_in(item.children)


def _by_name(nodes: tuple[ModelNode, ...]) -> Mapping[str, tuple[int, ...]]:
    found: dict[str, list[int]] = {}
    for node in nodes:
        if not node.is_attribute and node.is_leaf:
            found.setdefault(node.local, []).append(node.index)
    return {name: tuple(indexes) for name, indexes in found.items()}


def _live_attributes(nodes: tuple[ModelNode, ...], actions: tuple[Action, ...]) -> frozenset[int]:
    """Attributes whose value the form works out, as opposed to those it merely carries."""
    targets = {action.target for action in actions}
    live = (node for node in nodes if node.is_attribute and node.parent != 0)
    return frozenset(node.index for node in live if node.bind != Bind() or node.index in targets)


def _own_rules(rules: list[Rule], node: int) -> tuple[int, ...]:
    """Rules that must run again when the node itself becomes relevant."""
    return tuple(rank for rank, rule in enumerate(rules) if rule.node == node and rule.kind in (CALCULATE, CHOICES))


def _own_choices(rules: list[Rule], node: int) -> int | None:
    return next((rank for rank, rule in enumerate(rules) if rule.node == node and rule.kind == CHOICES), None)


def _rules(nodes: tuple[ModelNode, ...], questions: Mapping[int, Question]) -> Iterator[tuple[str, int, Expression]]:
    for node in nodes:
        if node.bind.relevant is not None:
            yield RELEVANT, node.index, node.bind.relevant
        if node.count is not None:
            yield COUNT, node.index, node.count
        if node.bind.calculate is not None:
            yield CALCULATE, node.index, node.bind.calculate
        question = questions.get(node.index)
        if question is not None and question.itemset is not None:
            yield CHOICES, node.index, question.itemset.nodes


def _register(watch: Watch, reads: Reads, on_value: list[list[Watch]], on_repeat: dict[int, list[Watch]], homes: tuple[int, ...]) -> None:
    for reference in reads.values:
        shared = homes[reference.anchor] if reference.anchor != DOCUMENT else DOCUMENT
        on_value[reference.target].append(Watch(watch.rank, watch.facet, watch.node, shared))
    for repeat in reads.repeats:
        on_repeat.setdefault(repeat, []).append(Watch(watch.rank, watch.facet, watch.node, DOCUMENT))


def _rule_watches(rules: Iterable[Rule]) -> list[tuple[Watch, Reads]]:
    return [(Watch(rank, "", rule.node, DOCUMENT), rule.reads) for rank, rule in enumerate(rules)]


def _facet_watches(
    nodes: tuple[ModelNode, ...],
    questions: Mapping[int, Question],
    finder: ReferenceFinder,
    itext: Itext,
    labels: Mapping[int, Text],
) -> list[tuple[Watch, Reads]]:
    found: list[tuple[Watch, Reads]] = []

    def watch(facet: str, node: int, expressions: Iterable[Expression | None]) -> None:
        known = (expression for expression in expressions if expression is not None)
        found.extend((Watch(-1, facet, node, DOCUMENT), finder.find(expression.ast, node)) for expression in known)

    for node in nodes:
        bind = node.bind
        watch(REQUIRED, node.index, [bind.required])
        watch(READONLY, node.index, [bind.readonly])
        watch(CONSTRAINT, node.index, [bind.constraint])
        watch(MESSAGE, node.index, [*text_expressions(bind.constraint_message, itext), *text_expressions(bind.required_message, itext)])
        watch(LABEL, node.index, text_expressions(labels.get(node.index, Text()), itext))
    for index, question in questions.items():
        watch(LABEL, index, text_expressions(question.label, itext))
        watch(HINT, index, text_expressions(question.hint, itext))
        watch(CHOICES, index, _choice_expressions(question, itext, nodes))
        if question.itemset is not None:
            found.append((Watch(-1, CHOICES, index, DOCUMENT), _item_reads(question, finder, index)))
    return found


def _item_reads(question: Question, finder: ReferenceFinder, node: int) -> Reads:
    itemset = question.itemset
    assert itemset is not None
    inner = [itemset.value.ast, *(expression.ast for expression in text_expressions(itemset.label, {}))]
    return finder.find_items(itemset.nodes.ast, inner, node)


def _choice_expressions(question: Question, itext: Itext, nodes: tuple[ModelNode, ...]) -> Iterator[Expression]:
    """What the words of choices read. Which entries a computed list will name is not known, so all that nodes do not name count."""
    for choice in question.choices:
        yield from text_expressions(choice.label, itext)
    if question.itemset is not None and question.itemset.label.itext_expression is not None:
        own = tuple(node.ref for node in nodes)
        for key in moving_words(itext):
            if not key.startswith(own):
                yield from text_expressions(Text(itext=key), itext)


def moving_words(itext: Itext) -> Iterator[str]:
    """The itext entries with outputs: their words follow answers."""
    for table in itext.values():
        for key, entry in table.items():
            if any(isinstance(part, Expression) for parts in entry.values() for part in parts):
                yield key


def text_expressions(text: Text, itext: Itext) -> Iterator[Expression]:
    """Every expression that words of this text can contain, in any language."""
    yield from (part for part in text.parts if isinstance(part, Expression))
    if text.itext_expression is not None:
        yield text.itext_expression
    for table in itext.values():
        for parts in table.get(text.itext, {}).values() if text.itext else ():
            yield from (part for part in parts if isinstance(part, Expression))


def _feeds(nodes: tuple[ModelNode, ...], rule: Rule) -> Iterator[int]:
    """The nodes whose value a rule can change."""
    yield rule.node
    if rule.kind in (RELEVANT, COUNT):
        yield from descendants(nodes, rule.node)


def _in_order(nodes: tuple[ModelNode, ...], rules: list[Rule]) -> list[Rule]:
    """Rules after those that feed them; within a loop, document order."""
    feeders: dict[int, list[int]] = {}
    for number, rule in enumerate(rules):
        for node in _feeds(nodes, rule):
            feeders.setdefault(node, []).append(number)
    before = [
        [feeder for node in (*(ref.target for ref in rule.reads.values), *rule.reads.repeats) for feeder in feeders.get(node, ())]
        + [feeder for feeder in feeders.get(rule.node, ()) if rules[feeder].kind != rule.kind and _precedes(rules[feeder], rule)]
        for rule in rules
    ]
    order = _depth_first(len(rules), lambda number: before[number])
    return [rules[number] for number in order]


def _precedes(first: Rule, second: Rule) -> bool:
    kinds = (RELEVANT, COUNT, CALCULATE, CHOICES)
    return kinds.index(first.kind) < kinds.index(second.kind)


def _depth_first(count: int, before: Callable[[int], Iterable[int]]) -> list[int]:
    """Each number after those before it, loops cut where they close."""
    order: list[int] = []
    seen: set[int] = set()
    for start in range(count):
        stack: list[tuple[int, Iterator[int]]] = []
        if start not in seen:
            seen.add(start)
            stack.append((start, iter(before(start))))
        while stack:
            number, rest = stack[-1]
            following = next((item for item in rest if item not in seen), None)
            if following is None:
                order.append(number)
                stack.pop()
            else:
                seen.add(following)
                stack.append((following, iter(before(following))))
    return order


def _refuse_cycles(nodes: tuple[ModelNode, ...], rules: list[Rule]) -> None:
    """A calculation that needs its own result is refused; one that looks at another instance of its repeat is not a cycle."""
    calculated = {rule.node: rule for rule in rules if rule.kind == CALCULATE}
    needs = {
        node: [ref.target for ref in rule.reads.values if not ref.elsewhere and ref.target in calculated]
        for node, rule in calculated.items()
    }
    state: dict[int, int] = {}
    for start in needs:
        trail: list[tuple[int, Iterator[int]]] = []
        if start not in state:
            state[start] = 1
            trail.append((start, iter(needs[start])))
        while trail:
            node, rest = trail[-1]
            following = next((item for item in rest if state.get(item) != 2), None)
            if following is None:
                state[node] = 2
                trail.pop()
            elif state.get(following) == 1:
                names = [index for index, _ in trail]
                loop = [*names[names.index(following) :], following]
                raise FormError("计算式互相依赖，无法算出结果：" + " → ".join(nodes[index].ref for index in loop), "cycle")
            else:
                state[following] = 1
                trail.append((following, iter(needs[following])))
