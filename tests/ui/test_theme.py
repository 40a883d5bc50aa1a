"""Contrast of every text on every ground it stands on, measured as WCAG 2.1 does."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QFontDatabase, QRawFont
from PySide6.QtWidgets import QApplication

from ui import icons
from ui.theme import DARK, LIGHT, PIXELS, Look, TextSize, Tokens, apply_look, desk_font, look

GROUNDS = ("page", "card", "nav", "field", "stripe", "grey_soft", "selection", "primary_soft")
PAIRS = (
    *(("text", ground) for ground in GROUNDS),
    *(("muted", ground) for ground in ("page", "card", "nav", "field", "stripe", "grey_soft")),
    *((tone, ground) for tone in ("primary", "red", "amber", "green") for ground in ("card", "page", f"{tone}_soft")),
    ("on_primary", "primary"),
    ("on_primary", "primary_hover"),
    ("on_red", "red"),
    ("on_red", "red_hover"),
    ("red", "red_soft"),
    ("text", "red_soft"),
    ("card", "text"),
)


def luminance(colour: str) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue, _alpha = QColor(colour).getRgbF()
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)


def contrast(first: str, second: str) -> float:
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("pair", PAIRS, ids="-on-".join)
def test_text_is_readable(tokens: Tokens, pair: tuple[str, str]) -> None:
    text, ground = pair
    assert contrast(getattr(tokens, text), getattr(tokens, ground)) >= 5.4


@pytest.mark.parametrize("size", list(TextSize))
@pytest.mark.parametrize("dark", [False, True])
def test_a_look_applies_and_is_found_again(qapp: QApplication, size: TextSize, dark: bool) -> None:
    apply_look(qapp, Look.of(dark=dark, size=size))
    assert look() == Look.of(dark=dark, size=size)
    assert qapp.font().pixelSize() == PIXELS[size]


def test_rare_surnames_have_a_glyph(qapp: QApplication) -> None:
    families = set(QFontDatabase.families())
    assert {"SW Hei", "SW Rare"} <= families
    fonts = [QRawFont.fromFont(desk_font(14))]
    for family in ("SW Hei", "SW Rare"):
        font = desk_font(14)
        font.setFamilies([family])
        fonts.append(QRawFont.fromFont(font))
    for sign in "王𬱖垚㛃䶮堃翀𠅤㙍":
        assert any(font.supportsCharacter(ord(sign)) for font in fonts), sign


def test_icons_take_their_colour(qapp: QApplication) -> None:
    image = icons.pixmap("check", "red", 2).toImage()
    wanted = QColor(LIGHT.red)
    colours = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
    assert wanted.name() in colours


def test_every_named_icon_exists() -> None:
    from ui.pages.registry import PAGES

    for spec in PAGES:
        assert (icons.FOLDER / f"{spec.icon}.svg").is_file(), spec.icon
