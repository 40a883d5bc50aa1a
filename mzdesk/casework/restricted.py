"""Which answers are restricted (家暴线索 and the like), as the form itself says by `body::restricted` and `attribute::restricted`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from forms.errors import FormError
from forms.session import FormSession
from forms.xform import Form, Item, Question
from mzdesk.store import restricted as store
from mzdesk.store.restricted import Path

if TYPE_CHECKING:
    from forms.catalog import Catalog

MARK, YES = "restricted", "yes"


def is_restricted(form: Form) -> bool:
    """Tell whether every record of a form is restricted (`attribute::restricted`)."""
    return form.attributes.get(MARK, "") == YES


def paths_of(form: Form) -> frozenset[Path]:
    """Return the paths of the questions, groups and repeats that are marked restricted, without the root."""
    return frozenset(_marked(form.body))


def _marked(items: tuple[Item, ...]) -> Iterator[Path]:
    for item in items:
        if item.attributes.get(MARK, "") == YES and item.ref:
            yield tuple(item.ref.strip("/").split("/")[1:])
        elif not isinstance(item, Question):
            yield from _marked(item.children)


def names_of(form: Form) -> frozenset[str]:
    """Return the names of the questions that are restricted themselves or lie in a restricted group."""
    marked = paths_of(form)
    refs = (tuple(question.ref.strip("/").split("/")[1:]) for question in form.questions())
    return frozenset(ref[-1] for ref in refs if any(ref[: len(path)] == path for path in marked))


def marks_on(catalog: Catalog, form_id: str, version: str) -> tuple[bool, frozenset[Path]]:
    """Return (is all of it restricted, paths) of a form that came from elsewhere; a form nobody knows is restricted as a whole."""
    try:
        form = catalog.get(form_id, version)
    except FormError:
        try:
            form = catalog.get(form_id)
        except FormError:
            return True, frozenset()
    return is_restricted(form), paths_of(form)


def completed(session: FormSession, hidden: Mapping[str, Any], clock: Callable[[], datetime]) -> dict[str, Any]:
    """Return the answers of a correction together with those that its author was not shown: they cannot make them disappear."""
    return FormSession(session.form, store.join(hidden, session.answers()), clock=clock).answers() if hidden else session.answers()
