"""Reading a PDF back as a person or a scanner would."""

import io
from typing import Any

import pypdfium2
import zxingcpp
from pypdf import PdfReader


def text_of(pdf: bytes) -> str:
    """Return the text of every page with single blanks."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def pages_of(pdf: bytes) -> int:
    return len(PdfReader(io.BytesIO(pdf)).pages)


def images_of(pdf: bytes, dpi: int = 203) -> list[Any]:
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.render(scale=dpi / 72).to_pil() for page in document]


def codes_of(pdf: bytes, dpi: int = 203) -> list[tuple[str, str]]:
    """Return (format, text) of every barcode on every page, printed at a label printer's resolution."""
    return [(code.format.name, code.text) for image in images_of(pdf, dpi) for code in zxingcpp.read_barcodes(image)]
