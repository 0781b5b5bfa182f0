"""What the browser remembers between pages: a cart and a destination, in cookies of the shop's own path."""

from dataclasses import dataclass
from typing import Any

from flask import Request, Response

from integrations.sandbox.shopify.store.addresses import COUNTRIES
from integrations.sandbox.shopify.store.catalogue import ProductVariant
from integrations.sandbox.shopify.store.money import MoneyBag
from integrations.sandbox.shopify.store.shop import Shop

# Where the shopper is decides currency and language, as the store's markets would.
_MARKETS = {
    "US": ("USD", "en"),
    "CA": ("CAD", "en"),
    "GB": ("GBP", "en"),
    "AU": ("AUD", "en"),
    "BR": ("BRL", "pt-BR"),
    "MX": ("MXN", "es"),
    "JP": ("JPY", "ja"),
    "CH": ("CHF", "de"),
    "NO": ("NOK", "en"),
    "SE": ("SEK", "en"),
    "DK": ("DKK", "en"),
    "PL": ("PLN", "pl"),
    "DE": ("EUR", "de"),
    "AT": ("EUR", "de"),
    "FR": ("EUR", "fr"),
    "ES": ("EUR", "es"),
    "IT": ("EUR", "it"),
    "NL": ("EUR", "nl"),
    "PT": ("EUR", "pt"),
}
_MONTH_S = 30 * 24 * 3600


@dataclass(frozen=True)
class Market:
    country: str
    currency: str
    locale: str

    @property
    def country_name(self) -> str:
        return COUNTRIES[self.country]


@dataclass(frozen=True)
class CartLine:
    variant: ProductVariant
    quantity: int
    unit: MoneyBag

    @property
    def total(self) -> MoneyBag:
        return self.unit * self.quantity


def market_of(request: Request) -> Market:
    """Return the shopper's market: the country chosen before, at first Germany."""
    country = request.cookies.get("destination", "DE")
    country = country if country in COUNTRIES else "DE"
    return Market(country, *_MARKETS.get(country, ("EUR", "en")))


def _quantities(request: Request) -> dict[str, int]:
    # `4711.2~4712.1`: letters that no cookie jar quotes or escapes.
    pairs = (part.partition(".") for part in request.cookies.get("cart", "").split("~"))
    kept = {serial: int(n) for serial, _, n in pairs if serial.isdecimal() and n.isdecimal()}
    return {serial: n for serial, n in kept.items() if 0 < n <= 1000}


def cart_lines(shop: Shop, request: Request, currency: str) -> list[CartLine]:
    """Return the cart's lines; what the shop does not sell any more is left out."""
    lines = []
    for serial, quantity in _quantities(request).items():
        variant = shop.variant(int(serial)) if serial.isdecimal() else None
        if variant is not None:
            unit = MoneyBag.of(variant.price, shop=shop.currency_code, presentment=currency)
            lines.append(CartLine(variant, quantity, unit))
    return lines


def put_in_cart(request: Request, response: Response, *, path: str, changes: dict[str, int], add: bool) -> None:
    """Set the cart cookie: `add` to the quantities or replace them; 0 takes a line out."""
    quantities = _quantities(request)
    for serial, quantity in changes.items():
        quantities[serial] = min(1000, quantity + (quantities.get(serial, 0) if add else 0))
    kept = "~".join(f"{serial}.{n}" for serial, n in quantities.items() if n > 0 and serial.isdecimal())
    set_cookie(response, "cart", kept, path=path)


def set_cookie(response: Response, name: str, value: str, *, path: str) -> None:
    response.set_cookie(name, value, path=path, max_age=_MONTH_S, samesite="Lax", httponly=True)


def widget_items(rows: list[tuple[ProductVariant, int]]) -> list[dict[str, Any]]:
    """Return the `items` attribute of the landed-cost component."""
    return [{"variant_id": str(variant.serial), "quantity": quantity} for variant, quantity in rows]
