"""The rate callback's request and answer ↔ our cart and options. Pure: no network, no database.

Source: https://shopify.dev/docs/api/admin-graphql/2026-07/objects/DeliveryCarrierService
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Any

import msgspec

from integrations.storefronts.shopify.mapping import one_line
from shipsmart.core.errors import ShipSmartError
from shipsmart.ports import Party
from shipsmart.quotes.values import CheckoutAnswer, CheckoutCart, CheckoutLine, CheckoutOption
from shipsmart.quotes.wording import service_name

NAMESPACE = "$app:landed_cost"
MOST_BYTES = 60_000  # of a metafield; the store refuses values of 64 KiB and more
COUNTRY_LETTERS = 2
SUBUNITS = 100  # of every currency, those without a minor unit included: 1000 JPY are sent as 100000

Country = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{2}$")]
Currency = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}$")]
Positive = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
Whole = Annotated[int, msgspec.Meta(ge=0, le=10**15)]
Text = Annotated[str, msgspec.Meta(max_length=500)]


class BadCart(ShipSmartError):
    """The request does not look as Shopify's does; the message names the field."""

    code = "bad_request"


class Address(msgspec.Struct, frozen=True):
    country: Country
    postal_code: Text | None = None
    province: Text | None = None
    city: Text | None = None
    name: Text | None = None
    company_name: Text | None = None
    address1: Text | None = None
    address2: Text | None = None
    address3: Text | None = None
    phone: Text | None = None
    email: Text | None = None


class Origin(msgspec.Struct, frozen=True):
    """The location that the goods of this call lie at. Nothing of it is required: without it there are rates too."""

    country: Text | None = None
    postal_code: Text | None = None
    province: Text | None = None
    city: Text | None = None
    address1: Text | None = None
    address2: Text | None = None


class Item(msgspec.Struct, frozen=True):
    quantity: Positive
    price: Whole
    grams: Whole | None = None
    name: str | None = None
    sku: str | None = None
    requires_shipping: bool | None = None
    variant_id: int | None = None


class OrderTotals(msgspec.Struct, frozen=True):
    """Of the whole cart, also where only a part of it is asked about."""

    subtotal_price: str | int | None = None
    discount_amount: str | int | None = None


class Rate(msgspec.Struct, frozen=True):
    destination: Address
    items: Annotated[tuple[Item, ...], msgspec.Meta(min_length=1, max_length=1000)]
    currency: Currency
    origin: Origin | None = None
    locale: Annotated[str, msgspec.Meta(max_length=35)] | None = None
    order_totals: OrderTotals | None = None


class RateRequest(msgspec.Struct, frozen=True):
    rate: Rate


_decoder = msgspec.json.Decoder(RateRequest)


@dataclass(frozen=True)
class Asked:
    """The cart that is asked about; `part`: the checkout holds more, which is asked about in a call of its own.

    Shopify asks once per origin, with that origin's goods, and adds up the prices of rates that have the same name.
    """

    cart: CheckoutCart
    part: bool


def checkout_cart(body: bytes, *, at: datetime) -> CheckoutCart:
    """Return the goods that are asked about. Raises BadCart naming the field that does not fit."""
    return asked(body, at=at).cart


def asked(body: bytes, *, at: datetime) -> Asked:
    """Return the goods that are asked about and whether they are all. Raises BadCart naming the field."""
    try:
        rate = _decoder.decode(body).rate
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadCart(str(error)) from error
    goods = sum(item.price * item.quantity for item in rate.items)
    whole = _before_discounts(rate.order_totals, goods)
    cart = CheckoutCart(
        ship_to=_party(rate.destination),
        lines=tuple(_line(item) for item in rate.items),
        currency=rate.currency,
        at=at,
        discount=_discount(rate.order_totals, goods, whole),
        locale=rate.locale or "en",
        share=Decimal(goods) / whole if whole > goods else Decimal(1),
        origin=_origin(rate.origin),
    )
    return Asked(cart, part=whole > goods)


def _before_discounts(totals: OrderTotals | None, goods: int) -> int:
    """Return what the whole cart costs at the prices its items have; 0 when the store does not say."""
    subtotal = _total(totals, "subtotal_price")
    # Goods that cost more than the whole: the subtotal is the price after what was taken off.
    return subtotal + _total(totals, "discount_amount") if goods > subtotal else subtotal


def _discount(totals: OrderTotals | None, goods: int, whole: int) -> Decimal:
    """Return these goods' share of what is taken off. Item prices are before discounts; it stands only in the totals.

    A part of the cart bears its share by value, to the subunit, half up: parts may differ from the whole by one.
    """
    given = _total(totals, "discount_amount")
    if whole > goods:
        share = Decimal(given) * goods / whole
        given = int(share.to_integral_value(ROUND_HALF_UP))
    return Decimal(given) / SUBUNITS


def _total(totals: OrderTotals | None, name: str) -> int:
    """Return a total in subunits; Shopify writes these as text, and 0 stands for one it does not say."""
    given = str(getattr(totals, name) or 0) if totals else "0"
    if not given.isascii() or not given.isdigit() or len(given) > 15:
        raise BadCart(f"Expected whole subunits, got {given[:20]!r} - at `$.rate.order_totals.{name}`")
    return int(given)


def _line(item: Item) -> CheckoutLine:
    return CheckoutLine(
        variant_id=str(item.variant_id or ""),
        quantity=item.quantity,
        unit_price=Decimal(item.price) / SUBUNITS,
        sku=item.sku or "",
        title=item.name or "",
        weight_g=item.grams or 0,
        requires_shipping=item.requires_shipping is not False,
    )


def _party(address: Address) -> Party:
    return Party(
        name=one_line(address.name),
        company=one_line(address.company_name),
        address1=one_line(address.address1),
        address2=", ".join(part for part in map(one_line, (address.address2, address.address3)) if part),
        city=one_line(address.city),
        region=one_line(address.province),
        postcode=one_line(address.postal_code),
        country=address.country,
        phone=one_line(address.phone),
        email=one_line(address.email),
    )


def _origin(given: Origin | None) -> Party | None:
    country = one_line(given.country).upper() if given else ""
    if given is None or len(country) != COUNTRY_LETTERS:
        return None
    return Party(
        name="",
        address1=one_line(given.address1),
        address2=one_line(given.address2),
        city=one_line(given.city),
        region=one_line(given.province),
        postcode=one_line(given.postal_code),
        country=country,
    )


def rates_json(answer: CheckoutAnswer, *, part: bool = False, locale: str = "en") -> bytes:
    """Return the answer in Shopify's shape, cheapest first: it is the option that the checkout selects by default.

    `part`: names must not depend on whether duties are due on this part; rates of different names are not added up.
    """
    key = ("shopify", part, locale)
    if key not in answer.said:
        options: dict[str, CheckoutOption] = {}
        for option in sorted(answer.options, key=lambda option: (option.price, option.service_code)):
            options.setdefault(option.service_code, option)  # of two accounts with one service the cheaper
        rates = [_rate(option, part=part, locale=locale) for option in options.values()]
        answer.said[key] = msgspec.json.encode({"rates": rates})
    return answer.said[key]


def _name(option: CheckoutOption, *, part: bool, locale: str) -> str:
    if not part or option.charges:
        return option.service_name
    return service_name(option.service_name, option.incoterm, locale, taxed=True)


def _rate(option: CheckoutOption, *, part: bool, locale: str) -> dict[str, Any]:
    name = _name(option, part=part, locale=locale)
    rate = {
        "service_name": name,
        "service_code": option.service_code,
        "description": option.description or name,  # required: an empty one may spoil the whole answer
        "currency": option.currency,
        "total_price": subunits(option.price),
        "metafields": [
            _metafield("breakdown", "json", _breakdown(option)),
            _metafield("quote_id", "single_line_text_field", option.quote_id),
        ],
    }
    dates = {"min_delivery_date": option.deliver_from, "max_delivery_date": option.deliver_by}
    return rate | {key: _noon(day) for key, day in dates.items() if day}


def _breakdown(option: CheckoutOption) -> str:
    """Return the breakdown as JSON; of a cart so large that a metafield cannot hold it, the sums alone."""
    text = msgspec.json.encode(option.breakdown)
    if len(text) > MOST_BYTES:
        text = msgspec.json.encode({**option.breakdown, "lines": []})
    return text.decode()


def _metafield(key: str, kind: str, value: str) -> dict[str, str]:
    return {"namespace": NAMESPACE, "key": key, "type": kind, "value": value}


def subunits(price: Decimal) -> str:
    """Return the price in hundredths, as text. Three-decimal currencies are rounded half up: the shape has no place."""
    return str(int((price * SUBUNITS).to_integral_value(ROUND_HALF_UP)))


def _noon(day: date) -> str:
    # Noon UTC is the same calendar day in almost every time zone, so nobody sees the parcel a day early.
    return f"{day.isoformat()} 12:00:00 +0000"
