"""Goods that come back: VTEX keeps no request of the shopper, only the invoice of the return, which refunds by itself.

So a return is begun here, walks the same way as any other store's, and ends with one input invoice. Its number is the
return's own: sent again it changes nothing. Where somebody has invoiced these goods back in VTEX already, no second
invoice goes out; that refund comes in with the order and is the return's.

Source: https://developers.vtex.com/docs/guides/order-invoice-notification (type Input)
"""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from integrations.storefronts.vtex import client, feed, fulfilment, refunds
from integrations.storefronts.vtex.adapter import adapter as orders
from integrations.storefronts.vtex.manifest import KEY
from integrations.storefronts.vtex.order_mapping import moment
from integrations.storefronts.vtex.sellers import own
from shipsmart.inbox import operations as inbox
from shipsmart.inbox.models import OutboundMessage
from shipsmart.merchants.models import AuditEntry, Connection
from shipsmart.orders.models import Order
from shipsmart.ports import IntegrationError, StoreRefunds, StoreReturn, StoreReturnLine
from shipsmart.returns.models import Reason, Return
from shipsmart.returns.operations import NotNow, take_in
from shipsmart.returns.queries import suggested_refund

INVOICE = "vtex.return_invoice"
PREFIX = "SSR-"


class Returns:
    """The port `returns`. VTEX keeps no return that could be told of before its end: no `returns_told`."""

    def fetch_return(self, connection: Connection, external_id: str) -> StoreReturn:
        """Return the input invoice `orderId|invoiceNumber` as a return that is closed. Raises IntegrationError."""
        order_id, number = fulfilment.parted(external_id)
        node = orders.fetch_node(connection, order_id)
        package = _invoiced(node, number)
        if package is None:
            raise IntegrationError(
                f"{order_id} has no input invoice {number}", permanent=True, code="no_such_return", order=order_id
            )
        return StoreReturn(
            external_id, order_id, number, "closed", moment(package["issuanceDate"]), _lines(node, package)
        )

    def fetch_refunds(
        self, connection: Connection, order_external_id: str, *, known: Collection[str], currency: str
    ) -> StoreRefunds:
        node = orders.fetch_node(connection, order_external_id)
        told = node["storePreferencesData"]["currencyCode"]
        if told != currency:
            raise IntegrationError(
                f"{order_external_id} was paid in {told}, not in {currency}", permanent=True, code="other_currency"
            )
        return refunds.told(node, known=known, sellers=own(connection)) or StoreRefunds((), ())


def _invoiced(node: Mapping[str, Any], number: str) -> Mapping[str, Any] | None:
    return next((package for package in fulfilment.refunded(node) if package["invoiceNumber"] == number), None)


def _lines(node: Mapping[str, Any], package: Mapping[str, Any]) -> tuple[StoreReturnLine, ...]:
    items = [node["items"][int(row["itemIndex"])] for row in package["items"]]
    ids = [str(item.get("uniqueId") or item["id"]) for item in items]
    return tuple(
        StoreReturnLine(str(n), line, int(row["quantity"]), Reason.OTHER)
        for n, (line, row) in enumerate(zip(ids, package["items"], strict=True), 1)
    )


def begin(order: Order, *, units: Mapping[str, int], reason: str, actor: str) -> Return:
    """Begin a return of an order's lines (external line id → units), approved at once: the merchant asks for it.

    Raises NotNow when more units would come back than were sold.
    """
    with transaction.atomic():
        Order.objects.select_for_update().get(pk=order.pk)
        _enough(order, units)
        number = f"{order.number}-R{order.returns.count() + 1}"
        told = StoreReturn(
            external_id=f"{order.external_id}|{PREFIX}{number}",
            order_external_id=order.external_id,
            number=number,
            state="approved",
            requested_at=timezone.now(),
            lines=tuple(StoreReturnLine(line, line, count, reason) for line, count in units.items() if count),
        )
        made = take_in(order.connection, told)
        AuditEntry.objects.note(order.merchant, actor=actor, action="return.begun", target=number)
    if made is None:
        raise NotNow(f"order {order.number} is not an order of this store")
    return made


def _enough(order: Order, units: Mapping[str, int]) -> None:
    left = {line.external_id: line.quantity for line in order.lines.all()}
    for other in order.returns.exclude(state__in=(Return.State.DECLINED, Return.State.CANCELLED)):
        for line, count in other.quantities.items():
            left[line] = left.get(line, 0) - count
    if not any(units.values()):
        raise NotNow("choose at least one unit that comes back")
    short = [line for line, count in units.items() if count > left.get(line, 0) or count < 0]
    if short:
        raise NotNow(f"more units would come back than were sold: {', '.join(short)}")


def invoice(returned: Return, *, actor: str) -> None:
    """Owe VTEX the input invoice of an inspected return. Raises NotNow for any other."""
    with transaction.atomic():
        row = Return.objects.select_for_update(of=("self",)).select_related("order").get(pk=returned.pk)
        if row.state != Return.State.INSPECTED or row.refunds.exists():
            raise NotNow(f"{row} is {row.get_state_display()}: it is invoiced once, after the inspection")
        payload = {"return": row.pk}
        inbox.send(kind=INVOICE, key=f"{INVOICE}:{row.pk}", payload=payload, again=True)
        AuditEntry.objects.note(row.merchant, actor=actor, action="return.invoiced", target=row.number)


def send_invoice(message: OutboundMessage) -> inbox.Effects | None:
    """Outbound handler: write the invoice unless these goods are invoiced back already; then read the order again."""
    row = Return.objects.select_related("order__connection__merchant", "order__quote").get(pk=message.payload["return"])
    order = row.order
    connection = order.connection
    if connection is None or row.state != Return.State.INSPECTED:
        return None
    node = orders.fetch_node(connection, order.external_id)
    number = f"{PREFIX}{row.number}"
    known = set(order.refunds.values_list("external_id", flat=True))
    # An invoice that we have not recorded yet may be of these very goods: its refund is recorded first, and decides.
    news = refunds.told(node, known=known, sellers=own(connection))
    if news is None:
        amount = suggested_refund(row).total
        body = fulfilment.input_invoice(node, number=number, lines=row.quantities, refund=amount, at=timezone.now())
        client.invoice(client.key_of(connection), order.external_id, body)
    change = f"{number}:{len(fulfilment.refunded(node))}"

    def effects() -> None:
        feed.told(connection, order_id=order.external_id, state=str(node["status"] or "unknown"), change=change)

    return effects


def not_sent(message: OutboundMessage, error: str) -> None:
    row = Return.objects.select_related("order").filter(pk=message.payload["return"]).first()
    if row:
        row.order.note("store_not_told", f"VTEX did not take the invoice of return {row.number}: {error}"[:500])


def of(connection: Connection) -> Any:
    """Return the returns of a store's orders that are not over, with what they are about."""
    rows = Return.objects.open().filter(order__connection=connection, order__channel=KEY)
    return rows.select_related("order__quote").prefetch_related("lines__order_line", "refunds")


adapter = Returns()
