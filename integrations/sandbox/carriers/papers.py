"""The customs invoice that a carrier prints from the data it was given."""

from __future__ import annotations

import io
from dataclasses import dataclass
from decimal import Decimal

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

ROWS_PER_PAGE = 32


@dataclass(frozen=True)
class InvoiceLine:
    """One line: `unit_price` is per unit, in the currency of the invoice."""

    description: str
    commodity_code: str
    origin: str
    quantity: Decimal
    unit_price: Decimal


@dataclass(frozen=True)
class InvoiceData:
    """What stands on the invoice."""

    number: str
    day: str
    waybill: str
    sender: tuple[str, ...]
    receiver: tuple[str, ...]
    incoterm: str
    currency: str
    lines: tuple[InvoiceLine, ...]


def invoice_pdf(data: InvoiceData) -> bytes:
    """Return the commercial invoice as A4 PDF; the same data give the same bytes."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1)
    canvas.setTitle(f"Commercial invoice {data.number}")
    pages = [data.lines[at : at + ROWS_PER_PAGE] for at in range(0, len(data.lines), ROWS_PER_PAGE)] or [()]
    for number, rows in enumerate(pages, 1):
        _draw(canvas, data, rows, f"Page {number} of {len(pages)}")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _draw(canvas: Canvas, data: InvoiceData, rows: tuple[InvoiceLine, ...], page: str) -> None:
    height = A4[1]
    canvas.setFont("Helvetica-Bold", 14)
    canvas.drawString(20 * mm, height - 20 * mm, "COMMERCIAL INVOICE (practice)")
    canvas.setFont("Helvetica", 8)
    head = f"No. {data.number}  {data.day}  Waybill {data.waybill}  {data.incoterm}  {data.currency}  {page}"
    canvas.drawString(20 * mm, height - 27 * mm, head)
    for column, lines in ((20 * mm, ("Shipper", *data.sender)), (110 * mm, ("Consignee", *data.receiver))):
        for row, line in enumerate(lines):
            canvas.drawString(column, height - (36 + 4 * row) * mm, line[:60])
    y = height - 70 * mm
    for line in rows:
        y -= 5 * mm
        canvas.drawString(20 * mm, y, line.description[:58])
        canvas.drawString(112 * mm, y, f"{line.commodity_code}  {line.origin}")
        canvas.drawRightString(190 * mm, y, f"{line.quantity} x {line.unit_price} = {line.quantity * line.unit_price}")
    total = sum((line.quantity * line.unit_price for line in data.lines), Decimal(0))
    canvas.drawRightString(190 * mm, y - 8 * mm, f"Total {total} {data.currency}")
