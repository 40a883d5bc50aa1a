"""What to open for an operation that the county sent back: the correction at its faulty answer, or the file at its faulty field; pure."""

from __future__ import annotations

from mzdesk.store.returns import ReturnedLine
from ui.requests import AmendRecord, OpenPage, OpenPerson, OpenRecord, Request

UNTOLD = "县里没有写明原因，请电话询问。"
ELSEWHERE: dict[str, Request] = {
    "division": OpenPage("divisions"),
    "follow_up": OpenPage("cases", {"part": "follow_ups"}),
}


def mend(line: ReturnedLine) -> Request:
    """Return where a returned operation is mended; one whose correction is saved already is only shown."""
    told = line.sentence or UNTOLD
    if line.kind == "record":
        return OpenRecord(line.newest) if line.correcting else AmendRecord(line.newest, line.field, told)
    if line.kind in ELSEWHERE:
        return ELSEWHERE[line.kind]
    if line.person_id:
        return OpenPerson(line.person_id, line.subject, line.field, told)
    return OpenRecord(line.subject) if line.number else OpenPage("exchange", {"part": "returned"})
