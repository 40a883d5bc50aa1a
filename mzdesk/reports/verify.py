"""The code that ties a paper to its record: MZ1|record id|revision|digest, in the QR symbol, in the foot and inside the file."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import pypdfium2

from mzdesk.errors import MzError
from mzdesk.reports.archival import CODES_KEY

DIGEST_LENGTH = 16  # hexadecimal digits on paper: 64 bits
LONGEST_CODE = 120
MOST_CODES = 20_000
MOST_BYTES = 200_000_000
_CODE = re.compile(r"MZ1\|([0-9A-Za-z-]{1,64})\|([1-9]\d{0,5})\|([0-9A-F]{16})")

Verdict = Literal["agrees", "superseded", "differs", "unknown"]


@dataclass(frozen=True)
class PaperCode:
    """What a code says: record id, revision, and the first 16 digits of the SHA-256 of the record as it was printed."""

    record_id: str
    version: int
    digest: str


@dataclass(frozen=True)
class RecordMark:
    """What the station has now: the newest revision, and the digest (hexadecimal) of every revision that it knows."""

    version: int
    digests: dict[int, str]


@dataclass(frozen=True)
class Finding:
    """Whether one paper agrees with its record; `message` says it in words."""

    code: PaperCode
    verdict: Verdict
    message: str


Lookup = Callable[[str], RecordMark | None]


def record_code(record_id: str, version: int, digest: str) -> str:
    """The payload of the QR symbol."""
    return f"MZ1|{record_id}|{version}|{digest[:DIGEST_LENGTH].upper()}"


def spaced_digest(digest: str) -> str:
    """The digest as it is printed, in groups of four that can be read out and typed."""
    short = digest[:DIGEST_LENGTH].upper()
    return " ".join(short[start : start + 4] for start in range(0, len(short), 4))


def parse_code(text: str) -> PaperCode:
    """Read a code as scanned or typed. Raises MzError where it is none."""
    match = _CODE.fullmatch(text.strip()[:LONGEST_CODE].upper().replace("｜", "|"))
    if match is None:
        raise MzError("校验码不完整", "请重新扫描二维码，或按“MZ1|…”完整录入。")
    return PaperCode(match[1].lower(), int(match[2]), match[3])


def read_codes(pdf: bytes) -> tuple[PaperCode, ...]:
    """The codes of all records printed in a file. Raises MzError where it is no PDF of ours."""
    if len(pdf) > MOST_BYTES:
        raise MzError("文件过大", "请选择本程序生成的 PDF 文件。")
    try:
        document = pypdfium2.PdfDocument(pdf)
        try:
            text = document.get_metadata_value(CODES_KEY)
        finally:
            document.close()
    except pypdfium2.PdfiumError as error:
        raise MzError("无法打开 PDF", "文件不是 PDF，或已经损坏。") from error
    lines = text.split("\n")[:MOST_CODES] if text else []
    if not lines:
        raise MzError("没有找到校验码", "这份 PDF 不是本程序打印的记录，或校验信息已被去掉。可改为录入纸面右上角二维码的内容。")
    return tuple(parse_code(line) for line in lines)


def check(pdf: bytes, lookup: Lookup) -> tuple[Finding, ...]:
    """Compare every record printed in a file with what the station has. `lookup(record_id)` gives None for a record it does not know."""
    return tuple(verify_code(code, lookup) for code in read_codes(pdf))


def verify_code(code: PaperCode, lookup: Lookup) -> Finding:
    """Compare one code with the record."""
    mark = lookup(code.record_id)
    if mark is None:
        return Finding(code, "unknown", "本站没有这条记录，请到出具单位核对。")
    known = mark.digests.get(code.version, "")[:DIGEST_LENGTH].upper()
    if known != code.digest:
        return Finding(code, "differs", f"纸面（第 {code.version} 版）与本站记录不一致，请以系统记录为准并查明原因。")
    if code.version < mark.version:
        return Finding(code, "superseded", f"纸面与第 {code.version} 版一致，但记录已更正到第 {mark.version} 版，请使用新版。")
    return Finding(code, "agrees", f"纸面与记录一致（第 {code.version} 版，最新）。")
