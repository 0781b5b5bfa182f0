"""What the practice posts (USPS, Correios) have in common: routes, and the words of their scans."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from . import tariff
from .journeys import Route, hub_for
from .labels import LabelData
from .places import Place, country
from .tariff import Price, Service
from .world import Shipment


def route(ends: tuple[str, str], service: Service, carrier: str) -> Route:
    origin, destination = (country(code) for code in ends)
    return Route(
        Place(origin.gateway, origin.city, origin.code),
        Place(destination.gateway, destination.city, destination.code),
        hub_for(origin.code, carrier),
        tariff.transit_days(service, *ends),
    )


def price_of(service: Service, ends: tuple[str, str], weight_kg: Decimal, currency: str) -> Price:
    """Return the price by actual weight: posts bill no volume on these lanes."""
    billed = tariff.billed_kg(weight_kg, Decimal(0))
    return tariff.price(
        service=service, origin=ends[0], destination=ends[1], billed=billed, duty_tax_paid=False, currency=currency
    )


def label_data(shipment: Shipment, title: str, lines: tuple[tuple[str, ...], tuple[str, ...]]) -> LabelData:
    """Return what stands on the label; `lines`: sender and receiver as printed."""
    return LabelData(
        title=title,
        waybill=shipment.number,
        piece_number=shipment.number,
        sender=lines[0],
        receiver=lines[1],
        service=shipment.service_name,
        routing=shipment.route.destination.country,
        contents=shipment.description,
        reference=", ".join(value for _, value in shipment.references),
        weight=f"{shipment.weight_kg.normalize():f} kg",
        piece="1/1",
        duties="DUTIES AND TAXES PREPAID" if shipment.customs.duties_payer == "shipper" else "",
    )


def shown(*values: Any) -> tuple[str, ...]:
    """Return the values that are there as lines of print."""
    return tuple(str(value) for value in values if value)
