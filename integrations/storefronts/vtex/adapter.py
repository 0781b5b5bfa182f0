"""Our ports for a VTEX account: orders and fulfilments."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from integrations.storefronts.vtex import client, fulfilment
from integrations.storefronts.vtex.codes import READY
from integrations.storefronts.vtex.order_mapping import ToldTaxes, parcels, store_order, told_taxes
from integrations.storefronts.vtex.sellers import own
from shipsmart.merchants.models import Connection
from shipsmart.ports import CarrierEvent, Incoterm, IntegrationError, StoreFulfilment, StoreOrder
from shipsmart.quotes.fingerprint import fingerprint
from shipsmart.quotes.matching import VALID_FOR
from shipsmart.quotes.models import Quote

MOST_PAGES = 30


class Vtex:
    """Ids are VTEX's own: an order's orderId, a line's uniqueId, a SKU's id, an invoice as `orderId|invoiceNumber`."""

    def fetch_node(self, connection: Connection, external_id: str) -> dict[str, Any]:
        """Return the order in VTEX's words. Raises IntegrationError(permanent=True) when there is none."""
        node = client.order(client.key_of(connection), external_id)
        if node is None:
            raise IntegrationError(
                f"{connection.account} has no order {external_id}", permanent=True, code="no_such_order"
            )
        return node

    def fetch_order(self, connection: Connection, external_id: str) -> StoreOrder:
        return self.mapped(connection, self.fetch_node(connection, external_id))

    def mapped(self, connection: Connection, node: Mapping[str, Any]) -> StoreOrder:
        """Return the order with the quote whose charges are exactly the taxes of ours that it carries.

        Taxes that no quote explains leave it without: such an order is held for a person, not guessed at.
        """
        taxes, ours = told_taxes(node), own(connection)
        terms = str(Incoterm.DDP) if taxes.amount else ""
        order = store_order(node, quote_id="", terms=terms, sellers=ours)
        quote = None if taxes.disputed else _quote_of(connection, order, taxes)
        return store_order(node, quote_id=quote, terms=terms, sellers=ours) if quote else order

    def orders_updated_since(self, connection: Connection, since: datetime) -> Sequence[str]:
        return [row["orderId"] for row in self.listed_since(connection, since)]

    def listed_since(self, connection: Connection, since: datetime) -> Iterator[Mapping[str, Any]]:
        """Yield the rows of orders made at or after `since`, newest first; VTEX ends after 3,000."""
        key = client.key_of(connection)
        span = f"creationDate:[{_stamp(since)} TO {_stamp(timezone.now() + timedelta(minutes=5))}]"
        for page in range(1, MOST_PAGES + 1):
            said = client.orders_page(key, created=span, page=page)
            yield from said["list"]
            if page >= said["paging"]["pages"]:
                return

    def start_handling(self, connection: Connection, external_id: str) -> None:
        """Tell the store that the merchant is at it; the shopper can no longer cancel by himself.

        An order that is not ready for it (409) is read again: handled already is well, anything else is refused.
        """
        key = client.key_of(connection)
        if client.start_handling(key, external_id):
            return
        node = self.fetch_node(connection, external_id)
        if node["status"] == READY:
            raise IntegrationError(
                f"VTEX does not let {external_id} be handled yet", permanent=False, code="not_ready_yet"
            )

    def fulfil(self, connection: Connection, told: StoreFulfilment) -> str:
        """Return order and number of the parcel's invoice, made now or found by its waybill."""
        node, key = self.fetch_node(connection, told.order_external_id), client.key_of(connection)
        number = fulfilment.told_before(node, told.waybill)
        if not number:
            if node["status"] == READY:
                self.start_handling(connection, told.order_external_id)
            body = fulfilment.output_invoice(node, told, at=timezone.now())
            client.invoice(key, told.order_external_id, body)
            number = body["invoiceNumber"]
        return fulfilment.fulfilment_id(told.order_external_id, number)

    def add_event(self, connection: Connection, fulfilment_id: str, event: CarrierEvent) -> None:
        """Tell the store of a step of the parcel, once."""
        order_id, number = fulfilment.parted(fulfilment_id)
        node = self.fetch_node(connection, order_id)
        package = next((p for p in parcels(node) if p["invoiceNumber"] == number), None)
        if package is None:
            raise IntegrationError(f"no invoice {fulfilment_id}", permanent=True, code="no_such_fulfilment")
        body = fulfilment.journey(package, event)
        if body:
            client.tracking_events(client.key_of(connection), order_id, number, body)


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def _quote_of(connection: Connection, order: StoreOrder, taxes: ToldTaxes) -> str:
    """Return the id of the quote behind an order, "" for none: by the id in its tax rows, else by cart and sum."""
    quantities: dict[str, int] = {}
    for line in (line for line in order.lines if line.requires_shipping):
        quantities[line.variant_id] = quantities.get(line.variant_id, 0) + line.quantity
    explains = Q(incoterm=Incoterm.DDP, charges=taxes.amount)
    if not taxes.amount:
        explains |= Q(incoterm=Incoterm.DAP)
    made = Quote.objects.filter(explains, connection=connection, currency=order.currency)
    if taxes.quote_id:
        return next(iter(made.filter(quote_id=taxes.quote_id).values_list("quote_id", flat=True)), "")
    same_cart = made.filter(
        fingerprint=fingerprint(connection.pk, order.ship_to, quantities),
        freight=order.shipping_paid - taxes.amount,
        created_at__gte=order.placed_at - VALID_FOR,
        created_at__lte=order.placed_at + timedelta(minutes=5),
    )
    return same_cart.order_by("-created_at", "-pk").values_list("quote_id", flat=True).first() or ""


adapter = Vtex()
