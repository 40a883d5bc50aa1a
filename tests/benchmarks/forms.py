"""The form engine against its floor: a keystroke, opening, checking and converting, with parsing the same XML by lxml in the same run."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from time import perf_counter

from lxml import etree

from forms.session import FormSession, check
from forms.xform import Form
from forms.xform_reader import read_form
from forms.xlsform import convert, read_markdown

FRAME_MS = 1000 / 60
Row = tuple[str, ...]


def _markdown(sheets: dict[str, list[Row]]) -> bytes:
    lines = []
    for name, rows in sheets.items():
        width = max(len(row) for row in rows)
        lines.append(f"| {name} |" + " |" * width)
        lines += ["| | " + " | ".join(row + ("",) * (width - len(row))) + " |" for row in rows]
    return ("\n".join(lines) + "\n").encode()


_HEADER = ("type", "name", "label", "relevant", "constraint", "calculation", "required", "choice_filter", "repeat_count")


def _question(kind: str, name: str, **columns: str) -> Row:
    return (kind, name, f"题目 {name}", *(columns.get(column, "") for column in _HEADER[3:]))


def visit_form() -> bytes:
    """60 questions with 41 expressions between them: relevance, constraints and a chain of sums, as in a long visit form."""
    rows: list[Row] = [_HEADER]
    for number in range(40):
        relevant = f"${{q{number - 1}}} > 0" if number >= 20 else ""
        rows.append(_question("integer", f"q{number}", relevant=relevant, constraint=". >= 0 and . < 1000" if number < 10 else ""))
    rows += [_question("text", f"t{number}", required="yes") for number in range(9)]
    for number in range(11):
        before = f"${{s{number - 1}}}" if number else "0"
        rows.append(("calculate", f"s{number}", "", "", "", f"{before} + coalesce(${{q{number}}}, 0)"))
    rows += [_question("note", f"n{number}") for number in range(11)]
    return _markdown({"survey": rows, "settings": [("form_title", "form_id", "version"), ("走访", "bench_visit", "1")]})


def village_form() -> bytes:
    """2,000 villages under 40 townships, chosen through a filter."""
    choices: list[Row] = [("list_name", "name", "label", "town")]
    choices += [("town", f"t{number}", f"乡镇 {number}") for number in range(40)]
    choices += [("village", f"v{number}", f"村 {number}", f"t{number % 40}") for number in range(2000)]
    survey = [_HEADER, _question("select_one town", "town"), _question("select_one village", "village", choice_filter="town = ${town}")]
    return _markdown(
        {"survey": survey, "choices": choices, "settings": [("form_title", "form_id", "version"), ("选村", "bench_village", "1")]}
    )


def repeat_form() -> bytes:
    """A repeat of 20 × 4 with a sum inside and a sum outside."""
    survey: list[Row] = [_HEADER, ("begin_repeat", "member", "成员", "", "", "", "", "", "20")]
    survey += [_question("integer", f"a{number}") for number in range(4)]
    survey += [("calculate", "row", "", "", "", " + ".join(f"coalesce(${{a{number}}}, 0)" for number in range(4))), ("end_repeat", "")]
    survey.append(("calculate", "total", "", "", "", "sum(${row})"))
    return _markdown({"survey": survey, "settings": [("form_title", "form_id", "version"), ("成员表", "bench_repeat", "1")]})


def _milliseconds(action: Callable[[], object], times: int) -> float:
    taken = []
    for _ in range(times):
        start = perf_counter()
        action()
        taken.append((perf_counter() - start) * 1000)
    return statistics.median(taken)


def _shown(form: Form) -> FormSession:
    """A session whose every question is on screen: all facets asked for, as a view does."""
    session = FormSession(form)
    for question in form.questions():
        for ref in session.instances(question.ref):
            session.state(ref)
            session.choices(ref)
    return session


def _keystroke(session: FormSession, ref: str) -> Callable[[], None]:
    """One key: set, then ask anew for every state that changed."""
    count = 0

    def press() -> None:
        nonlocal count
        count += 1
        for changed in session.set(ref, str(count % 900 + 1)):
            session.state(changed)

    return press


def _town(session: FormSession) -> Callable[[], None]:
    count = 0

    def choose() -> None:
        nonlocal count
        count += 1
        session.set("/data/town", f"t{count % 40}")
        session.choices("/data/village")

    return choose


def run() -> dict[str, dict[str, float]]:
    """Milliseconds, medians; ratios to lxml parsing the same XML and to a frame of 1/60 s."""
    sheets = read_markdown(visit_form())
    xml = convert(sheets).xml.encode()
    form = read_form(xml)
    villages = read_form(convert(read_markdown(village_form())).xml)
    members = read_form(convert(read_markdown(repeat_form())).xml)
    answers = {f"q{number}": "3" for number in range(40)} | {f"t{number}": "词" for number in range(9)}
    figures = {
        "floor_parse_ms": _milliseconds(lambda: etree.fromstring(xml), 50),
        "load_ms": _milliseconds(lambda: read_form(xml), 20),
        "convert_ms": _milliseconds(lambda: convert(sheets), 5),
        "open_ms": _milliseconds(lambda: FormSession(form), 50),
        "check_ms": _milliseconds(lambda: check(form, answers), 100),
        "keystroke_ms": _milliseconds(_keystroke(_shown(form), "/data/q0"), 300),
        "village_ms": _milliseconds(_town(_shown(villages)), 100),
        "repeat_keystroke_ms": _milliseconds(_keystroke(_shown(members), "/data/member[10]/a2"), 300),
    }
    ratios = {
        "load_per_parse": figures["load_ms"] / figures["floor_parse_ms"],
        "convert_per_parse": figures["convert_ms"] / figures["floor_parse_ms"],
        "keystroke_per_frame": figures["keystroke_ms"] / FRAME_MS,
        "village_per_frame": figures["village_ms"] / FRAME_MS,
        "repeat_keystroke_per_frame": figures["repeat_keystroke_ms"] / FRAME_MS,
    }
    expressions = len(form.plan.rules) + sum(node.bind.constraint is not None for node in form.nodes)
    print(f"{len(list(form.questions()))} questions, {expressions} expressions, {len(xml) // 1024} KiB of XML")
    for name, value in {**figures, **ratios}.items():
        print(f"{name:<28} {value:10.4f}")
    return {"figures": figures, "ratios": ratios}
