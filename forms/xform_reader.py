"""XForm XML → Form: everything is read, compiled and ordered once; what the engine could not honour is refused here, in Chinese."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy

from forms.errors import FormError
from forms.plan import make_plan
from forms.session_values import calculated
from forms.tree import Document
from forms.tree_xml import document_from
from forms.xform import Form, InstanceSource, ModelNode, Seed, Submission
from forms.xform_body import ActionReader, BodyReader, repeat_refs
from forms.xform_model import finish_nodes, read_binds, read_entities, read_primary_instance
from forms.xform_source import XFormSource, child, children, open_source, plain_attributes, written_name
from forms.xform_text import read_itext

_METHODS = {"post", "form-data-post"}


def read_form(xml: str | bytes) -> Form:
    """The form an XForm document describes. Raises FormError where it cannot work."""
    source = open_source(xml)
    submission = _read_submission(source)
    instance = read_primary_instance(source, repeat_refs(source, _root_ref(source)))
    binds = read_binds(source, instance)
    body_reader = BodyReader(source, instance, binds)
    body = body_reader.read()
    nodes = finish_nodes(instance, binds, body_reader.counts)
    itext = read_itext(source)
    attributes = instance.attributes
    actions = ActionReader(source, instance).read()
    return Form(
        form_id=attributes["id"].strip(),
        version=(attributes.get("version") or attributes.get("orx:version") or "").strip(),
        title=source.title or attributes["id"].strip(),
        languages=itext.languages,
        default_language=itext.default,
        kind=attributes.get("kind", "").strip(),
        groups=tuple(attributes.get("groups", "").split()),
        body=body,
        xml=source.xml,
        attributes=attributes,
        nodes=nodes,
        seed=_typed(instance.seed, nodes),
        templates={index: _typed(seed, nodes) for index, seed in instance.templates.items()},
        itext=itext.entries,
        instances=_read_instances(source),
        actions=actions,
        entities=read_entities(nodes, _attribute_values(instance.seed, instance.templates.values())),
        submission=submission,
        namespaces=source.namespaces,
        plan=make_plan(nodes, body, instance.by_ref, itext.entries, actions),
    )


def _root_ref(source: XFormSource) -> str:
    first = next(children(source.model, "instance"), None)
    root = next((item for item in first if isinstance(item.tag, str)), None) if first is not None else None
    return f"/{written_name(root)}" if root is not None else ""


def _typed(seed: Seed, nodes: tuple[ModelNode, ...]) -> Seed:
    """A starting instance with every default in the form its data type gives it."""
    text = calculated(seed.text, nodes[seed.node].bind.type)
    return Seed(seed.node, text, seed.attributes, tuple(_typed(inner, nodes) for inner in seed.children))


def _attribute_values(seed: Seed, templates: Iterable[Seed]) -> dict[int, str]:
    """The first value written for each attribute, templates included."""
    found: dict[int, str] = {}
    stack = [seed, *templates]
    while stack:
        item = stack.pop()
        for index, value in item.attributes:
            found.setdefault(index, value)
        stack.extend(item.children)
    return found


def _read_submission(source: XFormSource) -> Submission:
    element = child(source.model, "submission")
    if element is None:
        return Submission()
    method = element.get("method", "post").strip()
    if method not in _METHODS:
        raise FormError(f"表单要求的提交方式 {method} 不受支持，只支持 post。", "submission-method")
    return Submission(element.get("action", ""), method, plain_attributes(element))


def _read_instances(source: XFormSource) -> tuple[InstanceSource, ...]:
    found: dict[str, InstanceSource] = {}
    for element in list(children(source.model, "instance"))[1:]:
        identity = (element.get("id") or "").strip()
        if not identity:
            raise FormError("次级实例缺少 id。")
        inner = next((item for item in element if isinstance(item.tag, str)), None)
        document = document_from(copy(inner)) if inner is not None else Document()
        found.setdefault(identity, InstanceSource(identity, (element.get("src") or "").strip(), document))
    return tuple(found.values())
