"""What a person's fields must satisfy (domain/README.md §1), as one pure function that form, edit and import share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from mzdesk.errors import MzError
from mzdesk.registry import disability, id_number, phone
from mzdesk.registry.id_number import IdNumber, IdNumberError

NAME_MINIMUM, NAME_MAXIMUM = 2, 50


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field, in Chinese; one that `may_be_overridden` is settled by a recorded reason."""

    field: str
    sentence: str
    may_be_overridden: bool = False


def check(values: Mapping[str, str], today: date) -> tuple[Problem, ...]:
    """Return the problems of a whole person: columns of Person by name, absent ones blank."""
    problems = [found for rule in _RULES if (found := rule(values, today)) is not None]
    return tuple(problems) + _mismatches(values, today)


def require(values: Mapping[str, str], today: date) -> None:
    """Raise MzError with the first problem."""
    for problem in check(values, today):
        raise MzError("请先修改这一处", problem.sentence, field=problem.field)


def _name(values: Mapping[str, str], today: date) -> Problem | None:
    name = values.get("name", "")
    if not name:
        return Problem("name", "没有填写姓名")
    if not NAME_MINIMUM <= len(name) <= NAME_MAXIMUM:
        return Problem("name", f"姓名应为 {NAME_MINIMUM}—{NAME_MAXIMUM} 个字")
    return Problem("name", "姓名里不能有数字") if any(sign.isdigit() for sign in name) else None


def _id_no(values: Mapping[str, str], today: date) -> Problem | None:
    text = values.get("id_no", "")
    if not text:
        return None if values.get("id_no_absent") else Problem("id_no", "没有填写身份证号码；确实没有的，请写明原因（如无户籍）")
    try:
        id_number.parse(text, today)
    except IdNumberError as error:
        return Problem("id_no", error.message)
    return None


def _birth_date(values: Mapping[str, str], today: date) -> Problem | None:
    text = values.get("birth_date", "")
    if not text:
        return None
    try:
        born = date.fromisoformat(text)
    except ValueError:
        return Problem("birth_date", "出生日期不是有效的日期")
    return Problem("birth_date", "出生日期在今天之后") if born > today else None


def _phone(values: Mapping[str, str], today: date) -> Problem | None:
    text = values.get("phone", "")
    return Problem("phone", "电话号码不对：手机 11 位，座机写成“区号-号码”") if text and not phone.is_valid(text) else None


def _disability(values: Mapping[str, str], today: date) -> Problem | None:
    text = values.get("disability_no", "")
    if not text:
        return None
    try:
        disability.parse(text, values.get("id_no", ""))
    except MzError as error:
        return Problem("disability_no", error.message)
    return None


def _mismatches(values: Mapping[str, str], today: date) -> tuple[Problem, ...]:
    if values.get("identity_override"):
        return ()
    try:
        known = id_number.parse(values.get("id_no", ""), today)
    except IdNumberError:
        return ()
    return mismatches(known, values.get("sex", ""), values.get("birth_date", ""))


def mismatches(known: IdNumber, sex: str, birth_date: str) -> tuple[Problem, ...]:
    """Return where sex and birth date differ from the identity number."""
    problems = []
    if sex in ("1", "2") and sex != known.sex:
        told = "女" if sex == "2" else "男"
        problems.append(Problem("sex", f"性别填的是{told}，与身份证号码不一致，请改正或写明原因", may_be_overridden=True))
    if birth_date and birth_date != known.birth_date.isoformat():
        sentence = f"出生日期与身份证号码不一致（证号为 {known.birth_date.isoformat()}），请改正或写明原因"
        problems.append(Problem("birth_date", sentence, may_be_overridden=True))
    return tuple(problems)


def autofill(values: Mapping[str, str], today: date) -> dict[str, str]:
    """Return sex and birth date from a valid identity number where they are blank."""
    try:
        known = id_number.parse(values.get("id_no", ""), today)
    except IdNumberError:
        return {}
    found = {}
    if values.get("sex", "") not in ("1", "2", "9"):
        found["sex"] = known.sex
    if not values.get("birth_date"):
        found["birth_date"] = known.birth_date.isoformat()
    return found


_RULES: tuple[Callable[[Mapping[str, str], date], Problem | None], ...] = (_name, _id_no, _birth_date, _phone, _disability)
