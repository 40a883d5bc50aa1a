"""Measures and styles of a printed form, in points; one place, so that every form of the product looks alike."""

from dataclasses import dataclass

from mzdesk.reports.text import TextStyle

LABEL_WIDTH = 52.0
WIDE_LABEL_WIDTH = 74.0
WRITING_LINE = 24.0
BAR_GREY = 0.93


@dataclass(frozen=True)
class Density:
    """How much air a form has: least height of rows and signature fields, white space above and below a text, in points."""

    row: float
    blank_row: float
    sign: float
    pad: float


AIRY = Density(row=25.0, blank_row=28.0, sign=92.0, pad=3.5)
TIGHT = Density(row=21.0, blank_row=24.0, sign=72.0, pad=2.0)  # where it saves a page

TITLE = TextStyle("title", 20, 28, "center")
SMALL_TITLE = TextStyle("title", 17, 26, "center")
PLACE = TextStyle("song", 11, 16)
BAR = TextStyle("hei_bold", 11, 15)
SUB_BAR = TextStyle("hei", 10.5, 14)
LABEL = TextStyle("hei", 10.5, 14, "center")
VALUE = TextStyle("song", 11, 15)
VALUE_CENTER = TextStyle("song", 11, 15, "center")
SMALL_SIZES = (9.5, 8.5, 7.5)
SMALL = tuple(TextStyle("song", size, 15, "center") for size in SMALL_SIZES)
LONG = TextStyle("song", 11, 17, indent=2, justify=True)
OLD = TextStyle("song", 9.5, 13, strike=True, grey=0.35)
NOTE = TextStyle("kai", 9.5, 13)
SIGN = TextStyle("song", 11, 16)
SIGN_RIGHT = TextStyle("song", 11, 16, "right")
REMARK = TextStyle("song", 9, 13)
