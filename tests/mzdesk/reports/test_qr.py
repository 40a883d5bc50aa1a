"""QR symbols equal those of reportlab's encoder, module for module."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.graphics.barcode import qrencoder

from mzdesk.reports.qr import encode


def reference(text: str, version: int, mask: int) -> tuple[int, ...]:
    """The rows of reportlab's symbol."""
    symbol = qrencoder.QRCode(version, qrencoder.QRErrorCorrectLevel.M)
    symbol.addData(qrencoder.QR8bitByte(text.encode()))
    symbol.makeImpl(False, mask)
    return tuple(int("".join("1" if dark else "0" for dark in row), 2) for row in symbol.modules)


@pytest.mark.parametrize("length", [1, 14, 15, 40, 62, 63, 84, 85, 106, 122, 152, 180, 213])
def test_symbols_of_all_versions(length: int) -> None:
    text = ("MZ1|0193a1b2-7c3d|" * 20)[:length]
    symbol = encode(text, mask=length % 8)
    assert symbol.rows == reference(text, (symbol.size - 17) // 4, length % 8)


@settings(max_examples=25)
@given(st.text(st.characters(codec="ascii", categories=("L", "N", "P")), min_size=1, max_size=80), st.integers(0, 7))
def test_symbols_of_any_text(text: str, mask: int) -> None:
    symbol = encode(text, mask)
    assert symbol.rows == reference(text, (symbol.size - 17) // 4, mask)


def test_a_mask_is_chosen() -> None:
    symbol = encode("MZ1|a|1|0123456789ABCDEF")
    assert symbol.rows in [encode("MZ1|a|1|0123456789ABCDEF", mask).rows for mask in range(8)]
    assert len(symbol.packed()) == symbol.size * ((symbol.size + 7) // 8)


def test_too_long_a_text_is_refused() -> None:
    with pytest.raises(ValueError, match="too much"):
        encode("x" * 214)
