"""Our house waybill, A4, for carriers that give none: who sends what to whom, under which number."""

from collections.abc import Sequence

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm

from shipsmart.documents import barcodes, export_filing, figures
from shipsmart.documents.forms.drawing import Form, area_mm
from shipsmart.documents.forms.table import Table
from shipsmart.documents.sheet_parts import printed_texts
from shipsmart.documents.snapshots import PaperShipment, Parcel
from shipsmart.documents.typesetting import typesetter

CERTIFIED = (
    "The consignor certifies that the particulars are correct and that the parcels hold no dangerous goods "
    "but those declared."
)
TABLE = Table((("PARCEL", 30), ("WEIGHT KG", 28), ("MEASURES", 50), ("CONTENTS", 72)), room=133, least=7, size=7.5)


def render(shipment: PaperShipment) -> tuple[bytes, int]:
    """Return PDF and page count; parcels go on as many sheets as they need."""
    setter = typesetter(shipment.consignee.country, printed_texts(shipment))
    form = Form(setter, A4, f"House waybill {shipment.reference}")
    sheets = TABLE.sheets(setter, _rows(shipment, list(enumerate(shipment.parcels, start=1))))
    for sheet, rows in enumerate(sheets, start=1):
        if sheet > 1:
            form.next_page()
        _head(form, shipment, f"{sheet} of {len(sheets)}")
        TABLE.draw(form, rows, x=15, top=157)
    return form.finish()


def _head(form: Form, shipment: PaperShipment, page: str) -> None:
    number = shipment.waybill or shipment.reference
    form.write("House waybill", at=(15 * mm, 275 * mm), size=16, bold=True)
    form.write(f"Page {page}", at=(15 * mm, 268 * mm), size=8)
    frame = area_mm(105, 258, 90, 28)
    form.box(frame, "NUMBER")
    if barcodes.encodable(number):
        barcodes.code128(form.canvas, number, at=(frame.x, 264 * mm), width=frame.width, height=15 * mm)
    form.centred(number, area_mm(105, 258.5, 90, 5), size=9, bold=True)
    for caption, party, x in (("CONSIGNOR", shipment.shipper, 15), ("CONSIGNEE", shipment.consignee, 105)):
        box = area_mm(x, 205, 90, 50)
        form.box(box, caption)
        texts = [*figures.address(party), *figures.contact(party), *figures.tax_numbers(party, outside=True)]
        form.fill(texts, box, size=9, strong=1)
    for place, (caption, text) in enumerate(_facts(shipment)):
        box = area_mm(15 + 45 * (place % 4), 191 - 14 * (place // 4), 45, 14)
        form.box(box, caption)
        form.fill([text], box, size=8.5)
    filing = export_filing.legend(shipment)
    form.fill([CERTIFIED, filing and f"Export filing: {filing}"], area_mm(15, 163, 180, 11), size=7)


def _facts(shipment: PaperShipment) -> Sequence[tuple[str, str]]:
    day = shipment.invoice_date.isoformat() if shipment.invoice_date else "-"
    return (
        ("CARRIER AND SERVICE", figures.carrier_and_service(shipment)),
        ("INCOTERM", f"{shipment.incoterm} {shipment.consignee.city}"),
        ("DECLARED VALUE", f"{figures.money(shipment.goods_total, shipment.currency)} {shipment.currency}"),
        ("DATE", day),
        ("REFERENCE", shipment.reference),
        ("ORDER", shipment.reference_of("order") or "-"),
        ("PARCELS", str(len(shipment.parcels))),
        ("GROSS WEIGHT", f"{figures.kilograms(shipment.gross_weight_g)} kg"),
    )


def _rows(shipment: PaperShipment, group: list[tuple[int, Parcel]]) -> list[tuple[str, ...]]:
    rows = []
    for number, parcel in group:
        lines = shipment.in_parcel(parcel)
        contents = ", ".join(dict.fromkeys(line.description for line in lines if line.description)) or "-"
        rows.append(
            (
                f"{number} of {len(shipment.parcels)}",
                figures.kilograms(parcel.weight_g),
                figures.measures(parcel),
                contents,
            )
        )
    return rows
