"""What the examples share: the day they are told on, one village, made-up people with valid numbers."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

Answers = dict[str, Any]

TODAY = "2026-11-24"
CLOCK = datetime(2026, 11, 24, 10, 30, tzinfo=timezone(timedelta(hours=8)))
VILLAGE = {"village_code": "370902001201"}
PERSON_ID = "0193a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number(birth_date: str, sex: str, serial: int = 90, area: str = "370902") -> str:
    """A made-up ID number with a valid check digit (GB 11643); `birth_date` ISO, `sex` 1 or 2, `serial` the first two serial digits."""
    body = f"{area}{birth_date.replace('-', '')}{serial:02d}{sex}"
    total = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


def person(name: str, birth_date: str, sex: str, **more: Any) -> Answers:
    """Answers that tell who someone is."""
    return {
        **VILLAGE,
        "person_name": name,
        "hukou": "yes",
        "person_id_no": id_number(birth_date, sex),
        "person_sex": sex,
        "person_birth_date": birth_date,
        "ethnicity": "01",
        "village_name": "石头寨村",
        "address": "石头寨村四组17号",
        "hukou_village": "370902001201",
        "hukou_address": "石头寨村四组17号",
        "phone": "13805380001",
        **more,
    }


def filing(**more: Any) -> Answers:
    """Answers that end a registration."""
    return {
        "entered_on": "2026-11-01",
        "occurred_on": "2026-11-23",
        "responsible": "李翀",
        "visitor": "李翀",
        "remarks": "首次登记。",
        **more,
    }


def subject(name: str, birth_date: str, sex: str) -> Answers:
    """Answers that a visit takes over from the file."""
    return {
        "person_id": PERSON_ID,
        "person_id_no": id_number(birth_date, sex),
        "person_birth_date": birth_date,
        "village_code": "370902001201",
        "person_name": name,
        "person_sex": sex,
        "village_name": "石头寨村",
    }


def when(**more: Any) -> Answers:
    """Answers about the visit itself."""
    return {
        "occurred_on": "2026-11-23",
        "occurred_at": "15:20:00.000+08:00",
        "contact_mode": "home",
        "visitor": "李翀",
        "companion": "陈堃",
        **more,
    }
