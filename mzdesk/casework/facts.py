"""What the program learns from a filled form without knowing it: the reserved question names, projected (DESIGN.md §4)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from forms.session import FormSession

_COLUMNS = ("occurred_on", "contact_mode", "reached", "risk_level", "follow_up_on", "refer_to", "report_required")
_FINDINGS = ("refer_note", "leads", "leads_note", "abnormal", "abnormal_note", "care_change", "care_change_note")


@dataclass(frozen=True, slots=True)
class Findings:
    """Answers that open matters and stand in no column of their own; `refer_name` is the label of the chosen office."""

    refer_name: str = ""
    refer_note: str = ""
    leads: str = ""
    leads_note: str = ""
    abnormal: str = ""
    abnormal_note: str = ""
    care_change: str = ""
    care_change_note: str = ""


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
    findings: Findings = Findings()

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
            findings=Findings(label_of(session, "refer_to"), **{name: session.named(name) for name in _FINDINGS}),
        )

    def columns(self) -> dict[str, Any]:
        """Return the columns of Record that these facts fill."""
        values = asdict(self)
        del values["groups"], values["findings"]
        return values

    def open_columns(self, restricted: frozenset[str]) -> dict[str, Any]:
        """Return the same columns without the answers to restricted questions, which stand in no column that a list may show."""
        return {name: "" if name in restricted and name in _COLUMNS else value for name, value in self.columns().items()}


def label_of(session: FormSession, name: str) -> str:
    """Return the label of the choice that answers the question `name`, its value where the form has no label for it, "" for no answer."""
    value = session.named(name)
    for question in session.form.questions() if value else ():
        for ref in session.instances(question.ref) if question.name == name else ():
            found = next((choice.label for choice in session.choices(ref) if choice.value == value), "")
            if found:
                return found
    return value
