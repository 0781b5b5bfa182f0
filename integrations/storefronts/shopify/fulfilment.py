"""Which of an order's fulfilment orders a shipped parcel belongs to. Pure: no network, no database."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from integrations.storefronts.shopify.codes import COMPANIES, EVENT_STATUS
from integrations.storefronts.shopify.shop import gid, number_of
from shipsmart.ports import CarrierEvent, Incoterm, IntegrationError, StoreFulfilment

Node = Mapping[str, Any]


@dataclass(frozen=True)
class Routed:
    """A fulfilment order that may be fulfilled: its location and what is left of its lines."""

    id: str
    location: str
    rows: Sequence[Node]


@dataclass(frozen=True)
class ToldParcel:
    """A fulfilment in the store, by whomever; without waybills somebody has pressed the button without a label."""

    external_id: str
    waybills: tuple[str, ...]


def told(order: Node) -> list[ToldParcel]:
    """Return the fulfilments of an order that still count."""
    return [
        ToldParcel(number_of(made["id"]), tuple(info["number"] for info in made["trackingInfo"] if info["number"]))
        for made in order["fulfillments"]
        if made["status"] not in ("CANCELLED", "ERROR", "FAILURE")
    ]


def fulfillable(order: Node) -> list[Node]:
    """Return the fulfilment orders that may be fulfilled now.

    Raises IntegrationError, transient when there is none at all (an order is routed a moment after it is placed),
    permanent when all wait to be handed over to our fulfilment service; the label is told again when they are.
    """
    nodes = order["fulfillmentOrders"]["nodes"]
    if not nodes:
        raise IntegrationError("the store has not routed this order yet", permanent=False, code="not_routed_yet")
    able = [n for n in nodes if may(n, "CREATE_FULFILLMENT")]
    if not able and any(n["requestStatus"] == "SUBMITTED" or may(n, "REQUEST_FULFILLMENT") for n in nodes):
        raise IntegrationError(
            "the goods lie at a fulfilment service that was not asked yet: request fulfilment in the shop's admin",
            permanent=True,
            code="not_requested",
        )
    return able


def may(node: Node, action: str) -> bool:
    return any(one["action"] == action for one in node["supportedActions"])


def location_of(node: Node) -> str:
    """Return what tells one location from another; its id would need a scope that nothing else does."""
    place = node["assignedLocation"]
    return "|".join(place[key] or "" for key in ("name", "address1", "city", "zip"))


def with_waybill(order: Node, waybill: str) -> list[str]:
    """Return the ids of the fulfilments that carry `waybill`; cancelled ones do not count."""
    return [
        made["id"]
        for made in order["fulfillments"]
        if made["status"] != "CANCELLED" and any(info["number"] == waybill for info in made["trackingInfo"])
    ]


def sold_ddp(order: Node) -> bool:
    """Whether the store itself sold what is to be fulfilled with duties paid, also where they stand in its prices."""
    duties = (node["internationalDuties"] for node in order["fulfillmentOrders"]["nodes"])
    return any(one and one["incoterm"] == Incoterm.DDP for one in duties)


def told_otherwise(order: Node, wanted: Mapping[str, str]) -> list[str]:
    """Return the ids of the fulfilments with this number alone whose company or address is another.

    The store fills in what it guesses from a number; only a value that contradicts ours is corrected.
    """
    return [
        made["id"]
        for made in order["fulfillments"]
        if made["status"] != "CANCELLED"
        and len(made["trackingInfo"]) == 1
        and made["trackingInfo"][0]["number"] == wanted.get("number")
        and any((made["trackingInfo"][0][key] or "") != wanted[key] for key in ("company", "url") if key in wanted)
    ]


def inputs(routed: Sequence[Routed], fulfilment: StoreFulfilment, told: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return one FulfillmentInput per location that still has units of the parcel; none when all is told.

    `told`: line id → units that were told with this waybill before. One call may hold fulfilment orders of one
    location only. Raises IntegrationError(permanent=True) when units can no longer be fulfilled: somebody else did,
    they are on hold, or they were removed.
    """
    missing = {line: quantity - told.get(line, 0) for line, quantity in fulfilment.lines.items()}
    missing = {line: quantity for line, quantity in missing.items() if quantity > 0}
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in routed:
        taken = _taken(one.rows, missing)
        if taken:
            groups[one.location].append({"fulfillmentOrderId": one.id, "fulfillmentOrderLineItems": taken})
    if missing or not fulfilment.lines:
        raise _refusal(missing)
    return [
        {
            "lineItemsByFulfillmentOrder": group,
            "notifyCustomer": fulfilment.notify_shopper,
            "trackingInfo": tracking_info(fulfilment),
        }
        for group in groups.values()
    ]


def _refusal(missing: Mapping[str, int]) -> IntegrationError:
    return IntegrationError(
        f"units of lines {', '.join(sorted(missing))} cannot be fulfilled in the store any more: they were "
        "fulfilled by somebody else, are on hold or were removed; look at the order in the shop's admin",
        permanent=True,
        code="not_fulfillable",
        lines=dict(missing),
    )


def _taken(rows: Sequence[Node], missing: dict[str, int]) -> list[dict[str, Any]]:
    """Return what these rows of a fulfilment order give of `missing`, and take it off there."""
    taken = []
    for row in rows:
        line = number_of(row["lineItem"]["id"])
        units = min(missing.get(line, 0), row["remainingQuantity"])
        if units > 0:
            taken.append({"id": row["id"], "quantity": units})
            missing[line] -= units
            if not missing[line]:
                del missing[line]
    return taken


def tracking_info(fulfilment: StoreFulfilment) -> dict[str, str]:
    """Return number, company as Shopify spells it, and the address; a carrier it does not know has the address only."""
    values = {
        "number": fulfilment.waybill,
        "company": COMPANIES.get(fulfilment.carrier, ""),
        "url": fulfilment.tracking_url,
    }
    return {key: value for key, value in values.items() if value}


def event_input(fulfilment_id: str, event: CarrierEvent) -> dict[str, Any] | None:
    """Return the FulfillmentEventInput, or None for a step that means nothing to a shopper."""
    status = EVENT_STATUS.get(event.milestone)
    if status is None:
        return None
    values = {"message": event.text[:255], "city": event.place[:255], "country": event.country}
    return {
        "fulfillmentId": gid("Fulfillment", fulfilment_id),
        "status": status,
        "happenedAt": event.at.isoformat(),
        **{key: value for key, value in values.items() if value},
    }


def told_events(nodes: Sequence[Node]) -> set[tuple[str, str]]:
    """Return status and moment (to the second, as the store keeps it) of the events a fulfilment has."""
    return {(node["status"], _second(node["happenedAt"])) for node in nodes}


def event_key(values: Node) -> tuple[str, str]:
    return values["status"], _second(values["happenedAt"])


def _second(moment: str) -> str:
    return datetime.fromisoformat(moment).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
