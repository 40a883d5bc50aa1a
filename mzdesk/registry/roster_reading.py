"""One row of a roster read into fields: what was mended, what blocks it, what is only worth knowing. Pure; nothing is guessed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from mzdesk.errors import MzError
from mzdesk.registry import codes, disability, id_number, phone
from mzdesk.registry.ages import age_on
from mzdesk.registry.characters import person_name, plain
from mzdesk.registry.dates import LooseDate, Precision, read_loose
from mzdesk.registry.id_number import SENTENCES, Fault, IdNumber, IdNumberError
from mzdesk.registry.roster_headings import FIELD_BY_NAME, KIN_PREFIXES
from mzdesk.registry.roster_layout import group_in
from mzdesk.registry.roster_source import Cell
from mzdesk.registry.roster_villages import Place, VillageFinder

_NO_NUMBER = ("无户籍", "无户口", "未上户", "没上户", "未落户", "黑户", "未登记户口", "无身份证")
_BLANK_WORDS = frozenset({"无", "没有", "/", "-", "—", "暂无", "不详", "空", "未知"})
MAXIMUM_NAME = 50


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a cell: `reason` is the short code of the report, `sentence` tells in Chinese what to do."""

    field: str
    reason: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Setting:
    """What a roster is read against: `default_village` is used where a row names none; `covers` tells which villages may be written."""

    today: date
    villages: VillageFinder
    township: str
    group: str
    default_village: str
    covers: Callable[[str], bool]
    since_1904: bool = False


@dataclass(slots=True)
class Reading:
    """What a row tells, filled field by field: columns of Person, of Enrolment, of Relation by kind."""

    person: dict[str, str] = field(default_factory=dict)
    role: dict[str, str] = field(default_factory=dict)
    kin: dict[str, dict[str, str]] = field(default_factory=dict)
    person_profile: dict[str, str] = field(default_factory=dict)
    role_profile: dict[str, str] = field(default_factory=dict)
    group: str = ""
    blocking: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    mended: bool = False


def read_row(cells: Mapping[str, Cell], extra: Mapping[str, Cell], setting: Setting) -> Reading:
    """Read the cells of a person by field, and further columns by heading; the first of `blocking` is the reason for a look."""
    reading = Reading(group=setting.group)
    number = _read_number(cells, reading, setting)
    _read_name(cells, reading)
    _read_village(cells, reading, setting)
    _read_birth(cells, reading, setting, number)
    _read_sex(cells, reading, number)
    _read_phones(cells, reading)
    _read_person(cells, reading)
    _read_role(cells, reading, setting)
    _read_kin(cells, reading, setting)
    columns = {heading: text for heading, cell in extra.items() if (text := text_of(cell))}
    reading.role_profile |= {f"列：{heading}": text for heading, text in columns.items()}
    return reading


def text_of(cell: Cell) -> str:
    """Return a cell as text: whole numbers without a point, dates in ISO form."""
    if cell is None or isinstance(cell, bool):
        return "" if cell is None else str(cell)
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    return plain(cell) if isinstance(cell, str) else str(cell)


def _block(reading: Reading, name: str, reason: str, sentence: str) -> None:
    reading.blocking.append(Problem(name, reason, sentence))


def _note(reading: Reading, name: str, reason: str, sentence: str) -> None:
    reading.notes.append(Problem(name, reason, sentence))


def _read_number(cells: Mapping[str, Cell], reading: Reading, setting: Setting) -> IdNumber | None:
    cell = cells.get("id_no")
    if isinstance(cell, date):
        _block(reading, "id_no", "characters", "身份证号码一栏里是日期，请照证件填写")
        return None
    text = text_of(cell)
    absent = next((word for word in _NO_NUMBER if word in text), "") or text_of(cells.get("id_no_absent"))
    if absent or text in _BLANK_WORDS or not text:
        reading.person["id_no_absent"] = absent
        if not absent:
            _block(reading, "id_no", "empty id", SENTENCES[Fault.EMPTY] + "；确实没有的，请写明原因（如无户籍）")
        return None
    mended = id_number.mend(cell)
    try:
        if mended.fault is not None:
            raise IdNumberError(mended.fault)
        known = id_number.parse(mended.text, setting.today)
    except IdNumberError as error:
        _block(reading, "id_no", error.fault.value, error.message)
        return None
    reading.mended |= mended.changed
    reading.person["id_no"] = known.text
    return known


def _read_name(cells: Mapping[str, Cell], reading: Reading) -> None:
    cell = cells.get("name")
    written = cell if isinstance(cell, str) else text_of(cell)
    name = person_name(written)
    reading.person["name"] = name
    reading.mended |= name != written and bool(name)
    if not name or name in _BLANK_WORDS:
        reading.blocking.insert(0, Problem("name", "empty name", "没有填写姓名"))
    elif len(name) < 2 or len(name) > MAXIMUM_NAME:
        _block(reading, "name", "name length", f"姓名应为 2—{MAXIMUM_NAME} 个字，这里有 {len(name)} 个")
    elif any(sign.isdigit() for sign in name):
        _block(reading, "name", "name characters", "姓名里不能有数字")


def _read_village(cells: Mapping[str, Cell], reading: Reading, setting: Setting) -> None:
    """Find the village by its own column, else in an address, else take the one that the whole roster is about."""
    written, address = text_of(cells.get("village")), text_of(cells.get("address"))
    told = text_of(cells.get("township"))
    group_place = text_of(cells.get("household_group"))
    if told and setting.villages.is_other_township(told):
        _block(reading, "township", "other township", f"“{told}”不是{setting.township}，请转给对方，或核对后改正")
        return
    hints = (address, text_of(cells.get("hukou_address")), group_place)
    place = setting.villages.find(written) if written else _village_in(hints, setting)
    code = place.code or ("" if written else setting.default_village)
    reading.person["address"] = address or "".join(part for part in (group_place, place.rest) if part)
    if not code:
        _block_village(reading, next((text for text in (written, *hints) if text), ""), place.suggestion)
    elif not setting.covers(code):
        _block(reading, "village", "other village", f"“{written}”不在您负责的村，请交给乡镇社工站导入")
    reading.person["village"] = code


def _village_in(addresses: Sequence[str], setting: Setting) -> Place:
    """Return the first village of the township that one of the addresses names, else what the first address told."""
    places = [setting.villages.inside(address) for address in addresses if address]
    return next((place for place in places if place.code), places[0] if places else Place())


def _block_village(reading: Reading, written: str, suggestion: str) -> None:
    if not written:
        _block(reading, "village", "empty village", "没有填写村（居）")
        return
    hint = f"，是不是“{suggestion}”" if suggestion else ""
    _block(reading, "village", "other township", f"“{written}”不是本乡镇的村（居）{hint}；确是本乡镇的，请先在“设置 → 村居”里添加")


def _read_birth(cells: Mapping[str, Cell], reading: Reading, setting: Setting, number: IdNumber | None) -> None:
    cell = cells.get("birth_date")
    text = text_of(cell)
    loose = read_loose(cell, setting.today, since_1904=setting.since_1904)
    if loose is None and text and text not in _BLANK_WORDS:
        _note(reading, "birth_date", "unreadable date", f"看不懂出生日期“{text}”" + ("，已按身份证号填写" if number else ""))
        if number is None:
            _block(reading, "birth_date", "date", f"看不懂出生日期“{text}”，请写成 2014-07-22 的样子")
    if loose is not None and loose.value > setting.today:
        _block(reading, "birth_date", "future", f"出生日期 {loose.value.isoformat()} 在今天之后")
    elif loose is not None and number is not None and not _agrees(loose, number, cell, setting):
        sentence = f"出生日期 {text} 与身份证号码（{number.birth_date.isoformat()}）不一致，请核对后改正或写明原因"
        _block_unless_overridden(cells, reading, "birth_date", "birth mismatch", sentence)
    reading.person["birth_date"] = _birth_date(loose, number, overridden=bool(text_of(cells.get("identity_override"))))
    _check_age(cells, reading, setting)


def _birth_date(loose: LooseDate | None, number: IdNumber | None, *, overridden: bool) -> str:
    full = loose is not None and loose.precision is Precision.DAY
    if number is not None and not (overridden and full):
        return number.birth_date.isoformat()
    return loose.value.isoformat() if loose is not None and full else ""


def _agrees(loose: LooseDate, number: IdNumber, cell: Cell, setting: Setting) -> bool:
    """Tell whether a written birth date is that of the number; a bare serial day may have been counted in the other date system."""
    if loose.agrees_with(number.birth_date):
        return True
    other = read_loose(cell, setting.today, since_1904=not setting.since_1904) if isinstance(cell, (int, float)) else None
    return other is not None and other.agrees_with(number.birth_date)


def _block_unless_overridden(cells: Mapping[str, Cell], reading: Reading, name: str, reason: str, sentence: str) -> None:
    if why := text_of(cells.get("identity_override")):
        reading.person["identity_override"] = why
    else:
        _block(reading, name, reason, sentence)


def _check_age(cells: Mapping[str, Cell], reading: Reading, setting: Setting) -> None:
    born, told = reading.person["birth_date"], text_of(cells.get("age")).rstrip("岁周")
    if born and told.isdigit() and abs(age_on(date.fromisoformat(born), setting.today) - int(told)) > 1:
        _note(reading, "age", "age", f"年龄写的是 {told} 岁，按出生日期是 {age_on(date.fromisoformat(born), setting.today)} 岁")


def _read_sex(cells: Mapping[str, Cell], reading: Reading, number: IdNumber | None) -> None:
    text = text_of(cells.get("sex"))
    code = codes.sex_code(text)
    if text and not code and text not in _BLANK_WORDS:
        _note(reading, "sex", "unknown sex", f"看不懂性别“{text}”" + ("，已按身份证号填写" if number else ""))
    if code and number is not None and code != number.sex:
        told, shown = ("男", "女") if code == "1" else ("女", "男")
        sentence = f"性别填的是{told}，身份证号码是{shown}，请核对后改正或写明原因"
        _block_unless_overridden(cells, reading, "sex", "sex mismatch", sentence)
    reading.person["sex"] = code or (number.sex if number else "0")


def _read_phones(cells: Mapping[str, Cell], reading: Reading) -> None:
    """Take the person's own phone, else the guardian's; a damaged one is kept as it was written, and noted."""
    own = phone.mend(_number_cell(cells.get("phone")))
    spare = phone.mend(_number_cell(cells.get("other_phone")))
    guardian = phone.mend(_number_cell(cells.get("guardian_phone")))
    usable = [read.text for read in (own, spare, guardian) if read.text and not read.problem]
    reading.person["phone"] = usable[0] if usable else ""
    others = [*usable[1:], *own.others, *spare.others, *guardian.others]
    others = [text for text in dict.fromkeys(others) if text != reading.person["phone"]]
    if others:
        reading.person_profile["other_phones"] = " ".join(others)
    for name, read in (("phone", own), ("other_phone", spare), ("guardian_phone", guardian)):
        if read.problem:
            _note(reading, name, "phone", f"{read.problem}（{read.text}）")
            reading.role_profile[f"原{FIELD_BY_NAME[name].label}"] = read.text
    if own.absent and not usable:
        reading.person["phone_absent"] = "无"


def _number_cell(cell: Cell) -> object:
    return cell if isinstance(cell, (str, int, float)) else None


def _read_person(cells: Mapping[str, Cell], reading: Reading) -> None:
    reading.person["hukou_address"] = text_of(cells.get("hukou_address"))
    reading.person["ethnicity"] = codes.ethnicity_code(text_of(cells.get("ethnicity")))
    reading.person["marital"] = codes.marital_code(text_of(cells.get("marital")))
    reading.person["aids"] = " ".join(codes.aid_codes(text_of(cells.get("aids"))))
    certificate = text_of(cells.get("disability_no"))
    if not certificate or certificate in _BLANK_WORDS:
        return
    try:
        reading.person["disability_no"] = disability.parse(certificate, reading.person.get("id_no", "")).text[:20]
    except MzError as error:
        _note(reading, "disability_no", "disability", error.message)
        reading.role_profile["原残疾证号"] = certificate


def _read_role(cells: Mapping[str, Cell], reading: Reading, setting: Setting) -> None:
    category = text_of(cells.get("category"))
    reading.group = group_in(category) if category and not setting.group else setting.group
    reading.role["category"] = codes.category_code(category)
    reading.role["risk"] = codes.risk_code(text_of(cells.get("risk"))) or "low"
    reading.role["responsible"] = text_of(cells.get("responsible"))
    entered = read_loose(cells.get("entered_on"), setting.today, since_1904=setting.since_1904)
    if entered is not None and entered.value > setting.today:
        _block(reading, "entered_on", "future", f"纳入日期 {entered.value.isoformat()} 在今天之后")
    reading.role["entered_on"] = (entered.value if entered else setting.today).isoformat()
    kept = ("school", "health", "disability", "remark", "certificate_no", "card_last4", "category", "aids", "household_group")
    reading.role_profile |= {_PROFILE_NAMES.get(name, name): text for name in kept if (text := text_of(cells.get(name)))}
    if level := codes.care_level_code(text_of(cells.get("care_level"))):
        reading.person_profile["care_level"] = level


_PROFILE_NAMES = {"remark": "remarks", "category": "category_words", "aids": "aids_words"}


def _read_kin(cells: Mapping[str, Cell], reading: Reading, setting: Setting) -> None:
    for kind in KIN_PREFIXES:
        cell = cells.get(f"{kind}_name")
        if cell is None:
            continue
        name = person_name(cell if isinstance(cell, str) else text_of(cell))
        if not name or name in _BLANK_WORDS or len(name) > MAXIMUM_NAME:
            continue
        told = {"name": name, "place": text_of(cells.get(f"{kind}_place"))}
        read = phone.mend(_number_cell(cells.get(f"{kind}_phone")))
        told["phone"] = "" if read.problem else read.text
        since = read_loose(cells.get(f"{kind}_since"), setting.today, since_1904=setting.since_1904)
        told["since"] = since.value.isoformat() if since else ""
        number = id_number.mend(cells.get(f"{kind}_id_no"))
        told["id_no"] = number.text if number.fault is None and _is_valid(number.text, setting.today) else ""
        told["relation"] = text_of(cells.get(f"{kind}_relation"))
        told["state"] = text_of(cells.get(f"{kind}_state"))
        reading.kin[kind] = {key: value for key, value in told.items() if value}


def _is_valid(text: str, today: date) -> bool:
    try:
        id_number.parse(text, today)
    except IdNumberError:
        return False
    return True
