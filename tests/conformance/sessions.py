"""Scores the recorded sessions of the reference engines: a session passes when every listed fact of every step is equal."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from lxml import etree

from forms.errors import FormError
from forms.session import FormSession
from forms.session_json import JsonAnswers
from forms.session_state import State as SessionState
from forms.xform import Form, ModelNode
from forms.xform_reader import read_form
from tests.conformance.expressions import load

Case = dict[str, Any]
State = Mapping[str, Any]

_POSITION = re.compile(r"\[[0-9]+\]")
_UUID = re.compile(r"^uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
_TYPES = frozenset(
    ("int", "decimal", "date", "time", "dateTime", "boolean", "geopoint", "geotrace", "geoshape", "binary", "barcode", "intent")
)
_TOP_FACTS = ("relevant", "readonly", "required")


def run(path: Path, verbose: bool = False) -> tuple[int, int]:
    """Score every session of a file."""
    data = load(path)
    zone = ZoneInfo(data["timezone"])
    passed = 0
    for case in data["sessions"]:
        fault = failure(case, data["forms"][case["form"]], zone)
        passed += fault is None
        if verbose and fault is not None:
            print(f"{case['id']} {case['form']} {case['test']}: {fault}")
    return passed, len(data["sessions"])


def failure(case: Case, xml: str, zone: ZoneInfo) -> str | None:
    """The first fact that differs, None where the session passes."""
    try:
        form = read_form(xml)
        session = _open(case, form, zone)
    except FormError as error:
        return None if case.get("expect") == "load-error" else f"refused: {error}"
    if case.get("expect") == "load-error":
        return f"should have been refused: {case['message']}"
    return next(_differences(case, form, session), None)


def _open(case: Case, form: Form, zone: ZoneInfo) -> FormSession:
    files = {name.rpartition("/")[2]: str(item["text"]).encode() for name, item in case.get("attachments", {}).items()}
    answers = _edited(case["edit_instance"]) if case.get("edit_instance") else None
    amended = re.search(r"<(?:\w+:)?instanceID>([^<]+)<", case["edit_instance"]) if answers is not None else None
    amends = amended.group(1) if amended else None
    return FormSession(form, answers, attachments=files, clock=_clock(case.get("clock"), zone), amends=amends)


def _clock(moment: str | None, zone: ZoneInfo) -> Callable[[], datetime]:
    now = datetime.fromisoformat(moment).astimezone(zone) if moment else datetime.now(zone)
    return lambda: now


def _edited(xml: str) -> JsonAnswers:
    """A recorded instance document as answers."""
    return _children(etree.fromstring(xml.encode()))


def _children(element: etree._Element) -> JsonAnswers:
    found: JsonAnswers = {}
    for child in element:
        name = etree.QName(child).localname
        found.update({f"{name}@{key!s}": value for key, value in child.attrib.items()})
        value: object = _children(child) if len(child) else (child.text or "")
        known = found.get(name)
        found[name] = value if known is None else [*(known if isinstance(known, list) else [known]), value]
    return found


def _differences(case: Case, form: Form, session: FormSession) -> Iterator[str]:
    skipped = frozenset(case.get("nondeterministic", ()))
    yield from _compare(case["initial"], form, session, skipped, "at first")
    for number, step in enumerate(case["steps"]):
        if "op" in step:
            where = f"step {number} ({step['op']} {step.get('ref', '')} {step.get('value', '')!r})"
            _act(step, session)
            yield from _compare(step["changes"], form, session, skipped, where)


def _act(step: Case, session: FormSession) -> None:
    if step["op"] == "answer":
        session.set(step["ref"], step["value"])
    elif step["op"] == "add-repeat":
        session.add_repeat(step["ref"])
    elif step["op"] == "remove-repeat":
        session.remove_repeat(step["ref"])
    elif step["op"] == "set-language":
        session.set_language(step["language"])
    else:
        raise ValueError(f"unknown operation {step['op']}")


def _compare(states: Mapping[str, State | None], form: Form, session: FormSession, skipped: frozenset[str], where: str) -> Iterator[str]:
    for ref, expected in states.items():
        actual = _facts(ref, form, session)
        if expected is None or actual is None:
            if (expected is None) != (actual is None):
                yield f"{where}: {ref} should {'not ' if expected is None else ''}be there"
            continue
        for fact, value in expected.items():
            if fact == "type" or (fact == "value" and _is_chance(_node(form, ref), form, skipped, value)):
                continue
            if actual.get(fact) != value:
                yield f"{where}: {ref} {fact}: expected {value!r}, got {actual.get(fact)!r}"


def _facts(ref: str, form: Form, session: FormSession) -> dict[str, Any] | None:
    try:
        state = session.state(ref)
    except FormError:
        return None
    node = _node(form, ref)
    facts: dict[str, Any] = {name: getattr(state, name) for name in _TOP_FACTS}
    facts |= {"label": state.label, "count": state.count, "value": state.value, "violation": _violation(node, state)}
    facts["valueType"] = node.bind.type if node.bind.type in _TYPES else "string"
    facts["options"] = [[choice.value, choice.label] for choice in session.choices(ref)]
    return facts


def _violation(node: ModelNode, state: SessionState) -> dict[str, Any] | None:
    """As the reference engine says it: the condition, and the form's own message where it has one."""
    if state.violation is None:
        return None
    own = node.bind.required_message if state.violation == "required" else node.bind.constraint_message
    return {"condition": state.violation, "message": None if own.is_blank else state.message}


def _node(form: Form, ref: str) -> ModelNode:
    return form.nodes[form.plan.by_ref[_POSITION.sub("", ref)]]


def _is_chance(node: ModelNode, form: Form, skipped: frozenset[str], expected: str) -> bool:
    """Whether a value comes from chance or the clock of the recording; every record's own instance id does."""
    if node.local == "instanceID" and node.bind.calculate is None and (not expected or _UUID.match(expected)):
        return True
    sources = [node.bind.calculate.source] if node.bind.calculate is not None else []
    sources += [action.value.source for action in form.actions if action.target == node.index and action.value is not None]
    called = any(mark in source for mark in skipped for source in sources)
    return called or ("preload" in skipped and bool(node.bind.preload))
