"""Where on a form the county's word points: its reference as it stands, without positions, or by the bare name of a question; pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from forms.session import FormSession

_POSITION = re.compile(r"\[\d+\]")


def find_faulty(session: FormSession, field: str) -> str:
    """Return the positioned reference of the answer that `field` names, "" where this form has none."""
    if not field:
        return ""
    bare = _POSITION.sub("", field)
    for question in session.form.questions():
        if bare == question.ref or field == question.name or question.ref.endswith(f"/{bare.lstrip('/')}"):
            instances = session.instances(question.ref)
            return field if field in instances else next(iter(instances), "")
    return ""


def label_of(session: FormSession, field: str) -> str:
    """Return what the faulty question is called on the form, "" where it is not there."""
    ref = find_faulty(session, field)
    return session.state(ref).label if ref else ""
