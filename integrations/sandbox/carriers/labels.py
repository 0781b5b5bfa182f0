"""Labels of 4 by 6 inches with a real Code 128 of the waybill number: PDF, GIF and ZPL."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont
from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.units import inch, mm
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = 4 * inch, 6 * inch
_DOTS = 203
_BAR = 3 / _DOTS * inch  # three printer dots: bars keep their width at 203 dpi


@dataclass(frozen=True)
class LabelData:
    """What stands on one label. `piece_number` is printed as a second barcode when it differs from the waybill."""

    title: str
    waybill: str
    piece_number: str
    sender: tuple[str, ...]
    receiver: tuple[str, ...]
    service: str
    routing: str
    contents: str
    reference: str
    weight: str
    piece: str
    duties: str


def plain(title: str, number: str, lines: tuple[str, ...]) -> LabelData:
    """Return a paper that is no label: a title, a number as barcode, lines of text."""
    return LabelData(title, number, number, lines, (), "", "", "", "", "", "", "")


def pdf(labels: list[LabelData]) -> bytes:
    """Return a PDF with one page of 4 x 6 inches per label; the same labels give the same bytes."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(WIDTH, HEIGHT), invariant=1)
    canvas.setTitle("Practice label, not valid for carriage")
    for data in labels:
        _draw_page(canvas, data)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _draw_page(canvas: Canvas, data: LabelData) -> None:
    canvas.setFont("Helvetica-Bold", 15)
    canvas.drawString(5 * mm, HEIGHT - 9 * mm, data.title)
    canvas.setFont("Helvetica", 6)
    canvas.drawString(5 * mm, HEIGHT - 13 * mm, "PRACTICE LABEL - NOT VALID FOR CARRIAGE")
    y = _block(canvas, ("From:", *data.sender), 7, HEIGHT - 15 * mm)
    y = _block(canvas, ("To:", *data.receiver), 9, y - 2 * mm)
    canvas.setFont("Helvetica-Bold", 17)
    canvas.drawString(5 * mm, y - 6 * mm, data.routing)
    canvas.setFont("Helvetica", 7)
    for offset, line in enumerate((data.service, f"Ref: {data.reference}", f"Contents: {data.contents}", data.duties)):
        canvas.drawString(5 * mm, y - (10 + 3.2 * offset) * mm, line[:70])
    canvas.drawRightString(WIDTH - 5 * mm, y - 10 * mm, f"{data.weight}   Piece {data.piece}")
    _barcode(canvas, data.waybill, 31 * mm)
    if data.piece_number != data.waybill:
        _barcode(canvas, data.piece_number, 6 * mm)


def _block(canvas: Canvas, lines: tuple[str, ...], size: int, y: float) -> float:
    canvas.setFont("Helvetica", size)
    for line in lines:
        y -= size * 1.2
        canvas.drawString(5 * mm, y, line[:60])
    return y


def _barcode(canvas: Canvas, value: str, y: float) -> None:
    code = Code128(value, barWidth=_BAR, barHeight=18 * mm, quiet=True)
    # The first bar begins on a printer's dot, or every bar of the code is smeared over two.
    left = round(max((WIDTH - code.width) / 2, 0) * _DOTS / inch) * inch / _DOTS
    code.drawOn(canvas, left, y + 4 * mm)
    canvas.setFont("Helvetica", 9)
    canvas.drawCentredString(WIDTH / 2, y, value)


def zpl(labels: list[LabelData]) -> bytes:
    """Return the labels as ZPL II for a printer of 203 dpi (812 x 1218 dots)."""
    return "".join(_zpl_label(data) for data in labels).encode()


def _zpl_label(data: LabelData) -> str:
    rows = [(30, 40, data.title)]
    rows += [(90 + 26 * i, 24, line) for i, line in enumerate(("From:", *data.sender))]
    rows += [(300 + 32 * i, 30, line) for i, line in enumerate(("To:", *data.receiver))]
    rows += [(560, 50, data.routing), (620, 24, data.service), (650, 24, f"Ref: {data.reference}")]
    rows += [(680, 24, f"{data.weight} Piece {data.piece}"), (710, 24, data.duties)]
    text = "".join(f"^FO40,{y}^A0N,{size},{size}^FH^FD{_zpl_text(line)}^FS" for y, size, line in rows)
    bars = f"^FO80,750^BY3^BCN,150,Y,N,N^FD{data.waybill}^FS"
    if data.piece_number != data.waybill:
        bars += f"^FO60,980^BY2^BCN,150,Y,N,N^FD{data.piece_number}^FS"
    return f"^XA^CI28^PW812^LL1218{text}{bars}^XZ\n"


def _zpl_text(line: str) -> str:
    """Return the text with the characters that ZPL would read as commands written in hexadecimal."""
    return line.replace("_", "_5F").replace("^", "_5E").replace("~", "_7E")


def picture(data: LabelData, form: str = "GIF") -> bytes:
    """Return the label as a picture of 812 x 1218 dots; `form` is GIF or PNG."""
    image = Image.new("1", (812, 1218), 1)
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(26)
    lines = (data.title, "", *data.sender, "", *data.receiver, "", data.routing, data.service, f"Ref: {data.reference}")
    for row, line in enumerate(lines):
        draw.text((40, 30 + 34 * row), line, fill=0, font=font)
    _draw_bars(draw, data.waybill)
    draw.text((40, 1100), f"{data.waybill}   {data.weight}   Piece {data.piece}   {data.duties}", fill=0, font=font)
    out = io.BytesIO()
    image.save(out, form)
    return out.getvalue()


def _draw_bars(draw: ImageDraw.ImageDraw, value: str) -> None:
    code = Code128(value)
    code.validate(), code.encode(), code.decompose()
    x = 60
    for element in code.decomposed:
        # reportlab writes a bar of n modules as the n-th capital letter and a gap as the n-th small one
        width = 3 * (ord(element.lower()) - ord("a") + 1)
        if element.isupper():
            draw.rectangle((x, 880, x + width - 1, 1080), fill=0)
        x += width
