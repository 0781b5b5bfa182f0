"""An estimate for a page: the shop and its catalogue's prices in, the answer of the landed-cost quote out.

An estimate is not kept: strangers could fill the database by reading product pages. What binds is the quote made by
the store's own checkout callback; it is computed by the same operation from the same rules and is stored and signed.
"""

import logging
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from checkout.errors import Refused
from checkout.reading import EstimateRequest
from shipsmart.catalog.models import Variant
from shipsmart.core.convert import Converter
from shipsmart.core.errors import ExchangeRateMissing
from shipsmart.core.money import minor_unit, round_to
from shipsmart.merchants.models import Connection
from shipsmart.ports import Incoterm, Party
from shipsmart.quotes import rulebook
from shipsmart.quotes.operations import NothingToOffer, quote_checkout
from shipsmart.quotes.places import somewhere_in
from shipsmart.quotes.values import CheckoutCart, CheckoutLine, CheckoutOption
from shipsmart.rating import table

log = logging.getLogger(__name__)


def find_connection(shop: str) -> Connection:
    """Return the active connection of a store by its own name. Raises Refused (404)."""
    found = Connection.objects.filter(account__iexact=shop, status=Connection.Status.ACTIVE)
    connection = found.select_related("merchant").order_by("pk").first()
    if connection is None:
        raise Refused(f"no connected shop {shop!r}", code="unknown_shop", status=404, field="shop")
    return connection


def make_estimate(connection: Connection, asked: EstimateRequest) -> dict[str, Any]:
    """Return the answer for the page as JSON values; amounts are decimal texts.

    A destination without any delivery answers with no options and the reason. Raises Refused.
    """
    cart, messages = _cart(connection, asked)
    options: list[dict[str, Any]] = []
    try:
        answer = quote_checkout(connection, cart, deadline_s=connection.merchant.quote_deadline_ms / 1000)
        options = [_option(option) for option in answer.options]
        if not asked.postcode and any(_priced_by_carrier(option) for option in answer.options):
            messages.append(
                _message("postcode_unknown", "carriers price by postcode: the checkout may differ a little")
            )
        # What carriers said to the merchant's accounts is not for strangers.
        log.info("estimate for %s to %s: %s", connection, asked.country, "; ".join(answer.messages) or "all answered")
    except NothingToOffer as error:
        log.info("no estimate for %s to %s: %s", connection, asked.country, error)
        messages.append(_message(error.code, f"no delivery to {asked.country}"))
    return {
        "shop": connection.account,
        "country": asked.country,
        "currency": cart.currency,
        "at": cart.at.isoformat(),
        "options": options,
        "messages": messages,
    }


def _cart(connection: Connection, asked: EstimateRequest) -> tuple[CheckoutCart, list[dict[str, str]]]:
    at = timezone.now()
    variants = _variants(connection, asked)
    known = {variant.currency for variant in variants}
    if len(known) > 1:
        raise Refused("these products are priced in different currencies", code="mixed_currencies", field="items")
    exchange = Converter((), rulebook.current().rate_sets(at), at)
    currency, messages = choose_currency(exchange, own=known.pop(), wanted=asked.currency)
    ship_to = Party(country=asked.country, region=asked.region, postcode=asked.postcode)
    pairs = zip(variants, asked.items, strict=True)
    return CheckoutCart(
        ship_to=ship_to,
        freight_to=somewhere_in(ship_to),
        lines=tuple(_line(variant, item.quantity, currency, exchange) for variant, item in pairs),
        currency=currency,
        at=at,
        locale=asked.locale,
    ), messages


def choose_currency(exchange: Converter, *, own: str, wanted: str) -> tuple[str, list[dict[str, str]]]:
    """Return the currency to answer in, and what the page must say about it.

    The wanted one where we hold an exchange rate of these weeks, else the shop's own: an old rate would mislead.
    """
    if wanted in ("", own):
        return own, []
    try:
        exchange.ratio(own, wanted)
    except ExchangeRateMissing:
        return own, [_message("currency_not_offered", f"no exchange rate from {own} to {wanted}: shown in {own}")]
    used = exchange.used[own, wanted]
    if used.stale:
        return own, [_message("currency_not_offered", f"the rate from {own} to {wanted} is of {used.day}: too old")]
    # The store converts at a rate of its own, so its checkout may differ by some cents; the page says so.
    return wanted, [_message("currency_converted", f"converted from {own} at the reference rate of {used.day}")]


def _variants(connection: Connection, asked: EstimateRequest) -> list[Variant]:
    # A theme may name a variant by number or by its global id (gid://shopify/ProductVariant/1): both mean the same.
    short = {item.variant_id.rsplit("/", 1)[-1] for item in asked.items}
    names = (
        short | {item.variant_id for item in asked.items} | {f"gid://shopify/ProductVariant/{name}" for name in short}
    )
    found = Variant.objects.for_merchant(connection.merchant).filter(external_id__in=names).select_related("product")
    by_name = {variant.external_id.rsplit("/", 1)[-1]: variant for variant in found}
    for position, item in enumerate(asked.items):
        if item.variant_id.rsplit("/", 1)[-1] not in by_name:
            field = f"items[{position}].variant_id"
            raise Refused(f"{field}: the shop has no such product", code="unknown_variant", status=422, field=field)
    return [by_name[item.variant_id.rsplit("/", 1)[-1]] for item in asked.items]


def _line(variant: Variant, quantity: int, currency: str, exchange: Converter) -> CheckoutLine:
    price = exchange.convert(variant.price, variant.currency, currency)
    return CheckoutLine(
        variant_id=variant.external_id,
        quantity=quantity,
        unit_price=round_to(price, minor_unit(currency)),
        sku=variant.sku,
        title=str(variant),
        weight_g=variant.weight_g,
    )


def _priced_by_carrier(option: CheckoutOption) -> bool:
    return option.source != "fallback" and not option.service_code.startswith(f"{table.CARRIER}:")


def _option(option: CheckoutOption) -> dict[str, Any]:
    breakdown = {key: value for key, value in option.breakdown.items() if key != "quote_id"}
    pay_now, at_door = _split(option, breakdown)
    return {
        "service_code": option.service_code,
        "service_name": option.service_name,
        "incoterm": option.incoterm.value,
        "status": option.status,
        "source": option.source,
        "price": str(option.price),
        "currency": option.currency,
        "deliver_from": _day(option.deliver_from),
        "deliver_by": _day(option.deliver_by),
        "pay_now": pay_now,
        "pay_at_door": at_door,
        "breakdown": breakdown,
    }


def _split(option: CheckoutOption, breakdown: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Return what the checkout charges and what is left to the door; None where a figure is not known."""
    goods, landed_cost = breakdown.get("goods"), breakdown.get("landed_cost")
    if goods is None:
        return None, None
    pay_now = Decimal(goods) + option.price
    if option.incoterm is Incoterm.DDP:
        return str(pay_now), "0"
    if landed_cost is None or option.status == "not_computable":
        return str(pay_now), None
    return str(pay_now), str(max(Decimal(landed_cost) - pay_now, Decimal(0)))


def _message(code: str, text: str) -> dict[str, str]:
    return {"code": code, "message": text}


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None
