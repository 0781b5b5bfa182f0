"""The label of a bag or pallet, 100 x 150 mm: SSCC as GS1-128, master air waybill as Code 128."""

from collections.abc import Sequence

from reportlab.lib.units import mm

from shipsmart.documents import barcodes, figures
from shipsmart.documents.forms.drawing import Form, area_mm
from shipsmart.documents.identifiers import BagLabel, IdentifierInvalid, is_air_waybill, is_sscc
from shipsmart.documents.typesetting import typesetter

SIZE = (100 * mm, 150 * mm)


def render_bag_labels(labels: Sequence[BagLabel]) -> tuple[bytes, int]:
    """Return PDF and page count, one label a page; raises IdentifierInvalid for wrong numbers or none at all."""
    if not labels:
        raise IdentifierInvalid("there is no bag to print a label for")
    texts = [text for label in labels for text in (label.consignor, label.destination)]
    form = Form(typesetter(labels[0].destination_country, texts), SIZE, f"Bags to {labels[0].destination}")
    for at, label in enumerate(labels):
        if not is_sscc(label.sscc):
            raise IdentifierInvalid(f"{label.sscc!r} is no SSCC of 18 digits with its check digit", number=label.sscc)
        if label.air_waybill and not is_air_waybill(label.air_waybill):
            raise IdentifierInvalid(f"{label.air_waybill!r} is no IATA air waybill number", number=label.air_waybill)
        if at:
            form.next_page()
        _page(form, label)
    return form.finish()


def _page(form: Form, label: BagLabel) -> None:
    sender, country = area_mm(3, 122, 62, 25), area_mm(65, 122, 32, 25)
    form.box(sender, "FROM")
    form.fill([label.consignor], sender, size=9, strong=1)
    form.box(country, "COUNTRY")
    form.centred(label.destination_country, area_mm(65, 124, 32, 18), size=40, bold=True)
    destination = area_mm(3, 100, 94, 22)
    form.box(destination, "TO")
    form.fill([label.destination, figures.country_name(label.destination_country)], destination, size=13, strong=1)
    facts = [
        (label.unit.upper(), f"{label.number} of {label.of}"),
        ("PARCELS", str(label.parcel_count)),
        ("GROSS WEIGHT", f"{figures.kilograms(label.gross_weight_g)} kg"),
    ]
    for place, (caption, text) in enumerate(facts):
        cell = area_mm(3 + 94 / 3 * place, 88, 94 / 3, 12)
        form.box(cell, caption)
        form.fill([text], cell, size=10, strong=1)
    _waybill(form, label)
    code = area_mm(3, 3, 94, 45)
    form.box(code, "SSCC")
    barcodes.gs1_128(form.canvas, label.sscc, at=(code.x, 13 * mm), width=code.width, height=28 * mm)
    form.centred(f"(00) {label.sscc}", area_mm(3, 4, 94, 7), size=12, bold=True)


def _waybill(form: Form, label: BagLabel) -> None:
    code = area_mm(3, 48, 94, 40)
    form.box(code, "MASTER AIR WAYBILL")
    if not label.air_waybill:
        form.centred("none", code, size=12)
        return
    barcodes.code128(
        form.canvas, label.air_waybill.replace("-", ""), at=(code.x, 58 * mm), width=code.width, height=22 * mm
    )
    form.centred(label.air_waybill, area_mm(3, 49, 94, 7), size=12, bold=True)
