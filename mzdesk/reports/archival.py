"""What PDF/A-2b (ISO 19005-2) asks of a file: XMP metadata that agree with the information dictionary, and an sRGB output intent."""

import struct
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from xml.sax.saxutils import escape

from mzdesk.reports.pdffile import PdfFile, dictionary, text_string

PRODUCER = "mzdesk"
CODES_KEY = "MZCodes"  # information entry that holds the record codes of a file, one a line


@dataclass(frozen=True)
class Imprint:
    """Metadata of a file. They must not name a person: `author` is the station; `codes` are record codes (see verify)."""

    title: str
    author: str = ""
    subject: str = ""
    codes: tuple[str, ...] = ()
    made_at: datetime | None = None


def put_information(file: PdfFile, imprint: Imprint) -> int:
    """The information dictionary."""
    entries = {
        "Title": text_string(imprint.title),
        "Author": text_string(imprint.author),
        "Subject": text_string(imprint.subject),
        "Creator": text_string("民政社工台"),
        "Producer": text_string(PRODUCER),
    }
    if imprint.made_at is not None:
        entries["CreationDate"] = _pdf_date(imprint.made_at)
    if imprint.codes:
        entries[CODES_KEY] = text_string("\n".join(imprint.codes))
    return file.put(dictionary(entries))


def _pdf_date(moment: datetime) -> bytes:
    offset = moment.strftime("%z") or "+0800"
    return f"(D:{moment:%Y%m%d%H%M%S}{offset[:3]}'{offset[3:5]}')".encode("ascii")


def put_metadata(file: PdfFile, imprint: Imprint) -> int:
    """The XMP packet; it must stay readable, so it is not compressed."""
    created = ""
    if imprint.made_at is not None:
        offset = imprint.made_at.strftime("%z") or "+0800"
        created = f"<xmp:CreateDate>{imprint.made_at:%Y-%m-%dT%H:%M:%S}{offset[:3]}:{offset[3:5]}</xmp:CreateDate>"
    alternative = '<rdf:Alt><rdf:li xml:lang="x-default">{}</rdf:li></rdf:Alt>'
    packet = (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"'
        ' xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">'
        "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>"
        f"<dc:title>{alternative.format(escape(imprint.title))}</dc:title>"
        f"<dc:creator><rdf:Seq><rdf:li>{escape(imprint.author)}</rdf:li></rdf:Seq></dc:creator>"
        f"<dc:description>{alternative.format(escape(imprint.subject))}</dc:description>"
        f"<xmp:CreatorTool>民政社工台</xmp:CreatorTool>{created}<pdf:Producer>{PRODUCER}</pdf:Producer>"
        '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    )
    return file.put_stream(packet.encode("utf-8", "replace"), b"/Type/Metadata/Subtype/XML", compress=False)


def put_output_intent(file: PdfFile) -> bytes:
    """The /OutputIntents value: greys and colours are meant as sRGB (IEC 61966-2-1)."""
    profile = file.put_stream(srgb_profile(), b"/N 3")
    name = b"/OutputConditionIdentifier(sRGB)/Info(sRGB IEC61966-2.1)"
    return b"[<</Type/OutputIntent/S/GTS_PDFA1%s/DestOutputProfile %d 0 R>>]" % (name, profile)


@cache
def srgb_profile() -> bytes:
    """A small ICC.1:2010 (version 4) display profile of sRGB: primaries adapted to D50 and the parametric curve."""
    curve = b"para\0\0\0\0\0\3\0\0" + _fixed(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
    tags = {
        b"desc": _localized("sRGB"),
        b"cprt": _localized("Public domain"),
        b"wtpt": b"XYZ \0\0\0\0" + _fixed(0.9642, 1.0, 0.8249),
        b"rXYZ": b"XYZ \0\0\0\0" + _fixed(0.43607, 0.22249, 0.01392),
        b"gXYZ": b"XYZ \0\0\0\0" + _fixed(0.38515, 0.71687, 0.09708),
        b"bXYZ": b"XYZ \0\0\0\0" + _fixed(0.14307, 0.06061, 0.7141),
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    at = 128 + 4 + 12 * len(tags)
    directory, body = b"", b""
    for tag, value in tags.items():
        directory += struct.pack(">4sLL", tag, at + len(body), len(value))
        body += value + b"\0" * (-len(value) % 4)
    head = b"\0\0\0\0\x04\x20\0\0mntrRGB XYZ " + struct.pack(">6H", 2025, 1, 1, 0, 0, 0) + b"acsp" + b"\0" * 24
    head += struct.pack(">L", 0) + _fixed(0.9642, 1.0, 0.8249)
    head += b"\0" * (128 - 4 - len(head))
    return struct.pack(">L", at + len(body)) + head + struct.pack(">L", len(tags)) + directory + body


def _fixed(*values: float) -> bytes:
    return b"".join(struct.pack(">l", round(value * 65536)) for value in values)


def _localized(text: str) -> bytes:
    coded = text.encode("utf-16-be")
    return b"mluc\0\0\0\0" + struct.pack(">LL2s2sLL", 1, 12, b"en", b"US", len(coded), 28) + coded
