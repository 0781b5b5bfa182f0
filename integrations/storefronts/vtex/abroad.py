"""The stock abroad as an external seller of the store: what it offers for a cart. One query each, no partner is asked.

VTEX asks when it indexes goods (no address) and at every checkout, waits two and a half seconds, and takes goods for
sold out when nothing comes. All amounts are integer cents.

Source: https://developers.vtex.com/docs/api-reference/marketplace-protocol-external-seller-fulfillment
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

import msgspec
import pycountry
from django.utils import timezone

from integrations.storefronts.vtex.codes import alpha_2
from integrations.storefronts.vtex.mapping import BadCart
from shipsmart.catalog.models import Variant
from shipsmart.core.money import allocate
from shipsmart.merchants.models import Connection
from shipsmart.quotes.landed import convert
from shipsmart.rating.models import TableRate
from shipsmart.stock.models import StockAbroad

CENT = Decimal(1)
Text = Annotated[str, msgspec.Meta(max_length=100)]


class Wanted(msgspec.Struct, frozen=True):
    id: Text
    quantity: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
    seller: Text | None = None


class Simulation(msgspec.Struct, frozen=True):
    items: Annotated[tuple[Wanted, ...], msgspec.Meta(max_length=1000)]
    postalCode: Text | None = None  # noqa: N815 - their spelling
    country: Text | None = None
    sc: Text | None = None


class Placement(msgspec.Struct, frozen=True):
    """What of an order is ours to look at; prices, payment and person are the store's, who keeps them."""

    marketplaceOrderId: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]  # noqa: N815
    items: Annotated[tuple[Wanted, ...], msgspec.Meta(min_length=1, max_length=1000)]


@dataclass(frozen=True)
class _Offer:
    """A cart's items as we can serve them: units and price in cents of each, weight of one unit in grams."""

    asked: Simulation
    units: Sequence[int]
    prices: Sequence[int | None]
    weights_g: Sequence[int]


def decoded(body: bytes, shape: Any) -> Any:
    """Return the body in a shape. Raises BadCart naming the field that does not fit."""
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadCart(str(error)) from error


def units_of(items: Sequence[Wanted]) -> dict[str, int]:
    """Return units by SKU: a SKU may stand on several lines."""
    units: dict[str, int] = {}
    for item in items:
        units[item.id] = units.get(item.id, 0) + item.quantity
    return units


def simulate(connection: Connection, stock: StockAbroad, asked: Simulation) -> dict[str, Any]:
    """Return what of a cart the stock can serve, at which price, and how it would get there."""
    offer = _offer(connection, stock, asked)
    price, service = _delivery(connection, stock, offer)
    to = [_alpha_3(country) for country in stock.countries]
    shares = _shares(price, offer) if price is not None else []
    return {
        "country": asked.country,
        "postalCode": asked.postalCode,
        "allowMultipleDeliveries": True,
        "items": [_item(n, one, offer) for n, one in enumerate(asked.items) if offer.prices[n] is not None],
        "logisticsInfo": [
            {
                "itemIndex": n,
                "quantity": offer.units[n],
                "stockBalance": offer.units[n],
                "shipsTo": to,
                "slas": [_sla(service, shares[n])] if service and offer.units[n] else [],
                "deliveryChannels": [{"id": "delivery", "stockBalance": offer.units[n]}],
            }
            for n, _one in enumerate(asked.items)
        ],
    }


def _offer(connection: Connection, stock: StockAbroad, asked: Simulation) -> _Offer:
    ids = {item.id for item in asked.items}
    rows = Variant.objects.filter(merchant=connection.merchant, external_id__in=ids)
    variants = {row.external_id: row for row in rows}
    left = {level.variant: level.available for level in stock.levels.filter(variant__in=ids)} if stock.active else {}
    units, prices, weights = [], [], []
    for item in asked.items:
        variant = variants.get(item.id)
        price = _price(connection, variant, asked.sc or "1") if variant and variant.price else None
        served = min(item.quantity, left.get(item.id, 0)) if price is not None else 0
        left[item.id] = left.get(item.id, 0) - served
        units.append(served)
        prices.append(price)
        weights.append(variant.weight_g if variant else 0)
    return _Offer(asked, units, prices, weights)


def _price(connection: Connection, variant: Variant, channel: str) -> int:
    return _cents(convert(variant.price, variant.currency, _currency(connection, channel), timezone.now()))


def _currency(connection: Connection, channel: str) -> str:
    known = (connection.settings.get("sales_channels") or {}).get(channel) or {}
    return str(known.get("currency") or connection.merchant.currency)


def _cents(amount: Decimal) -> int:
    return int((amount * 100).quantize(CENT, "ROUND_HALF_UP"))


def _delivery(connection: Connection, stock: StockAbroad, offer: _Offer) -> tuple[int | None, TableRate | None]:
    """Return price in cents and service for all that is served; None without an address, or where it does not go.

    Goods whose weight nobody knows have no price of delivery: nothing is made up.
    """
    country = alpha_2(offer.asked.country or "")
    served = [(units, grams) for units, grams in zip(offer.units, offer.weights_g, strict=True) if units]
    if country not in stock.countries or not offer.asked.postalCode or not all(grams for _, grams in served):
        return None, None
    weight_g = sum(units * grams for units, grams in served)
    rates = TableRate.objects.filter(merchant=connection.merchant, service=stock.service, max_weight_g__gte=weight_g)
    rate = next((one for one in rates if not one.countries or country in one.countries), None) if served else None
    if rate is None:
        return None, None
    currency = _currency(connection, offer.asked.sc or "1")
    return _cents(convert(rate.price, rate.currency, currency, timezone.now())), rate


def _shares(cents: int, offer: _Offer) -> list[int]:
    """Share the delivery out over the items by weight, to the cent."""
    weights = [Decimal(units * grams) for units, grams in zip(offer.units, offer.weights_g, strict=True)]
    return [int(part) for part in allocate(Decimal(cents), weights, step=CENT)]


def _item(number: int, item: Wanted, offer: _Offer) -> dict[str, Any]:
    return {
        "id": item.id,
        "requestIndex": number,
        "quantity": offer.units[number],
        "seller": item.seller or "1",
        "price": offer.prices[number],
        "listPrice": offer.prices[number],
        "measurementUnit": "un",
        "unitMultiplier": 1,
        "merchantName": None,
        "offerings": [],
        "priceTags": [],
        "priceValidUntil": None,
    }


def _sla(rate: TableRate, cents: int) -> dict[str, Any]:
    return {
        "id": rate.service,
        "name": rate.service_name,
        "deliveryChannel": "delivery",
        "price": cents,
        "shippingEstimate": f"{rate.days_to}d",
        "availableDeliveryWindows": [],
        "pickupStoreInfo": None,
    }


def _alpha_3(country: str) -> str:
    found = pycountry.countries.get(alpha_2=country)
    return str(found.alpha_3) if found else country


def placed(told: Mapping[str, Any], number: str) -> dict[str, Any]:
    """Return the answer to an order: what was sent, and our number of it."""
    return {**told, "orderId": number, "followUpEmail": told.get("followUpEmail"), "allowMultipleDeliveries": True}
