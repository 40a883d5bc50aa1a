"""Every issued version stays readable, and none is changed."""

from __future__ import annotations

import pytest

from forms import catalog
from forms.catalog import Catalog, version_order
from forms.errors import FormError
from tests.forms.session_support import xform


def document(version: str, form_id: str = "t") -> tuple[str, str, bytes]:
    return form_id, version, xform("<a/>", root=f'data id="{form_id}" version="{version}"').encode()


def test_newest_is_given_unless_a_version_is_named() -> None:
    issued = Catalog([document("10"), document("2"), document("9"), document("1", "other")])
    assert issued.get("t").version == "10"
    assert issued.get("t", "2").version == "2"
    assert issued.versions("t") == ("2", "9", "10")
    assert [(form.form_id, form.version) for form in issued.all()] == [("other", "1"), ("t", "10")]
    assert issued.get("t") is issued.get("t", "10")


def test_an_issued_version_is_never_replaced() -> None:
    issued = Catalog([document("1")])
    issued.add(*document("1"))
    with pytest.raises(FormError, match="已经发布过"):
        issued.add("t", "1", b"<other/>")


def test_what_is_not_there_is_said() -> None:
    issued = Catalog([document("1"), ("t", "2", document("3")[2])])
    for form_id, version in (("none", None), ("t", "7"), ("t", "2")):
        with pytest.raises(FormError):
            issued.get(form_id, version)


def test_versions_sort_as_people_count() -> None:
    assert sorted(["2026.10", "2026.9", "a2", "a10", "2026112401", ""], key=version_order) == [
        "",
        "a2",
        "a10",
        "2026.9",
        "2026.10",
        "2026112401",
    ]


def test_shipped_forms_are_all_readable() -> None:
    assert len(catalog.all()) >= 20
    assert catalog.get("left_behind_child_visit") is catalog.get("left_behind_child_visit", catalog.get("left_behind_child_visit").version)
