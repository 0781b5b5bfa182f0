"""Barcodes drawn as vectors: each takes the text it carries; only what the symbology needs is added."""

from itertools import groupby
from typing import Any

from reportlab.graphics.barcode.code128 import Code128
from reportlab.graphics.barcode.ecc200datamatrix import ECC200DataMatrix
from reportlab.graphics.barcode.qr import QrCodeWidget

from shipsmart.core.errors import ShipSmartError
from shipsmart.documents.identifiers import is_sscc

# Two dots of a 203 dpi printer; thinner bars run together on thermal paper.
NARROWEST_BAR = 2 / 203 * 72
WIDEST_BAR = 1.6
QUIET_MODULES = 10
QR_QUIET_MODULES = 4
FNC1 = "\xf1"


class UnencodableBarcode(ShipSmartError):  # noqa: N818 - the name is part of the interface
    """The text cannot be carried by this barcode in the room it has."""

    code = "barcode_unencodable"


def encodable(text: str) -> bool:
    """Return whether Code 128 can carry the text on a 100 mm label."""
    return 0 < len(text) <= 30 and text.isascii() and text.isprintable()


def code128(canvas: Any, text: str, *, at: tuple[float, float], width: float, height: float) -> None:
    """Draw a Code 128 centred in a width (points), its bars as wide as fit; raises UnencodableBarcode."""
    if not encodable(text):
        raise UnencodableBarcode(f"Code 128 cannot carry {text[:40]!r}", text=text[:40])
    _bars(canvas, text, at=at, width=width, height=height)


def gs1_128(canvas: Any, sscc: str, *, at: tuple[float, float], width: float, height: float) -> None:
    """Draw a GS1-128 with application identifier 00 for an 18-digit SSCC (GS1 General Specifications 5.4)."""
    if not is_sscc(sscc):
        raise UnencodableBarcode(f"{sscc[:40]!r} is no SSCC of 18 digits with its check digit", text=sscc[:40])
    _bars(canvas, f"{FNC1}00{sscc}", at=at, width=width, height=height)


def _bars(canvas: Any, text: str, *, at: tuple[float, float], width: float, height: float) -> None:
    modules = Code128(text, barWidth=1, barHeight=height, quiet=False).width + 2 * QUIET_MODULES
    bar = min(width / modules, WIDEST_BAR)
    if bar < NARROWEST_BAR:
        raise UnencodableBarcode(f"a barcode of {text[:40]!r} does not fit into {width:.0f} points", text=text[:40])
    drawn = Code128(text, barWidth=bar, barHeight=height, quiet=False)
    drawn.drawOn(canvas, at[0] + (width - drawn.width) / 2, at[1])


def qr(canvas: Any, text: str, *, at: tuple[float, float], side: float) -> None:
    """Draw a QR code (level M) of a text, its quiet zone included in the side."""
    code = QrCodeWidget(text, barLevel="M").qr
    code.make()
    module = side / (code.getModuleCount() + 2 * QR_QUIET_MODULES)
    # One path filled once: drawing each run of modules as a shape of its own took three quarters of the label's time.
    path = canvas.beginPath()
    for row, modules in enumerate(code.modules):
        column = 0
        for dark, run in groupby(map(bool, modules)):
            count = len(list(run))
            if dark:
                x = at[0] + (column + QR_QUIET_MODULES) * module
                path.rect(x, at[1] + side - (row + QR_QUIET_MODULES + 1) * module, count * module, module)
            column += count
    canvas.drawPath(path, stroke=0, fill=1)


def datamatrix(canvas: Any, text: str, *, at: tuple[float, float], side: float) -> None:
    """Draw an ECC 200 DataMatrix of ASCII text in a square."""
    if not text.isascii():
        raise UnencodableBarcode(f"DataMatrix cannot carry {text[:40]!r}", text=text[:40])
    code = ECC200DataMatrix(text)
    code.x = code.y = 0
    code.validate()
    code.barWidth = side / len(code.encode())
    code.drawOn(canvas, at[0], at[1])
