"""Reads the body into questions, groups and repeats, and the actions wherever they stand; what is not a control is looked through."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from lxml import etree

from forms.errors import FormError
from forms.xform import JAVAROSA, Action, Bind, ChoiceSpec, Group, Item, Itemset, Question, Repeat, Text
from forms.xform_model import PrimaryInstance, repeat_above_draft
from forms.xform_source import XFormSource, attribute_name, child, children, plain_attributes, resolve_ref, split_name
from forms.xform_text import read_text
from forms.xpath import Expression

_CONTROLS = {"input", "select", "select1", "rank", "range", "upload", "trigger", "secret", "textarea"}
_STRUCTURE = {"label", "hint", "help", "alert", "item", "itemset", "value", "setvalue", "setgeopoint", "recordaudio"}
_OWN_ATTRIBUTES = {"ref", "nodeset", "bind", "appearance", "mediatype", "query"}
_PARAMETERS = frozenset(
    (
        "start",
        "end",
        "step",
        "rows",
        "accuracyThreshold",
        "unacceptableAccuracyThreshold",
        "max-pixels",
        "quality",
        "ticks",
        "tick-interval",
        "tick-labelset",
        "placeholder",
        "capture-accuracy",
        "warning-accuracy",
        "allow-mock-accuracy",
        "incremental",
    )
)
_EVENTS = {  # what each event an author may write counts as; xforms-ready and jr-insert are names of JavaRosa's past
    "odk-instance-first-load": "odk-instance-first-load",
    "odk-instance-load": "odk-instance-load",
    "odk-new-repeat": "odk-new-repeat",
    "xforms-value-changed": "xforms-value-changed",
    "xforms-ready": "odk-instance-first-load",
    "jr-insert": "odk-new-repeat",
    "xforms-revalidate": "xforms-revalidate",
}
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_MEDIA = {"image": "image", "audio": "audio", "video": "video"}


def repeat_refs(source: XFormSource, root_ref: str) -> frozenset[str]:
    """The nodes that the body repeats, known before the instance is read."""
    if source.body is None:
        return frozenset()
    found = (item for item in source.body.iter() if isinstance(item.tag, str) and split_name(item)[1] == "repeat")
    return frozenset(resolve_ref(item.get("nodeset") or item.get("ref") or "", root_ref) for item in found)


class BodyReader:
    """Reads one body. Collects repeat counts by node along the way."""

    def __init__(self, source: XFormSource, instance: PrimaryInstance, binds: Mapping[int, Bind]) -> None:
        self._source = source
        self._instance = instance
        self._binds = binds
        self.counts: dict[int, Expression] = {}

    def read(self) -> tuple[Item, ...]:
        """The items at the top of the body."""
        return self._items(self._source.body, self._instance.root_ref) if self._source.body is not None else ()

    def _items(self, parent: etree._Element, base: str) -> tuple[Item, ...]:
        return tuple(item for element in parent if isinstance(element.tag, str) for item in self._item(element, base))

    def _item(self, element: etree._Element, base: str) -> Iterator[Item]:
        local = split_name(element)[1]
        if local == "group":
            yield self._group(element, base)
        elif local == "repeat":
            yield self._repeat(element, base, Text(), {}, frozenset())
        elif local in _CONTROLS:
            question = self._question(element, local, base)
            if question is not None:
                yield question
        elif local not in _STRUCTURE:
            yield from self._items(element, base)

    def _group(self, element: etree._Element, base: str) -> Item:
        ref = self._ref(element, base)
        label = read_text(self._source, child(element, "label"), f"分组 {ref} 的标题")
        only = [item for item in element if isinstance(item.tag, str) and split_name(item)[1] not in _STRUCTURE]
        if len(only) == 1 and split_name(only[0])[1] == "repeat":
            return self._repeat(only[0], ref or base, label, _other_attributes(element), _appearance(element))
        items = self._items(element, ref or base)
        return Group(ref, ref.rpartition("/")[2], _appearance(element), items, _other_attributes(element), label)

    def _repeat(self, element: etree._Element, base: str, label: Text, attributes: Mapping[str, str], appearance: frozenset[str]) -> Repeat:
        ref = resolve_ref(element.get("nodeset") or element.get("ref") or "", base)
        index = self._instance.by_ref.get(ref)
        if index is None:
            raise FormError(f"重复组 {ref} 在表单数据中不存在。")
        count = element.get(f"{{{JAVAROSA}}}count")
        if count and count.strip():
            self.counts[index] = self._source.compile(count, f"重复组 {ref} 的次数")
        own = read_text(self._source, child(element, "label"), f"重复组 {ref} 的标题")
        fixed = (element.get(f"{{{JAVAROSA}}}noAddRemove") or "").strip() in ("true()", "true", "1")
        items = self._items(element, ref)
        appearances = appearance | _appearance(element)
        merged = {**attributes, **_other_attributes(element)}
        return Repeat(
            ref, ref.rpartition("/")[2], appearances, items, merged, own if label.is_blank else label, (count or "").strip(), fixed
        )

    def _ref(self, element: etree._Element, base: str) -> str:
        written = element.get("ref") or element.get("nodeset")
        if written is None and element.get("bind"):
            written = _bind_nodeset(self._source, element.get("bind") or "")
        return resolve_ref(written, base) if written else ""

    def _question(self, element: etree._Element, control: str, base: str) -> Question | None:
        ref = self._ref(element, base)
        index = self._instance.by_ref.get(ref)
        if index is None:
            return None
        bind = self._binds.get(index, Bind())
        if control == "range":
            _read_range(element, ref, bind)
        kind = question_type(control, bind, element)
        return Question(
            ref=ref,
            name=self._instance.drafts[index].name,
            type=kind,
            appearance=_appearance(element),
            parameters=_parameters(element, bind),
            attributes=_other_attributes(element),
            control=control,
            label=read_text(self._source, child(element, "label"), f"{ref} 的题目"),
            hint=read_text(self._source, child(element, "hint"), f"{ref} 的提示"),
            choices=tuple(self._choice(item, ref) for item in children(element, "item")),
            itemset=self._itemset(child(element, "itemset"), ref),
            save_to=bind.save_to,
        )

    def _choice(self, item: etree._Element, ref: str) -> ChoiceSpec:
        value = child(item, "value")
        words = "".join(str(part) for part in value.itertext()).strip() if value is not None else ""
        return ChoiceSpec(words, read_text(self._source, child(item, "label"), f"{ref} 的选项 {words}"))

    def _itemset(self, element: etree._Element | None, ref: str) -> Itemset | None:
        if element is None:
            return None
        where = f"{ref} 的选项"
        value = child(element, "value")
        value_ref = value.get("ref") if value is not None else None
        if not value_ref:
            raise FormError(f"{where}没有取值字段。")
        nodes = self._source.compile(element.get("nodeset") or "", where)
        label = read_text(self._source, child(element, "label"), where)
        return Itemset(nodes, self._source.compile(value_ref, where), label)


def question_type(control: str, bind: Bind, element: etree._Element) -> str:
    """The type as XLSForm authors know it, from the control and the data type."""
    if control == "select":
        return "select_multiple"
    if control == "select1":
        return "select_one"
    if control in ("rank", "range", "trigger"):
        return control
    if control == "upload":
        return _MEDIA.get((element.get("mediatype") or "").partition("/")[0], "file")
    always = bind.readonly is not None and bind.readonly.source.replace(" ", "") in ("true()", "1")
    if always and bind.type == "string" and bind.calculate is None and not element.get("query"):
        return "note"
    return bind.type


def _appearance(element: etree._Element) -> frozenset[str]:
    return frozenset((element.get("appearance") or "").split())


def _parameters(element: etree._Element, bind: Bind) -> dict[str, str]:
    """Parameters stand on the control; the size of a picture (orx:max-pixels) stands on its bind."""
    found = {attribute_name(element, str(key)).rpartition(":")[2]: str(value) for key, value in element.attrib.items()}
    if bind.max_pixels:
        found["max-pixels"] = bind.max_pixels
    return {key: value for key, value in found.items() if key in _PARAMETERS or key in ("mediatype", "query")}


def _other_attributes(element: etree._Element) -> dict[str, str]:
    return {key: value for key, value in plain_attributes(element).items() if key not in _OWN_ATTRIBUTES and key not in _PARAMETERS}


def _bind_nodeset(source: XFormSource, identity: str) -> str | None:
    return next((bind.get("nodeset") for bind in children(source.model, "bind") if bind.get("id") == identity), None)


def _read_events(element: etree._Element, *, is_inside_repeat: bool) -> frozenset[str]:
    """Raises FormError on an event no client knows, and on odk-new-repeat outside the repeat it belongs to."""
    written = (element.get("event") or "").split()
    unknown = [event for event in written if event not in _EVENTS]
    if unknown:
        raise FormError(f"赋值动作写了不认识的事件：{'、'.join(unknown)}。", "action-event")
    if "odk-new-repeat" in written and not is_inside_repeat:
        raise FormError("odk-new-repeat 只能写在重复组里面。", "action-event")
    return frozenset(_EVENTS[event] for event in written)


def _read_range(element: etree._Element, ref: str, bind: Bind) -> None:
    """Raises FormError where a range is not one of numbers with start, end and step."""
    if bind.type not in ("int", "decimal"):
        raise FormError(f"{ref} 是滑动条（range），类型应为 int 或 decimal，现为 {bind.type}。", "range-type")
    for name in ("start", "end", "step"):
        if not _NUMBER.fullmatch(element.get(name) or ""):
            raise FormError(f"{ref} 的滑动条缺少数字 {name}。", "range-bounds")


class ActionReader:
    """Reads setvalue and setgeopoint from the model and from inside controls and repeats."""

    def __init__(self, source: XFormSource, instance: PrimaryInstance) -> None:
        self._source = source
        self._instance = instance

    def read(self) -> tuple[Action, ...]:
        """Every action with a target, in document order."""
        found = [self._action(element, self._instance.root_ref, -1, -1) for element in self._source.model]
        if self._source.body is not None:
            found += self._inside(self._source.body, self._instance.root_ref, -1, -1)
        return tuple(action for action in found if action is not None)

    def _inside(self, parent: etree._Element, base: str, control: int, repeat: int) -> Iterator[Action | None]:
        for element in parent:
            if not isinstance(element.tag, str):
                continue
            local = split_name(element)[1]
            if local in ("setvalue", "setgeopoint"):
                yield self._action(element, base, control, repeat)
                continue
            ref = self._context(element, base)
            index = self._instance.by_ref.get(ref, -1) if ref else -1
            own_control = index if local in _CONTROLS else control
            yield from self._inside(element, ref or base, own_control, index if local == "repeat" else repeat)

    def _context(self, element: etree._Element, base: str) -> str:
        written = element.get("nodeset") or element.get("ref")
        if written is None and element.get("bind"):
            written = _bind_nodeset(self._source, element.get("bind") or "")
        return resolve_ref(written, base) if written and split_name(element)[1] in (*_CONTROLS, "group", "repeat") else ""

    def _action(self, element: etree._Element, base: str, control: int, repeat: int) -> Action | None:
        if not isinstance(element.tag, str) or split_name(element)[1] not in ("setvalue", "setgeopoint"):
            return None
        written = element.get("ref") or _bind_nodeset(self._source, element.get("bind") or "") or ""
        if not written.strip():
            raise FormError("setvalue 或 setgeopoint 没有写明给哪个节点赋值（缺少 ref 或 bind）。", "action-target")
        target = self._instance.find(written, base)
        events = _read_events(element, is_inside_repeat=repeat >= 0)
        if target is None:
            return None
        value = self._source.optional(element.get("value"), f"{written} 的赋值")
        literal = "".join(str(part) for part in element.itertext()) if value is None else ""
        is_geopoint = split_name(element)[1] == "setgeopoint"
        path = self._source.compile(written, f"{written} 的赋值") if "[" in written else None
        around = repeat if repeat >= 0 else repeat_above_draft(self._instance, target)
        return Action(events, target, value, literal, control, around, path, is_geopoint)
