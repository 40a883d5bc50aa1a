"""Colours, sizes and fonts of the desk, declared once; every text keeps a contrast of 5.4 : 1 on the ground it stands on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from ui.indicators import write_indicators
from ui.style_sheet import build_style_sheet

FONT_FILES = ("SWHei-Regular-S3.ttf", "SWHei-Bold-S1.ttf", "SWRare-HanaB-all.ttf")
FAMILIES = ("Microsoft YaHei UI", "Noto Sans CJK SC", "Source Han Sans SC", "SW Hei", "SW Rare")


class TextSize(StrEnum):
    """What a person chooses in 设置."""

    NORMAL = "normal"
    LARGE = "large"
    EXTRA = "extra"


PIXELS = {TextSize.NORMAL: 14, TextSize.LARGE: 18, TextSize.EXTRA: 21}


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours by meaning, as #RRGGBB; `*_soft` is the ground for text of the colour before it."""

    page: str
    card: str
    nav: str
    field: str
    stripe: str
    line: str
    line_strong: str
    outline: str
    text: str
    muted: str
    primary: str
    primary_hover: str
    primary_soft: str
    on_primary: str
    red: str
    red_soft: str
    red_hover: str
    on_red: str
    amber: str
    amber_soft: str
    green: str
    green_soft: str
    grey_soft: str
    selection: str


LIGHT = Tokens(
    page="#F4F6F9",
    card="#FFFFFF",
    nav="#FFFFFF",
    field="#FFFFFF",
    stripe="#FAFBFC",
    line="#E1E6ED",
    line_strong="#C6CED8",
    outline="#838D9B",
    text="#1B2733",
    muted="#4F5B6B",
    primary="#1F5FA8",
    primary_hover="#184C87",
    primary_soft="#E7F0FA",
    on_primary="#FFFFFF",
    red="#B3261E",
    red_soft="#FCEBEA",
    red_hover="#8E1D17",
    on_red="#FFFFFF",
    amber="#7A4F00",
    amber_soft="#FFF3D9",
    green="#1E6B3A",
    green_soft="#E6F4EA",
    grey_soft="#EDF0F4",
    selection="#DCE9F8",
)

DARK = Tokens(
    page="#15191F",
    card="#1D232B",
    nav="#1A2027",
    field="#161B21",
    stripe="#20262F",
    line="#303945",
    line_strong="#4A5563",
    outline="#76828F",
    text="#E6EAF0",
    muted="#A9B4C2",
    primary="#7FB2EE",
    primary_hover="#9CC4F3",
    primary_soft="#203247",
    on_primary="#0E1620",
    red="#F2928B",
    red_soft="#41231F",
    red_hover="#F7B0AB",
    on_red="#1F0B09",
    amber="#F0C067",
    amber_soft="#3D3016",
    green="#86D3A0",
    green_soft="#1B3626",
    grey_soft="#2A323C",
    selection="#28405C",
)


@dataclass(frozen=True, slots=True)
class Look:
    """How the desk looks now: colours, and the height of normal text in pixels."""

    tokens: Tokens
    px: int
    dark: bool = False

    @classmethod
    def of(cls, *, dark: bool = False, size: TextSize = TextSize.NORMAL) -> Look:
        """Return the look for a choice of 设置."""
        return cls(DARK if dark else LIGHT, PIXELS[size], dark)

    def em(self, times: float) -> int:
        """Return a length in pixels that grows with the text."""
        return round(self.px * times)

    def colour(self, token: str) -> QColor:
        """Return the colour of a token by name ("red_soft")."""
        return QColor(getattr(self.tokens, token))


def look() -> Look:
    """Return the look of the running application; like the palette, it belongs to the QApplication."""
    application = QApplication.instance()
    found = application.property("look") if application else None
    return found if isinstance(found, Look) else Look.of()


def register_fonts(application: QApplication, folder: Path) -> None:
    """Load the shipped fonts, the one for rare characters last, so that no surname is a blank box; must precede the first window."""
    for name in FONT_FILES:
        QFontDatabase.addApplicationFont(str(folder / name))
    application.setFont(desk_font(PIXELS[TextSize.NORMAL]))


def desk_font(pixels: int) -> QFont:
    """Return the font of the desk at a height in pixels."""
    font = QFont()
    font.setFamilies(list(FAMILIES))
    font.setPixelSize(pixels)
    return font


def translate_qt(application: QApplication) -> None:
    """Put Qt's own dialogs and menus into Chinese."""
    translator = QTranslator(application)
    if translator.load("qtbase_zh_CN", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        QCoreApplication.installTranslator(translator)
    QLocale.setDefault(QLocale(QLocale.Language.Chinese, QLocale.Country.China))


def apply_look(application: QApplication, chosen: Look) -> None:
    """Give the application a look: Fusion, palette, font, style sheet. Windows built before keep their icons' colours."""
    if application.property("look") == chosen:
        return
    application.setProperty("look", chosen)
    application.setStyle("Fusion")
    application.setPalette(build_palette(chosen.tokens))
    application.setFont(desk_font(chosen.px))
    folder = write_indicators(application, chosen.tokens)
    application.setStyleSheet(build_style_sheet(chosen.tokens, chosen.px, folder))


def build_palette(tokens: Tokens) -> QPalette:
    """Return the palette of the tokens, for what the style sheet does not reach."""
    role = QPalette.ColorRole
    colours = {
        role.Window: tokens.page,
        role.Base: tokens.field,
        role.AlternateBase: tokens.stripe,
        role.Button: tokens.card,
        role.WindowText: tokens.text,
        role.Text: tokens.text,
        role.ButtonText: tokens.text,
        role.Highlight: tokens.primary,
        role.HighlightedText: tokens.on_primary,
        role.PlaceholderText: tokens.muted,
        role.ToolTipBase: tokens.card,
        role.ToolTipText: tokens.text,
        role.Link: tokens.primary,
        role.Accent: tokens.primary,
    }
    palette = QPalette()
    for name, colour in colours.items():
        palette.setColor(name, QColor(colour))
    for name in (role.Text, role.ButtonText, role.WindowText):
        palette.setColor(QPalette.ColorGroup.Disabled, name, QColor(tokens.muted))
    return palette


def restyle(widget: QWidget) -> None:
    """Let a changed dynamic property take effect in the style sheet."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)
