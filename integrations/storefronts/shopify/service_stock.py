"""Goods that are kept at our fulfilment service: what the shop is told of them, and units kept for its orders.

A merchant who counts none here keeps the stock in the shop, and the service then says that it manages none.
"""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from integrations.storefronts.shopify.client import pages
from integrations.storefronts.shopify.shop import number_of
from shipsmart.catalog.models import Variant
from shipsmart.core.errors import ShipSmartError
from shipsmart.merchants.models import Connection
from shipsmart.orders.models import Order
from shipsmart.shipments.models import Shipment
from shipsmart.stock import operations
from shipsmart.stock.models import Reservation, StockAbroad

SELLER = "fulfilment service"
MOST_UNITS = 10_000_000


class BadCount(ShipSmartError):
    """A line of a count cannot be read; the message names it."""

    code = "bad_count"


def stock_of(connection: Connection) -> StockAbroad | None:
    """Return the stock that lies at our service; None for a merchant who counts it in the shop."""
    return StockAbroad.objects.filter(connection=connection, active=True).first()


def levels(connection: Connection, sku: str = "") -> dict[str, int]:
    """Return SKU → units that may still be sold, of one SKU where it is named; what was never counted is left out."""
    stock = stock_of(connection)
    if stock is None:
        return {}
    variants = Variant.objects.for_merchant(connection.merchant).exclude(sku="")
    names = dict((variants.filter(sku=sku) if sku else variants).values_list("external_id", "sku"))
    found: dict[str, int] = {}
    for level in stock.levels.filter(variant__in=names):
        found[names[level.variant]] = found.get(names[level.variant], 0) + level.available
    return found


def count(connection: Connection, text: str, *, actor: str) -> int:
    """Write down what lies there: one line for each SKU, its units behind it. Return how many. Raises BadCount.

    SKUs that are not named stay as they are; one that ran out is counted as 0.
    """
    units = _read(connection, text)
    with transaction.atomic():
        stock, _made = StockAbroad.objects.get_or_create(
            connection=connection,
            defaults={"merchant": connection.merchant, "seller": SELLER, "country": connection.merchant.country},
        )
        operations.count(stock, units, actor=actor)
    return len(units)


def _read(connection: Connection, text: str) -> dict[str, int]:
    known = Variant.objects.for_merchant(connection.merchant).exclude(sku="")
    ids = dict(known.values_list("sku", "external_id"))
    units: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        sku, _blank, said = line.strip().rpartition(" ")
        if not (said.isascii() and said.isdigit() and int(said) <= MOST_UNITS and sku.strip()):
            raise BadCount(_("Line %(n)s: write the SKU, a blank and whole units, as in TEE-M 12.") % {"n": number})
        if sku.strip() not in ids:
            raise BadCount(_("Line %(n)s: no product here has the SKU %(sku)s.") % {"n": number, "sku": sku.strip()})
        units[ids[sku.strip()]] = int(said)
    if not units:
        raise BadCount(_("Write at least one line with a SKU and its units."))
    return units


def keep(connection: Connection, order: Order, fulfilment_order: str) -> Reservation | None:
    """Keep what a fulfilment order wants; None where no stock is counted here. Raises operations.NotEnough."""
    stock = stock_of(connection)
    if stock is None:
        return None
    name = _name(order, fulfilment_order)
    given_back = stock.reservations.filter(order_id__startswith=name, state=Reservation.State.CANCELLED).count()
    return operations.reserve(
        stock, order_id=f"{name}{given_back + 1}", units=_wanted(connection, order, fulfilment_order)
    )


def _name(order: Order, fulfilment_order: str) -> str:
    return f"{order.external_id}:{number_of(fulfilment_order)}:"


def _wanted(connection: Connection, order: Order, fulfilment_order: str) -> Mapping[str, int]:
    variants = dict(order.lines.exclude(variant=None).values_list("external_id", "variant__external_id"))
    path = ("fulfillmentOrder", "lineItems")
    found: dict[str, int] = {}
    for page in pages(connection, "fulfilment_order_lines", {"id": fulfilment_order}, path):
        for row in page["nodes"]:
            line = number_of(row["lineItem"]["id"])
            # A line without a variant is none of our goods: no stock of it can be there.
            name = variants.get(line, f"line {line}")
            found[name] = found.get(name, 0) + row["remainingQuantity"]
    return {name: units for name, units in found.items() if units}


def taken(reservation: Reservation | None) -> None:
    """The shop was told that we send it."""
    if reservation:
        operations.authorise(reservation.stock, number=reservation.number)


def give_back(connection: Connection, order: Order | None, fulfilment_order: str) -> None:
    """Let the units of a fulfilment order go that was called off, or that the shop would not let us take."""
    stock = stock_of(connection)
    if stock is None or order is None:
        return
    for row in stock.reservations.filter(
        order_id__startswith=_name(order, fulfilment_order), state__in=operations.OPEN
    ):
        operations.cancel(stock, number=row.number)


def settle(connection: Connection) -> None:
    """Take out what has gone: units of orders of whose parcel the shop was told."""
    stock = stock_of(connection)
    waiting = stock.reservations.filter(state=Reservation.State.AUTHORISED) if stock else []
    for row in waiting:
        shipped = Shipment.objects.filter(
            order__connection=connection, order__external_id=row.order_id.partition(":")[0], state="bought"
        ).exclude(store_fulfilment_id="")
        parcel = shipped.first()
        if parcel:
            operations.sent(
                row,
                carrier=parcel.carrier,
                waybill=parcel.waybill,
                tracking_url=parcel.tracking_url,
                actor="ShipSmart",
            )
