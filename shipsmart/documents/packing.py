"""The packing list: what lies in which parcel, with weights and measures. It carries no price and no IOSS number."""

from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from shipsmart.documents import figures, labels
from shipsmart.documents.html_engine import render_sheets
from shipsmart.documents.sheet_parts import WIDTH, Parts, printed_texts, rows_height
from shipsmart.documents.sheets import divide, room, row_height
from shipsmart.documents.snapshots import PaperLine, PaperShipment, Parcel
from shipsmart.documents.typesetting import typesetter

COLUMNS = {"sku": 20, "description": 37, "hs_code": 14, "origin": 9, "quantity": 8, "net_kg": 12}
TABLE_HEAD = 28.0
NEXT_HEAD = 36.0


def render(shipment: PaperShipment) -> tuple[bytes, int]:
    """Return PDF and page count of the packing list."""
    parts = Parts(shipment, typesetter(shipment.consignee.country, printed_texts(shipment)))
    rows: list[dict[str, Any]] = []
    for number, parcel in enumerate(shipment.parcels, start=1):
        rows.append(_parcel_row(parts, number, parcel))
        rows += [_line_row(parts, line) for line in shipment.in_parcel(parcel)]
    fixed = _fixed(parts)

    def compose(share: float) -> tuple[SafeString, int]:
        space = room(head=fixed["height"], next_head=NEXT_HEAD, table_head=TABLE_HEAD, closing=10, share=share)
        planned = divide([row["height"] for row in rows], space)
        sheets = [{"number": at, "rows": [rows[index] for index in numbers]} for at, numbers in enumerate(planned, 1)]
        context = fixed | {"sheets": sheets, "page_count": len(planned)}
        return SafeString(render_to_string("documents/packing_list.html", context)), len(planned)

    return render_sheets(compose, title="packing_list")


def _fixed(parts: Parts) -> dict[str, Any]:
    """Return what does not depend on the rows."""
    roles = (("shipper", parts.shipment.shipper), ("consignee", parts.shipment.consignee))
    parties = [[parts.party(role, party, outside=True) for role, party in roles]]
    facts = parts.facts(_facts(parts.shipment), columns=4)
    return {
        "title": labels.english("packing_list"),
        "local_title": labels.local("packing_list", parts.country),
        "reference": parts.setter.markup([parts.shipment.reference]),
        "label": {key: parts.label(key) for key in ("references", "page")},
        "head": {key: parts.head(key, WIDTH * share / 100) for key, share in COLUMNS.items() if key != "sku"},
        "widths": COLUMNS,
        "parties": parties,
        "facts": facts,
        "height": 54 + rows_height(parties) + rows_height(facts),
    }


def _parcel_row(parts: Parts, number: int, parcel: Parcel) -> dict[str, Any]:
    net_weight_g = sum(line.total_net_weight_g for line in parts.shipment.in_parcel(parcel))
    text = (
        f"{labels.english('parcel')} {number} of {len(parts.shipment.parcels)} ({parcel.id}): "
        f"{figures.measures(parcel)}, "
        f"gross {figures.kilograms(parcel.weight_g)} kg, net {figures.kilograms(net_weight_g)} kg"
    )
    markup, count = parts.cell(text, WIDTH)
    return {"parcel": markup, "height": row_height(count)}


def _line_row(parts: Parts, line: PaperLine) -> dict[str, Any]:
    texts = {
        "sku": line.sku or "-",
        "description": line.description or "-",
        "hs_code": figures.code_of(line),
        "origin": line.origin,
        "quantity": str(line.quantity),
        "net_kg": figures.kilograms(None if line.net_weight_g is None else line.total_net_weight_g),
    }
    cells = {key: parts.cell(text, WIDTH * COLUMNS[key] / 100) for key, text in texts.items()}
    row: dict[str, Any] = {key: markup for key, (markup, _) in cells.items()}
    return row | {"height": row_height(max(count for _, count in cells.values()))}


def _facts(shipment: PaperShipment) -> list[tuple[str, str]]:
    return [
        ("carrier", figures.carrier_and_service(shipment)),
        ("waybill", shipment.waybill or "-"),
        ("parcels", str(len(shipment.parcels))),
        ("weights", f"{figures.kilograms(shipment.gross_weight_g)} kg / {figures.kilograms(shipment.net_weight_g)} kg"),
    ]
