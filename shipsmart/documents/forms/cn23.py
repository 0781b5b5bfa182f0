"""CN 22 and CN 23, the customs declarations of the Universal Postal Union, in our own drawing of their boxes.

Source: Universal Postal Convention, Regulations, forms CN 22 and CN 23. No IOSS number stands on them: they go outside.
"""

from reportlab.lib.pagesizes import A5, landscape
from reportlab.lib.units import mm

from shipsmart.documents import barcodes, export_filing, figures
from shipsmart.documents.forms.drawing import Form, area_mm
from shipsmart.documents.forms.table import Table
from shipsmart.documents.sheet_parts import printed_texts
from shipsmart.documents.snapshots import PaperLine, PaperShipment
from shipsmart.documents.typesetting import typesetter

CATEGORIES = (
    ("gift", "Gift"),
    ("documents", "Documents"),
    ("sale", "Sale of goods"),
    ("sample", "Commercial sample"),
    ("return", "Returned goods"),
    ("repair", "Other: repair"),
)
CERTIFIED = (
    "I certify that the particulars given in this customs declaration are correct and that this item does not contain "
    "any dangerous article or articles prohibited by legislation or by postal or customs regulations."
)
CN22_SIZE = (105 * mm, 148 * mm)
CN23_SIZE = landscape(A5)


def render_cn22(shipment: PaperShipment) -> tuple[bytes, int]:
    """Return CN 22 (105 x 148 mm), as many sheets as the lines need."""
    form = _form(shipment, CN22_SIZE, "CN 22")
    columns = (
        ("Quantity and description of contents", 47.0),
        ("Net kg", 14.0),
        (f"Value {shipment.currency}", 18.0),
        ("HS / origin", 18.0),
    )
    table = Table(columns, room=65, least=7.5, size=6.5)
    sheets = table.sheets(form.setter, [_short_row(shipment, line) for line in shipment.lines])
    for sheet, rows in enumerate(sheets, start=1):
        if sheet > 1:
            form.next_page()
        _cn22_frame(form, shipment, page=f"{sheet} of {len(sheets)}")
        table.draw(form, rows, x=4, top=109)
    return form.finish()


def render_cn23(shipment: PaperShipment) -> tuple[bytes, int]:
    """Return CN 23 (A5 across), as many sheets as the lines need."""
    form = _form(shipment, CN23_SIZE, "CN 23")
    columns = (
        ("Detailed description of contents", 84.0),
        ("Quantity", 18.0),
        ("Net weight (kg)", 24.0),
        (f"Value ({shipment.currency})", 26.0),
        ("HS tariff number", 26.0),
        ("Country of origin", 20.0),
    )
    table = Table(columns, room=40, least=5.4, size=6.5)
    sheets = table.sheets(form.setter, [_long_row(shipment, line) for line in shipment.lines])
    for sheet, rows in enumerate(sheets, start=1):
        if sheet > 1:
            form.next_page()
        _cn23_head(form, shipment, page=f"{sheet} of {len(sheets)}")
        table.draw(form, rows, x=6, top=74)
        _cn23_foot(form, shipment)
    return form.finish()


def _form(shipment: PaperShipment, size: tuple[float, float], name: str) -> Form:
    setter = typesetter(shipment.consignee.country, printed_texts(shipment))
    return Form(setter, size, f"{name} {shipment.reference}")


def _cn22_frame(form: Form, shipment: PaperShipment, *, page: str) -> None:
    form.write("CUSTOMS DECLARATION", at=(4 * mm, 141 * mm), size=10, bold=True)
    form.write("CN 22", at=(84 * mm, 141 * mm), size=12, bold=True)
    filing = export_filing.legend(shipment)
    form.write(f"May be opened officially   Page {page}   {filing}".rstrip(), at=(4 * mm, 137 * mm), size=6)
    _item_number(form, shipment, x=4, y=119, width=97)
    _categories(form, shipment, x=4, y=109, width=97)
    total = area_mm(4, 27, 97, 8)
    form.box(total, "Total weight (kg) and total value of the item")
    totals = f"{figures.kilograms(shipment.gross_weight_g)} kg   {_value(shipment)}"
    form.fill([totals], total, size=7.5, strong=1)
    _signature(form, shipment, x=4, y=4, width=97, height=23)


def _short_row(shipment: PaperShipment, line: PaperLine) -> tuple[str, ...]:
    return (
        f"{line.quantity} x {line.description}",
        figures.kilograms(line.total_net_weight_g),
        figures.money(shipment.line_total(line), shipment.currency),
        f"{line.hs_code} {line.origin}",
    )


def _cn23_head(form: Form, shipment: PaperShipment, *, page: str) -> None:
    form.write("CUSTOMS DECLARATION", at=(6 * mm, 140 * mm), size=11, bold=True)
    form.write(f"CN 23   May be opened officially   Page {page}", at=(70 * mm, 140 * mm), size=8)
    for caption, party, y in (("From", shipment.shipper, 106), ("To", shipment.consignee, 74)):
        box = area_mm(6, y, 98, 31 if y == 106 else 32)
        form.box(box, caption)
        form.fill([*figures.address(party), *figures.contact(party)], box, size=7.5, strong=1)
    _item_number(form, shipment, x=104, y=120, width=100)
    references = [*figures.tax_numbers(shipment.sold_by, outside=True)]
    sender = area_mm(104, 106, 50, 14)
    form.box(sender, "Sender's customs reference")
    form.fill(references or ["-"], sender, size=7)
    importer = area_mm(154, 106, 50, 14)
    form.box(importer, "Importer's / addressee's reference (tax code)")
    form.fill(figures.tax_numbers(shipment.importer_of_record, outside=True) or ["-"], importer, size=7)
    _categories(form, shipment, x=104, y=96, width=100)
    office = area_mm(104, 84, 50, 12)
    form.box(office, "Postal charges / fees")
    form.fill([f"{figures.money(shipment.freight, shipment.currency)} {shipment.currency}"], office, size=7.5)
    posting = area_mm(154, 84, 50, 12)
    form.box(posting, "Date of posting")
    form.fill([shipment.invoice_date.isoformat() if shipment.invoice_date else "-"], posting, size=7.5)
    papers = area_mm(104, 74, 100, 10)
    form.box(papers, "Licence, certificate, invoice")
    invoice = f"Invoice {shipment.invoice_number}" if shipment.invoice_number else ""
    held = (shipment.reference_of("permit"), invoice, export_filing.legend(shipment))
    numbers = ", ".join(text for text in held if text)
    form.fill([numbers or "-"], papers, size=7.5)


def _long_row(shipment: PaperShipment, line: PaperLine) -> tuple[str, ...]:
    return (
        line.description,
        str(line.quantity),
        figures.kilograms(line.total_net_weight_g),
        figures.money(shipment.line_total(line), shipment.currency),
        figures.code_of(line),
        line.origin,
    )


def _cn23_foot(form: Form, shipment: PaperShipment) -> None:
    total = area_mm(6, 18, 84, 9)
    form.box(total, "Total gross weight (kg) / total value")
    form.fill([f"{figures.kilograms(shipment.gross_weight_g)} kg   {_value(shipment)}"], total, size=8, strong=1)
    comments = area_mm(6, 5, 84, 13)
    form.box(comments, "Comments (quarantine, restrictions, lithium batteries)")
    numbers = sorted({line.dangerous_goods.un for line in shipment.lines if line.dangerous_goods})
    form.fill([", ".join(numbers) or "-"], comments, size=7)
    _signature(form, shipment, x=90, y=5, width=114, height=22)


def _value(shipment: PaperShipment) -> str:
    return f"{figures.money(shipment.goods_total, shipment.currency)} {shipment.currency}"


def _item_number(form: Form, shipment: PaperShipment, *, x: float, y: float, width: float) -> None:
    """Draw the item's number as Code 128 above its digits, 17 mm high."""
    number = shipment.waybill or shipment.reference
    form.box(area_mm(x, y, width, 17), "No. of item")
    if barcodes.encodable(number):
        barcodes.code128(form.canvas, number, at=(x * mm, (y + 5) * mm), width=width * mm, height=9 * mm)
    form.centred(number, area_mm(x, y + 0.3, width, 4.2), size=8, bold=True)


def _categories(form: Form, shipment: PaperShipment, *, x: float, y: float, width: float) -> None:
    """Draw the category of the item, 10 mm high, its box crossed."""
    form.box(area_mm(x, y, width, 10), "Category of item")
    step = width / 3
    for place, (reason, name) in enumerate(CATEGORIES):
        left, bottom = x + 1.5 + step * (place % 3), y + 4 - 3.4 * (place // 3)
        form.canvas.rect(left * mm, bottom * mm, 2.2 * mm, 2.2 * mm)
        if reason == shipment.export_reason:
            form.write("X", at=((left + 0.35) * mm, (bottom + 0.2) * mm), size=6.5, bold=True)
        form.write(name, at=((left + 3) * mm, (bottom + 0.3) * mm), size=6)


def _signature(form: Form, shipment: PaperShipment, *, x: float, y: float, width: float, height: float) -> None:  # noqa: PLR0913 - a place and its size
    box = area_mm(x, y, width, height)
    form.box(box, "Date and sender's signature")
    day = shipment.invoice_date.isoformat() if shipment.invoice_date else "-"
    form.fill([CERTIFIED, f"{day}   {shipment.shipper.name or shipment.shipper.company}"], box, size=6.5)
