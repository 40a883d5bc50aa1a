"""The forms at hand, read once and shared by all pages; read anew after the county may have issued others."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from forms.catalog import Catalog
    from mzdesk.station import Station


class FormShelf:
    """May be asked from any thread: at worst two threads read the same catalogue once."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self._catalog: Catalog | None = None

    def catalog(self) -> Catalog:
        """Return the catalogue of shipped and issued forms."""
        found = self._catalog
        if found is None:
            from mzdesk.casework.issued_forms import catalog_of

            found = self._catalog = catalog_of(self._station)
        return found

    def titles(self) -> dict[str, str]:
        """Return form id → title of every form; reads them all the first time."""
        return {form.form_id: form.title for form in self.catalog().all()}

    def forget(self) -> None:
        """Read the catalogue anew at the next question."""
        self._catalog = None
