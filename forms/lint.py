"""What a county must mend before it issues a form: errors stop the issue, warnings ask for a look; every finding names its cell in Chinese.

Checks are functions from a draft to findings; another check is one more entry in `CHECKS`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from forms.errors import FormError
from forms.lint_choices import check_choices
from forms.lint_draft import Draft, read_draft
from forms.lint_expressions import check_expressions, wrong_calls
from forms.lint_names import check_reserved, check_restricted, check_settings, check_widths
from forms.lint_words import check_words
from forms.messages import ERROR, WARNING, Finding
from forms.xform import Form
from forms.xform_reader import read_form
from forms.xlsform import Conversion, Sheets, XlsformError, convert

__all__ = ["CHECKS", "ERROR", "WARNING", "Finding", "has_errors", "lint"]

Check = Callable[[Draft], Iterable[Finding]]
CHECKS: tuple[Check, ...] = (check_settings, check_expressions, check_choices, check_words, check_reserved, check_widths, check_restricted)

_ORDER = {"survey": 0, "choices": 1, "entities": 2, "settings": 3}
_PATH = re.compile(r"/(?:[\w.-]+/)*([\w.-]+)")


def lint(source: Sheets | str | bytes) -> tuple[Finding, ...]:
    """All findings about a form, in the order of its sheets. `source` is a form's sheets, or the XML of an XForm."""
    if isinstance(source, Sheets):
        return _sorted(_lint_sheets(source))
    return _sorted(_lint_xml(source))


def has_errors(findings: Iterable[Finding]) -> bool:
    """Whether the form may not be issued."""
    return any(finding.severity == ERROR for finding in findings)


def _lint_sheets(sheets: Sheets) -> Iterator[Finding]:
    draft = read_draft(sheets)
    own = [finding for check in CHECKS for finding in check(draft)]
    yield from own
    seen = {(finding.sheet, finding.row, finding.severity) for finding in own}
    try:
        conversion = convert(sheets)
    except XlsformError as error:
        yield from (finding for finding in error.findings if (finding.sheet, finding.row, ERROR) not in seen)
        return
    yield from (finding for finding in conversion.warnings if (finding.sheet, finding.row, WARNING) not in seen)
    if not has_errors(own):
        yield from _lint_conversion(draft, conversion)


def _lint_conversion(draft: Draft, conversion: Conversion) -> Iterator[Finding]:
    """What shows only in the whole form: cycles of calculation, and whatever else the engine refuses."""
    try:
        read_form(conversion.xml)
    except FormError as error:
        names = _PATH.findall(str(error))
        line = next((draft.names[name] for name in names if name in draft.names), None)
        yield Finding(ERROR, "survey" if line else "", line.number if line else 0, line.column("calculation") if line else "", str(error))


def _lint_xml(xml: str | bytes) -> Iterator[Finding]:
    try:
        form = read_form(xml)
    except FormError as error:
        yield Finding(ERROR, "", 0, "", str(error))
        return
    yield from _lint_binds(form)
    if not form.version:
        yield Finding(WARNING, "", 0, "version", "表单没有写版本号。")
    yield from _lint_languages(form)


def _lint_binds(form: Form) -> Iterator[Finding]:
    for node in form.nodes:
        for column in ("relevant", "readonly", "required", "calculate", "constraint"):
            expression = getattr(node.bind, column)
            for message in wrong_calls(expression.ast) if expression is not None else ():
                yield Finding(ERROR, "", 0, f"{node.ref} {column}", message)


def _lint_languages(form: Form) -> Iterator[Finding]:
    entries = [set(table) for table in form.itext.values()]
    for language in form.languages:
        missing = sorted(set().union(*entries) - set(form.itext.get(language, ())))
        for key in missing:
            yield Finding(WARNING, "", 0, key, f"缺少{language}的文字。")


def _sorted(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    unique = dict.fromkeys(findings)
    return tuple(sorted(unique, key=lambda finding: (_ORDER.get(finding.sheet, 9), finding.row, finding.severity)))
