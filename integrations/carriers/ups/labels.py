"""UPS draws its label as a picture; here it is put on a PDF page of 4 x 6 inches without touching a pixel."""

import io
from collections.abc import Sequence

from PIL import Image
from reportlab.lib.units import inch
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

PAGE = (4 * inch, 6 * inch)


def pdf_of(pictures: Sequence[bytes]) -> bytes:
    """Return one page per picture; a picture lying on its side (UPS's 1400 x 800 GIF) is turned upright.

    Raises OSError when a picture cannot be read.
    """
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=PAGE, invariant=1)
    for picture in pictures:
        with Image.open(io.BytesIO(picture)) as opened:
            upright = opened.convert("L")
        if upright.width > upright.height:
            upright = upright.transpose(Image.Transpose.ROTATE_270)
        canvas.drawImage(ImageReader(upright), 0, 0, *PAGE, preserveAspectRatio=True, anchor="n")
        canvas.showPage()
    canvas.save()
    return out.getvalue()
