"""Invoices, tracking and returns as VTEX wants to hear of them. Pure: no network, no database."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from integrations.storefronts.vtex.codes import COURIERS
from integrations.storefronts.vtex.order_mapping import amount, line_total, parcels
from shipsmart.ports import CarrierEvent, IntegrationError, Milestone, StoreFulfilment, title_of

Node = Mapping[str, Any]
# Steps that mean nothing to a shopper.
SILENT = frozenset({Milestone.UNKNOWN, Milestone.EXPIRED, Milestone.CANCELLED})


def invoice_number(waybill: str) -> str:
    """Return the invoice's number: the waybill's own, so that a repeated call is known again. Blanks break VTEX."""
    return "SS-" + "".join(waybill.split())


def fulfilment_id(order_id: str, number: str) -> str:
    return f"{order_id}|{number}"


def parted(fulfilment: str) -> tuple[str, str]:
    """Return order and invoice number. Raises IntegrationError for an id that is none of ours."""
    order_id, bar, number = fulfilment.partition("|")
    if not bar:
        raise IntegrationError(f"{fulfilment!r} names no invoice of VTEX", permanent=True, code="no_such_fulfilment")
    return order_id, number


def told_before(node: Node, waybill: str) -> str:
    """Return the number of the invoice that carries this waybill, "" when there is none."""
    number = invoice_number(waybill)
    fitting = (p for p in parcels(node) if p.get("trackingNumber") == waybill or p["invoiceNumber"] == number)
    return next((str(package["invoiceNumber"]) for package in fitting), "")


def output_invoice(node: Node, fulfilment: StoreFulfilment, *, at: datetime) -> dict[str, Any]:
    """Return the invoice of one parcel, its value in cents.

    The parcel that completes the order takes all that was not invoiced before, freight and taxes included: VTEX calls
    an order invoiced when its invoices add up to what was paid. Raises IntegrationError for a line the order lacks.
    """
    items = {str(item.get("uniqueId") or item["id"]): item for item in node["items"]}
    unknown = set(fulfilment.lines) - set(items)
    if unknown:
        raise IntegrationError(
            f"order {node['orderId']} has no line {', '.join(sorted(unknown))} any more; look at it in VTEX",
            permanent=True,
            code="not_fulfillable",
        )
    rows = [_row(items[line], quantity) for line, quantity in fulfilment.lines.items() if quantity]
    return {
        "type": "Output",
        "issuanceDate": at.astimezone(UTC).isoformat(),
        "invoiceNumber": invoice_number(fulfilment.waybill),
        "invoiceValue": str(_value(node, items, fulfilment)),
        "courier": COURIERS.get(fulfilment.carrier) or title_of(fulfilment.carrier),
        "trackingNumber": fulfilment.waybill,
        "trackingUrl": fulfilment.tracking_url or None,
        "dispatchedDate": at.astimezone(UTC).isoformat(),
        "items": rows,
    }


def _row(item: Node, quantity: int) -> dict[str, Any]:
    each = line_total(item) * 100 / int(item["quantity"])
    return {"id": str(item["id"]), "price": int(each), "quantity": quantity}


def _value(node: Node, items: Mapping[str, Node], fulfilment: StoreFulfilment) -> int:
    before = sum(int(package.get("invoiceValue") or 0) for package in parcels(node))
    if _completes(node, items, fulfilment):
        return int(node["value"]) - before
    cents = Decimal(0)
    for line, quantity in fulfilment.lines.items():
        item = items[line]
        cents += (line_total(item) * 100 * quantity / int(item["quantity"])).quantize(Decimal(1))
    return min(int(cents), int(node["value"]) - before)


def _completes(node: Node, items: Mapping[str, Node], fulfilment: StoreFulfilment) -> bool:
    left = {index: int(item["quantity"]) for index, item in enumerate(node["items"])}
    for package in parcels(node):
        for row in package["items"]:
            left[int(row["itemIndex"])] = left.get(int(row["itemIndex"]), 0) - int(row["quantity"])
    for index, line in enumerate(items):
        left[index] -= fulfilment.lines.get(line, 0)
    return all(units <= 0 for units in left.values())


def journey(package: Node, event: CarrierEvent) -> dict[str, Any] | None:
    """Return the whole journey with one more step; None when it is there already or means nothing to a shopper."""
    if event.milestone in SILENT:
        return None
    status = package.get("courierStatus") or {}
    known = [{key: str(row.get(key) or "") for key in ("city", "state", "description", "date")} | {
        "date": str(row.get("date") or row.get("lastChange") or "")} for row in status.get("data") or ()]  # fmt: skip
    step = {
        "city": event.place,
        "state": event.country,
        "description": event.text or str(event.milestone).replace("_", " "),
        "date": event.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    if any((row["date"], row["description"]) == (step["date"], step["description"]) for row in known):
        return None
    delivered = bool(status.get("finished")) or event.milestone == Milestone.DELIVERED
    at = event.at.astimezone(UTC).strftime("%Y-%m-%d %H:%M")
    return {
        "isDelivered": delivered,
        "deliveredDate": at if event.milestone == Milestone.DELIVERED else status.get("deliveredDate"),
        "events": [*known, step],
    }


def input_invoice(
    node: Node, *, number: str, lines: Mapping[str, int], refund: Decimal, at: datetime
) -> dict[str, Any]:
    """Return the invoice of a return. VTEX refunds its value to the shopper by itself.

    Raises IntegrationError when the order is not fully invoiced yet (VTEX then refunds nothing) or too much is asked.
    """
    sent = sum((amount(package.get("invoiceValue")) for package in parcels(node)), Decimal(0))
    if sent < amount(node["value"]):
        raise IntegrationError(
            f"order {node['orderId']} is not fully invoiced: VTEX refunds only after that", permanent=True,
            code="not_invoiced",
        )  # fmt: skip
    if not 0 < refund <= sent:
        raise IntegrationError(f"a refund of {refund} of {sent} is not possible", permanent=True, code="bad_refund")
    items = {str(item.get("uniqueId") or item["id"]): item for item in node["items"]}
    return {
        "type": "Input",
        "issuanceDate": at.astimezone(UTC).isoformat(),
        "invoiceNumber": number,
        "invoiceValue": str(int(refund * 100)),
        "items": [_row(items[line], quantity) for line, quantity in lines.items() if quantity],
    }


def refunded(node: Node) -> Sequence[Node]:
    """Return the returns that are invoiced already: their money went back without us."""
    packages = (node.get("packageAttachment") or {}).get("packages") or ()
    return [package for package in packages if package.get("type") == "Input"]
