"""Sessions over the examples: with some answers changed, and what then stops completion."""

from __future__ import annotations

from forms import catalog
from forms.session import FormSession
from tests.forms.example_parts import CLOCK
from tests.forms.examples import EXAMPLES


def filled(form_id: str, **answers: str) -> FormSession:
    """The example of a form with some answers changed; a keyword is the reference below /data with __ for /."""
    session = FormSession(catalog.get(form_id), EXAMPLES[form_id], clock=lambda: CLOCK)
    for name, value in answers.items():
        session.set("/data/" + name.replace("__", "/"), value)
    return session


def refused(session: FormSession) -> set[str]:
    """The names of the questions that stop completion."""
    return {problem.ref.rpartition("/")[2] for problem in session.problems()}
