"""What the program learns from a filled form without knowing it: the reserved question names, projected (DESIGN.md §4)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from forms.session import FormSession

_COLUMNS = ("occurred_on", "contact_mode", "reached", "risk_level", "follow_up_on", "refer_to", "report_required")


@dataclass(frozen=True, slots=True)
class RecordFacts:
    """The projected answers of one filled form; "" where the form has no such question or it is blank."""

    form_id: str
    form_version: str
    kind: str
    groups: tuple[str, ...]
    person_id: str
    village: str
    occurred_on: str
    contact_mode: str
    reached: str
    risk_level: str
    follow_up_on: str
    refer_to: str
    report_required: str

    @classmethod
    def of(cls, session: FormSession, person_id: str) -> RecordFacts:
        """Read the reserved names of a session."""
        form = session.form
        values = {name: session.named(name) for name in _COLUMNS}
        values["occurred_on"] = values["occurred_on"][:10]
        return cls(
            form.form_id,
            form.version,
            form.kind,
            tuple(form.groups),
            person_id or session.named("person_id"),
            session.named("village_code"),
            **values,
        )

    def columns(self) -> dict[str, Any]:
        """Return the columns of Record that these facts fill."""
        values = asdict(self)
        del values["groups"]
        return values
