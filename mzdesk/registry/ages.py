"""Ages in full years on a Beijing date; somebody born on 29 February turns a year older on 1 March."""

from __future__ import annotations

from datetime import date


def age_on(born: date, day: date) -> int:
    """Return the full years (周岁) of somebody born on `born` on `day`; negative before the birth."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def birthday(born: date, age: int) -> date:
    """Return the date on which somebody turns `age`."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)


def age_of(birth_date: str, day: date) -> int | None:
    """Return the age of an ISO `birth_date` on `day`, None where it is blank or not a date."""
    try:
        return age_on(date.fromisoformat(birth_date), day)
    except ValueError:
        return None
