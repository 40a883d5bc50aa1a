"""Faces inside one PDF: a two-byte code for every character used, a subset of the face, and a ToUnicode map that is right beyond U+FFFF."""

from mzdesk.reports.fonts import Face
from mzdesk.reports.pdffile import PdfFile, dictionary

_ESCAPED = {0x28: "\\(", 0x29: "\\)", 0x5C: "\\\\", 0x0D: "\\r"}
_BYTES = tuple(_ESCAPED.get(value, chr(value)) for value in range(256))


class CodeTable(dict[str, str]):
    """Character → its two-byte code, escaped for a literal string (Latin-1 text); codes are given in order of first use."""

    def __init__(self) -> None:
        super().__init__()
        self.characters: list[str] = []

    def __missing__(self, character: str) -> str:
        self.characters.append(character)
        code = len(self.characters)  # code 0 stays .notdef
        escaped = self[character] = _BYTES[code >> 8] + _BYTES[code & 0xFF]
        return escaped


def embed_face(file: PdfFile, face: Face, codes: CodeTable) -> int:
    """Write a face as a Type 0 font with what the document uses of it (ISO 32000-1 §9.7, ISO 19005-2 §6.2.11); returns its object."""
    old = [face.glyph(character) for character in codes.characters]
    order = [0, *dict.fromkeys(glyph for glyph in old if glyph)]
    place = {glyph: index for index, glyph in enumerate(order)}
    name = _subset_name(face.name, codes.characters)
    descriptor = file.put(_descriptor(file, face, name, order))
    gid_map = b"\0\0" + b"".join(place[glyph].to_bytes(2, "big") for glyph in old)
    descendant = file.put(
        dictionary(
            {
                "Type": b"/Font",
                "Subtype": b"/CIDFontType2",
                "BaseFont": name,
                "CIDSystemInfo": b"<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>",
                "FontDescriptor": b"%d 0 R" % descriptor,
                "DW": b"1000",
                "W": _widths(face, codes.characters),
                "CIDToGIDMap": b"%d 0 R" % file.put_stream(gid_map),
            }
        )
    )
    unicode_map = file.put_stream(_to_unicode(codes.characters))
    font = {
        "Type": b"/Font",
        "Subtype": b"/Type0",
        "BaseFont": name,
        "Encoding": b"/Identity-H",
        "DescendantFonts": b"[%d 0 R]" % descendant,
        "ToUnicode": b"%d 0 R" % unicode_map,
    }
    return file.put(dictionary(font))


def _subset_name(name: str, characters: list[str]) -> bytes:
    seed = sum((index + 1) * ord(character) for index, character in enumerate(characters))
    tag = "".join(chr(65 + seed // 26**power % 26) for power in range(6))
    return f"/{tag}+{name}".encode("ascii")


def _descriptor(file: PdfFile, face: Face, name: bytes, order: list[int]) -> bytes:
    program = face.file.subset(order)
    scale = 1000 / face.file.units
    entries = {
        "Type": b"/FontDescriptor",
        "FontName": name,
        "Flags": b"4",
        "FontBBox": b"[%d %d %d %d]" % tuple(round(edge * scale) for edge in face.file.box),
        "ItalicAngle": b"0",
        "Ascent": b"%d" % round(face.file.ascent * scale),
        "Descent": b"%d" % round(face.file.descent * scale),
        "CapHeight": b"733",
        "StemV": b"80",
        "FontFile2": b"%d 0 R" % file.put_stream(program, b"/Length1 %d" % len(program)),
    }
    return dictionary(entries)


def _widths(face: Face, characters: list[str]) -> bytes:
    """The /W array: code by code, only what is not a full em wide."""
    runs: list[tuple[int, list[int]]] = []
    for code, character in enumerate(characters, 1):
        width = round(face.widths[character] * 1000)
        if width == 1000:
            continue
        if runs and runs[-1][0] + len(runs[-1][1]) == code:
            runs[-1][1].append(width)
        else:
            runs.append((code, [width]))
    return b"[%s]" % b" ".join(b"%d[%s]" % (start, b" ".join(b"%d" % width for width in widths)) for start, widths in runs)


def _to_unicode(characters: list[str]) -> bytes:
    lines = [
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
        b"/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def",
        b"/CMapName/Adobe-Identity-UCS def /CMapType 2 def",
        b"1 begincodespacerange <0000><ffff> endcodespacerange",
    ]
    for first in range(0, len(characters), 100):
        part = characters[first : first + 100]
        lines.append(b"%d beginbfchar" % len(part))
        lines += [b"<%04x><%s>" % (first + index, _utf16(character)) for index, character in enumerate(part, 1)]
        lines.append(b"endbfchar")
    lines.append(b"endcmap CMapName currentdict /CMap defineresource pop end end")
    return b"\n".join(lines)


def _utf16(character: str) -> bytes:
    if 0xD800 <= ord(character) <= 0xDFFF:
        character = "\ufffd"
    return character.encode("utf-16-be").hex().encode("ascii")
