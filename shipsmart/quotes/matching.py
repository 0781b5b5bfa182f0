"""Which quote an order was placed on. Money that nobody can explain is not guessed at: it comes back unmatched."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from shipsmart.core.errors import ShipSmartError
from shipsmart.core.money import minor_unit
from shipsmart.merchants.models import Connection
from shipsmart.ports import Incoterm, StoreOrder
from shipsmart.quotes.breakdown import CHARGE_KEYS
from shipsmart.quotes.fingerprint import fingerprint
from shipsmart.quotes.models import Quote
from shipsmart.quotes.operations import is_ddp, quote_checkout
from shipsmart.quotes.values import CheckoutCart, CheckoutLine

VALID_FOR = timedelta(hours=24)


@dataclass(frozen=True)
class Match:
    """`collected` is what the shopper paid ahead (None: nothing), `problem` why a person must look."""

    quote: Quote | None
    incoterm: Incoterm
    collected: dict[str, str] | None
    problem: str = ""


def match(connection: Connection, order: StoreOrder, *, ask_carriers: bool = True) -> Match:
    """Return the quote behind an order: by its id if the checkout carried it, else by cart, place, service and price.

    `ask_carriers`: when no stored quote fits, quote the order again as of its moment.
    """
    found = _by_id(connection, order) or _by_cart(connection, order)
    if not found and ask_carriers:
        found = _again(connection, order)
    if order.native_duties:
        return _native(order, found)
    if found:
        return Match(found, Incoterm(found.incoterm), collected(found))
    if is_ddp(order.shipping_code):
        return Match(
            None,
            Incoterm.DDP,
            None,
            f"the shopper paid {order.shipping_paid} {order.currency} for {order.shipping_title!r} with duties, but no "
            "quote of ours explains that sum; compare with the quote log and release the order by hand",
        )
    return Match(None, Incoterm.DAP, None)


def _candidates(connection: Connection, order: StoreOrder) -> QuerySet[Quote]:
    quantities: dict[str, int] = {}
    for line in order.lines:
        quantities[line.variant_id] = quantities.get(line.variant_id, 0) + line.quantity
    return Quote.objects.filter(
        merchant_id=connection.merchant_id,
        fingerprint=fingerprint(connection.pk, order.ship_to, quantities),
        created_at__gte=order.placed_at - VALID_FOR,
        created_at__lte=order.placed_at + timedelta(minutes=5),
    )


def _by_id(connection: Connection, order: StoreOrder) -> Quote | None:
    return Quote.objects.filter(merchant_id=connection.merchant_id, quote_id=order.quote_id or "-").first()


def _by_cart(connection: Connection, order: StoreOrder) -> Quote | None:
    shown = _candidates(connection, order).filter(service_code=order.shipping_code, currency=order.currency)
    return next((q for q in shown.order_by("-created_at") if _same(q.price, order)), None)


def _same(price: Decimal, order: StoreOrder) -> bool:
    return abs(price - order.shipping_paid) < minor_unit(order.currency)


def _again(connection: Connection, order: StoreOrder) -> Quote | None:
    """Compute the quote once more, as of the order's moment: the process may have died between answer and storing."""
    if not is_ddp(order.shipping_code):
        return None
    cart = CheckoutCart(
        ship_to=order.ship_to,
        lines=tuple(
            CheckoutLine(
                variant_id=line.variant_id,
                quantity=line.quantity,
                unit_price=line.unit_price,
                sku=line.sku,
                title=line.title,
                requires_shipping=line.requires_shipping,
            )
            for line in order.lines
        ),
        currency=order.currency,
        at=order.placed_at,
        discount=sum((line.discount for line in order.lines), Decimal(0)),
        locale=order.locale or "en",
    )
    try:
        answer = quote_checkout(connection, cart)
    except ShipSmartError:
        return None  # then nothing explains the sum, and the caller says so
    if not any(o.service_code == order.shipping_code and _same(o.price, order) for o in answer.options):
        return None
    answer.keep()
    return _by_cart(connection, order)


def collected(quote: Quote) -> dict[str, str] | None:
    """Return what a shopper paid ahead under a quote, in the shape of the papers' contract; None under DAP."""
    if quote.incoterm != Incoterm.DDP:
        return None
    answer = quote.answer
    # Only what is charged: goods that cross no border have no customs value (None).
    totals = {key: Decimal(answer["totals"][key]) for key in CHARGE_KEYS}
    return {
        "scheme": answer["scheme"] or "",
        "duty": str(totals["duty"] + totals["additional_duty"] + totals["excise"]),
        "import_tax": str(totals["import_tax"]),
        "fees": str(totals["fees"]),
        "currency": quote.currency,
        "quote_id": quote.quote_id,
    }


def _native(order: StoreOrder, found: Quote | None) -> Match:
    paid: dict[str, Any] = {
        "scheme": "",
        "duty": str(order.native_duties),
        "import_tax": "0",
        "fees": "0",
        "currency": order.currency,
        "quote_id": "",
    }
    if found and found.incoterm == Incoterm.DDP and found.charges:
        problem = (
            f"duties were charged twice: {order.native_duties} {order.currency} by the store itself and "
            f"{found.charges} {found.currency} in the delivery price; refund one of them, then release the order"
        )
        return Match(found, Incoterm.DDP, paid, problem)
    return Match(found, Incoterm.DDP, paid)
