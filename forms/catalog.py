"""Every issued version of every form, readable for ever: the shipped ones from this package, the others from bytes the caller kept."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files

from forms.errors import FormError
from forms.xform import Form
from forms.xform_reader import read_form

_COMPILED = re.compile(r"^(?P<form_id>.+)@(?P<version>.+)\.xml$")
_DIGITS = re.compile(r"([0-9]+)")


class Catalog:
    """Forms by (form_id, version). XML is kept as it was issued and parsed when first asked for; what was parsed is kept."""

    def __init__(self, documents: Iterable[tuple[str, str, bytes]] = ()) -> None:
        self._documents: dict[str, dict[str, bytes]] = {}
        self._forms: dict[tuple[str, str], Form] = {}
        for form_id, version, xml in documents:
            self.add(form_id, version, xml)

    def add(self, form_id: str, version: str, xml: bytes) -> None:
        """Makes an issued version readable. Raises FormError where another document already has its id and version."""
        known = self._documents.setdefault(form_id, {}).setdefault(version, xml)
        if known != xml:
            raise FormError(f"表单 {form_id} 的版本 {version} 已经发布过，内容不同；请换一个版本号。", "version-taken")

    def versions(self, form_id: str) -> tuple[str, ...]:
        """The versions of a form, oldest first."""
        return tuple(sorted(self._documents.get(form_id, {}), key=version_order))

    def ids(self) -> tuple[str, ...]:
        """The ids of all forms, sorted."""
        return tuple(sorted(self._documents))

    def get(self, form_id: str, version: str | None = None) -> Form:
        """One version, the newest where none is named. Raises FormError where there is no such form."""
        versions = self.versions(form_id)
        if not versions or (version is not None and version not in versions):
            raise FormError(f"没有表单 {form_id}" + (f" 的版本 {version}。" if version is not None and versions else "。"), "unknown-form")
        chosen = versions[-1] if version is None else version
        if (form_id, chosen) not in self._forms:
            self._forms[form_id, chosen] = self._read(form_id, chosen)
        return self._forms[form_id, chosen]

    def all(self) -> tuple[Form, ...]:
        """The newest version of each form."""
        return tuple(self.get(form_id) for form_id in self.ids())

    def _read(self, form_id: str, version: str) -> Form:
        form = read_form(self._documents[form_id][version])
        if (form.form_id, form.version) != (form_id, version):
            raise FormError(f"表单文件写的是 {form.form_id} 版本 {form.version}，登记的却是 {form_id} 版本 {version}。", "form-mismatch")
        return form


def version_order(version: str) -> tuple[tuple[int, int, str], ...]:
    """Sorts versions as people count them: 2 before 10, 2026.9 before 2026.10."""
    return tuple((1, int(part), "") if part.isdigit() else (0, 0, part) for part in _DIGITS.split(version) if part)


def shipped_documents() -> Iterable[tuple[str, str, bytes]]:
    """(form_id, version, XML) of every version this program was ever shipped with."""
    folder = files("forms").joinpath("definitions", "compiled")
    if folder.is_dir():
        for entry in sorted(folder.iterdir(), key=lambda item: item.name):
            match = _COMPILED.match(entry.name)
            if match is not None:
                yield match["form_id"], match["version"], entry.read_bytes()


@lru_cache(maxsize=1)
def shipped() -> Catalog:
    """The catalog of shipped forms, parsed once per process."""
    return Catalog(shipped_documents())


def get(form_id: str, version: str | None = None) -> Form:
    """A shipped form, the newest version where none is named. Raises FormError."""
    return shipped().get(form_id, version)


def all() -> tuple[Form, ...]:
    """The newest version of each shipped form."""
    return shipped().all()
