"""Reads a PDF back as a reader would: text by PDFium and, where it is installed, by poppler."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pypdfium2


def page_texts(pdf: bytes) -> list[str]:
    """The text of every page, as PDFium extracts it."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()


def plain(pdf: bytes) -> str:
    """All text without white space: what matters is which characters are there, and in which order."""
    return "".join("".join(page_texts(pdf)).split())


def poppler_text(pdf: bytes, folder: Path) -> str | None:
    """All text as poppler extracts it, without white space; None where pdftotext is not installed."""
    program = shutil.which("pdftotext")
    if program is None:
        return None
    source = folder / "page.pdf"
    source.write_bytes(pdf)
    done = subprocess.run([program, "-layout", str(source), "-"], capture_output=True, check=True)
    return "".join(done.stdout.decode("utf-8").split())
