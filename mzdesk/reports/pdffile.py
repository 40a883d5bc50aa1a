"""The outer structure of a PDF 1.7 file: objects, object streams, cross-reference stream; the same input gives the same bytes."""

import hashlib
import struct
import zlib
from collections.abc import Mapping

OBJECTS_A_STREAM = 200


def text_string(text: str) -> bytes:
    """A PDF text string: hexadecimal UTF-16BE with byte-order mark (ISO 32000-1 §7.9.2.2)."""
    return b"<feff" + text.encode("utf-16-be", "replace").hex().encode("ascii") + b">"


class PdfFile:
    """Collects numbered objects and writes the file. Streams stand alone, everything else goes into object streams."""

    def __init__(self) -> None:
        self._count = 0
        self._plain: dict[int, bytes] = {}
        self._streams: dict[int, bytes] = {}

    def reserve(self) -> int:
        """A number for an object that is filled in later."""
        self._count += 1
        return self._count

    def put(self, body: bytes, number: int = 0) -> int:
        """Store an object that is not a stream; returns its number."""
        number = number or self.reserve()
        self._plain[number] = body
        return number

    def put_stream(self, data: bytes, entries: bytes = b"", *, number: int = 0, compress: bool = True) -> int:
        """Store a stream with further dictionary entries; returns its number."""
        number = number or self.reserve()
        if compress:
            data = zlib.compress(data, 6)
            entries += b"/Filter/FlateDecode"
        self._streams[number] = b"<<%s/Length %d>>stream\n%s\nendstream" % (entries, len(data), data)
        return number

    def write(self, root: int, info: int) -> bytes:
        """The whole file. The file identifier is a digest of the content, so that equal content is an equal file."""
        places: dict[int, tuple[int, int, int]] = {0: (0, 0, 65535)}
        self._pack_objects(places)
        parts = [b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"]
        at = len(parts[0])
        for number, body in sorted(self._streams.items()):
            places[number] = (1, at, 0)
            parts.append(b"%d 0 obj\n%s\nendobj\n" % (number, body))
            at += len(parts[-1])
        digest = hashlib.sha256(b"".join(parts)).hexdigest()[:32].encode("ascii")
        own = self.reserve()
        places[own] = (1, at, 0)
        rows = b"".join(struct.pack(">BLH", *places[number]) for number in range(self._count + 1))
        packed = zlib.compress(rows, 9)
        entries = b"/Type/XRef/W[1 4 2]/Size %d/Root %d 0 R/Info %d 0 R/ID[<%s><%s>]/Filter/FlateDecode/Length %d"
        header = entries % (self._count + 1, root, info, digest, digest, len(packed))
        parts.append(b"%d 0 obj\n<<%s>>stream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % (own, header, packed, at))
        return b"".join(parts)

    def _pack_objects(self, places: dict[int, tuple[int, int, int]]) -> None:
        items = sorted(self._plain.items())
        for first in range(0, len(items), OBJECTS_A_STREAM):
            group = items[first : first + OBJECTS_A_STREAM]
            offsets, body = [], bytearray()
            holder = self.reserve()
            for index, (number, content) in enumerate(group):
                offsets.append(b"%d %d" % (number, len(body)))
                body += content + b"\n"
                places[number] = (2, holder, index)
            head = b" ".join(offsets) + b"\n"
            self.put_stream(head + bytes(body), b"/Type/ObjStm/N %d/First %d" % (len(group), len(head)), number=holder)


def dictionary(entries: Mapping[str, bytes]) -> bytes:
    """A PDF dictionary of ready values."""
    return b"<<" + b"".join(b"/%s %s" % (key.encode("ascii"), value) for key, value in entries.items()) + b">>"
