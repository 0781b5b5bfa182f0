"""What of an order travels on one waybill: all its goods, or a part the store had priced on its own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shipsmart.core.errors import ShipSmartError
from shipsmart.merchants.models import Hub
from shipsmart.orders.models import Consignment, Order, OrderLine
from shipsmart.ports import CarrierQuote, CustomsItem, DangerousGoods, Incoterm
from shipsmart.quotes.models import Quote
from shipsmart.quotes.senders import key_of
from shipsmart.rating.models import CarrierAccount
from shipsmart.rating.packing import Packed
from shipsmart.shipments.goods import declared_prices
from shipsmart.shipments.models import Shipment


@dataclass(frozen=True)
class Share:
    """Goods that travel together: units of order lines. `consignment` None: the order travels whole."""

    consignment: Consignment | None
    goods: tuple[tuple[OrderLine, int], ...]
    incoterm: Incoterm
    quote: Quote | None

    @property
    def sender(self) -> str:
        """The key of the place they leave from; "" for the merchant's own address."""
        if self.quote:
            return self.quote.sender
        return self.consignment.sender if self.consignment else ""

    def items(self, currency: str) -> tuple[CustomsItem, ...]:
        """Return the goods as customs items, at the price paid after discounts."""
        prices = declared_prices([line for line, _ in self.goods], currency)
        return tuple(
            CustomsItem(
                sku=line.sku,
                description=line.description or line.title,
                hs_code=line.hs_code,
                origin=line.origin,
                quantity=units,
                unit_price=price,
                unit_weight_g=line.weight_g,
                dangerous=DangerousGoods.from_json(line.dangerous),
                size_mm=line.size_mm,
            )
            for (line, units), price in zip(self.goods, prices, strict=True)
        )


@dataclass(frozen=True)
class Planned:
    """A share with its boxes and, chosen before the order is locked, the carrier service and its account (None: nobody
    takes it). `hub`: where the goods leave from; None: the merchant's own address."""

    share: Share
    packed: Packed
    chosen: CarrierQuote | None
    account: CarrierAccount | None
    hub: Hub | None = None


class UnknownSender(ShipSmartError):
    """The checkout priced goods from a place that is no hub of the merchant's."""

    code = "unknown_sender"


def hub_of(order: Order, share: Share) -> Hub | None:
    """Return the hub that the goods leave from: the one their quote was priced from, else the one they lie at.

    Raises UnknownSender when the merchant has none there.
    """
    sender = share.sender
    if not sender:
        return None
    hubs = {key_of(hub.country, hub.postcode): hub for hub in order.merchant.hubs.all()}
    if sender not in hubs:
        place = sender.replace(":", " ").strip()
        why = f"the checkout priced these goods from {place}" if share.quote else f"these goods lay at {place}"
        raise UnknownSender(
            f"{why}, which is no place of yours: add it under Settings, Hubs, then release the order", sender=sender
        )
    return hubs[sender]


def shares_of(order: Order) -> list[Share]:
    """Return the order's goods by consignment; what an edit added to the order travels with the first of them."""
    lines = list(order.lines.all())
    left = {line.external_id: line.quantity for line in lines}
    consignments = list(order.consignments.select_related("quote"))
    if not consignments:
        goods = tuple((line, line.quantity) for line in lines)
        return [Share(None, goods, Incoterm(order.incoterm), order.quote)]
    units = [_take(left, consignment) for consignment in consignments]
    for line, count in left.items():
        units[0][line] = units[0].get(line, 0) + count
    return [
        Share(one, _goods(lines, taken), Incoterm(one.incoterm), one.quote)
        for one, taken in zip(consignments, units, strict=True)
        if any(taken.values())
    ]


def _take(left: dict[str, int], consignment: Consignment) -> dict[str, int]:
    taken = {line: min(units, left.get(line, 0)) for line, units in consignment.units.items()}
    for line, units in taken.items():
        left[line] = left.get(line, 0) - units
    return taken


def _goods(lines: Sequence[OrderLine], units: dict[str, int]) -> tuple[tuple[OrderLine, int], ...]:
    return tuple((line, units[line.external_id]) for line in lines if units.get(line.external_id))


def live_among(shipments: Iterable[Shipment], consignment: Consignment | None) -> Shipment | None:
    """Return the first of an order's shipments that carries these goods on a label that is not void."""
    live = (row for row in shipments if row.state != Shipment.State.VOIDED)
    return next((row for row in live if consignment is None or row.consignment_id == consignment.pk), None)


def all_bought(order: Order) -> bool:
    """Whether no part of the order waits for its label."""
    bought = order.shipments.filter(state=Shipment.State.BOUGHT)
    if not order.consignments.exists():
        return bought.exists()
    parts = {share.consignment.pk for share in shares_of(order) if share.consignment}
    return parts <= set(bought.values_list("consignment", flat=True)) if parts else bought.exists()
