"""Goods of an order that no quote explains travel from where they lie: home, or the hubs that their tags name."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from shipsmart.core.money import allocate, minor_unit
from shipsmart.orders.models import Consignment, Order
from shipsmart.ports import Incoterm, StoreOrder, StoreOrderLine
from shipsmart.quotes.matched import COLLECTED
from shipsmart.quotes.splitting import places_of

ZERO = Decimal(0)


def send_apart(order: Order, incoming: StoreOrder) -> None:
    """Make a consignment of each place's goods, afresh, unless all lie at home or quotes say what travels together."""
    if order.quote_id:
        return
    quotes = list(order.consignments.values_list("quote_id", flat=True))
    if any(quotes):
        return
    if quotes:
        order.consignments.all().delete()
    if any(places_of(order.merchant, incoming.lines)):
        by_hub(order, incoming.lines, incoterm=Incoterm(order.incoterm), collected=order.collected)


def by_hub(
    order: Order,
    lines: Sequence[StoreOrderLine],
    *,
    incoterm: Incoterm,
    collected: Mapping[str, Any] | None = None,
    after: int = 0,
) -> None:
    """Make a consignment of the lines of each place, numbered from `after` + 1; `collected` is shared out by value."""
    lying = places_of(order.merchant, lines)
    paid = _shared(collected, list(lying.values()), order.currency)
    Consignment.objects.bulk_create(
        Consignment(
            order=order,
            number=number,
            incoterm=incoterm,
            sender=sender,
            collected=part,
            goods=[[0, line.external_id, line.quantity] for line in here],
        )
        for number, ((sender, here), part) in enumerate(zip(lying.items(), paid, strict=True), start=after + 1)
    )


def _shared(
    collected: Mapping[str, Any] | None, places: Sequence[Sequence[StoreOrderLine]], currency: str
) -> list[dict[str, Any] | None]:
    if collected is None:
        return [None] * len(places)
    worth = [max(sum((one.unit_price * one.quantity - one.discount for one in here), ZERO), ZERO) for here in places]
    step = minor_unit(currency)
    amounts = {key: allocate(Decimal(collected[key]), worth, step=step) for key in COLLECTED}
    return [{**collected, **{key: str(parts[n]) for key, parts in amounts.items()}} for n in range(len(places))]
