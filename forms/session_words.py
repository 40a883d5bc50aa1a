"""Words in the language at hand: labels, hints, messages and choices, with what expressions put into them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from forms.errors import FormError
from forms.session_cells import Cell
from forms.tree import Node
from forms.xform import Choice, Form, Itemset, Question, Text
from forms.xpath import Context, Environment, Expression

_PLAIN_FORMS = ("long", "", "short")
_MEDIA_FORMS = frozenset(("image", "audio", "video", "big-image"))
_EMPTY: Mapping[str, Mapping[str, tuple[str | Expression, ...]]] = {}


class Words:
    """Looks texts up for one session. `language` may change at any time; what was made of it before is then stale."""

    def __init__(self, form: Form, environment: Environment, language: str) -> None:
        self._form = form
        self._environment = environment
        self.language = language
        self._memo: dict[tuple[int, int], Choice] = {}

    def speak(self, language: str) -> None:
        """Changes the language."""
        self.language = language
        self._environment.language = language
        self._memo.clear()

    def words(self, text: Text, node: Node, place: Node | None = None) -> str:
        """The plain words of a text; `place` is the question where outputs are worked out, if not `node` itself."""
        if text.itext or text.itext_expression is not None:
            return self._join(self._parts(self._itext_id(text, node), _PLAIN_FORMS), place or node)
        return self._join(text.parts, node)

    def media(self, text: Text, node: Node, place: Node | None = None) -> dict[str, str]:
        """File names by kind: image, audio, video, big-image."""
        if not text.itext and text.itext_expression is None:
            return {}
        key = self._itext_id(text, node)
        found: dict[str, tuple[str | Expression, ...]] = {}
        for entry in self._entries(key):
            for kind in _MEDIA_FORMS & entry.keys():
                found.setdefault(kind, entry[kind])
        return {kind: self._join(parts, place or node).rpartition("/")[2] for kind, parts in found.items()}

    def form_of(self, text: Text, node: Node, form: str) -> str:
        """The words of one form of an entry, `guidance` for one; "" where it has none."""
        return self._join(self._parts(text.itext, (form,)), node) if text.itext else ""

    def entry_words(self, key: str, node: Node) -> str:
        """The words of an itext entry named by an expression: `jr:itext(…)`."""
        return self.words(Text(itext=key), node)

    def choices(self, question: Question, cell: Cell) -> tuple[Choice, ...]:
        """What may be chosen at this place, after the filter, in order."""
        if question.itemset is not None:
            return tuple(self._from_nodes(question.itemset, cell))
        return tuple(
            Choice(choice.value, self._label(choice.label, choice.value, cell, cell), self.media(choice.label, cell).get("image", ""))
            for choice in question.choices
        )

    def choice_values(self, question: Question, cell: Cell) -> tuple[str, ...]:
        """The values alone, in order, without looking up any words."""
        if question.itemset is None:
            return tuple(choice.value for choice in question.choices)
        value = question.itemset.value
        return tuple(value.string(Context(node, env=self._environment)) for node in self._items(question.itemset, cell))

    def _items(self, itemset: Itemset, cell: Cell) -> Iterator[Node]:
        """The nodes a list is made of; instances of a repeat that are not relevant are not on offer."""
        nodes = itemset.nodes.nodes(Context(cell, env=self._environment))
        return (node for node in nodes if not isinstance(node, Cell) or node.relevant)

    def _from_nodes(self, itemset: Itemset, cell: Cell) -> Iterator[Choice]:
        for node in self._items(itemset, cell):
            key = (id(itemset), id(node))
            choice = self._memo.get(key)
            if choice is None:
                choice = self._choice(itemset, node, cell)
                if self._stays(itemset, node):
                    self._memo[key] = choice
            yield choice

    def _stays(self, itemset: Itemset, node: Node) -> bool:
        """Whether a choice is the same wherever and whenever it is asked for in one language."""
        if isinstance(node, Cell):
            return False
        label = itemset.label
        return label.itext_expression is None or self._itext_id(label, node) not in self._form.plan.moving_words

    def _choice(self, itemset: Itemset, node: Node, cell: Cell) -> Choice:
        value = itemset.value.string(Context(node, env=self._environment))
        label = self._label(itemset.label, value, node, cell)
        return Choice(value, label, self.media(itemset.label, node, cell).get("image", ""))

    def _label(self, text: Text, value: str, node: Node, cell: Cell) -> str:
        """A choice without a label element is called by its value."""
        return value if text.is_blank else self.words(text, node, cell)

    def _itext_id(self, text: Text, node: Node) -> str:
        if text.itext_expression is None:
            return text.itext
        return text.itext_expression.string(Context(node, env=self._environment))

    def _entries(self, key: str) -> Iterator[Mapping[str, tuple[str | Expression, ...]]]:
        """An entry in the language at hand, then in the default one, then in any that has it."""
        form = self._form
        for language in (self.language, form.default_language, *form.languages):
            entry = form.itext.get(language, _EMPTY).get(key)
            if entry:
                yield entry

    def _parts(self, key: str, forms: tuple[str, ...]) -> tuple[str | Expression, ...]:
        """The first of these forms in the first language that has one of them."""
        return next((entry[name] for entry in self._entries(key) for name in forms if name in entry), ())

    def _join(self, parts: tuple[str | Expression, ...], node: Node) -> str:
        if len(parts) == 1 and isinstance(parts[0], str):
            return parts[0]
        return "".join(part if isinstance(part, str) else self._evaluate(part, node) for part in parts)

    def _evaluate(self, expression: Expression, node: Node) -> str:
        try:
            return expression.string(Context(node, env=self._environment))
        except FormError:
            return ""
