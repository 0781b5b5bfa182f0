"""Asking the carrier services while the shopper waits."""

import json
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from decimal import Decimal
from urllib.parse import urljoin, urlsplit

import requests

from integrations.sandbox.shopify.rates.answer import BadAnswer, Rate, read_rates
from integrations.sandbox.shopify.rates.cache import cache_key
from integrations.sandbox.shopify.rates.request import rate_request
from integrations.sandbox.shopify.signing import body_signature
from integrations.sandbox.shopify.store.checkouts import Checkout
from integrations.sandbox.shopify.store.fulfilment import Location
from integrations.sandbox.shopify.store.money import convert
from integrations.sandbox.shopify.store.shop import DeliveryCarrierService, Shop
from integrations.sandbox.shopify.transport import post
from integrations.sandbox.shopify.world import Room, World

TIMEOUT_S = 10.0
BACKUP = Rate("Standard shipping", "backup_standard", "Delivery in 5 to 12 working days", "EUR", Decimal("14.90"))
_LIMIT_BYTES = 1_000_000


@dataclass(frozen=True)
class Outcome:
    """What one carrier service came to. `error` is None when its rates may be shown."""

    rates: tuple[Rate, ...]
    error: str | None = None
    cached: bool = False


@dataclass(frozen=True)
class Offer:
    """What the checkout shows: cheapest first; `source` is `carrier` or `backup`."""

    rates: tuple[Rate, ...]
    source: str
    elapsed_ms: int
    errors: tuple[str, ...] = ()
    cached: bool = False


def _fetch(url: str, *, body: bytes, headers: dict[str, str], deadline: float) -> bytes:
    """Return the body of a 2xx answer. A redirect is followed once, within the same host. Raises BadAnswer."""
    for _ in range(2):
        left = deadline - time.monotonic()
        if left <= 0:
            raise BadAnswer("timed out")
        with post(url, body=body, headers=headers, timeout=(left, left)) as answer:
            if answer.is_redirect:
                target = urljoin(url, answer.headers["Location"])
                if urlsplit(target).netloc != urlsplit(url).netloc:
                    raise BadAnswer("redirected to another domain")
                url = target
                continue
            if not 200 <= answer.status_code < 300:
                raise BadAnswer(f"HTTP {answer.status_code}")
            return _read(answer, deadline)
    raise BadAnswer("redirected twice")


def _read(answer: requests.Response, deadline: float) -> bytes:
    content = b""
    for chunk in answer.iter_content(65_536):
        content += chunk
        if time.monotonic() > deadline:
            raise BadAnswer("timed out")
        if len(content) > _LIMIT_BYTES:
            raise BadAnswer("the answer is too long")
    return content


def _call(world: World, room: Room, service: DeliveryCarrierService, checkout: Checkout, place: Location) -> Outcome:
    shop = room.shop
    wish = room.faults.take("callback_currency", world.config.callback_currency)
    currency = checkout.currency if wish == "presentment" else shop.currency_code
    timeout_s = float(room.faults.take("callback_timeout_s", TIMEOUT_S))
    body = json.dumps(rate_request(shop, checkout, place, currency=currency), ensure_ascii=False).encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Ruby",
        "X-Shopify-Shop-Domain": shop.domain,
        "X-Shopify-Hmac-Sha256": body_signature(secret=world.config.client_secret, body=body),
        "X-Shopify-Timeout": str(int(timeout_s * 1000)),
    }
    deadline = time.monotonic() + timeout_s
    try:
        content = _fetch(service.callback_url, body=body, headers=headers, deadline=deadline)
        return Outcome(read_rates(content, source=service.name, carrier_identifier=f"{service.serial:x}"))
    except requests.RequestException as error:
        return Outcome((), error=f"{type(error).__name__}")
    except BadAnswer as error:
        return Outcome((), error=str(error))


def _ask_everywhere(world: World, room: Room, service: DeliveryCarrierService, checkout: Checkout) -> Outcome:
    """Ask once for each location with its goods; same-named rates are added up."""
    places = list(dict.fromkeys(room.shop.location_of(item.variant) for item in checkout.items))
    return combined([_ask(world, room, service, checkout, place) for place in places])


def combined(outcomes: Sequence[Outcome]) -> Outcome:
    """Return one outcome: rates whose name every location has, added up; else the cheapest of each as "Shipping"."""
    failed = next((outcome for outcome in outcomes if outcome.error), None)
    if failed or len(outcomes) == 1:
        return failed or outcomes[0]
    groups = [{rate.service_name: rate for rate in outcome.rates} for outcome in outcomes]
    names = [name for name in groups[0] if all(name in group for group in groups)]
    rates = [_added([group[name] for group in groups]) for name in names]
    if not rates and all(groups):
        cheapest = [min(group.values(), key=lambda rate: rate.amount) for group in groups]
        rates = [replace(_added(cheapest), service_name="Shipping", service_code="Shipping", metafields=())]
    return Outcome(tuple(rates), cached=all(outcome.cached for outcome in outcomes))


def _added(rates: Sequence[Rate]) -> Rate:
    return replace(rates[0], amount=sum((rate.amount for rate in rates), Decimal(0)))


def _ask(world: World, room: Room, service: DeliveryCarrierService, checkout: Checkout, place: Location) -> Outcome:
    caching = room.faults.take("rate_cache", world.config.rate_cache)
    key = cache_key(room.shop, service, checkout, place)
    kept = world.rate_cache.get(key) if caching else None
    if kept is not None:
        return Outcome(kept.rates, kept.error, cached=True)
    started = time.monotonic()
    outcome = _call(world, room, service, checkout, place)
    if caching:
        world.rate_cache.put(key, outcome, good=outcome.error is None)
    room.shop.record(
        "rates_asked",
        service=service.name,
        rates=len(outcome.rates),
        error=outcome.error,
        elapsed_ms=round((time.monotonic() - started) * 1000),
    )
    return outcome


def offer_for(world: World, room: Room, checkout: Checkout) -> Offer:
    """Return the shipping options for a checkout, cheapest first in the shop's currency.

    Backup rates stand in for every carrier service that failed, and for a shop that has none. A service that
    answers an empty list does not serve the address: then there may be nothing to choose.
    """
    started, shop = time.monotonic(), room.shop
    with shop.lock:
        services = [s for s in shop.carrier_services.values() if s.active]
    outcomes: list[Outcome] = []
    if services:
        with ThreadPoolExecutor(len(services)) as pool:
            outcomes = list(pool.map(lambda service: _ask_everywhere(world, room, service, checkout), services))
    rates = [rate for outcome in outcomes for rate in outcome.rates]
    errors = tuple(outcome.error for outcome in outcomes if outcome.error)
    if errors or not services:
        rates.append(BACKUP)
    return Offer(
        rates=tuple(sorted(rates, key=lambda rate: _in_shop_currency(rate, shop))),
        source="carrier" if any(outcome.error is None for outcome in outcomes) else "backup",
        elapsed_ms=round((time.monotonic() - started) * 1000),
        errors=errors,
        cached=any(outcome.cached for outcome in outcomes),
    )


def _in_shop_currency(rate: Rate, shop: Shop) -> Decimal:
    return convert(rate.amount, source=rate.currency, target=shop.currency_code)
