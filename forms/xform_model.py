"""Reads the primary instance and its binds: one node description per reference, the starting values, and the template of each repeat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree

from forms.errors import FormError
from forms.xform import ENTITIES, JAVAROSA, OPENROSA, Bind, EntitySpec, ModelNode, Seed
from forms.xform_source import XFormSource, attribute_name, children, resolve_ref, split_name, written_name
from forms.xform_text import read_message
from forms.xpath import Expression

MAX_NODES = 20_000

_TEMPLATE = f"{{{JAVAROSA}}}template"
_TYPES = {"integer": "int", "double": "decimal", "float": "decimal"}


@dataclass
class _Draft:
    """A node while the instance is still being read."""

    index: int
    ref: str
    name: str
    local: str
    namespace: str
    parent: int
    is_attribute: bool
    is_repeat: bool = False
    children: list[int] = field(default_factory=list)
    attributes: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class PrimaryInstance:
    """What the first `instance` of the model says."""

    drafts: tuple[_Draft, ...]
    by_ref: Mapping[str, int]
    seed: Seed
    templates: Mapping[int, Seed]
    attributes: Mapping[str, str]

    @property
    def root_ref(self) -> str:
        return self.drafts[0].ref

    def find(self, reference: str, base: str) -> int | None:
        """The index of the node a reference names, None where the instance has no such node."""
        return self.by_ref.get(resolve_ref(reference, base))


class InstanceReader:
    """Walks the primary instance once; elements of one name under one parent share a description."""

    def __init__(self, repeats: frozenset[str], openrosa_prefix: str) -> None:
        self._repeats = repeats
        self._openrosa_prefix = openrosa_prefix
        self._drafts: list[_Draft] = []
        self._by_ref: dict[str, int] = {}
        self._templates: dict[int, Seed] = {}
        self._explicit: set[int] = set()

    def read(self, root: etree._Element) -> PrimaryInstance:
        """Raises FormError where the root has no id: no record could say which form it fills."""
        if not (root.get("id") or "").strip():
            raise FormError("表单没有编号：主实例的根节点缺少 id 属性。")
        seed = self._with_instance_id(self._visit(root, "", -1))
        attributes = {attribute_name(root, str(key)): str(value) for key, value in root.attrib.items()}
        return PrimaryInstance(tuple(self._drafts), self._by_ref, seed, self._templates, attributes)

    def _visit(self, element: etree._Element, parent_ref: str, parent: int) -> Seed:
        draft = self._draft(f"{parent_ref}/{written_name(element)}", written_name(element), split_name(element), parent)
        attributes = tuple(
            self._attribute(element, draft, str(key), str(value)) for key, value in element.attrib.items() if key != _TEMPLATE
        )
        inner = self._visit_children(element, draft)
        has_children = any(isinstance(item.tag, str) for item in element)
        seed = Seed(draft.index, "" if has_children else (element.text or "").strip(), attributes, inner)
        self._keep_template(element, draft, seed)
        return seed

    def _visit_children(self, element: etree._Element, draft: _Draft) -> tuple[Seed, ...]:
        kept: list[Seed] = []
        for item in element:
            if not isinstance(item.tag, str):
                continue
            seed = self._visit(item, draft.ref, draft.index)
            if item.get(_TEMPLATE) is not None:
                continue
            if any(earlier.node == seed.node for earlier in kept):
                self._drafts[seed.node].is_repeat = True
            kept.append(seed)
        return tuple(kept)

    def _draft(self, ref: str, name: str, split: tuple[str, str], parent: int, is_attribute: bool = False) -> _Draft:
        known = self._by_ref.get(ref)
        if known is not None:
            return self._drafts[known]
        if len(self._drafts) >= MAX_NODES:
            raise FormError(f"表单超过 {MAX_NODES} 个节点。")
        draft = _Draft(len(self._drafts), ref, name, split[1], split[0], parent, is_attribute, ref in self._repeats)
        self._drafts.append(draft)
        self._by_ref[ref] = draft.index
        if parent >= 0:
            owner = self._drafts[parent]
            (owner.attributes if is_attribute else owner.children).append(draft.index)
        return draft

    def _attribute(self, element: etree._Element, owner: _Draft, key: str, value: str) -> tuple[int, str]:
        name = etree.QName(key)
        written = attribute_name(element, key)
        split = (name.namespace or "", name.localname)
        return self._draft(f"{owner.ref}/@{written}", written, split, owner.index, is_attribute=True).index, value

    def _keep_template(self, element: etree._Element, draft: _Draft, seed: Seed) -> None:
        """An explicit template wins; otherwise the first instance written is the model of the next."""
        if element.get(_TEMPLATE) is not None:
            draft.is_repeat = True
            if draft.index not in self._explicit:
                self._templates[draft.index] = seed
                self._explicit.add(draft.index)
        else:
            self._templates.setdefault(draft.index, seed)

    def _with_instance_id(self, seed: Seed) -> Seed:
        """Every record needs meta/instanceID; a form that forgot it is given one. deprecatedID is known, but starts absent."""
        root = self._drafts[0]
        meta = next((self._drafts[index] for index in root.children if self._drafts[index].local == "meta"), None)
        prefix, namespace = (self._openrosa_prefix, OPENROSA) if meta is None else (meta.name[: -len("meta")], meta.namespace)
        if meta is not None and any(self._drafts[index].local == "instanceID" for index in meta.children):
            self._draft(f"{meta.ref}/{prefix}deprecatedID", f"{prefix}deprecatedID", (namespace, "deprecatedID"), meta.index)
            return seed
        if meta is None:
            meta = self._draft(f"{root.ref}/{prefix}meta", f"{prefix}meta", (namespace, "meta"), 0)
            seed = Seed(0, seed.text, seed.attributes, (*seed.children, Seed(meta.index, "")))
        identity = self._draft(f"{meta.ref}/{prefix}instanceID", f"{prefix}instanceID", (namespace, "instanceID"), meta.index)
        self._draft(f"{meta.ref}/{prefix}deprecatedID", f"{prefix}deprecatedID", (namespace, "deprecatedID"), meta.index)
        return _add_inside(seed, meta.index, Seed(identity.index, ""))


def _add_inside(seed: Seed, node: int, addition: Seed) -> Seed:
    if seed.node == node:
        return Seed(seed.node, "", seed.attributes, (*seed.children, addition))
    return Seed(seed.node, seed.text, seed.attributes, tuple(_add_inside(item, node, addition) for item in seed.children))


def read_primary_instance(source: XFormSource, repeats: frozenset[str]) -> PrimaryInstance:
    """Raises FormError where there is no primary instance, or more than one root in it."""
    first = next(children(source.model, "instance"), None)
    roots = [item for item in first if isinstance(item.tag, str)] if first is not None else []
    if len(roots) != 1:
        raise FormError("表单的主实例应当恰好有一个根节点。")
    prefix = next((f"{name}:" for name, uri in roots[0].nsmap.items() if uri == OPENROSA and name), "")
    return InstanceReader(repeats, prefix).read(roots[0])


def read_binds(source: XFormSource, instance: PrimaryInstance) -> dict[int, Bind]:
    """Binds by node; a bind on a node that is not there has no effect, as in other clients."""
    found: dict[int, Bind] = {}
    for element in children(source.model, "bind"):
        index = instance.find(element.get("nodeset") or element.get("ref") or "", instance.root_ref)
        if index is not None and element.get("nodeset"):
            found[index] = _read_bind(source, element, instance.drafts[index].ref)
    return found


def _read_bind(source: XFormSource, element: etree._Element, ref: str) -> Bind:
    def rule(name: str, words: str) -> Expression | None:
        return source.optional(element.get(name), f"{ref} 的{words}")

    def own(name: str) -> str:
        return (element.get(f"{{{JAVAROSA}}}{name}") or "").strip()

    return Bind(
        type=data_type(element.get("type")),
        relevant=rule("relevant", "显示条件"),
        readonly=rule("readonly", "只读条件"),
        required=rule("required", "必填条件"),
        calculate=rule("calculate", "计算式"),
        constraint=rule("constraint", "校验条件"),
        constraint_message=read_message(source, own("constraintMsg"), f"{ref} 的校验提示"),
        required_message=read_message(source, own("requiredMsg"), f"{ref} 的必填提示"),
        preload=own("preload"),
        preload_params=own("preloadParams"),
        save_to=(element.get(f"{{{ENTITIES}}}saveto") or "").strip(),
        max_pixels=(element.get(f"{{{OPENROSA}}}max-pixels") or "").strip(),
    )


def data_type(written: str | None) -> str:
    """The XForms data type without prefix; synonyms folded together, "string" where none is given."""
    local = (written or "").strip().rpartition(":")[2] or "string"
    return _TYPES.get(local, local)


def finish_nodes(instance: PrimaryInstance, binds: Mapping[int, Bind], counts: Mapping[int, Expression]) -> tuple[ModelNode, ...]:
    """The drafts with their rules, frozen."""
    return tuple(
        ModelNode(
            index=draft.index,
            ref=draft.ref,
            name=draft.name,
            local=draft.local,
            namespace=draft.namespace,
            parent=draft.parent,
            children=tuple(draft.children),
            attributes=tuple(draft.attributes),
            is_attribute=draft.is_attribute,
            is_repeat=draft.is_repeat,
            bind=binds.get(draft.index, Bind()),
            count=counts.get(draft.index),
        )
        for draft in instance.drafts
    )


def read_entities(nodes: tuple[ModelNode, ...], seeds: Mapping[int, str]) -> tuple[EntitySpec, ...]:
    """One per `entity` element with a dataset; its properties are the save_to binds that share its nearest repeat."""
    found = []
    for node in nodes:
        dataset = next((seeds.get(index, "") for index in node.attributes if nodes[index].local == "dataset"), "")
        if node.local == "entity" and dataset:
            scope = repeat_above(nodes, node.index)
            saved = tuple(
                (item.bind.save_to, item.index) for item in nodes if item.bind.save_to and repeat_above(nodes, item.index) == scope
            )
            found.append(EntitySpec(dataset, node.index, saved))
    return tuple(found)


def repeat_above(nodes: tuple[ModelNode, ...], index: int) -> int:
    """The nearest repeat at or above a node, -1 where there is none."""
    while index >= 0 and not nodes[index].is_repeat:
        index = nodes[index].parent
    return index


def repeat_above_draft(instance: PrimaryInstance, index: int) -> int:
    """The same while the instance is still being read."""
    while index >= 0 and not instance.drafts[index].is_repeat:
        index = instance.drafts[index].parent
    return index
