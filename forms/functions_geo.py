"""OpenRosa's geometry on geopoint texts: area and length on the sphere, point in polygon, lines that cross themselves."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import NamedTuple

from forms.errors import FormError
from forms.functions_core import texts_of
from forms.functions_registry import Shelf
from forms.xpath_code import NUMBER
from forms.xpath_values import Value, plain_number

SHELF = Shelf()
EARTH_RADIUS = 6_378_100.0
"""Metres; the equatorial radius Enketo, JavaRosa and Web Forms agree on."""


class Point(NamedTuple):
    """Degrees."""

    latitude: float
    longitude: float


def points_of(*values: Value) -> list[Point] | None:
    """The points of geopoint, geotrace or geoshape texts; None when one is not a place on Earth."""
    found: list[Point] = []
    for value in values:
        for text in texts_of(value):
            for part in text.strip().rstrip(";").split(";"):
                point = _point(part)
                if point is None:
                    return None
                found.append(point)
    return found


def _point(text: str) -> Point | None:
    words = text.split()
    if not 2 <= len(words) <= 4:
        return None
    latitude, longitude = (plain_number(word) for word in words[:2])
    return Point(latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


def _refuse_words(*values: Value) -> None:
    """JavaRosa's rule: a blank or a place off the Earth has no distance, but text that is not even two to four numbers is a mistake."""
    for value in values:
        for text in texts_of(value):
            for part in text.strip().rstrip(";").split(";"):
                words = part.split()
                if words and (not 2 <= len(words) <= 4 or any(math.isnan(plain_number(word)) for word in words)):
                    raise FormError(f"“{part.strip()[:60]}”不是经纬度，无法计算距离。", "xpath-geo")


@SHELF.add("area", "any", NUMBER)
def area(value: Value) -> float:
    """Square metres to the centimetre of a shape; NaN for a bad point, 0 for fewer than three."""
    points = points_of(value)
    if points is None or len(points) < 2:
        return math.nan
    if len(points) < 3:
        return 0.0
    total = 0.0
    for start, end in pairwise([*points, points[0]]):
        turn = 2 + math.sin(math.radians(start.latitude)) + math.sin(math.radians(end.latitude))
        total += math.radians(end.longitude - start.longitude) * turn
    return _to_hundredth(abs(total) * EARTH_RADIUS * EARTH_RADIUS / 2)


@SHELF.add("distance", "any", NUMBER, most=None)
def distance(*values: Value) -> float:
    """Metres to the centimetre along a line; NaN for a bad point or fewer than two. FormError for what is no coordinates at all."""
    points = points_of(*values)
    if points is None:
        _refuse_words(*values)
    if points is None or len(points) < 2:
        return math.nan
    return _to_hundredth(sum(_between(start, end) for start, end in pairwise(points)))


def _between(start: Point, end: Point) -> float:
    one, other = math.radians(start.latitude), math.radians(end.latitude)
    turn = math.radians(start.longitude - end.longitude)
    cosine = math.sin(one) * math.sin(other) + math.cos(one) * math.cos(other) * math.cos(turn)
    return math.acos(max(-1.0, min(1.0, cosine))) * EARTH_RADIUS


def _to_hundredth(metres: float) -> float:
    return math.floor(metres * 100 + 0.5) / 100


@SHELF.add("geofence", "string string", "boolean")
def geofence(point: str, shape: str) -> bool:
    """Whether a point lies in a closed shape, by ray casting on plain coordinates."""
    place = _point(point)
    corners = points_of(shape)
    if place is None or corners is None or len(corners) < 4 or corners[0] != corners[-1]:
        return False
    inside = False
    for one, other in pairwise(corners):
        if (one.longitude > place.longitude) != (other.longitude > place.longitude):
            slope = (other.latitude - one.latitude) / (other.longitude - one.longitude)
            if place.latitude < one.latitude + slope * (place.longitude - one.longitude):
                inside = not inside
    return inside


@SHELF.add("intersects", "string", "boolean")
def intersects(line: str) -> bool:
    """Whether a trace or shape crosses itself."""
    points = points_of(line)
    if points is None or len(points) < 4:
        return False
    edges = [edge for edge in pairwise(points) if edge[0] != edge[1]]
    closed = points[0] == points[-1]
    for place, edge in enumerate(edges):
        for further in range(place + 2, len(edges)):
            if closed and place == 0 and further == len(edges) - 1:
                continue
            if _cross(edge, edges[further]):
                return True
    return False


def _cross(one: tuple[Point, Point], other: tuple[Point, Point]) -> bool:
    sides = (_side(*one, other[0]), _side(*one, other[1]), _side(*other, one[0]), _side(*other, one[1]))
    if sides[0] * sides[1] < 0 and sides[2] * sides[3] < 0:
        return True
    ends = ((one, other[0]), (one, other[1]), (other, one[0]), (other, one[1]))
    return any(side == 0 and _spans(edge, point) for side, (edge, point) in zip(sides, ends, strict=True))


def _side(start: Point, end: Point, point: Point) -> float:
    return (end.latitude - start.latitude) * (point.longitude - start.longitude) - (end.longitude - start.longitude) * (
        point.latitude - start.latitude
    )


def _spans(edge: tuple[Point, Point], point: Point) -> bool:
    (one, other) = edge
    return min(one.latitude, other.latitude) <= point.latitude <= max(one.latitude, other.latitude) and min(
        one.longitude, other.longitude
    ) <= point.longitude <= max(one.longitude, other.longitude)
