"""One PDF being printed: pages, shared forms, faces and bookmarks; the same input gives the same bytes, and every face is embedded."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass

from mzdesk.reports.archival import Imprint, put_information, put_metadata, put_output_intent
from mzdesk.reports.embedding import embed_face
from mzdesk.reports.ink import Ink, Supplies
from mzdesk.reports.pdffile import PdfFile, dictionary, text_string
from mzdesk.reports.pictures import Picture


@dataclass
class _Bookmark:
    title: str
    page: int
    level: int


class Press:
    """Takes painted pages and gives the file. `share` puts the unchanging part of a form into a form object that all its copies use."""

    def __init__(self, share: bool = False) -> None:
        self.share = share
        self.supplies = Supplies()
        self._file = PdfFile()
        self._pages: list[int] = []
        self._tree = self._file.reserve()
        self._resources = self._file.reserve()
        self._fonts = self._file.reserve()
        self._forms: dict[Hashable, tuple[str, object]] = {}
        self._form_objects: list[int] = []
        self._bookmarks: list[_Bookmark] = []

    @property
    def page_count(self) -> int:
        return len(self._pages)

    def form(self, key: Hashable, size: tuple[float, float], paint: Callable[[Ink], None], keep: object = None) -> str:
        """The name of the form with that key, painted at its first use; `keep` is held, so that ids in the key stay true.

        A form knows the faces and the forms that it paints itself, never all of the file's: resources must not run in a circle.
        """
        known = self._forms.get(key)
        if known is not None:
            return known[0]
        ink = Ink(self.supplies)
        paint(ink)
        name = f"X{len(self._form_objects)}"
        used = {inner: b"%d 0 R" % self._form_objects[int(inner[1:])] for inner in sorted(ink.forms)}
        resources = dictionary({"Font": b"%d 0 R" % self._fonts, "XObject": dictionary(used)})
        entries = b"/Type/XObject/Subtype/Form/BBox[0 0 %.2f %.2f]/Resources %s" % (*size, resources)
        self._form_objects.append(self._file.put_stream(ink.stream(), entries))
        self._forms[key] = (name, keep)
        return name

    def page(self, ink: Ink, size: tuple[float, float]) -> None:
        """Add a page of `size` points."""
        content = self._file.put_stream(ink.stream())
        body = b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 %.2f %.2f]/Contents %d 0 R/Resources %d 0 R>>"
        self._pages.append(self._file.put(body % (self._tree, *size, content, self._resources)))

    def blank_page(self, size: tuple[float, float]) -> None:
        """Add an empty page: the back of a sheet."""
        self.page(Ink(self.supplies), size)

    def bookmark(self, title: str, level: int = 0) -> None:
        """Mark the page that comes next."""
        self._bookmarks.append(_Bookmark(title, len(self._pages), level))

    def finish(self, imprint: Imprint) -> bytes:
        """Write everything; the press is done then."""
        file = self._file
        kids = b" ".join(b"%d 0 R" % page for page in self._pages)
        file.put(b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, len(self._pages)), self._tree)
        fonts = {name: b"%d 0 R" % embed_face(file, face, codes) for face, (name, codes) in self.supplies.items()}
        objects = {f"X{index}": b"%d 0 R" % number for index, number in enumerate(self._form_objects)}
        objects |= {name: b"%d 0 R" % self._put_picture(picture) for picture, name in self.supplies.pictures.items()}
        file.put(dictionary(fonts), self._fonts)
        resources = {"Font": b"%d 0 R" % self._fonts, "XObject": dictionary(objects), "ProcSet": b"[/PDF/Text/ImageB]"}
        file.put(dictionary(resources), self._resources)
        catalog = {
            "Type": b"/Catalog",
            "Pages": b"%d 0 R" % self._tree,
            "Lang": b"(zh-CN)",
            "Metadata": b"%d 0 R" % put_metadata(file, imprint),
            "OutputIntents": put_output_intent(file),
            "ViewerPreferences": b"<</DisplayDocTitle true/PrintScaling/None>>",
        }
        if self._bookmarks:
            catalog["Outlines"] = b"%d 0 R" % self._put_outline()
            if len(self._bookmarks) > 1:
                catalog["PageMode"] = b"/UseOutlines"
        root = file.put(dictionary(catalog))
        return file.write(root, put_information(file, imprint))

    def _put_picture(self, picture: Picture) -> int:
        entries = b"/Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/FlateDecode"
        return self._file.put_stream(picture.packed, entries % (picture.pixel_width, picture.pixel_height), compress=False)

    def _put_outline(self) -> int:
        """The bookmarks as a tree; a level that skips its parent is hung one below the last."""
        root = self._file.reserve()
        numbers = [self._file.reserve() for _ in self._bookmarks]
        parents, path = [], [(-1, root)]
        for mark, number in zip(self._bookmarks, numbers, strict=True):
            while path[-1][0] >= mark.level:
                path.pop()
            parents.append(path[-1][1])
            path.append((mark.level, number))
        children: dict[int, list[int]] = {}
        for number, parent in zip(numbers, parents, strict=True):
            children.setdefault(parent, []).append(number)
        for index, mark in enumerate(self._bookmarks):
            self._file.put(self._outline_item(mark, numbers[index], parents[index], children), numbers[index])
        top = children[root]
        self._file.put(b"<</Type/Outlines/First %d 0 R/Last %d 0 R/Count %d>>" % (top[0], top[-1], len(top)), root)
        return root

    def _outline_item(self, mark: _Bookmark, number: int, parent: int, children: dict[int, list[int]]) -> bytes:
        page = self._pages[min(mark.page, len(self._pages) - 1)]
        entries = {"Title": text_string(mark.title), "Parent": b"%d 0 R" % parent, "Dest": b"[%d 0 R/Fit]" % page}
        siblings = children[parent]
        at = siblings.index(number)
        if at:
            entries["Prev"] = b"%d 0 R" % siblings[at - 1]
        if at + 1 < len(siblings):
            entries["Next"] = b"%d 0 R" % siblings[at + 1]
        if number in children:
            below = children[number]
            entries |= {"First": b"%d 0 R" % below[0], "Last": b"%d 0 R" % below[-1], "Count": b"%d" % -len(below)}
        return dictionary(entries)
