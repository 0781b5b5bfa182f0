"""Our own parcel label, 100 x 150 mm, for carriers that print none: one page per parcel.

It shows no value, no tax number and no IOSS number: it is read by everybody who sees the parcel.
"""

from reportlab.lib.units import mm

from shipsmart.documents import barcodes, figures
from shipsmart.documents.forms.drawing import Form, area_mm
from shipsmart.documents.sheet_parts import printed_texts
from shipsmart.documents.snapshots import PaperShipment, Parcel
from shipsmart.documents.typesetting import typesetter

SIZE = (100 * mm, 150 * mm)


def render(shipment: PaperShipment) -> tuple[bytes, int]:
    """Return PDF and page count of the labels of all parcels."""
    form = Form(typesetter(shipment.consignee.country, printed_texts(shipment)), SIZE, f"Label {shipment.reference}")
    for number, parcel in enumerate(shipment.parcels, start=1):
        if number > 1:
            form.next_page()
        _page(form, shipment, parcel, number)
    return form.finish()


def _page(form: Form, shipment: PaperShipment, parcel: Parcel, number: int) -> None:
    _sender(form, shipment)
    addressee = area_mm(3, 76, 94, 40)
    form.box(addressee, "TO")
    form.fill(
        [*figures.address(shipment.consignee), *figures.contact(shipment.consignee)[:1]], addressee, size=12, strong=1
    )
    facts = [
        ("SERVICE", figures.service_name(shipment) or figures.carrier_name(shipment) or "-"),
        ("PARCEL", f"{number} of {len(shipment.parcels)}"),
        ("WEIGHT", f"{figures.kilograms(parcel.weight_g)} kg"),
        ("DUTIES", "PREPAID (DDP)" if shipment.incoterm == "DDP" else f"RECEIVER ({shipment.incoterm})"),
    ]
    for place, (caption, text) in enumerate(facts):
        cell = area_mm(3 + 23.5 * place, 66, 23.5, 10)
        form.box(cell, caption)
        form.fill([text], cell, size=8, strong=1)
    _codes(form, shipment)


def _sender(form: Form, shipment: PaperShipment) -> None:
    sender = area_mm(3, 116, 62, 31)
    form.box(sender, "FROM")
    form.fill([*figures.address(shipment.shipper), *figures.contact(shipment.shipper)[:1]], sender, size=7, strong=1)
    country = area_mm(65, 116, 32, 31)
    form.box(country, "DESTINATION")
    form.centred(shipment.consignee.country, area_mm(65, 120, 32, 20), size=44, bold=True)


def _codes(form: Form, shipment: PaperShipment) -> None:
    """Draw the number as Code 128 over its digits, and as QR beside the reference."""
    number = shipment.waybill or shipment.reference
    codes = area_mm(3, 26, 94, 40)
    form.box(codes, "WAYBILL" if shipment.waybill else "SHIPMENT")
    if barcodes.encodable(number):
        barcodes.code128(form.canvas, number, at=(codes.x, 35 * mm), width=codes.width, height=25 * mm)
    form.centred(number, area_mm(3, 27, 94, 6), size=12, bold=True)
    foot = area_mm(3, 3, 94, 23)
    form.box(foot, "REFERENCE")
    barcodes.qr(form.canvas, number, at=(75 * mm, 3.8 * mm), side=21 * mm)
    order = shipment.reference_of("order")
    texts = [f"Shipment {shipment.reference}", f"Order {order}" if order else ""]
    form.fill(texts, area_mm(3, 9, 70, 17), size=8)
    form.write(number, at=(5 * mm, 5 * mm), size=7)
