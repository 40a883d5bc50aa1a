"""Answers as JSON, nested by name: out of an instance and back into one; what was blank is left out and comes back blank."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from forms.session_cells import Cell, CellTree

JsonAnswers = dict[str, object]


def dump_answers(tree: CellTree, *, keep_irrelevant: bool) -> JsonAnswers:
    """Leaves as strings, groups as objects, repeats as lists of objects; attributes that the form calculates as `name@attribute`."""
    return _dump(tree, tree.root, keep_irrelevant)


def dump_instance(tree: CellTree, cell: Cell) -> JsonAnswers:
    """Everything held in one instance of a repeat."""
    return _dump(tree, cell, True)


def _dump(tree: CellTree, cell: Cell, keep: bool) -> JsonAnswers:
    places: dict[str, object] = {}
    for child in cell.children:
        if isinstance(child, Cell) and (keep or child.relevant):
            _dump_child(tree, child, keep, places)
    for index, anchor in (cell.anchors or {}).items():
        if keep or anchor.relevant:
            places.setdefault(tree.form.nodes[index].local, [])
    return places


def _dump_child(tree: CellTree, cell: Cell, keep: bool, found: JsonAnswers) -> None:
    node = tree.form.nodes[cell.index]
    if node.is_repeat:
        listed = found.setdefault(node.local, [])
        assert isinstance(listed, list)
        listed.append({**_dump_attributes(tree, cell, keep, ""), **_dump(tree, cell, keep)} if node.children else cell.held)
        return
    found.update(_dump_attributes(tree, cell, keep, node.local))
    inner: object = _dump(tree, cell, keep) if node.children else (cell.held if keep else cell.value)
    if inner:
        found[node.local] = inner


def _dump_attributes(tree: CellTree, cell: Cell, keep: bool, name: str) -> JsonAnswers:
    """Attributes that the form works out; those of a repeat instance stand inside it, without its name."""
    found: JsonAnswers = {}
    for attribute in cell.attributes:
        if isinstance(attribute, Cell) and attribute.index in tree.form.plan.live_attributes:
            text = attribute.held if keep else attribute.value
            if text:
                found[f"{name}@{tree.form.nodes[attribute.index].local}"] = text
    return found


def forget_identity(answers: JsonAnswers) -> None:
    """Takes meta/instanceID out: a draft of a correction gets its own when it is opened again."""
    meta = answers.get("meta")
    if isinstance(meta, dict):
        meta.pop("instanceID", None)


def restore_answers(tree: CellTree, answers: Mapping[str, object]) -> None:
    """Puts answers into a fresh instance. Names the form does not know are passed over; every leaf not named becomes blank."""
    _restore(tree, tree.root, answers)


def restore_instance(tree: CellTree, cell: Cell, answers: Mapping[str, object]) -> None:
    """Puts back what `dump_instance` took."""
    _restore(tree, cell, answers)


def _restore(tree: CellTree, cell: Cell, answers: Mapping[str, object]) -> None:
    nodes = tree.form.nodes
    for index, anchor in (cell.anchors or {}).items():
        listed = answers.get(nodes[index].local)
        if isinstance(listed, Sequence) and not isinstance(listed, str):
            tree.resize(anchor, len(listed))
    for index in nodes[cell.index].children:
        if nodes[index].local == "deprecatedID" and answers.get("deprecatedID"):
            tree.ensure(cell, index)
    places: dict[int, int] = {}
    for child in cell.children:
        if isinstance(child, Cell):
            place = places[child.index] = places.get(child.index, -1) + 1
            _restore_child(tree, child, answers, place)


def _restore_child(tree: CellTree, cell: Cell, answers: Mapping[str, object], place: int) -> None:
    node = tree.form.nodes[cell.index]
    given = answers.get(node.local)
    if node.is_repeat and isinstance(given, Sequence) and not isinstance(given, str):
        given = given[place] if place < len(given) else None
    if node.is_repeat:
        _restore_attributes(tree, cell, given if isinstance(given, Mapping) else {}, "")
    else:
        _restore_attributes(tree, cell, answers, node.local)
    if node.children:
        _restore(tree, cell, given if isinstance(given, Mapping) else {})
    else:
        _put(cell, given)


def _restore_attributes(tree: CellTree, cell: Cell, answers: Mapping[str, object], name: str) -> None:
    for attribute in cell.attributes:
        if isinstance(attribute, Cell) and attribute.index in tree.form.plan.live_attributes:
            written = answers.get(f"{name}@{tree.form.nodes[attribute.index].local}")
            if written is not None:
                _put(attribute, written)


def _put(cell: Cell, given: object) -> None:
    cell.held = cell.value = lexical(given)


def lexical(given: object) -> str:
    """Any JSON value in XForms lexical form; lists become choices separated by spaces."""
    if given is None or isinstance(given, Mapping):
        return ""
    if isinstance(given, bool):
        return "true" if given else "false"
    if isinstance(given, Sequence) and not isinstance(given, str):
        return " ".join(lexical(item) for item in given)
    return str(given)
