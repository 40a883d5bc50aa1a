from __future__ import annotations

import pytest

from mzdesk.errors import MzError
from mzdesk.registry import disability
from tests.mzdesk.registry.numbers import id_number

ID = id_number("1956-08-06")


def test_category_and_degree() -> None:
    certificate = disability.parse(f" {ID[:6]} {ID[6:]}42", ID)
    assert (certificate.words, certificate.text) == ("肢体二级", ID + "42")
    assert disability.parse(ID + "64B1").issue == "B1"


@pytest.mark.parametrize("text", ["", ID, ID + "82", ID + "45", ID + "42C", "abc"])
def test_malformed(text: str) -> None:
    with pytest.raises(MzError):
        disability.parse(text)


def test_it_must_be_the_persons_own() -> None:
    with pytest.raises(MzError, match="不一致"):
        disability.parse(ID + "42", id_number("1956-08-07"))


def test_masking_keeps_category_and_degree() -> None:
    assert disability.mask(ID + "42") == ID[:4] + "*" * 10 + ID[14:] + "42"
