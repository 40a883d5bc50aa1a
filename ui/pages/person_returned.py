"""A change of a person that the county sent back: the dialog that holds the faulty field is opened, with the county's words in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mzdesk.registry.people import PersonFile
    from ui.ask import Ask
    from ui.pages.person import PersonPage
    from ui.requests import OpenPerson


def open_faulty(page: PersonPage, file: PersonFile, wanted: OpenPerson) -> Ask | None:
    """Open the dialog of what came back and put the cursor on its field; None where no dialog can change it."""
    dialog = _dialog(page, file, wanted.subject or file.person.id)
    if dialog is None:
        return None
    dialog.banner.show_text(f"县级退回：{wanted.told}", "red")
    if wanted.field in dialog.controls:
        dialog.fields[wanted.field].show_message(wanted.told)
        dialog.controls[wanted.field].setFocus()
    return dialog


def _dialog(page: PersonPage, file: PersonFile, subject: str) -> Ask | None:
    if subject == file.person.id:
        return page.edit()
    role = next((role for role in file.enrolments if role.id == subject), None)
    if role is not None:
        return page.role_acts.change(role)
    relation = next((relation for relation in file.relations if relation.id == subject), None)
    return page.relation_acts.change(relation) if relation is not None else None
