"""Pictures, scans and signatures of a form: kept encrypted the moment they are chosen, and bound to the record when it is saved."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mzdesk.store import attachments
from mzdesk.store.attachments import StoredFile

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from mzdesk.station import Station

MEDIA_TYPES: Mapping[str, str] = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".bmp": "image/bmp",
    ".gif": "image/gif",
    ".pdf": "application/pdf",
    ".m4a": "audio/mp4",
    ".mp3": "audio/mpeg",
}
_KEPT_AS: Mapping[str, str] = {"image/jpeg": ".jpg", "image/png": ".png", "application/pdf": ".pdf"}
_ANSWER = re.compile(r"([0-9a-f]{64})-(\d{1,9})(\.[a-z0-9]{1,5})")


@dataclass(frozen=True, slots=True)
class FormFiles:
    """The files of the form at hand; an answer is `digest-size.ext`, which names no person and finds the file again from a draft."""

    station: Station

    def put(self, name: str, content: bytes) -> str:
        """Keep a file and return the answer that stands for it. Raises MzError: too large, not a picture, full disk."""
        ending = name[name.rfind(".") :].lower() if "." in name else ""
        stored = attachments.put(self.station, content, MEDIA_TYPES.get(ending, "application/octet-stream"))
        return f"{stored.digest}-{stored.size}{_KEPT_AS.get(stored.media_type, ending or '.bin')}"

    def get(self, answer: str) -> bytes:
        """Return the bytes behind an answer, b"" where it names no file of ours. Raises MzError where the file is damaged."""
        found = _ANSWER.fullmatch(answer)
        return attachments.read(self.station, found[1]) if found else b""


def named_in(answers: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """Yield (question path, answer) for every answer that stands for a file."""
    for name, value in answers.items():
        here = f"{path}/{name}"
        if isinstance(value, Mapping):
            yield from named_in(value, here)
        elif isinstance(value, list):
            for place, item in enumerate(value, 1):
                if isinstance(item, Mapping):
                    yield from named_in(item, f"{here}[{place}]")
        elif isinstance(value, str) and _ANSWER.fullmatch(value):
            yield here, value


def digests_in(answers: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the digests of every file that the answers name."""
    return tuple(answer[:64] for _, answer in named_in(answers))


def bind(connection: Connection, answers: Mapping[str, Any], *, record_id: str, village: str, now_ms: int) -> int:
    """Bind the files that a record's answers name to the record, in the transaction that saves it; return how many."""
    bound = 0
    for question, answer in named_in(answers):
        found = _ANSWER.fullmatch(answer)
        if found is not None:
            stored = StoredFile(found[1], int(found[2]), MEDIA_TYPES.get(found[3], "application/octet-stream"))
            attachments.link(connection, stored, record_id=record_id, question=question, name=answer, village=village, now_ms=now_ms)
            bound += 1
    return bound


def contents(station: Station, answers: Mapping[str, Any]) -> dict[str, bytes]:
    """Return answer → bytes of every file that the answers name, as paper wants them."""
    files = FormFiles(station)
    return {answer: files.get(answer) for _, answer in named_in(answers)}
