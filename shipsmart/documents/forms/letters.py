"""One-page letters: the statement on origin for a preference, and the note for dangerous goods."""

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm

from shipsmart.core.errors import ShipSmartError
from shipsmart.documents import agreements, figures
from shipsmart.documents.forms.drawing import Form, area_mm
from shipsmart.documents.forms.table import Table
from shipsmart.documents.sheet_parts import printed_texts
from shipsmart.documents.snapshots import DangerousGoods, PaperLine, PaperShipment
from shipsmart.documents.typesetting import typesetter

TABLE_ROOM = 132


class NoOriginStatement(ShipSmartError):  # noqa: N818 - the name is part of the interface
    """No line claims a preference whose agreement allows a statement."""

    code = "no_origin_statement"


def render_origin_statement(shipment: PaperShipment) -> tuple[bytes, int]:
    """Return the statements on origin, one letter for each agreement claimed; raises NoOriginStatement."""
    claims = agreements.claims(shipment)
    if not claims:
        raise NoOriginStatement(f"{shipment.reference} claims no preference that a statement can prove")
    form = _form(shipment, "Statement on origin")
    for at, (agreement, lines) in enumerate(claims):
        if at:
            form.next_page()
        rows = [(line.description, figures.code_of(line), line.origin, str(line.quantity)) for line in lines]
        heads = (("Product", 100), ("HS code", 35), ("Origin", 20), ("Quantity", 25))
        texts = [agreement.name, *agreements.statement(agreement, shipment)]
        _letter(form, shipment, title="Statement on origin", texts=texts, heads=heads, rows=rows)
    return form.finish()


def render_dangerous_goods_note(shipment: PaperShipment) -> tuple[bytes, int]:
    """Return the note that goes with lithium batteries and other declared dangerous goods."""
    form = _form(shipment, "Dangerous goods note")
    rows = [_dangerous_row(line, line.dangerous_goods) for line in shipment.lines if line.dangerous_goods]
    heads = (("UN", 20), ("Proper name", 62), ("PI", 20), ("Goods", 48), ("Wh", 12), ("Count", 18))
    texts = [
        "The parcel holds the goods below. Handle it with care: it may catch fire when it is damaged. "
        "A damaged parcel must not be loaded until it has been inspected and, where needed, repacked."
    ]
    _letter(form, shipment, title="Dangerous goods note", texts=texts, heads=heads, rows=rows)
    return form.finish()


# UN Model Regulations, dangerous goods list.
PROPER_NAMES = {
    "3480": "Lithium ion batteries",
    "3481": "Lithium ion batteries contained in or packed with equipment",
    "3090": "Lithium metal batteries",
    "3091": "Lithium metal batteries contained in or packed with equipment",
    "1266": "Perfumery products",
    "1950": "Aerosols",
    "1057": "Lighters",
    "1263": "Paint",
    "1845": "Carbon dioxide, solid",
    "2800": "Batteries, wet, non-spillable",
}


def _dangerous_row(line: PaperLine, goods: DangerousGoods | None) -> tuple[str, ...]:
    if goods is None:
        return ("", "", "", line.description, "", "")
    number = goods.un.upper().replace(" ", "").removeprefix("UN")
    watt_hours = "-" if goods.watt_hours is None else format(goods.watt_hours.normalize(), "f")
    count = "-" if goods.count is None else str(goods.count)
    name = PROPER_NAMES.get(number, "-")
    return (f"UN {number}", name, goods.packing_instruction or "-", line.description, watt_hours, count)


def _form(shipment: PaperShipment, title: str) -> Form:
    return Form(typesetter(shipment.consignee.country, printed_texts(shipment)), A4, f"{title} {shipment.reference}")


def _letter(
    form: Form,
    shipment: PaperShipment,
    *,
    title: str,
    texts: list[str],
    heads: tuple[tuple[str, float], ...],
    rows: list[tuple[str, ...]],
) -> None:  # noqa: E501, PLR0913
    table = Table(heads, room=TABLE_ROOM, size=7.5, head_size=7)
    sheets = table.sheets(form.setter, rows)
    for sheet, group in enumerate(sheets, start=1):
        if sheet > 1:
            form.next_page()
        form.write(title, at=(15 * mm, 278 * mm), size=16, bold=True)
        form.write(f"Page {sheet} of {len(sheets)}", at=(165 * mm, 278 * mm), size=8)
        _parties(form, shipment)
        form.fill(texts, area_mm(15, 174, 180, 46), size=9.5, caption=False)
        table.draw(form, group, x=15, top=173)
        _signed(form, shipment)


def _parties(form: Form, shipment: PaperShipment) -> None:
    for caption, party, x in (("EXPORTER", shipment.sold_by, 15), ("CONSIGNEE", shipment.consignee, 105)):
        box = area_mm(x, 232, 90, 40)
        form.box(box, caption)
        texts = [*figures.address(party), *figures.contact(party), *figures.tax_numbers(party, outside=True)]
        form.fill(texts, box, size=8.5, strong=1)
    facts = (
        f"Shipment {shipment.reference}   Invoice {shipment.invoice_number or '-'}   Waybill {shipment.waybill or '-'}"
    )
    form.fill([facts], area_mm(15, 222, 180, 8), size=8.5, caption=False)


def _signed(form: Form, shipment: PaperShipment) -> None:
    day = shipment.invoice_date.isoformat() if shipment.invoice_date else "-"
    place = area_mm(15, 12, 90, 20)
    form.box(place, "PLACE AND DATE")
    form.fill([f"{shipment.shipper.city}, {day}"], place, size=9)
    name = area_mm(105, 12, 90, 20)
    form.box(name, "NAME AND SIGNATURE")
    form.fill([", ".join(text for text in (shipment.shipper.name, shipment.shipper.company) if text)], name, size=9)
