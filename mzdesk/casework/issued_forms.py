"""The forms at hand in a station: those that the program ships and those that the county issued, every version of both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from forms.catalog import Catalog, shipped_documents
from mzdesk.store import form_versions

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from mzdesk.station import Station


def catalog_of(station: Station) -> Catalog:
    """Return the catalogue of a station; a form issued by the county takes the place of a shipped one by a newer version."""
    with station.read() as connection:
        return catalog_in(connection)


def catalog_in(connection: Connection) -> Catalog:
    """Return the catalogue as a transaction sees it."""
    catalog = Catalog(shipped_documents())
    for form in form_versions.all_of(connection):
        catalog.add(form.form_id, form.version, form.xml.encode())
    return catalog
