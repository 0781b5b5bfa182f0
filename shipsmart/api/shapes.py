"""Rows as the API shows them: plain JSON values, amounts as text in the currency's minor units, moments in UTC."""

from dataclasses import asdict
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from shipsmart.api.orders import public_id
from shipsmart.core.money import minor_unit
from shipsmart.orders.models import Order, OrderEvent, OrderLine
from shipsmart.shipments.models import Parcel, Shipment, ShipmentLine
from shipsmart.tracking.models import TrackingEvent


def amount(value: Decimal | None, currency: str) -> str | None:
    """Return an amount as text: in minor units of its currency, with more decimals only where it really has them."""
    if value is None:
        return None
    rounded = value.quantize(minor_unit(currency)) if currency else value.normalize()
    return f"{rounded if rounded == value else value.normalize():f}"


def moment(value: datetime | None) -> str | None:
    return value.astimezone(UTC).isoformat() if value else None


def order_summary(order: Order) -> dict[str, Any]:
    """Return an order without its parts, with the waybills of its shipments."""
    return {
        "id": public_id(order),
        "number": order.number,
        "channel": order.channel,
        "state": order.state,
        "reason": order.reason,
        "placed_at": moment(order.placed_at),
        "cancelled_at": moment(order.cancelled_at),
        "country": order.country,
        "currency": order.currency,
        "incoterm": order.incoterm,
        "paid": order.paid,
        "total_paid": amount(order.total_paid, order.currency),
        "shipping": {
            "code": order.shipping_code,
            "title": order.shipping_title,
            "paid": amount(order.shipping_paid, order.currency),
        },
        "quote_id": order.quote.quote_id if order.quote else None,
        "quote_ids": [quote.quote_id for quote in order.quotes],
        "waybills": [shipment.waybill for shipment in order.shipments.all() if shipment.waybill],
    }


def order_detail(order: Order) -> dict[str, Any]:
    """Return an order with lines, shipments, tracking events and its own timeline."""
    return order_summary(order) | {
        "ship_to": asdict(order.consignee),
        "collected": order.collected,
        "lines": [_line(line, order.currency) for line in order.lines.all()],
        "shipments": [_shipment(shipment) for shipment in order.shipments.all()],
        "events": [_event(event) for event in order.events.all()],
    }


def _line(line: OrderLine, currency: str) -> dict[str, Any]:
    return {
        "sku": line.sku,
        "title": line.title,
        "description": line.description,
        "quantity": line.quantity,
        "unit_price": amount(line.unit_price, currency),
        "discount": amount(line.discount, currency),
        "hs_code": line.hs_code or None,
        "origin": line.origin or None,
        "unit_weight_g": line.weight_g or None,
    }


def _event(event: OrderEvent) -> dict[str, Any]:
    return {"at": moment(event.at), "kind": event.kind, "message": event.message, "actor": event.actor}


def _shipment(shipment: Shipment) -> dict[str, Any]:
    return {
        "reference": shipment.reference,
        "number": shipment.number,
        "state": shipment.state,
        "reason": shipment.reason,
        "carrier": shipment.carrier,
        "service": shipment.service,
        "service_name": shipment.service_name,
        "incoterm": shipment.incoterm,
        "duty_payer": shipment.duty_payer,
        "waybill": shipment.waybill or None,
        "tracking_url": shipment.tracking_url or None,
        "cost": amount(shipment.cost, shipment.cost_currency),
        "cost_currency": shipment.cost_currency or None,
        "invoice_number": shipment.invoice_number or None,
        "bought_at": moment(shipment.bought_at),
        "milestone": shipment.milestone or None,
        "parcels": [_parcel(parcel, list(shipment.lines.all())) for parcel in shipment.parcels.all()],
        "tracking_events": [_scan(event) for event in shipment.tracking_events.all()],
    }


def _parcel(parcel: Parcel, lines: list[ShipmentLine]) -> dict[str, Any]:
    return {
        "number": parcel.number,
        "weight_g": parcel.weight_g,
        "length_mm": parcel.length_mm,
        "width_mm": parcel.width_mm,
        "height_mm": parcel.height_mm,
        "carrier_number": parcel.carrier_number or None,
        "lines": [
            {"sku": line.order_line.sku, "title": line.order_line.title, "quantity": line.quantity}
            for line in lines
            if line.parcel_id == parcel.pk
        ],
    }


def _scan(event: TrackingEvent) -> dict[str, Any]:
    return {
        "at": moment(event.at),
        "milestone": event.milestone,
        "code": event.code,
        "text": event.text,
        "place": event.place,
        "country": event.country or None,
        "reason": event.reason or None,
    }
