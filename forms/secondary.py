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

    @property
    def missing(self) -> frozenset[str]:
        """Instances whose file has not been attached."""
        return frozenset(source.id for source in self._sources.values() if source.src and self._file(source.id, source.src) is None)

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
    if ending == "geojson" or (ending == "json"):
        return read_geojson(name, data)
    if ending == "xml":
        return parse_xml(data)
    return read_csv(name, data)


def read_csv(name: str, data: bytes) -> Document:
    """`root/item` per row, one element per column; UTF-8 with or without BOM, else GB18030. Raises FormError."""
    rows = csv.reader(io.StringIO(_decode(data), newline=""), strict=False)
    try:
        header = [column.strip() for column in next(rows, [])]
        if len(header) > MAX_COLUMNS:
            raise FormError(f"附件 {name} 超过 {MAX_COLUMNS} 列。")
        return document_of(element("root", children=_csv_items(name, header, rows)))
    except csv.Error as error:
        raise FormError(f"附件 {name} 不是有效的 CSV：{error}") from error


def _csv_items(name: str, header: list[str], rows: Iterator[list[str]]) -> Iterator[Node]:
    for number, row in enumerate(rows):
        if number >= MAX_ROWS:
            raise FormError(f"附件 {name} 超过 {MAX_ROWS} 行。")
        if any(row):
            values = row + [""] * (len(header) - len(row))
            yield element("item", children=[element(column, value) for column, value in zip(header, values, strict=False) if column])


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030", errors="replace")


def read_geojson(name: str, data: bytes) -> Document:
    """`root/item` per feature: its properties, `id`, and `geometry` as ODK writes places. Raises FormError."""
    try:
        parsed = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise FormError(f"附件 {name} 不是有效的 GeoJSON。") from error
    features = parsed.get("features") if isinstance(parsed, dict) and parsed.get("type") == "FeatureCollection" else None
    if not isinstance(features, list) or len(features) > MAX_ROWS:
        raise FormError(f"附件 {name} 不是 GeoJSON 的 FeatureCollection，或行数过多。")
    return document_of(element("root", children=[_feature(item) for item in features if isinstance(item, dict)]))


def _feature(feature: Mapping[str, object]) -> Node:
    properties = feature.get("properties")
    fields = {str(key): _json_text(value) for key, value in properties.items()} if isinstance(properties, dict) else {}
    if "id" in feature:
        fields["id"] = _json_text(feature["id"])
    geometry = feature.get("geometry")
    if isinstance(geometry, dict):
        fields["geometry"] = _geometry(geometry)
    return element("item", children=[element(key, value) for key, value in fields.items() if key])


def _geometry(geometry: Mapping[str, object]) -> str:
    coordinates = geometry.get("coordinates")
    if not isinstance(coordinates, list):
        return ""
    kind = geometry.get("type")
    if kind == "Point":
        return _point(coordinates)
    line = coordinates[0] if kind == "Polygon" and coordinates else coordinates
    return "; ".join(_point(point) for point in line if isinstance(point, list)) if isinstance(line, list) else ""


def _point(coordinates: list[object]) -> str:
    """GeoJSON has longitude first, ODK latitude."""
    numbers = [_json_text(part) for part in coordinates[:3]]
    return f"{numbers[1]} {numbers[0]} {numbers[2] if len(numbers) > 2 else 0} 0" if len(numbers) >= 2 else ""


def _json_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and math.isfinite(value) and value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
