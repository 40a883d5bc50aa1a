"""Secondary instances: choice lists and tables from the form itself or from attached CSV, XML and GeoJSON; parsed once, never changed."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator, Mapping
from functools import lru_cache

from forms.errors import FormError
from forms.tree import Document, Node, document_of, element
from forms.tree_xml import parse_xml
from forms.xform import InstanceSource

MAX_BYTES = 32 * 1024 * 1024
MAX_ROWS = 200_000
MAX_COLUMNS = 500

_SEPARATORS = (",", ";", "\t", "|")


class SecondaryInstances(Mapping[str, Node]):
    """The instances of one form with one set of attachments (file name → bytes). A file that is not there is an empty instance."""

    def __init__(self, sources: tuple[InstanceSource, ...], attachments: Mapping[str, bytes], entity_lists: frozenset[str]) -> None:
        self._sources = {source.id: source for source in sources}
        self._attachments = attachments
        self._entity_lists = entity_lists

    def __getitem__(self, identity: str) -> Node:
        source = self._sources.get(identity)
        if source is not None and not source.src:
            return source.document
        data = self._file(identity, source.src if source is not None else "")
        if data is not None:
            return read_attachment(*data)
        if source is None and identity not in self._entity_lists:
            raise KeyError(identity)
        return _EMPTY

    def __iter__(self) -> Iterator[str]:
        return iter(self._sources)

    def __len__(self) -> int:
        return len(self._sources)

    def is_available(self, identity: str) -> bool:
        """Whether an instance is there to be read, as opposed to a file that has not been attached."""
        source = self._sources.get(identity)
        return (source is not None and not source.src) or self._file(identity, source.src if source is not None else "") is not None

    def check(self) -> None:
        """Raises FormError on the first attached file that cannot be read."""
        for source in self._sources.values():
            data = self._file(source.id, source.src) if source.src else None
            if data is not None:
                read_attachment(*data)

    def _file(self, identity: str, src: str) -> tuple[str, bytes] | None:
        for name in (src.rpartition("/")[2], identity, f"{identity}.csv"):
            if name and name in self._attachments:
                return name, self._attachments[name]
        return None


_EMPTY = document_of(element("root"))


@lru_cache(maxsize=16)
def read_attachment(name: str, data: bytes) -> Document:
    """An attached file as an instance, by the ending of its name. Raises FormError where it is too large or not what it says."""
    if len(data) > MAX_BYTES:
        raise FormError(f"附件 {name} 超过 {MAX_BYTES // 1024 // 1024} MB。")
    ending = name.lower().rpartition(".")[2]
    if ending in ("geojson", "json"):
        return read_geojson(name, data)
    if ending == "xml":
        return parse_xml(data)
    return read_csv(name, data)


def read_csv(name: str, data: bytes) -> Document:
    """`root/item` per row, one element per column; UTF-8 with or without BOM, else GB18030. Raises FormError.

    The rules are ODK Central's: the separator is guessed from the header; a blank row in the middle, a row longer than the header,
    a NUL or an open quotation mark is a mistake.
    """
    text = _decode(data).rstrip("\r\n")
    if "\0" in text:
        raise FormError(f"附件 {name} 含有空字符，不是有效的 CSV。")
    header_line = text.partition("\n")[0]
    separator = max(_SEPARATORS, key=header_line.count)
    rows = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=separator)
    try:
        header = [column.strip() for column in next(rows, [])]
        if len(header) > MAX_COLUMNS:
            raise FormError(f"附件 {name} 超过 {MAX_COLUMNS} 列。")
        return document_of(element("root", children=_csv_items(name, header, rows)))
    except csv.Error as error:
        raise FormError(f"附件 {name} 不是有效的 CSV：{error}") from error


def _csv_items(name: str, header: list[str], rows: Iterator[list[str]]) -> Iterator[Node]:
    for number, row in enumerate(rows, 2):
        if number > MAX_ROWS:
            raise FormError(f"附件 {name} 超过 {MAX_ROWS} 行。")
        if not any(row):
            raise FormError(f"附件 {name} 第 {number} 行是空行。")
        if any(row[len(header) :]):
            raise FormError(f"附件 {name} 第 {number} 行有 {len(row)} 列，比表头的 {len(header)} 列多。")
        values = row + [""] * (len(header) - len(row))
        yield element("item", children=[element(column, value) for column, value in zip(header, values, strict=False) if column])


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030", errors="replace")


def read_geojson(name: str, data: bytes) -> Document:
    """`root/item` per feature: `geometry` as ODK writes places, `id`, then its properties. Raises FormError.

    Points, line strings and polygons of one ring are supported, with longitude and latitude only, as in Collect.
    """
    try:
        parsed = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise FormError(f"附件 {name} 不是有效的 GeoJSON。") from error
    features = parsed.get("features") if isinstance(parsed, dict) and parsed.get("type") == "FeatureCollection" else None
    if not isinstance(features, list) or len(features) > MAX_ROWS:
        raise FormError(f"附件 {name} 不是 GeoJSON 的 FeatureCollection，或行数过多。")
    return document_of(element("root", children=[_feature(name, item) for item in features]))


def _feature(name: str, feature: object) -> Node:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise FormError(f"附件 {name} 中有不是 Feature 的内容。")
    properties = feature.get("properties") or {}
    if not isinstance(properties, dict) or not isinstance(feature.get("id", ""), str | int | float):
        raise FormError(f"附件 {name} 中有 Feature 的编号或属性写法不对。")
    fields = {"geometry": _geometry(name, feature.get("geometry"))}
    identity = feature.get("id", properties.get("id"))
    if identity is not None:
        fields["id"] = _json_text(identity)
    fields.update((str(key), _json_text(value)) for key, value in properties.items() if key != "id")
    return element("item", children=[element(key, value) for key, value in fields.items() if key])


def _geometry(name: str, geometry: object) -> str:
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    coordinates = geometry.get("coordinates") if isinstance(geometry, dict) else None
    if kind not in ("Point", "LineString", "Polygon") or not isinstance(coordinates, list):
        raise FormError(f"附件 {name} 只能含有 Point、LineString 和 Polygon。")
    if kind == "Point":
        return _point(name, coordinates)
    if kind == "Polygon" and len(coordinates) > 1:
        raise FormError(f"附件 {name} 中的 Polygon 有不止一个环。")
    line = (coordinates[0] if coordinates else []) if kind == "Polygon" else coordinates
    if not isinstance(line, list):
        raise FormError(f"附件 {name} 中有写法不对的坐标。")
    return "; ".join(_point(name, point) for point in line)


def _point(name: str, coordinates: object) -> str:
    """GeoJSON has longitude first, ODK latitude."""
    if not isinstance(coordinates, list) or len(coordinates) != 2 or not all(type(part) in (int, float) for part in coordinates):
        raise FormError(f"附件 {name} 中的坐标应当恰好是经度和纬度两个数。")
    longitude, latitude = (_json_text(part) for part in coordinates)
    return f"{latitude} {longitude} 0 0"


def _json_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and math.isfinite(value) and value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
