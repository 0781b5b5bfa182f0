"""The tax service: one question a cart change, and the same answer again when the order is placed.

VTEX waits five seconds, asks once and shows the shopper an error when nothing comes. Nothing here asks anybody else:
products, rates and law are in memory. The same cart gets the same answer for an hour, whichever process gives it: see
given.py.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from integrations.storefronts.vtex import given
from integrations.storefronts.vtex.mapping import Parcel, TaxRequest, answer_json, cart_hash, item_taxes, parcels, read
from integrations.storefronts.vtex.sellers import own
from shipsmart.core.errors import ShipSmartError
from shipsmart.merchants.models import Connection
from shipsmart.ports import Incoterm
from shipsmart.quotes import taxes

log = logging.getLogger(__name__)

OPEN, CLOSED = "open", "closed"  # what a cart gets whose duties are not known: nothing collected, or no order


class NoAnswer(ShipSmartError):
    """The cart cannot be taxed, and the merchant wants no order without it."""

    code = "no_answer"


@dataclass(frozen=True)
class Channel:
    """A sales channel's currency and language: the request names neither."""

    currency: str
    locale: str


def answer(connection: Connection, body: bytes) -> bytes:
    """Return the taxes of a cart as VTEX reads them. Raises BadCart, NoAnswer."""
    asked = read(body)
    channel = channel_of(connection, asked.salesChannel)
    wished = str(asked.taxApp.fields.get("incoterm", ""))[:3] if asked.taxApp else ""
    cart = cart_hash(asked, connection_id=connection.pk, currency=channel.currency, incoterm=wished)
    said = given.here(cart)
    if said is not None:
        return said
    made = _rows(connection, asked, channel, cart, wished)
    ours = answer_json(made.rows, bare=connection.settings.get("answer") == "array")
    said = given.first(cart, ours)
    if made.new and said is ours:
        taxes.keep(made.new)
    return said


def channel_of(connection: Connection, number: str) -> Channel:
    """Return what we hold of the sales channel; the merchant's own currency for one we do not know."""
    known = connection.settings.get("sales_channels", {}).get(number)
    if known is None:
        log.warning("%s: sales channel %s is not known; its currency is taken for the merchant's", connection, number)
        return Channel(connection.merchant.currency, "en")
    return Channel(known["currency"], known.get("locale", "en"))


@dataclass(frozen=True)
class _Made:
    rows: Sequence[dict[str, Any]]
    new: Sequence[taxes.Taxes] = ()


def _rows(connection: Connection, asked: TaxRequest, channel: Channel, cart: str, wished: str) -> _Made:
    ours = own(connection)
    goods = parcels(asked, currency=channel.currency, locale=channel.locale, at=timezone.now(), sellers=ours)
    before = _kept(connection, cart, goods, channel) if goods else None
    if before is not None:
        return _Made(before)
    try:
        found = [_taxed(connection, parcel, cart, wished) for parcel in goods]
    except ShipSmartError as error:
        return _unknown(connection, error)
    except Exception as error:
        log.exception("%s: taxing a cart failed", connection)
        return _unknown(connection, error)
    rows = [row for parcel, one in zip(goods, found, strict=True) for row in _shown(parcel, one, channel)]
    return _Made(rows, found)


def _taxed(connection: Connection, parcel: Parcel, cart: str, wished: str) -> taxes.Taxes:
    terms = taxes.terms(connection, parcel.cart.ship_to.country, wished=wished)
    return taxes.tax_cart(connection, parcel.cart, freight=parcel.freight, checkout=cart, incoterm=terms)


def _shown(parcel: Parcel, found: taxes.Taxes, channel: Channel) -> list[dict[str, Any]]:
    if found.incoterm is not Incoterm.DDP:
        return []  # the shopper pays at the door: nothing is collected here
    return item_taxes(parcel, found.answer, quote_id=found.quote_id, locale=channel.locale)


def _kept(connection: Connection, cart: str, goods: Sequence[Parcel], channel: Channel) -> list[dict[str, Any]] | None:
    """Return the rows of an answer of the last hour from its stored quotes; None when there is none."""
    if given.shared():
        return None  # whoever gave it first will say so, sooner than the database
    quotes = taxes.known(connection, cart, since=timezone.now() - given.SAME_ANSWER_FOR)
    if len(quotes) != len(goods):
        return None
    return [
        row
        for parcel, quote in zip(goods, quotes, strict=True)
        if quote.incoterm is Incoterm.DDP
        for row in item_taxes(parcel, quote.answer, quote_id=quote.quote_id, locale=channel.locale)
    ]


def _unknown(connection: Connection, error: Exception) -> _Made:
    """Answer without taxes, or not at all: the merchant's choice. A promise of DDP is never lost in silence."""
    if connection.settings.get("when_unknown", CLOSED) == OPEN:
        log.warning("%s: a cart goes untaxed: %s", connection, error)
        return _Made([])
    raise NoAnswer(f"duties and taxes of this cart are not known: {error}") from error
