"""Everything an adapter offers, asked for once in the order of a parcel's life."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from datetime import time as time_of_day
from typing import Any

from shipsmart.ports import (
    CarrierAccountRef,
    CarrierEnquiry,
    Incoterm,
    InvoiceUpload,
    LabelOrder,
    ManifestOrder,
    PickUp,
    PickUpOrder,
    PickUpShipment,
    manifests,
)

TIMEOUT_S = 10.0


def enquiry_of(order: LabelOrder) -> CarrierEnquiry:
    value = sum(item.unit_price * item.quantity for item in order.items)
    return CarrierEnquiry(
        order.shipper, order.consignee, order.parcels, order.items, order.currency, value, order.incoterm, order.ship_on
    )


def pickup_of(order: LabelOrder, waybill: str) -> PickUpOrder:
    tomorrow = datetime.combine(order.ship_on, time_of_day(10), timezone(timedelta(hours=-6)))
    shipment = PickUpShipment(waybill, order.service, order.parcels, order.consignee)
    return PickUpOrder(
        f"{order.reference}-p", order.shipper, tomorrow, time_of_day(17, 30), (shipment,), "dock", "ring"
    )


def invoice_of(order: LabelOrder, waybill: str) -> InvoiceUpload:
    lane = order.shipper.country, order.consignee.country
    return InvoiceUpload(waybill, order.service, "INV-7", b"%PDF-1.4 ours", datetime.now(UTC), order.ship_on, *lane)


def back(order: LabelOrder, carrier: str) -> LabelOrder:
    """Return the order for the way back, DAP: the goods come home. Royal Mail brings back at home only."""
    sender, service = order.consignee, order.service
    if carrier == "royal_mail":
        sender, service = replace(order.shipper, name="Joan Smith", company="", tax_ids=()), "TSN"
    return replace(
        order, shipper=sender, consignee=replace(order.shipper, tax_ids=()), export_reason="return", service=service,
        incoterm=Incoterm.DAP, duty_payer="recipient", reference=f"{order.reference}-b",
    )  # fmt: skip


def operations(
    adapter: Any, account: CarrierAccountRef, order: LabelOrder, *, timeout_s: float = TIMEOUT_S
) -> dict[str, Callable[[str], Any]]:
    """Return every operation by name; each takes the waybill it is about."""
    since = datetime.now(UTC).date() - timedelta(days=1)
    pickup = PickUp("PU123", order.ship_on, {"requestor": "Ana Field", "location": "NQAA", "carrier_code": "FDXE"})
    return {
        "quotes": lambda _: adapter.carrier_quotes(account, enquiry_of(order), timeout_s=timeout_s),
        "landed_cost": lambda _: adapter.landed_cost(account, enquiry_of(order), timeout_s=timeout_s),
        "labels": lambda _: adapter.buy_label(account, order, timeout_s=timeout_s),
        "find": lambda _: adapter.find_shipment(account, reference=order.reference, since=since, timeout_s=timeout_s),
        "tracking": lambda waybill: adapter.tracking_events(account, waybill, timeout_s=timeout_s),
        "pickups": lambda waybill: adapter.book_pickup(account, pickup_of(order, waybill), timeout_s=timeout_s),
        "cancel_pickup": lambda _: adapter.cancel_pickup(account, pickup, timeout_s=timeout_s),
        "manifest": lambda waybill: adapter.close_out(
            account, ManifestOrder((waybill,), order.shipper, datetime.now(UTC).date()), timeout_s=timeout_s
        ),
        "return_labels": lambda _: adapter.buy_return_label(account, back(order, account.carrier), timeout_s=timeout_s),
        "invoice_upload": lambda waybill: adapter.upload_invoice(
            replace(account, settings={**account.settings, "paperless": True}),
            invoice_of(order, waybill),
            timeout_s=timeout_s,
        ),
        "subscriptions": lambda waybill: adapter.subscribe(account, (waybill,), timeout_s=timeout_s),
        "void": lambda waybill: adapter.void(account, waybill, timeout_s=timeout_s),
    }


def exercised(
    adapter: Any, account: CarrierAccountRef, order: LabelOrder, *, practice_waits: Callable[[], None]
) -> set[str]:
    """Do everything the carrier's manifest offers, once; return the capabilities done.

    `practice_waits` lets the practice carrier's clock go on: an invoice is taken a while after the booking.
    """
    offered = set(manifests()[account.carrier].PROVIDES)
    every = operations(adapter, account, order)
    waybill = every["labels"]("").waybill
    for name in ("quotes", "landed_cost", "tracking", "return_labels", "subscriptions"):
        if name in offered:
            every[name](waybill)
    every["find"](waybill)
    if "invoice_upload" in offered:
        paperless = replace(account, settings={**account.settings, "paperless": True})
        again = replace(order, reference=f"{order.reference}-i")
        other = adapter.buy_label(paperless, again, timeout_s=TIMEOUT_S).waybill
        practice_waits()
        every["invoice_upload"](other)
    if "pickups" in offered:
        booked = every["pickups"](waybill)
        adapter.cancel_pickup(account, booked, timeout_s=TIMEOUT_S)
    if "void" in offered:
        every["void"](waybill)
    if "manifest" in offered:
        again = replace(order, reference=f"{order.reference}-m")
        other = adapter.buy_label(account, again, timeout_s=TIMEOUT_S).waybill
        every["manifest"](other)
    return offered
