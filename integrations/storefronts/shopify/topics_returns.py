"""Webhooks about goods that come back and money that goes back. Each handler may be called again for the same event."""

from collections.abc import Mapping
from typing import Any

from integrations.storefronts.shopify.returns import adapter
from integrations.storefronts.shopify.said import said
from shipsmart.inbox.models import InboundEvent
from shipsmart.inbox.operations import Effects
from shipsmart.merchants.models import Connection
from shipsmart.orders.models import Order
from shipsmart.ports import IntegrationError, StoreRefunds
from shipsmart.returns.models import Return
from shipsmart.returns.operations import take_in
from shipsmart.returns.recording import record_refunds

Payload = Mapping[str, Any]


def prepare_refunds(connection: Connection, order_external_id: str, told: frozenset[str]) -> Effects | None:
    """Return the recording of those of the `told` refunds that we do not have; None when we have them all.

    Asked with every message about an order, so a lost refunds/create loses no refund.
    """
    order = Order.objects.filter(connection=connection, external_id=order_external_id).first()
    known = set(order.refunds.values_list("external_id", flat=True)) if order else told
    if order is None or not told - known:
        return None
    refunds = adapter.fetch_refunds(connection, order_external_id, known=known, currency=order.currency)
    return lambda: _record(order, refunds)


def _record(order: Order, refunds: StoreRefunds) -> None:
    record_refunds(order, refunds)


def prepare_returns(connection: Connection, order_external_id: str, told: Mapping[str, str]) -> Effects:
    """Return the taking in of those of the `told` returns (id → state) that we do not have so.

    Asked with every message about an order, reconciliation's too: a lost returns/request loses no return.
    """
    rows = Return.objects.filter(order__connection=connection, order__external_id=order_external_id)
    known = dict(rows.values_list("external_id", "state"))
    news = [adapter.fetch_return(connection, one) for one, state in told.items() if _ahead(state, known.get(one))]

    def effects() -> None:
        for one in news:
            take_in(connection, one)

    return effects


def _ahead(told: str, ours: str | None) -> bool:
    """Whether the store is ahead of us: we know nothing of the return, or not of its approval or its end."""
    if ours is None or told == ours:
        return ours is None
    return ours == Return.State.REQUESTED or (told in Return.ENDED and ours not in Return.ENDED)


def return_changed(connection: Connection, payload: Payload, _event: InboundEvent) -> Effects | None:
    return _take_in(connection, said(payload, "id"))


def parcel_comes_back(connection: Connection, payload: Payload, _event: InboundEvent) -> Effects | None:
    return _take_in(connection, said(payload, "return", "id"))


def _take_in(connection: Connection, external_id: str) -> Effects:
    told = adapter.fetch_return(connection, external_id)

    def effects() -> None:
        if take_in(connection, told) is None:
            raise IntegrationError(
                f"return {told.number} belongs to an order that is not here yet", permanent=False, code="order_not_here"
            )

    return effects


HANDLERS = {
    "returns/request": return_changed,
    "returns/approve": return_changed,
    "returns/decline": return_changed,
    "returns/update": return_changed,
    "returns/process": return_changed,
    "returns/cancel": return_changed,
    "returns/close": return_changed,
    "returns/reopen": return_changed,
    "reverse_deliveries/attach_deliverable": parcel_comes_back,
}
