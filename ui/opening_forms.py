"""Which form a request means, and that form opened: afresh, from a draft, or as a correction. Runs behind the window's back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mzdesk.casework import drafts, filling
from mzdesk.casework.records import Filling
from mzdesk.errors import MzError
from mzdesk.registry import divisions, people
from mzdesk.registry.field_names import RECORD_KINDS
from mzdesk.registry.groups import GROUPS
from ui.requests import AmendRecord, ContinueDraft, Request, StartForm
from ui.words import group_words, sex_words, show_instant

if TYPE_CHECKING:
    from forms.catalog import Catalog
    from forms.session import FormSession
    from forms.xform import Form
    from mzdesk.registry.people import PersonFile
    from mzdesk.station import Station
    from mzdesk.store.drafts import StoredDraft
    from ui.form_shelf import FormShelf

PLACE_KINDS = frozenset({"registration", "activity", "spot_check"})  # a mandatory report waits for nothing but its time
PERSON_KINDS = frozenset({"visit", "care", "assessment", "agreement", "follow_up"})


@dataclass(frozen=True, slots=True)
class Offer:
    """One line of a choice."""

    title: str
    note: str
    request: Request


@dataclass(frozen=True, slots=True)
class Choice:
    """Several ways to go on."""

    title: str
    note: str
    offers: tuple[Offer, ...]


@dataclass(frozen=True, slots=True)
class VillageWanted:
    """A form that is about a village, and nobody has said which: `villages` are (code, name)."""

    title: str
    request: StartForm
    villages: tuple[tuple[str, str], ...]

    def in_village(self, code: str) -> StartForm:
        """Return the request with its village."""
        return replace(self.request, answers={**self.request.answers, "village_code": code, "village_name": dict(self.villages)[code]})


@dataclass(frozen=True, slots=True)
class Chosen:
    """A form that is open; `about` says of whom."""

    session: FormSession
    filling: Filling
    about: str
    risk: str


def open_form(station: Station, shelf: FormShelf, request: Request) -> Choice | VillageWanted | Chosen:
    """Open what is wanted, or ask which of several is meant, or where. Raises MzError."""
    forms = shelf.catalog()
    if isinstance(request, ContinueDraft):
        return _chosen(station, *filling.resume(station, forms, request.draft_id))
    if isinstance(request, AmendRecord):
        begun = next((draft for draft in drafts.all_of(station) if draft.amends == request.record_id), None)
        if begun is not None:
            return _chosen(station, *filling.resume(station, forms, begun.id))
        return _chosen(station, *filling.amend(station, forms, request.record_id))
    assert isinstance(request, StartForm)
    return _start(station, forms, request)


def _start(station: Station, forms: Catalog, request: StartForm) -> Choice | VillageWanted | Chosen:
    file = people.get(station, request.person_id) if request.person_id else None
    matching = _matching(forms, request, file)
    if not matching:
        raise MzError("没有对应的表单", "请到“表单”页查看县里是否已下发这类表单。")
    if len(matching) > 1:
        return _which_form(request, matching, file)
    form = matching[0]
    if form.kind in PERSON_KINDS and not request.person_id:
        raise MzError("请先选择对象", f"“{form.title}”是为一个人填的。请到“服务对象”里找到这个人，再从那里开始。")
    begun = [draft for draft in drafts.all_of(station) if (draft.form_id, draft.person_id) == (form.form_id, request.person_id)]
    if begun and not request.answers.get("fresh"):
        return _continue_or_fresh(form, request, begun)
    if form.kind in PLACE_KINDS and not request.person_id and not request.answers.get("village_code"):
        villages = tuple((row.code, divisions.display_name(row.name)) for row in divisions.villages(station))
        wanted = VillageWanted(form.title, replace(request, form_id=form.form_id, kind=form.kind), villages)
        if len(villages) != 1:
            return wanted
        request = wanted.in_village(villages[0][0])
    given = {name: str(value) for name, value in request.answers.items() if name != "fresh"}
    village = given.pop("village_code", "")
    return _chosen(station, *filling.start(station, forms, form.form_id, person_id=request.person_id, village=village, given=given))


def _matching(forms: Catalog, request: StartForm, file: PersonFile | None) -> tuple[Form, ...]:
    if request.form_id:
        return (forms.get(request.form_id),)
    of_kind = tuple(form for form in forms.all() if form.kind == request.kind)
    groups = {request.group} if request.group else {role.group for role in file.current} if file else set()
    fitting = tuple(form for form in of_kind if groups & set(form.groups))
    return fitting or of_kind


def _which_form(request: StartForm, matching: tuple[Form, ...], file: PersonFile | None) -> Choice:
    ordered = sorted(matching, key=lambda form: _place(form.groups))
    offers = tuple(Offer(form.title, group_words(form.groups), StartForm(form.form_id, request.person_id, form.kind)) for form in ordered)
    title = f"要填哪一张{RECORD_KINDS.get(request.kind, '')}表？"
    return Choice(title, f"对象：{file.person.name}" if file else "请选择一类", offers)


def _place(groups: tuple[str, ...]) -> int:
    """Return where a form stands among others: in the order in which the field names the groups."""
    return min((place for place, group in enumerate(GROUPS) if group in groups), default=len(GROUPS))


def _continue_or_fresh(form: Form, request: StartForm, begun: list[StoredDraft]) -> Choice:
    again = tuple(
        Offer(f"继续 {show_instant(draft.updated_at)} 的草稿", draft.person_name or form.title, ContinueDraft(draft.id)) for draft in begun
    )
    fresh = StartForm(form.form_id, request.person_id, form.kind, request.group, {**request.answers, "fresh": "yes"})
    return Choice("上次没有填完", "接着填，还是另起一份？", (*again, Offer("另起一份", "原来的草稿仍然保留", fresh)))


def _chosen(station: Station, session: FormSession, held: Filling) -> Chosen:
    if not held.person_id:
        return Chosen(session, held, "", "")
    file = people.get(station, held.person_id)
    age = f"{file.age} 岁" if file.age is not None else ""
    about = "　".join(part for part in (file.person.name, sex_words(file.person.sex), age, file.village_name) if part)
    risk = min((role.risk for role in file.current), key=lambda level: ["high", "medium", "low"].index(level), default="")
    return Chosen(session, held, about, risk)
