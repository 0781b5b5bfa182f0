"""Manifest and master air waybill of a consignment, and the labels of its bags and pallets.

The air waybill holds what IATA Resolution 600a asks of a consolidation, in our own drawing: the airline issues its own
on its form or as data; charges are agreed with it and stand on neither.
"""

from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm

from shipsmart.documents import barcodes, figures
from shipsmart.documents.consignments import Bag, Consignment
from shipsmart.documents.forms.bag_label import render_bag_labels
from shipsmart.documents.forms.drawing import Form, area_mm
from shipsmart.documents.forms.table import Table
from shipsmart.documents.identifiers import BagLabel
from shipsmart.documents.sheet_parts import texts_of
from shipsmart.documents.typesetting import typesetter

MANIFEST = Table(
    (("NO.", 10), ("WAYBILL", 40), ("CONSIGNEE", 58), ("CONTENTS", 78), ("PCS", 10), ("KG", 18), ("VALUE", 26),
     ("BAG / PALLET (SSCC)", 37)),
    room=128, least=6, size=7,
)  # fmt: skip
UNITS = Table((("UNIT", 20), ("SSCC", 60), ("PARCELS", 40), ("GROSS KG", 60)), room=62, least=6, size=8)
CONSOLIDATION = "Consolidation as per attached manifest"


def render_manifest(consignment: Consignment) -> tuple[bytes, int]:
    """Return the manifest (A4 across) and its number of pages: every parcel, sums of pieces, weight and value."""
    form = _form(consignment, landscape(A4), "Manifest")
    numbered = enumerate(((bag, parcel) for bag in consignment.bags for parcel in bag.parcels), start=1)
    rows = [
        (
            str(number),
            parcel.waybill,
            f"{parcel.consignee}, {parcel.city} ({parcel.country})",
            parcel.contents,
            str(parcel.pieces),
            figures.kilograms(parcel.weight_g),
            f"{figures.money(parcel.value, parcel.currency)} {parcel.currency}",
            bag.sscc,
        )
        for number, (bag, parcel) in numbered
    ]
    sheets = MANIFEST.sheets(form.setter, rows)
    for sheet, group in enumerate(sheets, start=1):
        if sheet > 1:
            form.next_page()
        _manifest_head(form, consignment, f"{sheet} of {len(sheets)}")
        MANIFEST.draw(form, group, x=10, top=155)
        if sheet == len(sheets):
            form.fill([_sums(consignment)], area_mm(10, 8, 277, 10), size=8.5, strong=1, caption=False)
    return form.finish()


def render_air_waybill(consignment: Consignment) -> tuple[bytes, int]:
    """Return the master air waybill (A4), its number as Code 128; more sheets when the units need them."""
    form = _form(consignment, A4, "Air waybill")
    rows = [
        (bag.unit, bag.sscc, str(len(bag.parcels)), figures.kilograms(bag.gross_weight_g)) for bag in consignment.bags
    ]
    sheets = UNITS.sheets(form.setter, rows)
    for sheet, group in enumerate(sheets, start=1):
        if sheet > 1:
            form.next_page()
        _air_waybill_head(form, consignment, f"{sheet} of {len(sheets)}")
        UNITS.draw(form, group, x=15, top=107)
        _air_waybill_foot(form, consignment)
    return form.finish()


def render_labels(consignment: Consignment) -> tuple[bytes, int]:
    """Return a label (100 x 150 mm) for each bag and pallet."""
    return render_bag_labels([_label(consignment, number, bag) for number, bag in enumerate(consignment.bags, start=1)])


def _label(consignment: Consignment, number: int, bag: Bag) -> BagLabel:
    to = consignment.consignee
    return BagLabel(
        sscc=bag.sscc,
        consignor=consignment.consignor.company or consignment.consignor.name,
        destination=", ".join(text for text in (to.company or to.name, to.city, consignment.destination) if text),
        destination_country=to.country,
        parcel_count=len(bag.parcels),
        gross_weight_g=bag.gross_weight_g,
        air_waybill=consignment.air_waybill,
        number=number,
        of=len(consignment.bags),
        unit=bag.unit,
    )


def _form(consignment: Consignment, size: tuple[float, float], title: str) -> Form:
    setter = typesetter(consignment.consignee.country, texts_of(consignment))
    return Form(setter, size, f"{title} {consignment.reference}")


def _number(consignment: Consignment) -> str:
    digits = consignment.air_waybill.replace("-", "").replace(" ", "")
    return f"{digits[:3]}-{digits[3:]}"


def _sums(consignment: Consignment) -> str:
    parcels = consignment.parcels
    values = ", ".join(f"{figures.money(value, currency)} {currency}" for currency, value in consignment.values.items())
    weight = figures.kilograms(sum(parcel.weight_g for parcel in parcels))
    pieces = sum(parcel.pieces for parcel in parcels)
    units = len(consignment.bags)
    return f"Total: {len(parcels)} parcels, {pieces} pieces, {weight} kg, {values}, {units} bags and pallets"


def _manifest_head(form: Form, consignment: Consignment, page: str) -> None:
    form.write("Manifest", at=(10 * mm, 196 * mm), size=16, bold=True)
    form.write(f"Page {page}", at=(10 * mm, 190 * mm), size=8)
    frame = area_mm(197, 180, 90, 24)
    form.box(frame, "MASTER AIR WAYBILL")
    barcodes.code128(
        form.canvas, _number(consignment).replace("-", ""), at=(frame.x, 186.5 * mm), width=frame.width, height=11 * mm
    )
    form.centred(_number(consignment), area_mm(197, 181, 90, 5), size=10, bold=True)
    for caption, party, x in (("CONSIGNOR", consignment.consignor, 10), ("CONSIGNEE", consignment.consignee, 80)):
        box = area_mm(x, 157, 70, 30)
        form.box(box, caption)
        form.fill([*figures.address(party), *figures.tax_numbers(party, outside=True)], box, size=7.5, strong=1)
    facts = area_mm(150, 157, 137, 23)
    form.box(facts, "REFERENCE, FLIGHT AND DATE")
    day = consignment.day.isoformat() if consignment.day else "-"
    route = f"{consignment.departure} - {consignment.destination}   {consignment.flight or '-'}   {day}"
    form.fill([consignment.reference, route, _sums(consignment)], facts, size=8, strong=1)


def _air_waybill_head(form: Form, consignment: Consignment, page: str) -> None:
    form.write("Master air waybill", at=(15 * mm, 279 * mm), size=16, bold=True)
    form.write(f"Not negotiable   Page {page}", at=(15 * mm, 273 * mm), size=8)
    frame = area_mm(105, 262, 90, 26)
    form.box(frame, "NUMBER")
    digits = _number(consignment).replace("-", "")
    barcodes.code128(form.canvas, digits, at=(frame.x, 269 * mm), width=frame.width, height=13 * mm)
    form.centred(_number(consignment), area_mm(105, 262.5, 90, 6), size=12, bold=True)
    for caption, party, x in (("SHIPPER", consignment.consignor, 15), ("CONSIGNEE", consignment.consignee, 105)):
        box = area_mm(x, 214, 90, 46)
        form.box(box, caption)
        texts = [*figures.address(party), *figures.contact(party), *figures.tax_numbers(party, outside=True)]
        form.fill(texts, box, size=9, strong=1)
    day = consignment.day.isoformat() if consignment.day else "-"
    facts = (
        ("ISSUING CARRIER'S AGENT", consignment.agent or "-"), ("AIRPORT OF DEPARTURE", consignment.departure),
        ("AIRPORT OF DESTINATION", consignment.destination), ("FLIGHT AND DATE", f"{consignment.flight or '-'}  {day}"),
        ("NO. OF PIECES", str(len(consignment.bags))),
        ("GROSS WEIGHT", f"{figures.kilograms(consignment.gross_weight_g)} kg"),
        ("CHARGES", "As agreed"), ("DECLARED VALUE FOR CARRIAGE", "NVD"),
    )  # fmt: skip
    for place, (caption, text) in enumerate(facts):
        box = area_mm(15 + 45 * (place % 4), 196 - 16 * (place // 4), 45, 16)
        form.box(box, caption)
        form.fill([text], box, size=9, strong=1)
    nature = area_mm(15, 112, 180, 66)
    form.box(nature, "NATURE AND QUANTITY OF GOODS")
    form.fill([CONSOLIDATION, f"Reference {consignment.reference}", _sums(consignment)], nature, size=10, strong=1)


def _air_waybill_foot(form: Form, consignment: Consignment) -> None:
    for x, caption in ((15, "SIGNATURE OF SHIPPER OR HIS AGENT"), (105, "EXECUTED ON, AT, SIGNATURE OF CARRIER")):
        form.box(area_mm(x, 12, 90, 22), caption)
    form.fill([consignment.consignor.company or consignment.consignor.name], area_mm(15, 12, 90, 22), size=9)
