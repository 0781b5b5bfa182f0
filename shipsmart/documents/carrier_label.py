"""Labels that a carrier printed: they are never changed, only counted."""

import io

from pypdf import PdfReader
from pypdf.errors import PdfReadError


def count_pages_of(data: bytes) -> int:
    """Return the pages of a PDF label, the labels of a ZPL stream, or 1 for an image; 1 when the PDF cannot be read."""
    if data.startswith(b"%PDF"):
        try:
            return len(PdfReader(io.BytesIO(data)).pages)
        except PdfReadError:
            return 1
    return max(1, data.count(b"^XA"))
