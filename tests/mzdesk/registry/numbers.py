"""Synthetic identity numbers for the tests of the registry."""

from __future__ import annotations

from mzdesk.registry.id_number import check_digit


def id_number(born: str, serial: int = 1, *, male: bool = True, region: str = "370983") -> str:
    """Return a valid number for an ISO birth date; `serial` 0–499 tells people of one day apart."""
    order = f"{serial * 2 + (1 if male else 0):03d}"
    first_seventeen = region + born.replace("-", "") + order
    return first_seventeen + check_digit(first_seventeen)
