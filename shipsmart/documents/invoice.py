"""The commercial invoice (and the return invoice): what stands on its sheets, and where.

By destination: 19 CFR 141.86 for the United States (buyer and seller, currency, every charge apart, origin), EORI and
VAT ids for the EU and the United Kingdom, CNPJ or CPF, national code and NF-e key for Brazil; `particulars` for Canada
and Australia.
"""

from decimal import Decimal
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from shipsmart.documents import export_filing, figures, labels
from shipsmart.documents.html_engine import render_sheets
from shipsmart.documents.particulars import particulars
from shipsmart.documents.references import KINDS
from shipsmart.documents.sheet_parts import SIZE, WIDTH, Parts, printed_texts, rows_height
from shipsmart.documents.sheets import LEADING, divide, room, row_height
from shipsmart.documents.snapshots import PaperLine, PaperShipment
from shipsmart.documents.typesetting import typesetter

# Share of the sheet's width for each column, in percent.
COLUMNS = {
    "description": 35,
    "hs_code": 13,
    "origin": 9,
    "quantity": 8,
    "unit_price": 12,
    "line_total": 13,
    "net_kg": 10,
}
REFERENCE_NAMES = {
    "order": "Order",
    "outbound": "Outbound shipment",
    "outbound_invoice": "Outbound invoice",
    "port_of_entry": "Port of entry",
} | {kind.key: kind.name for kind in KINDS}
TABLE_HEAD = 28.0
NEXT_HEAD = 36.0


def render(shipment: PaperShipment, *, kind: str) -> tuple[bytes, int]:
    """Return PDF and page count of `commercial_invoice` or `return_invoice`; the same shipment gives the same bytes."""
    parts = Parts(shipment, typesetter(shipment.consignee.country, printed_texts(shipment)))
    rows = [_row(parts, number, line) for number, line in enumerate(shipment.lines, start=1)]
    fixed = _fixed(parts, kind)
    heights = [row["height"] for row in rows]

    def compose(share: float) -> tuple[SafeString, int]:
        space = room(
            head=fixed["height"],
            next_head=NEXT_HEAD,
            table_head=TABLE_HEAD,
            closing=fixed["closing_height"],
            share=share,
        )
        planned = divide(heights, space)
        context = fixed | {"sheets": _sheets(shipment, rows, planned), "page_count": len(planned)}
        return SafeString(render_to_string("documents/commercial_invoice.html", context)), len(planned)

    return render_sheets(compose, title=kind)


def _row(parts: Parts, number: int, line: PaperLine) -> dict[str, Any]:
    currency = parts.shipment.currency
    texts = {
        "hs_code": figures.code_of(line),
        "origin": line.origin,
        "quantity": str(line.quantity),
        "unit_price": "-" if line.unit_price is None else figures.money(line.unit_price, currency),
        "line_total": figures.money(parts.shipment.line_total(line), currency),
        "net_kg": figures.kilograms(None if line.net_weight_g is None else line.total_net_weight_g),
    }
    cells = {key: parts.cell(text, WIDTH * COLUMNS[key] / 100) for key, text in texts.items()}
    pieces = [parts.cell(text, WIDTH * COLUMNS["description"] / 100) for text in _description(number, line)]
    cells["description"] = (SafeString("<br/>".join(text for text, _ in pieces)), sum(count for _, count in pieces))
    row: dict[str, Any] = {key: markup for key, (markup, _) in cells.items()}
    return row | {"height": row_height(max(count for _, count in cells.values()))}


def _description(number: int, line: PaperLine) -> list[str]:
    goods = line.dangerous_goods
    marks = [f"SKU {line.sku}" if line.sku else "", f"Preference {line.preference}" if line.preference else ""]
    if goods:
        marks.append(
            " ".join(
                part for part in (goods.un, goods.packing_instruction and f"PI {goods.packing_instruction}") if part
            )
        )
    extra = ", ".join([f"No. {number}", *(mark for mark in marks if mark)])
    return [text for text in (line.description or "-", extra) if text]


def _fixed(parts: Parts, kind: str) -> dict[str, Any]:
    """Return what does not depend on the rows: title, parties, facts, closing block and their heights."""
    shipment = parts.shipment
    parties = _parties(parts)
    facts = parts.facts(_facts(shipment), columns=4, stacked=2)
    totals = _totals(shipment)
    prepaid = _prepaid(parts)
    declaration = "return_declaration" if kind == "return_invoice" else "declaration"
    return {
        "kind": kind,
        "shipment": shipment,
        "title": labels.english(kind),
        "local_title": labels.local(kind, parts.country),
        "number": parts.setter.markup([shipment.invoice_number]),
        "date": shipment.invoice_date.isoformat() if shipment.invoice_date else "",
        "label": {
            key: parts.label(key) for key in ("number", "date", "page", "carried_over", "carry_forward", "signature")
        },
        "head": {key: parts.head(key, WIDTH * share / 100) for key, share in COLUMNS.items()},
        "widths": COLUMNS,
        "parties": parties,
        "facts": facts,
        "totals": [(parts.label(key), text, key == "total") for key, text in totals],
        "prepaid": prepaid,
        "declaration": [labels.english(declaration), labels.local(declaration, parts.country)],
        "signed": parts.facts(_signed(shipment), columns=2)[0],
        "height": 48 + rows_height(parties) + rows_height(facts) + 14,
        "closing_height": max(len(totals) * LEADING, prepaid["height"]) + 96,
    }


def _parties(parts: Parts) -> list[list[Any]]:
    shipment = parts.shipment
    outside = not figures.needs_ioss(shipment)  # the number is a secret that no other customs office asks for
    blocks = [
        parts.party("exporter", shipment.sold_by, outside=outside),
        parts.party("consignee", shipment.consignee, outside=outside),
    ]
    if shipment.seller and shipment.seller != shipment.shipper:
        blocks.append(parts.party("shipper", shipment.shipper, outside=outside))
    if shipment.importer and shipment.importer != shipment.consignee:
        blocks.append(parts.party("importer", shipment.importer, outside=outside))
    else:
        blocks.append(parts.block("importer", [labels.english("same_as_consignee")], width=WIDTH / 2))
    references = [f"{REFERENCE_NAMES.get(key, key)} {text}" for key, text in shipment.references]
    filing = export_filing.legend(shipment)
    texts = [f"Shipment {shipment.reference}", *references, filing and f"Export filing: {filing}"]
    blocks.append(parts.block("references", texts, width=WIDTH / 2))
    wanted = particulars(shipment)
    if wanted:
        blocks.append(parts.block("particulars", wanted, width=WIDTH / 2))
    if len(blocks) % 2:
        blocks.append(parts.block("contents", [_contents(shipment)], width=WIDTH / 2))
    return [blocks[start : start + 2] for start in range(0, len(blocks), 2)]


def _contents(shipment: PaperShipment) -> str:
    pieces = sum(line.quantity for line in shipment.lines)
    lines = len(shipment.lines)
    return f"{lines} {'line' if lines == 1 else 'lines'}, {pieces} {'piece' if pieces == 1 else 'pieces'}"


def _facts(shipment: PaperShipment) -> list[tuple[str, str]]:
    place = shipment.consignee if shipment.incoterm.startswith(("C", "D")) else shipment.shipper
    reason = labels.english(shipment.export_reason)
    return [
        ("terms", f"{shipment.incoterm} {place.city}, {figures.country_name(place.country)}"),
        ("reason", reason),
        ("currency", shipment.currency),
        (
            "route",
            f"{figures.country_name(shipment.shipper.country)} / {figures.country_name(shipment.consignee.country)}",
        ),
        ("carrier", figures.carrier_and_service(shipment)),
        ("waybill", shipment.waybill or "-"),
        ("parcels", str(len(shipment.parcels))),
        ("weights", f"{figures.kilograms(shipment.gross_weight_g)} kg / {figures.kilograms(shipment.net_weight_g)} kg"),
    ]


def _totals(shipment: PaperShipment) -> list[tuple[str, str]]:
    currency = shipment.currency
    charges = [
        ("goods", shipment.goods_total),
        ("discount", -shipment.discount),
        ("freight", shipment.freight),
        ("insurance", shipment.insurance),
        ("other_charges", shipment.other_charges),
        ("total", shipment.total),
    ]
    return [(key, f"{_signed_money(amount, currency)} {currency}") for key, amount in charges]


def _signed_money(amount: Decimal, currency: str) -> str:
    text = figures.money(abs(amount), currency)
    return f"-{text}" if amount < 0 else text


def _prepaid(parts: Parts) -> dict[str, Any]:
    """Return what the shopper paid ahead, or nothing to print when nothing was collected."""
    collected = parts.shipment.collected
    if collected is None:
        return {"rows": [], "label": "", "height": 0}
    amounts = [(key, getattr(collected, key)) for key in ("duty", "import_tax", "fees")]
    rows = [
        (parts.label(key), f"{figures.money(amount, collected.currency)} {collected.currency}")
        for key, amount in amounts
    ]
    if collected.scheme:
        rows.append((parts.label("scheme"), parts.setter.markup([collected.scheme])))
    label, count = parts.wrapped_label("prepaid", WIDTH * 0.49, SIZE, bold=True)
    return {"rows": rows, "label": label, "height": LEADING * (len(rows) + count + 1)}


def _signed(shipment: PaperShipment) -> list[tuple[str, str]]:
    day = shipment.invoice_date.isoformat() if shipment.invoice_date else ""
    who = ", ".join(part for part in (shipment.shipper.name, shipment.shipper.company) if part)
    return [("place_and_date", f"{shipment.shipper.city}, {day}"), ("signed_name", who)]


def _sheets(shipment: PaperShipment, rows: list[dict[str, Any]], planned: list[range]) -> list[dict[str, Any]]:
    """Return the sheets with their rows, and the sub-total that enters and leaves each."""
    sheets: list[dict[str, Any]] = []
    running = Decimal(0)
    for number, numbers in enumerate(planned, start=1):
        carried = figures.money(running, shipment.currency)
        running += sum((shipment.line_total(shipment.lines[index]) for index in numbers), Decimal(0))
        sheets.append(
            {
                "number": number,
                "first": number == 1,
                "last": number == len(planned),
                "rows": [rows[index] for index in numbers],
                "carried_over": carried,
                "carry_forward": figures.money(running, shipment.currency),
            }
        )
    return sheets
