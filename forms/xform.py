"""The shape of one form as frozen data, compiled once and shared by every session; nothing here changes after reading.

Values are strings in XForms lexical form. References are absolute: those of this module carry no positions
(`/data/parents/name`), attributes end in `/@name`. The vocabulary is that of ODK XForms (https://getodk.github.io/xforms-spec/).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from forms.plan import Plan
    from forms.tree import Document
    from forms.xpath import Expression

XFORMS = "http://www.w3.org/2002/xforms"
JAVAROSA = "http://openrosa.org/javarosa"
OPENROSA = "http://openrosa.org/xforms"
ODK = "http://www.opendatakit.org/xforms"
ENTITIES = "http://www.opendatakit.org/xforms/entities"
XHTML = "http://www.w3.org/1999/xhtml"


@dataclass(frozen=True, slots=True)
class Text:
    """Words on screen: literals and expressions in order, or an entry of the itext table (`itext` names it, or computes its name)."""

    parts: tuple[str | Expression, ...] = ()
    itext: str = ""
    itext_expression: Expression | None = None

    @property
    def is_blank(self) -> bool:
        return not self.parts and not self.itext and self.itext_expression is None


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer on offer: the value stored, the words shown, the file name of its picture ("" where none)."""

    value: str
    label: str
    image: str = ""


@dataclass(frozen=True, slots=True)
class ChoiceSpec:
    """A choice written in the form itself, before its words are looked up in a language."""

    value: str
    label: Text


@dataclass(frozen=True, slots=True)
class Itemset:
    """Choices taken from nodes: `nodes` is evaluated at the question, `value` and `label` at each node found."""

    nodes: Expression
    value: Expression
    label: Text


@dataclass(frozen=True, slots=True)
class Question:
    """What a person answers, or reads (`note`). `ref` has no positions; `attributes` are the `body::` columns."""

    ref: str
    name: str
    type: str
    appearance: frozenset[str] = frozenset()
    parameters: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)
    control: str = "input"
    label: Text = Text()
    hint: Text = Text()
    choices: tuple[ChoiceSpec, ...] = ()
    itemset: Itemset | None = None
    save_to: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that belong together. `ref` is "" for a group that is only a frame on the screen."""

    ref: str
    name: str
    appearance: frozenset[str] = frozenset()
    children: tuple[Item, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
    label: Text = Text()


@dataclass(frozen=True, slots=True)
class Repeat:
    """Questions answered any number of times; `count_ref` is the node or expression that fixes how often, "" where the person decides.

    `fixed` repeats are neither added to nor removed from."""

    ref: str
    name: str
    appearance: frozenset[str] = frozenset()
    children: tuple[Item, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
    label: Text = Text()
    count_ref: str = ""
    fixed: bool = False


Item = Question | Group | Repeat


@dataclass(frozen=True, slots=True)
class Bind:
    """The rules of one node. A missing expression is None; `type` is the XForms data type without prefix."""

    type: str = "string"
    relevant: Expression | None = None
    readonly: Expression | None = None
    required: Expression | None = None
    calculate: Expression | None = None
    constraint: Expression | None = None
    constraint_message: Text = Text()
    required_message: Text = Text()
    preload: str = ""
    preload_params: str = ""
    save_to: str = ""
    max_pixels: str = ""


@dataclass(frozen=True, slots=True)
class ModelNode:
    """One element or attribute of the primary instance; `index` is its place in `Form.nodes`, the parent of the root is -1."""

    index: int
    ref: str
    name: str
    local: str
    namespace: str
    parent: int
    children: tuple[int, ...]
    attributes: tuple[int, ...]
    is_attribute: bool
    is_repeat: bool
    bind: Bind
    count: Expression | None = None

    @property
    def is_leaf(self) -> bool:
        return not self.children and not self.is_repeat


@dataclass(frozen=True, slots=True)
class Seed:
    """One element of a starting instance: which node it is, its text, its attributes' text, what is inside."""

    node: int
    text: str
    attributes: tuple[tuple[int, str], ...] = ()
    children: tuple[Seed, ...] = ()


@dataclass(frozen=True, slots=True)
class Action:
    """setvalue and setgeopoint: on one of `events`, node `target` takes the value of an expression, or `literal`.

    `source` is the question that must change first, `repeat` the repeat that must grow; -1 where it does not matter.
    `path` finds the one instance meant where the reference has predicates."""

    events: frozenset[str]
    target: int
    value: Expression | None
    literal: str
    source: int = -1
    repeat: int = -1
    path: Expression | None = None
    is_geopoint: bool = False


@dataclass(frozen=True, slots=True)
class InstanceSource:
    """A secondary instance: written in the form (`document`), or to be found by `src` (`jr://file/villages.csv`) among the attachments."""

    id: str
    src: str
    document: Document = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class EntitySpec:
    """What the form writes to an entity list. `meta` is the index of the `entity` node."""

    dataset: str
    meta: int
    properties: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Submission:
    """The `submission` element: where and how a receiver is asked to take the record."""

    action: str = ""
    method: str = "post"
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Form:
    """One issued version of a form. Identity is the object's own: the catalog keeps one per (form_id, version)."""

    form_id: str
    version: str
    title: str
    languages: tuple[str, ...]
    default_language: str
    kind: str
    groups: tuple[str, ...]
    body: tuple[Item, ...]
    xml: str
    attributes: Mapping[str, str]
    nodes: tuple[ModelNode, ...] = field(repr=False)
    seed: Seed = field(repr=False)
    templates: Mapping[int, Seed] = field(repr=False)
    itext: Mapping[str, Mapping[str, Mapping[str, tuple[str | Expression, ...]]]] = field(repr=False)
    instances: tuple[InstanceSource, ...] = field(repr=False)
    actions: tuple[Action, ...] = field(repr=False)
    entities: tuple[EntitySpec, ...] = field(repr=False)
    submission: Submission = field(repr=False)
    namespaces: Mapping[str, str] = field(repr=False)
    plan: Plan = field(repr=False)

    def title_in(self, language: str | None) -> str:
        """The title in a language: the root attribute `title_CODE` (settings column `attribute::title_en`), else the title itself."""
        return self.attributes.get(f"title_{language_code(language or '')}", "") or self.title

    def questions(self) -> Iterator[Question]:
        """Every question in document order, those inside groups and repeats included."""
        return questions_in(self.body)


def questions_in(items: tuple[Item, ...]) -> Iterator[Question]:
    """Every question at or below these items, in document order."""
    for item in items:
        if isinstance(item, Question):
            yield item
        else:
            yield from questions_in(item.children)


def language_code(language: str) -> str:
    """ "English (en)" → "en"; a name without a code is returned as it is."""
    _, opened, rest = language.rpartition("(")
    return rest.rstrip(") ").strip() if opened else language
