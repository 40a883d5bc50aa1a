"""What tests of sessions share: small XForms written by hand, a fixed clock, and a full picture of a session's state."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from forms.session import FormSession
from forms.session_state import State
from forms.xform import Choice, Form
from forms.xform_reader import read_form
from forms.xpath_context import BEIJING

CLOCK = datetime(2026, 11, 24, 10, 30, tzinfo=BEIJING)
NAMESPACES = (
    'xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:jr="http://openrosa.org/javarosa" '
    'xmlns:orx="http://openrosa.org/xforms" xmlns:odk="http://www.opendatakit.org/xforms" '
    'xmlns:entities="http://www.opendatakit.org/xforms/entities"'
)
Picture = dict[str, tuple[State, tuple[Choice, ...]]]


def xform(instance: str, binds: str = "", body: str = "", *, extra: str = "", root: str = 'data id="t" version="1"') -> str:
    """An XForm document: the inside of the primary instance, binds and actions, the body, and other parts of the model."""
    name = root.split()[0]
    return (
        f"<h:html {NAMESPACES}><h:head><h:title>测试</h:title><model><instance><{root}>{instance}</{name}></instance>{extra}{binds}</model>"
        f"</h:head><h:body>{body}</h:body></h:html>"
    )


def form_of(instance: str, binds: str = "", body: str = "", *, extra: str = "", root: str = 'data id="t" version="1"') -> Form:
    """The form such a document describes."""
    return read_form(xform(instance, binds, body, extra=extra, root=root))


def open_session(form: Form, answers: Mapping[str, Any] | None = None, **more: Any) -> FormSession:
    """A session at the fixed clock."""
    return FormSession(form, answers, clock=lambda: CLOCK, **more)


def start(instance: str, binds: str = "", body: str = "", *, extra: str = "", **more: Any) -> FormSession:
    """A new session over such a document."""
    return open_session(form_of(instance, binds, body, extra=extra), **more)


def refs(session: FormSession) -> list[str]:
    """Every positioned reference of a session, repeats themselves included."""
    found: list[str] = []
    for node in session.form.nodes:
        if node.is_repeat and node.parent >= 0:
            parents = session.instances(session.form.nodes[node.parent].ref)
            found += [f"{parent}/{node.name}" for parent in parents]
        if not node.is_attribute:
            found += session.instances(node.ref)
    return found


def picture(session: FormSession) -> Picture:
    """State and choices of everything."""
    return {ref: (session.state(ref), session.choices(ref)) for ref in refs(session)}
