"""Duty and tax for a store that sets its own delivery price: what is due on top, and a quote to keep."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection as database

from shipsmart.core.errors import ShipSmartError
from shipsmart.merchants.models import Connection
from shipsmart.ports import CarrierQuote, Incoterm
from shipsmart.quotes import keeping
from shipsmart.quotes.models import Quote
from shipsmart.quotes.operations import rows_of, shippable
from shipsmart.quotes.options import basket_of, offer
from shipsmart.quotes.snapshot import snapshot_for
from shipsmart.quotes.values import CheckoutCart

# By hand: composing this through the ORM takes longer than the database takes to answer it.
_KNOWN = (
    f"SELECT quote_id, incoterm, answer_text FROM {Quote._meta.db_table} "  # noqa: S608
    "WHERE checkout = %s AND connection_id = %s AND created_at >= %s ORDER BY id"
)
STORE = "store"  # stands where a carrier would: the store sells the transport


class DutiesUnknown(ShipSmartError):
    """Duties were to be paid ahead and cannot be computed; the details say why."""

    code = "duties_unknown"


@dataclass(frozen=True)
class Known:
    """A quote as it was kept."""

    quote_id: str
    incoterm: Incoterm
    answer: Mapping[str, Any]


@dataclass(frozen=True)
class Taxes:
    """What is due on top of goods and freight; `row` makes of it what is stored, after the answer has gone out."""

    incoterm: Incoterm
    answer: Mapping[str, Any]
    quote_id: str
    row: Callable[[], Mapping[str, Any]]


def tax_cart(
    connection: Connection, cart: CheckoutCart, *, freight: Decimal, checkout: str, incoterm: Incoterm
) -> Taxes:
    """Return duty, import tax and fees of a cart whose freight the store has set. Writes nothing.

    Raises DutiesUnknown when DDP was wanted and cannot be computed, NothingToOffer when the market is closed.
    """
    snapshot = snapshot_for(connection.merchant)
    basket = basket_of(snapshot, cart, shippable(snapshot, cart))
    sold = CarrierQuote(carrier=STORE, service="checkout", service_name="", price=freight, currency=cart.currency)
    made = offer(basket, sold, incoterm)
    if made.option.incoterm != incoterm:
        notes = [note["message"] for note in made.answer["not_computable"]]
        raise DutiesUnknown("; ".join(notes) or "the duties cannot be computed", notes=notes)

    def row() -> Mapping[str, Any]:
        return rows_of(connection, cart, [made], checkout=checkout, elapsed_ms=0)[0]

    return Taxes(incoterm, made.answer, made.option.quote_id, row)


def keep(found: Sequence[Taxes]) -> None:
    """Have the quotes stored behind the answer."""
    keeping.keep_behind(lambda: [taxes.row() for taxes in found])


def known(connection: Connection, checkout: str, *, since: datetime) -> list[Known]:
    """Return the quotes kept under this hash of a cart, in the order they were made. One query, at every new cart."""
    with database.cursor() as cursor:
        cursor.execute(_KNOWN, [checkout, connection.pk, since])
        return [Known(row[0], Incoterm(row[1]), json.loads(row[2])) for row in cursor.fetchall()]


def terms(connection: Connection, country: str, *, wished: str) -> Incoterm:
    """Return who pays: the market's own terms, or what the shopper chose where the merchant leaves the choice."""
    market = snapshot_for(connection.merchant).market(country)
    if market.offer_both and wished in ("DDP", "DAP"):
        return Incoterm(wished)
    return market.incoterm
