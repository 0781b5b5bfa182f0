"""Answer a checkout: carrier prices, landed cost, the merchant's terms; store what was shown just after."""

import json
import logging
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from shipsmart.core.errors import ShipSmartError
from shipsmart.core.money import allocate, minor_unit
from shipsmart.merchants.models import Connection
from shipsmart.ports import CarrierEnquiry, CustomsItem, Incoterm
from shipsmart.quotes import landed, remembered, rulebook
from shipsmart.quotes.embargo import EMBARGOED
from shipsmart.quotes.fingerprint import fingerprint, place_key, units_of
from shipsmart.quotes.keeping import keep, keep_behind
from shipsmart.quotes.models import Quote
from shipsmart.quotes.options import Basket, Offer, basket_of, offers
from shipsmart.quotes.remembered import Remembered, remembering
from shipsmart.quotes.snapshot import MerchantSnapshot, customs_item, snapshot_for
from shipsmart.quotes.splitting import parts_of, together
from shipsmart.quotes.values import CheckoutAnswer, CheckoutCart
from shipsmart.rating.packing import pack
from shipsmart.rating.quoting import ask_ahead, gather, table_quotes
from shipsmart.rating.rules import apply
from shipsmart.rating.values import Gathered
from shipsmart.rules import Rulebook

log = logging.getLogger(__name__)
MOST_UNITS = 2000  # packing more of them would take longer than a checkout waits
RESERVE_S = 0.06  # of the deadline: what the landed cost and the answer itself take


@dataclass(frozen=True)
class Asking:
    """A question with all that its answer rests on; `started`: seconds of the performance counter."""

    basket: Basket
    enquiry: CarrierEnquiry
    gathered: Gathered
    started: float
    law: Rulebook = field(default_factory=rulebook.current)


class NothingToOffer(ShipSmartError):
    """No carrier answered and the merchant has no price list for this destination."""

    code = "nothing_to_offer"


def quote_checkout(connection: Connection, cart: CheckoutCart, *, deadline_s: float | None = None) -> CheckoutAnswer:
    """Return the ways of delivery for a cart, cheapest first, each with its landed cost.

    Waits for carriers no longer than `deadline_s` (default: the merchant's own). Writes nothing: call `keep` or
    `keep_behind` of the answer after it has gone out. Raises NothingToOffer.
    """
    started = time.perf_counter()
    snapshot = snapshot_for(connection.merchant)
    allowed_s = snapshot.deadline_s if deadline_s is None else min(deadline_s, snapshot.deadline_s)
    parts = parts_of(snapshot, cart)
    if len(parts) == 1:
        return _quote(connection, snapshot, parts[0], started=started, allowed_s=allowed_s)
    for part in parts:  # all are asked at once; below, each answer is waited for in turn
        asked, exchange = _enquiry(snapshot, part), partial(landed.convert, at=cart.at)
        ask_ahead(snapshot.rating.accounts, asked, within_s=allowed_s - RESERVE_S, exchange=exchange)
    ends_at = started + allowed_s
    answers = []
    for part in parts:
        left_s = ends_at - time.perf_counter()
        answers.append(_quote(connection, snapshot, part, started=started, allowed_s=left_s))
    return together(cart, answers)


def _enquiry(snapshot: MerchantSnapshot, cart: CheckoutCart) -> CarrierEnquiry:
    return enquire(basket_of(snapshot, cart, shippable(snapshot, cart)))


def _quote(
    connection: Connection, snapshot: MerchantSnapshot, cart: CheckoutCart, *, started: float, allowed_s: float
) -> CheckoutAnswer:
    """Return the answer for goods that lie at one place."""
    known = remembered.find(connection.pk, cart, snapshot)
    if known:
        enquiry = known.enquiry_for(cart)
    else:
        basket = basket_of(snapshot, cart, shippable(snapshot, cart))
        enquiry = enquire(basket)
    gathered = gather(
        snapshot.rating.accounts,
        enquiry,
        deadline_s=max(allowed_s, RESERVE_S) - RESERVE_S,
        table_rates=snapshot.rating.table,
        exchange=partial(landed.convert, at=cart.at),
    )
    if known and gathered == known.gathered:
        return known.answer
    if known:
        basket = basket_of(snapshot, cart, shippable(snapshot, cart))
    return _answer(connection, Asking(basket, enquiry, gathered, started))


def fallback_answer(connection: Connection, cart: CheckoutCart) -> CheckoutAnswer:
    """Return an answer from the merchant's price list alone, for when anything else failed. Raises NothingToOffer."""
    started = time.perf_counter()
    snapshot = snapshot_for(connection.merchant)
    parts = parts_of(snapshot, cart)
    answers = [_from_the_list(connection, snapshot, part, started) for part in parts]
    return answers[0] if len(answers) == 1 else together(cart, answers)


def _from_the_list(
    connection: Connection, snapshot: MerchantSnapshot, cart: CheckoutCart, started: float
) -> CheckoutAnswer:
    basket = basket_of(snapshot, cart, shippable(snapshot, cart))
    enquiry = enquire(basket)
    found = Gathered(tuple(table_quotes(snapshot.rating.table, enquiry)))
    return _answer(connection, Asking(basket, enquiry, found, started))


def under_rules(basket: Basket, enquiry: CarrierEnquiry, gathered: Gathered) -> Gathered:
    """Return the prices as the merchant's rules leave them; when they hide every service, a message names them."""
    rules, cart = basket.snapshot.rating.rules, basket.cart
    if not rules:
        return gathered
    exchange = partial(landed.convert, at=cart.at)
    ruled = apply(rules, gathered.quotes, enquiry, exchange=exchange, share=cart.share)
    hidden = dict.fromkeys(step.rule for step in ruled.steps if step.after is None)
    all_gone = (f"every service is hidden by {', '.join(hidden)}",) if hidden and not ruled.quotes else ()
    return Gathered(ruled.quotes, (*gathered.messages, *all_gone))


def _answer(connection: Connection, asking: Asking) -> CheckoutAnswer:
    basket = asking.basket
    priced = under_rules(basket, asking.enquiry, asking.gathered)
    country = basket.cart.ship_to.country
    made = offers(basket, priced.quotes)
    if not made:
        raise NothingToOffer(
            f"no delivery to {country!r}: no carrier answered and no row of the price list covers it; "
            "add one under Settings, Price list",
            country=country,
            messages=list(priced.messages),
        )
    elapsed_ms = round((time.perf_counter() - asking.started) * 1000)
    checkout = secrets.token_hex(10)
    told = {"checkout": checkout, "elapsed_ms": elapsed_ms, "sender": basket.sender.key}
    rows = partial(rows_of, connection, basket.cart, made, **told)
    answer = CheckoutAnswer(
        checkout=checkout,
        options=tuple(offer.option for offer in made),
        keep=lambda: keep(rows, remember),
        keep_behind=lambda: keep_behind(rows, remember),
        messages=priced.messages,
        elapsed_ms=elapsed_ms,
    )
    rests_on = Remembered(basket.snapshot, asking.law, asking.enquiry, asking.gathered, answer)
    remember = remembering(connection.pk, basket.cart, rests_on)
    return answer


def rows_of(
    connection: Connection,
    cart: CheckoutCart,
    made: Sequence[Offer],
    *,
    checkout: str,
    elapsed_ms: int,
    sender: str = "",
) -> list[dict[str, Any]]:
    """Return what is kept of an answer, a row for each option."""
    shared = {
        "merchant_id": connection.merchant_id,
        "connection_id": connection.pk,
        "checkout": checkout,
        "created_at": cart.at,
        "fingerprint": fingerprint(connection.pk, cart.ship_to, units_of(cart.lines)),
        "place": place_key(connection.pk, cart.ship_to),
        "goods_text": json.dumps([[line.variant_id, line.quantity] for line in cart.lines if line.requires_shipping]),
        "country": cart.ship_to.country,
        "sender": sender,
        "elapsed_ms": elapsed_ms,
    }
    return [shared | offer.row() for offer in made]


def shippable(snapshot: MerchantSnapshot, cart: CheckoutCart) -> tuple[CustomsItem, ...]:
    """Return the goods that travel, as customs see them. Raises NothingToOffer when none of them does."""
    country = cart.ship_to.country
    if not snapshot.market(country).active:
        raise NothingToOffer(_why_closed(country), country=country)
    items = tuple(customs_item(snapshot, line, country) for line in cart.lines if line.requires_shipping)
    units = sum(item.quantity for item in items)
    if units > MOST_UNITS:
        raise NothingToOffer(
            f"{units} pieces are a freight order, not a parcel; ask for at most {MOST_UNITS}", units=units
        )
    if not items:
        raise NothingToOffer("nothing in this cart needs shipping", country=cart.ship_to.country)
    return items


def _why_closed(country: str) -> str:
    if country in EMBARGOED:
        return (
            f"{country!r} is under embargo ({EMBARGOED[country]}); give it a row under Settings, Markets to sell there"
        )
    return f"{country!r} is switched off under Settings, Markets"


def enquire(basket: Basket) -> CarrierEnquiry:
    """Return what carriers are asked: goods at the price after discount, packed into the merchant's boxes."""
    snapshot, cart = basket.snapshot, basket.cart
    goods = [item.unit_price * item.quantity for item in basket.items]
    worth = max(sum(goods, Decimal(0)) - cart.discount, Decimal(0))
    shares = allocate(worth, goods, step=minor_unit(cart.currency))
    net = tuple(replace(i, unit_price=share / i.quantity) for i, share in zip(basket.items, shares, strict=True))
    return CarrierEnquiry(
        shipper=basket.sender.party,
        consignee=cart.freight_to or cart.ship_to,
        parcels=pack(basket.items, snapshot.rating.boxes),
        items=net,
        currency=cart.currency,
        goods_value=worth,
        incoterm=snapshot.market(cart.ship_to.country).incoterm,
        ship_on=cart.at.astimezone(UTC).date(),
    )


def recompute(row: Quote) -> dict[str, Any]:
    """Return the answer computed again from a stored quote's own request, under the rulebook it was made with.

    Where that rulebook is gone from this machine, under the one in force: the answer then names the other's hash.
    """
    stored = json.loads(row.request_text)
    law = rulebook.find(row.answer["rulebook"]["sha256"])
    at = datetime.fromisoformat(stored["request"]["at"])
    return landed.answer(stored["request"], now=at, fees=stored["fees"], law=law)


def is_ddp(service_code: str) -> bool:
    """Whether a service code of ours promised the shopper that duties are paid."""
    return service_code.rsplit(":", 1)[-1] == Incoterm.DDP
