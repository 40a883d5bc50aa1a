"""ODK Entities: what a record writes to an entity list, read from the form's `entity` nodes and `save_to` binds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from forms.plan_references import DOCUMENT
from forms.session_cells import Cell, CellTree
from forms.xform import EntitySpec

_TRUE = frozenset(("1", "true"))


@dataclass(frozen=True, slots=True)
class Entity:
    """One row to create or update in the list `dataset`.

    `action` is "create" or "update"; `properties` holds what was relevant, blanks included.
    """

    dataset: str
    action: str
    id: str
    label: str
    properties: Mapping[str, str]
    base_version: str = ""


def extract_entities(tree: CellTree) -> tuple[Entity, ...]:
    """Entities in document order; one whose create_if and update_if are both false is left out."""
    return tuple(entity for spec in tree.form.entities for entity in _extract(tree, spec))


def _extract(tree: CellTree, spec: EntitySpec) -> Iterator[Entity]:
    for cell in tree.cells[spec.meta]:
        action = _action(cell)
        if cell.relevant and action:
            yield Entity(
                dataset=spec.dataset,
                action=action,
                id=_attribute(cell, "id"),
                label=next((child.value or "" for child in cell.children if child.local == "label"), ""),
                properties=_properties(tree, spec, cell),
                base_version=_attribute(cell, "baseVersion"),
            )


def _action(cell: Cell) -> str:
    return next((action for action in ("create", "update") if _attribute(cell, action) in _TRUE), "")


def _attribute(cell: Cell, local: str) -> str:
    return cell.attribute(local) or ""


def _properties(tree: CellTree, spec: EntitySpec, cell: Cell) -> dict[str, str]:
    home = None if tree.form.plan.homes[spec.meta] == DOCUMENT else cell.home
    found: dict[str, str] = {}
    for name, node in spec.properties:
        for saved in tree.under(node, home):
            if saved.relevant:
                found[name] = saved.value or ""
    return found
