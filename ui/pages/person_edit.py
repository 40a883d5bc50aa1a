"""Editing who a person is: checks at the field, what the ID number tells filled in, and a mismatch kept only with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLineEdit, QWidget

from mzdesk.errors import MzError
from mzdesk.registry import id_number, people, person_rules
from mzdesk.registry.codes import ETHNICITIES, MARITAL
from mzdesk.registry.groups import SEXES
from mzdesk.registry.id_number import IdNumberError
from mzdesk.registry.people import NEEDS_REASON
from mzdesk.store.rows import PersonData
from ui.ask import Ask, Asked
from ui.desk import Desk

if TYPE_CHECKING:
    from mzdesk.station import Station

HIDDEN = ("id_no", "phone", "disability_no")  # shown masked; blank means: leave it as it is
UNCHANGED = "不改就留空"


def fields_of(person: PersonData) -> tuple[Asked, ...]:
    """Return the fields of the dialog; `person` is masked."""
    sexes = tuple((code, SEXES[code]) for code in ("1", "2", "0", "9"))
    nations = (("", "未填"), *ETHNICITIES.items())
    marital = (("", "未填"), *MARITAL.items())
    return (
        Asked("name", "姓名", value=person.name, span=2),
        Asked("sex", "性别", "choice", person.sex, sexes, span=1),
        Asked("birth_date", "出生日期", "date", person.birth_date, required=False, span=1),
        Asked("id_no", "身份证号", required=False, hint=_kept(person.id_no), span=2),
        Asked("id_no_absent", "没有身份证号的原因", value=person.id_no_absent, required=False, hint="例如无户籍；有证号的不用填", span=2),
        Asked(
            "identity_override",
            "与身份证号不一致的原因",
            value=person.identity_override,
            required=False,
            hint="性别、出生日期确实与证号不同时填写",
        ),
        Asked("phone", "联系电话", required=False, hint=_kept(person.phone), span=2),
        Asked("phone_absent", "没有电话的原因", value=person.phone_absent, required=False, hint="填了原因，原来的号码会删去", span=2),
        Asked("address", "现居住地址", value=person.address, required=False),
        Asked("hukou_address", "户籍地址", value=person.hukou_address, required=False),
        Asked("ethnicity", "民族", "choice", person.ethnicity, nations, required=False, span=2),
        Asked("marital", "婚姻状况", "choice", person.marital, marital, required=False, span=2),
        Asked("disability_no", "残疾证号", required=False, hint=_kept(person.disability_no)),
        Asked("reason", "修改原因", required=False, hint="修改姓名、证号、性别、出生日期时必填，会留在变更记录里"),
    )


def _kept(masked: str) -> str:
    return UNCHANGED if masked else "还没有登记"


def changes_of(person: PersonData, values: Mapping[str, str]) -> dict[str, str]:
    """Return what differs from the masked `person`; a hidden number counts where one was typed, or where a reason says there is none."""
    changed = {}
    for name, value in values.items():
        if name == "reason":
            continue
        if name in HIDDEN:
            if value:
                changed[name] = value
        elif value != getattr(person, name):
            changed[name] = value
    for number, absent in (("id_no", "id_no_absent"), ("phone", "phone_absent")):
        if values.get(absent) and not values.get(number) and getattr(person, number):
            changed[number] = ""
        elif values.get(number) and getattr(person, absent):
            changed[absent] = ""
    return changed


class PersonEdit(Ask):
    """The dialog; it looks at what is typed before anything is sent."""

    def __init__(self, parent: QWidget, desk: Desk, person: PersonData) -> None:
        self._person = person
        super().__init__(
            parent,
            desk,
            f"修改{person.name}的资料",
            "",
            fields_of(person),
            "保存",
            lambda values: save_changes(desk.station, person, values),
        )
        number, sex = self.controls["id_no"], self.controls["sex"]
        assert isinstance(number, QLineEdit)
        number.setPlaceholderText(person.id_no)
        for name in ("phone", "disability_no"):
            control = self.controls[name]
            assert isinstance(control, QLineEdit)
            control.setPlaceholderText(getattr(person, name))
        number.textChanged.connect(lambda *_: self._read_number())
        sex.activated.connect(lambda *_: self._compare())  # type: ignore[union-attr]
        self.controls["birth_date"].textChanged.connect(lambda *_: self._compare())  # type: ignore[union-attr]
        self.controls["identity_override"].textChanged.connect(lambda *_: self._compare())  # type: ignore[union-attr]

    def _read_number(self) -> None:
        """Say what is wrong with a number, or fill in what it tells."""
        typed = self.value("id_no")
        if not typed:
            self.fields["id_no"].show_message("")
            return
        try:
            known = id_number.parse(id_number.mend(typed).text, self._desk.station.today())
        except IdNumberError as error:
            whole = len(typed) >= 15
            self.fields["id_no"].show_message(error.message if whole else "")
            return
        self.fields["id_no"].show_message("", good=f"{known.birth_date.isoformat()}　{SEXES[known.sex]}")
        self._fill("birth_date", known.birth_date.isoformat())
        self._fill("sex", known.sex)
        self._compare()

    def _fill(self, name: str, value: str) -> None:
        """Fill a field that is blank, or that said the same as the number before."""
        control = self.controls[name]
        if name == "sex" and self.value("sex") in ("0", "9", ""):
            control.setCurrentIndex(control.findData(value))  # type: ignore[union-attr]
        elif name == "birth_date" and not self.value("birth_date"):
            control.setText(value)  # type: ignore[union-attr]

    def _compare(self) -> None:
        """Show at sex and birth date where they differ from the number that was typed."""
        try:
            known = id_number.parse(id_number.mend(self.value("id_no")).text, self._desk.station.today())
        except IdNumberError:
            return
        found = () if self.value("identity_override") else person_rules.mismatches(known, self.value("sex"), self.value("birth_date"))
        wrong = {problem.field: problem.sentence for problem in found}
        for name in ("sex", "birth_date"):
            self.fields[name].show_message(wrong.get(name, ""))

    def _check(self) -> bool:
        if not super()._check():
            return False
        changed = changes_of(self._person, self.values())
        if NEEDS_REASON & set(changed) and not self.value("reason"):
            self.fields["reason"].show_message("修改姓名、证号、性别或出生日期要写明原因。")
            self.controls["reason"].setFocus()
            return False
        return True


def save_changes(station: Station, person: PersonData, values: Mapping[str, str]) -> bool:
    """Write what differs; return whether anything did. Raises MzError that names the field."""
    changed = changes_of(person, values)
    if not changed:
        return False
    try:
        people.edit(station, person.id, changed, values.get("reason", ""))
    except MzError as error:
        if error.field in ("sex", "birth_date") and not values.get("identity_override") and error.field not in changed:
            raise MzError(error.title, error.message, field="identity_override") from error
        raise
    return True
