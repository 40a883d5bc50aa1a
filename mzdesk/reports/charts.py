"""Trend charts by reportlab.graphics, painted in our own faces and in greys that survive a black-and-white printer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mzdesk.reports.ink import Ink
from mzdesk.reports.page import MM, Figure
from mzdesk.reports.register import Trend

if TYPE_CHECKING:
    from reportlab.graphics.shapes import Drawing

HEIGHT = 54 * MM
GREYS = (1.0, 0.35, 0.75, 0.15)
FACE, BOLD = "SWHei", "SWHeiBold"


def chart_figure(trends: Sequence[Trend], width: float) -> Figure:
    """The charts of a register side by side in one strip; reportlab.graphics is loaded only when there are any."""
    from mzdesk.reports.chart_ink import paint_drawing, register_faces

    register_faces((FACE, BOLD))
    share = width / len(trends)
    drawings = [_DRAWERS[trend.kind](trend, share - 6 * MM) for trend in trends]

    def paint(ink: Ink, x: float, top: float) -> None:
        for index, drawing in enumerate(drawings):
            paint_drawing(drawing, ink, x + index * share, top - HEIGHT - 6)

    return Figure(HEIGHT + 6, paint)


def _grey(value: float) -> Any:
    from reportlab.lib.colors import Color

    return Color(value, value, value)


def _titled(trend: Trend, width: float) -> Drawing:
    from reportlab.graphics.shapes import Drawing, String

    drawing = Drawing(width, HEIGHT)
    drawing.add(String(0, HEIGHT - 12, trend.title, fontName=BOLD, fontSize=9.5))
    return drawing


def _columns(trend: Trend, width: float) -> Drawing:
    """Columns side by side, every one with its figure."""
    from reportlab.graphics.charts.barcharts import VerticalBarChart

    drawing = _titled(trend, width)
    chart = VerticalBarChart()
    chart.x, chart.y, chart.width, chart.height = 10 * MM, 8 * MM, width - 12 * MM, HEIGHT - 25 * MM
    chart.data = [list(series.values) for series in trend.series]
    chart.categoryAxis.categoryNames = list(trend.labels)
    chart.categoryAxis.labels.fontName = chart.valueAxis.labels.fontName = chart.barLabels.fontName = FACE
    chart.categoryAxis.labels.fontSize, chart.valueAxis.labels.fontSize = 8.5, 8
    top, step = axis_scale(max((value for series in trend.series for value in series.values), default=0))
    chart.valueAxis.valueMin, chart.valueAxis.valueMax, chart.valueAxis.valueStep = 0, top, step
    chart.valueAxis.visibleGrid, chart.valueAxis.gridStrokeColor, chart.valueAxis.strokeColor = 1, _grey(0.85), None
    chart.groupSpacing, chart.barSpacing = 12, 1
    for index in range(len(trend.series)):
        chart.bars[index].fillColor, chart.bars[index].strokeColor = _grey(GREYS[index % len(GREYS)]), _grey(0)
        chart.bars[index].strokeWidth = 0.6
    chart.barLabels.fontSize, chart.barLabelFormat, chart.barLabels.nudge = 7.5, "%d", 6
    drawing.add(chart)
    _add_legend(drawing, trend, width)
    return drawing


def _add_legend(drawing: Drawing, trend: Trend, width: float) -> None:
    from reportlab.graphics.shapes import Rect, String

    x = width - 18 * MM * len(trend.series)
    for index, series in enumerate(trend.series):
        fill = _grey(GREYS[index % len(GREYS)])
        drawing.add(Rect(x, HEIGHT - 12, 8, 8, fillColor=fill, strokeColor=_grey(0), strokeWidth=0.6))
        drawing.add(String(x + 11, HEIGHT - 12, series.name, fontName=FACE, fontSize=8.5))
        x += 18 * MM


def _shares(trend: Trend, width: float) -> Drawing:
    """One stacked bar a series, every part labelled inside, or above where it is too narrow."""
    from reportlab.graphics.shapes import Rect, String

    drawing = _titled(trend, width)
    height = 9 * MM
    y = HEIGHT - 24 * MM
    for series in trend.series:
        drawing.add(String(0, y + height + 12, f"{series.name}　合计 {sum(series.values)}", fontName=FACE, fontSize=8.5))
        x, whole = 0.0, sum(series.values) or 1
        for index, (label, value) in enumerate(zip(trend.labels, series.values, strict=True)):
            part = width * value / whole
            grey = (0.2, 0.55, 0.88, 0.98)[index % 4]
            drawing.add(Rect(x, y, part, height, fillColor=_grey(grey), strokeColor=_grey(0), strokeWidth=0.6))
            inside = part >= 34
            ink = _grey(1) if grey < 0.5 and inside else _grey(0)
            place = y + height / 2 - 3 if inside else y + height + 2
            words = String(x + part / 2, place, f"{label} {value}", fontName=FACE, fontSize=8, textAnchor="middle", fillColor=ink)
            if value:
                drawing.add(words)
            x += part
        y -= height + 22
    return drawing


_DRAWERS = {"columns": _columns, "shares": _shares}


def axis_scale(most: int) -> tuple[int, int]:
    """Top of the value axis and its step: round numbers, at most six steps, some air above the tallest column."""
    step = 1
    while step * 5 < most * 1.08:
        step = step * 2 if str(step)[0] in "15" else step // 2 * 5
    return max(-(-int(most * 1.08 + 1) // step), 1) * step, step
