"""The expression engine beside libxml2's, in the same run: paths, conditions, a choice filter over 2,000 villages, compiling."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from lxml import etree

from forms.tree_xml import document_from
from forms.xpath import Context, Environment
from forms.xpath import compile as compile_expression

VILLAGES = 2_000
CASES = {
    "path": "/data/q5",
    "sibling": "../q5",
    "condition": "../q5 = '5' and ../q6 > 3",
    "total": "sum(/data/member/age)",
    "filter": "/data/villages/item[county = /data/county]",
    "search": "//age",
}


def _form() -> etree._Element:
    root = etree.Element("data")
    for name, text in [("county", "c7"), *((f"q{place}", str(place)) for place in range(60))]:
        etree.SubElement(root, name).text = text
    for place in range(20):
        etree.SubElement(etree.SubElement(root, "member"), "age").text = str(place)
    villages = etree.SubElement(root, "villages")
    for place in range(VILLAGES):
        item = etree.SubElement(villages, "item")
        etree.SubElement(item, "name").text = f"v{place}"
        etree.SubElement(item, "county").text = f"c{place % 40}"
    return root


def _microseconds(action: Callable[[], object]) -> float:
    """The best of seven rounds of at least 20 ms each."""
    action()
    action()
    times = 1
    while True:
        start = perf_counter()
        for _ in range(times):
            action()
        if perf_counter() - start > 0.02:
            break
        times *= 2
    rounds: list[float] = []
    for _ in range(7):
        start = perf_counter()
        for _ in range(times):
            action()
        rounds.append((perf_counter() - start) / times)
    return min(rounds) * 1e6


def run() -> dict[str, dict[str, float]]:
    """Microseconds, and each as a multiple of what libxml2 takes for the same expression on the same document."""
    root = _form()
    document = document_from(root)
    environment = Environment(document)
    here, there = document.element.children[3], root[3]
    figures: dict[str, float] = {}
    ratios: dict[str, float] = {}
    for name, source in CASES.items():
        ours, theirs = compile_expression(source), etree.XPath(source)
        figures[f"{name}_us"] = _microseconds(lambda: ours.evaluate(Context(here, env=environment)))  # noqa: B023
        figures[f"{name}_libxml2_us"] = _microseconds(lambda: theirs(there))  # noqa: B023
        ratios[f"{name}_per_libxml2"] = figures[f"{name}_us"] / figures[f"{name}_libxml2_us"]
    figures["compile_us"] = _microseconds(lambda: compile_expression(CASES["condition"]))
    for name, value in {**figures, **ratios}.items():
        print(f"{name:28} {value:12.3f}")
    return {"figures": figures, "ratios": ratios}
