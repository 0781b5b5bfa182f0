"""Which quote an order was placed on. Money that nobody can explain is not guessed at: it comes back unmatched."""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import QuerySet

from shipsmart.core.errors import ShipSmartError
from shipsmart.core.money import minor_unit, round_to
from shipsmart.merchants.models import Connection
from shipsmart.ports import StoreDelivery, StoreOrder, StoreOrderLine
from shipsmart.quotes.fingerprint import fingerprint, place_key, units_of
from shipsmart.quotes.matched import Match, in_parts, native, whole
from shipsmart.quotes.models import Quote
from shipsmart.quotes.operations import is_ddp, quote_checkout
from shipsmart.quotes.parts import ANY_CODE, MOST_QUOTES, Cover, cover
from shipsmart.quotes.values import CheckoutCart, CheckoutLine

VALID_FOR = timedelta(hours=24)
HUNDREDTH = Decimal("0.01")


def match(connection: Connection, order: StoreOrder, *, ask_carriers: bool = True) -> Match:
    """Return the quotes behind an order: by its id if the checkout carried it, else by cart, place, service and price.

    `ask_carriers`: when no stored quote fits, quote the order again as of its moment.
    """
    found = _by_id(connection, order) or _by_cart(connection, order)
    together = None if found else _by_parts(connection, order, ask_carriers=ask_carriers)
    if not found and not together and ask_carriers:
        found = _again(connection, order)
        if found and not _covers_all(found, order):  # the goods lie at several places: a quote for each is kept now
            found, together = None, _by_parts(connection, order, ask_carriers=False)
    matched = in_parts(order, together) if together else whole(order, found)
    return native(order, matched) if order.native_duties else matched


def explained(connection: Connection, order: StoreOrder) -> bool:
    """Whether stored quotes explain what was paid for delivery, in the order's currency, to the last minor unit."""
    together = _by_parts(connection, order, ask_carriers=False)
    return bool(_by_cart(connection, order) or (together and together.whole))


def _recent(connection: Connection, order: StoreOrder) -> QuerySet[Quote]:
    return Quote.objects.filter(
        merchant_id=connection.merchant_id,
        currency=order.currency,
        created_at__gte=order.placed_at - VALID_FOR,
        created_at__lte=order.placed_at + timedelta(minutes=5),
    )


def _by_id(connection: Connection, order: StoreOrder) -> Quote | None:
    """Return the quote whose id the checkout carried, unless the store added up several prices."""
    found = Quote.objects.filter(merchant_id=connection.merchant_id, quote_id=order.quote_id or "-").first()
    return found if found and not order.deliveries and _covers_all(found, order) else None


def _covers_all(quote: Quote, order: StoreOrder) -> bool:
    goods: Counter[str] = Counter()
    for variant, units in quote.goods:
        goods[variant] += units
    return not goods or _units(order) <= goods


def _by_cart(connection: Connection, order: StoreOrder) -> Quote | None:
    shown = _recent(connection, order).filter(
        fingerprint=fingerprint(connection.pk, order.ship_to, units_of(order.lines)), service_code=order.shipping_code
    )
    return next((q for q in shown.order_by("-created_at") if _same(q.price, order)), None)


def _units(order: StoreOrder) -> Counter[str]:
    return units_of(line for line in order.lines if line.requires_shipping and line.quantity)


def _by_parts(connection: Connection, order: StoreOrder, *, ask_carriers: bool) -> Cover | None:
    """Return the quotes that explain the order together, or some of it; None when there are none at all."""
    deliveries = order.deliveries or (StoreDelivery(order.shipping_code, order.shipping_title, order.delivery_price),)
    codes = {delivery.code for delivery in deliveries}
    here = _recent(connection, order).filter(place=place_key(connection.pk, order.ship_to))
    shown = here.filter(service_code__in=codes)
    step, units = _step(order.currency), _units(order)
    found = cover(list(shown.order_by("-created_at")[:MOST_QUOTES]), units, deliveries, step=step)
    if found.units and found.quotes and ask_carriers and len(codes) == 1:
        missing = _again(connection, order, units=found.units, price=found.money)
        if missing:
            found = Cover((*found.quotes, missing), {}, Decimal(0))
    return found if found.quotes else _under_a_name_of_the_stores(here, order)


def _under_a_name_of_the_stores(here: QuerySet[Quote], order: StoreOrder) -> Cover | None:
    """Return quotes of several parts where the store joined rates of different names under one of its own.

    One part may have been offered DDP and another DAP: what was collected for the first must not be lost.
    """
    if order.deliveries or not order.delivery_price or len(order.lines) < 2:
        return None
    shown = list(here.order_by("-created_at")[:MOST_QUOTES])
    if any(quote.service_code == order.shipping_code for quote in shown):
        return None
    anything = StoreDelivery(ANY_CODE, order.shipping_title, order.delivery_price)
    found = cover(shown, _units(order), (anything,), step=_step(order.currency))
    return found if found.whole and len(found.quotes) > 1 else None


def _same(price: Decimal, order: StoreOrder) -> bool:
    return abs(price - order.delivery_price) < _step(order.currency)


def _step(currency: str) -> Decimal:
    """Return below which difference amounts are the same: stores write hundredths, of dinars with fils too."""
    return max(minor_unit(currency), HUNDREDTH)


def _again(
    connection: Connection, order: StoreOrder, *, units: Mapping[str, int] | None = None, price: Decimal | None = None
) -> Quote | None:
    """Compute the quote once more, as of the order's moment: the process may have died between answer and storing.

    `units`: only for these goods, a part of the cart; `price`: what of the delivery price is left for them.
    """
    if not is_ddp(order.shipping_code):
        return None
    wanted = order.delivery_price if price is None else price
    try:
        answer = quote_checkout(connection, _cart(order, units))
    except ShipSmartError:
        return None  # then nothing explains the sum, and the caller says so
    step = _step(order.currency)
    fits = [o for o in answer.options if o.service_code == order.shipping_code and abs(o.price - wanted) < step]
    if not fits:
        return None
    answer.keep()
    return Quote.objects.get(quote_id=fits[0].quote_id)


def _cart(order: StoreOrder, units: Mapping[str, int] | None) -> CheckoutCart:
    """Return the order's goods as its checkout had them, or those of one part with their share of the discount."""
    left = Counter(units) if units is not None else units_of(order.lines)
    lines, discount = [], Decimal(0)
    for line in order.lines:
        taken = min(left[line.variant_id], line.quantity)
        if taken:
            left[line.variant_id] -= taken
            lines.append(_checkout_line(line, taken))
            discount += line.discount * taken / line.quantity
    goods = sum((line.unit_price * line.quantity for line in lines), Decimal(0))
    whole = sum((line.unit_price * line.quantity for line in order.lines), Decimal(0))
    return CheckoutCart(
        ship_to=order.ship_to,
        lines=tuple(lines),
        currency=order.currency,
        at=order.placed_at,
        discount=round_to(discount, minor_unit(order.currency), ROUND_HALF_UP),
        locale=order.locale or "en",
        share=goods / whole if units is not None and whole else Decimal(1),
    )


def _checkout_line(line: StoreOrderLine, units: int) -> CheckoutLine:
    return CheckoutLine(
        variant_id=line.variant_id,
        quantity=units,
        unit_price=line.unit_price,
        sku=line.sku,
        title=line.title,
        requires_shipping=line.requires_shipping,
    )
