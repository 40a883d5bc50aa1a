"""An answer is found by its name, however deep its group lies."""

from __future__ import annotations

import pytest

from mzdesk.answers import first_named


@pytest.mark.parametrize(
    ("answers", "found"),
    [
        ({"reached": "yes"}, "yes"),
        ({"visit": {"reached": "no"}}, "no"),
        ({"family": [{"other": "1"}, {"reached": "no"}]}, "no"),
        ({"visit": {"inner": {"reached": "deep"}}, "last": {"reached": "near"}}, "near"),
        ({"reached": {"reached": "inside"}}, "inside"),
        ({"visit": {"other": "yes"}}, ""),
        (None, ""),
    ],
)
def test_the_outermost_answer_of_a_name_is_found(answers: object, found: str) -> None:
    assert first_named(answers, "reached") == found
