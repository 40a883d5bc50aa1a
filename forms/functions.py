"""The function library of the expression language: XPath 1.0 and OpenRosa; what is not here is not a function."""

from __future__ import annotations

from types import MappingProxyType

from forms import functions_core, functions_dates, functions_geo, functions_nodes, functions_numbers, functions_text
from forms.functions_registry import Function, Library, library

__all__ = ["LIBRARY", "Function", "Library", "extended"]

LIBRARY: Library = MappingProxyType(
    library(
        functions_core.SHELF.functions,
        functions_numbers.SHELF.functions,
        functions_text.SHELF.functions,
        functions_dates.SHELF.functions,
        functions_nodes.SHELF.functions,
        functions_geo.SHELF.functions,
    )
)


def extended(*functions: Function) -> Library:
    """The library with functions of our own; a form that uses them is no longer portable to ODK Collect."""
    return MappingProxyType({**LIBRARY, **{function.name: function for function in functions}})
