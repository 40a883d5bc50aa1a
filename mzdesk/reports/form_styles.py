"""Measures and styles of a printed form, in points; one place, so that every form of the product looks alike."""

from mzdesk.reports.text import TextStyle

UNITS = 4  # a row is divided like the screen's grid, w1 to w4
LABEL_WIDTH = 52.0
WIDE_LABEL_WIDTH = 74.0
LEAST_ROW = 25.0
LEAST_BLANK_ROW = 28.0
WRITING_LINE = 24.0
BAR_GREY = 0.93
SIGN_HEIGHT = 92.0

TITLE = TextStyle("title", 20, 28, "center")
SMALL_TITLE = TextStyle("title", 17, 26, "center")
PLACE = TextStyle("song", 11, 16)
BAR = TextStyle("hei_bold", 11, 15)
SUB_BAR = TextStyle("hei", 10.5, 14)
LABEL = TextStyle("hei", 10.5, 14, "center")
VALUE = TextStyle("song", 11, 15)
VALUE_CENTER = TextStyle("song", 11, 15, "center")
LONG = TextStyle("song", 11, 17, indent=2, justify=True)
OLD = TextStyle("song", 9.5, 13, strike=True, grey=0.35)
NOTE = TextStyle("kai", 9.5, 13)
SIGN = TextStyle("song", 11, 16)
SIGN_RIGHT = TextStyle("song", 11, 16, "right")
REMARK = TextStyle("song", 9, 13)
