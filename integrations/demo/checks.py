"""What must be true of a finished order; the demo fails when it is not."""

from decimal import Decimal
from typing import Any

from integrations.demo.purchases import Purchase
from integrations.demo.world import World
from shipsmart.orders.models import Order
from shipsmart.shipments.models import LabelAttempt


def failures(world: World, purchase: Purchase, entry: dict[str, Any]) -> list[str]:
    """Return what went wrong with an order, in sentences; empty when all is well."""
    return [text for ok, text in _claims(purchase, entry) if not ok]


def _claims(purchase: Purchase, entry: dict[str, Any]) -> list[tuple[bool, str]]:
    shipment, store = entry["shipment"], entry["store"]
    ours = Order.objects.filter(external_id__endswith=purchase.order_id)
    bought = LabelAttempt.objects.filter(shipment__order__in=ours, outcome="bought").count()
    same_price = Decimal(entry["charged"]["shown"]) == Decimal(entry["charged"]["shipping"])
    promise_kept = shipment["incoterm"] == "DDP" and shipment["duty_payer"] == "sender"
    return [
        *_quote_claims(purchase, entry["quote"]),
        (ours.count() == 1, f"{ours.count()} orders were made instead of one"),
        (bought == 1, f"{bought} labels were bought instead of one"),
        (same_price, "the shopper was charged another delivery price than shown"),
        (promise_kept, "the label does not keep the promise of DDP"),
        ("delivered" in entry["milestones"], "the parcel was not followed to the doorstep"),
        ({"label", "commercial_invoice", "packing_list"} <= set(entry["papers"]), "papers are missing"),
        (store["tracking_numbers"] == [entry["tracking_number"]], f"the store knows {store['tracking_numbers']}"),
        ("DELIVERED" in [event.upper() for event in store["events"]], "the store was not told of the delivery"),
    ]


def _quote_claims(purchase: Purchase, quote: dict[str, Any] | None) -> list[tuple[bool, str]]:
    if quote is None:
        return [(False, "the order was not matched to its quote")]
    wanted, found = purchase.story.scheme, quote["scheme"]
    return [(wanted in (None, found), f"scheme {found} instead of {wanted}")]


def purchases_at_carriers(listed: list[dict[str, Any]], reference: str) -> int:
    """Return how many shipments the practice carriers booked under one reference of ours."""
    return sum(1 for shipment in listed if reference in str(shipment))
