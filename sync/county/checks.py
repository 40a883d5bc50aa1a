"""The county's check of filled forms: the same engine and the same rules as on the laptop, against the version the record names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from forms import catalog
from forms.errors import FormError
from forms.session import check
from forms.xform import Form

FORM, VALUE = "FORM", "VALUE"


@dataclass(frozen=True, slots=True)
class FilledForm:
    """A form to check: id, version, nested answers."""

    form_id: str
    version: str
    answers: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a filled form is returned: a code, the reference of the first faulty answer, and a Chinese sentence."""

    reason: str
    field: str
    sentence: str


class FormChecker(Protocol):
    """What checks forms; the receiver has one for its process, or a pool of processes."""

    def add_forms(self, documents: Iterable[tuple[str, str, bytes]]) -> None:
        """Learn forms that the county issued: (form_id, version, XForm XML)."""
        ...

    def check(self, filled: Sequence[FilledForm]) -> list[Fault | None]:
        """Return the first fault of each form, None where there is none."""
        ...

    def close(self) -> None:
        """Let go of processes."""
        ...


class EngineChecker:
    """Checks in this process."""

    def __init__(self) -> None:
        self._catalog = catalog.Catalog(catalog.shipped_documents())

    def add_forms(self, documents: Iterable[tuple[str, str, bytes]]) -> None:
        """Learn forms that the county issued."""
        for form_id, version, xml in documents:
            self._catalog.add(form_id, version, xml)

    def check(self, filled: Sequence[FilledForm]) -> list[Fault | None]:
        """Return the first fault of each form."""
        return [self._first_fault(item) for item in filled]

    def close(self) -> None:
        """Nothing to let go of."""

    def _first_fault(self, item: FilledForm) -> Fault | None:
        try:
            form = self._catalog.get(item.form_id, item.version)
        except FormError:
            return Fault(FORM, "", f"县里没有表单 {item.form_id} 的版本 {item.version}，请联系县里发布该表单后重新发送。")
        return first_fault(form, item.answers)


def first_fault(form: Form, answers: Mapping[str, Any]) -> Fault | None:
    """Return what the engine has against these answers, the first in document order."""
    try:
        problems = check(form, answers)
    except FormError as error:
        return Fault(VALUE, "", error.message)
    if not problems:
        return None
    more = f"（另有 {len(problems) - 1} 处）" if len(problems) > 1 else ""
    return Fault(VALUE, problems[0].ref, f"{problems[0].label}：{problems[0].message}{more}")
