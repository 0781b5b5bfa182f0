"""The tax service's request and answer ↔ our carts and charges. Pure: no network, no database.

Both versions of the request are read: one destination for the cart (before 2026) and one for each item. Amounts are
decimals in currency units; `itemPrice` is the total of the line, `discountPrice` its discount, sometimes negative.

Source: https://developers.vtex.com/docs/guides/tax-services-specification
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

import msgspec

from integrations.storefronts.vtex.codes import GRAMS, OWN_SELLER, alpha_2, tax_name
from shipsmart.core.errors import ShipSmartError
from shipsmart.core.money import allocate, minor_unit
from shipsmart.ports import Party
from shipsmart.quotes.values import CheckoutCart, CheckoutLine

CONTENT_TYPE = "application/vnd.vtex.checkout.minicart.v1+json"
FINE = Decimal("0.0000000001")  # a line's price over its quantity, so that the product rounds back to the cent

MOST = Decimal(10**12)
Text = Annotated[str, msgspec.Meta(max_length=500)]


class BadCart(ShipSmartError):
    """The request does not look as VTEX's does; the message names the field."""

    code = "bad_request"


class Address(msgspec.Struct, frozen=True):
    country: Text | None = None
    state: Text | None = None
    city: Text | None = None
    postalCode: Text | None = None  # noqa: N815 - their spelling
    street: Text | None = None
    id: int | None = None


class Item(msgspec.Struct, frozen=True):
    id: Annotated[str, msgspec.Meta(max_length=100)]
    sku: str | int
    quantity: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
    itemPrice: Decimal  # noqa: N815
    refId: Text | None = None  # noqa: N815 - the merchant's own code of the SKU
    discountPrice: Decimal | None = None  # noqa: N815
    freightPrice: Decimal | None = None  # noqa: N815
    shippingDestinationId: int | None = None  # noqa: N815
    sellerId: Text | int | None = None  # noqa: N815 - who sends it; missing before 2026
    unitMultiplier: Decimal | None = None  # noqa: N815 - measurement units in one unit sold
    measurementUnit: Text | None = None  # noqa: N815


class TaxApp(msgspec.Struct, frozen=True):
    fields: dict[str, Any] = {}


class TaxRequest(msgspec.Struct, frozen=True):
    orderFormId: Annotated[str, msgspec.Meta(max_length=100)]  # noqa: N815
    salesChannel: Annotated[str, msgspec.Meta(max_length=20)]  # noqa: N815
    items: Annotated[tuple[Item, ...], msgspec.Meta(max_length=1000)]
    shippingDestination: Address | None = None  # noqa: N815
    shippingDestinations: tuple[Address, ...] | None = None  # noqa: N815
    taxApp: TaxApp | None = None  # noqa: N815


_decoder = msgspec.json.Decoder(TaxRequest)
_encoder = msgspec.json.Encoder(decimal_format="number")


@dataclass(frozen=True)
class Parcel:
    """The goods of one destination: the cart in our words, its freight, and VTEX's ids of its lines in their order."""

    cart: CheckoutCart
    freight: Decimal
    ids: tuple[str, ...]


def read(body: bytes) -> TaxRequest:
    """Return the request. Raises BadCart naming the field that does not fit."""
    try:
        asked = _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadCart(str(error)) from error
    if len({item.id for item in asked.items}) != len(asked.items):
        raise BadCart("two items have the same id - at `$.items`")
    for number, item in enumerate(asked.items):
        _check(item, number)
    return asked


def _check(item: Item, number: int) -> None:
    if item.unitMultiplier is not None and not (item.unitMultiplier.is_finite() and 0 < item.unitMultiplier <= MOST):
        raise BadCart(f"Expected a number over 0, got {item.unitMultiplier} - at `$.items[{number}].unitMultiplier`")
    amounts = {"itemPrice": item.itemPrice, "discountPrice": item.discountPrice, "freightPrice": item.freightPrice}
    for name, amount in amounts.items():
        if amount is not None and not (amount.is_finite() and abs(amount) <= MOST):
            raise BadCart(f"Expected an amount of at most {MOST}, got {amount} - at `$.items[{number}].{name}`")
    if item.itemPrice < 0:
        raise BadCart(f"Expected a price of 0 or more, got {item.itemPrice} - at `$.items[{number}].itemPrice`")


def cart_hash(asked: TaxRequest, *, connection_id: int, currency: str, incoterm: str) -> str:
    """Return a hash of all that may change the answer: what is bought at which price, where it goes, who pays."""
    items = sorted(
        (i.id, str(i.sku), i.quantity, i.itemPrice.normalize(), _discount(i).normalize(), _freight(i).normalize(),
         _weight_g(i), _place(_destination(asked, i)), _seller(i))
        for i in asked.items
    )  # fmt: skip
    text = repr((connection_id, asked.salesChannel, currency, incoterm, items))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def parcels(
    asked: TaxRequest, *, currency: str, locale: str, at: datetime, sellers: Collection[str] = (OWN_SELLER,)
) -> tuple[Parcel, ...]:
    """Return the goods by seller and destination: each is an order of its own in VTEX and a consignment of its own.

    Left out are goods whose destination is not known yet, and those of a seller who is none of `sellers`: what others
    send, and declare, is not for us to collect on.
    """
    groups: dict[tuple[str, ...], tuple[Party, list[Item]]] = {}
    for item in asked.items:
        party, seller = _party(_destination(asked, item)), _seller(item)
        if party.country and seller in sellers:
            groups.setdefault((seller, party.country, party.region, party.postcode), (party, []))[1].append(item)
    return tuple(_parcel(party, items, currency, locale, at) for party, items in groups.values())


def _parcel(party: Party, items: Sequence[Item], currency: str, locale: str, at: datetime) -> Parcel:
    freight = sum((_freight(item) for item in items), Decimal(0))
    cart = CheckoutCart(
        ship_to=party, lines=tuple(_line(item) for item in items), currency=currency, at=at, locale=locale
    )
    return Parcel(cart, freight.quantize(minor_unit(currency), "ROUND_HALF_UP"), tuple(item.id for item in items))


def _line(item: Item) -> CheckoutLine:
    paid = max(item.itemPrice - _discount(item), Decimal(0))
    price = (paid / item.quantity).quantize(FINE)
    return CheckoutLine(str(item.sku), item.quantity, price, sku=item.refId or str(item.sku), weight_g=_weight_g(item))


def _weight_g(item: Item) -> int:
    """Return grams of one unit sold where it is sold by weight; 0, the catalogue's, where it is not."""
    grams = GRAMS.get((item.measurementUnit or "").lower())
    if grams is None or item.unitMultiplier is None:
        return 0
    return max(int((grams * item.unitMultiplier).to_integral_value("ROUND_HALF_UP")), 1)


def _seller(item: Item) -> str:
    return str(item.sellerId or OWN_SELLER)


def _discount(item: Item) -> Decimal:
    return abs(item.discountPrice or Decimal(0))


def _freight(item: Item) -> Decimal:
    return max(item.freightPrice or Decimal(0), Decimal(0))


def _destination(asked: TaxRequest, item: Item) -> Address | None:
    several = asked.shippingDestinations or ()
    own = next((place for place in several if place.id == item.shippingDestinationId), None)
    return own or (several[0] if several else asked.shippingDestination)


def _place(address: Address | None) -> tuple[str, ...]:
    if address is None:
        return ()
    return (address.country or "", address.state or "", (address.postalCode or "").replace(" ", ""))


def _party(address: Address | None) -> Party:
    if address is None or not address.country:
        return Party()
    return Party(
        country=alpha_2(address.country),
        region=(address.state or "") if len(address.state or "") <= 3 else "",
        postcode=address.postalCode or "",
        city=address.city or "",
        address1=address.street or "",
    )


def item_taxes(parcel: Parcel, answer: Mapping[str, Any], *, quote_id: str, locale: str) -> list[dict[str, Any]]:
    """Return one row an item with a tax for each kind of charge; the rows add up to the answer's charges.

    What is charged on the whole consignment is shared out by what the goods cost, by largest remainder.
    """
    step = minor_unit(parcel.cart.currency)
    weights = [line.unit_price * line.quantity for line in parcel.cart.lines]
    sums: list[dict[str, Decimal]] = [{} for _ in parcel.ids]
    for charge in answer["charges"]:
        amount, kind = Decimal(charge["quote_amount"]), charge["kind"]
        if charge["line"] is None:
            parts: Sequence[Decimal] = allocate(amount, weights, step=step)
        else:
            here = int(charge["line"]) - 1
            parts = [amount if n == here else Decimal(0) for n in range(len(parcel.ids))]
        for found, part in zip(sums, parts, strict=True):
            if part:
                found[kind] = found.get(kind, Decimal(0)) + part
    return [
        {"id": item, "taxes": [_tax(kind, amount, quote_id, locale) for kind, amount in found.items()]}
        for item, found in zip(parcel.ids, sums, strict=True)
        if found
    ]


def _tax(kind: str, amount: Decimal, quote_id: str, locale: str) -> dict[str, Any]:
    # The description is shown nowhere and kept nowhere; jurisCode is copied to the order's price tags.
    # Source: https://developers.vtex.com/docs/guides/tax-services-specification
    return {"name": tax_name(kind, locale), "description": f"q:{quote_id}", "value": amount, "jurisCode": quote_id}


def answer_json(rows: Sequence[Mapping[str, Any]], *, bare: bool) -> bytes:
    """Return the answer: the object of VTEX's own example app, or the bare array of its documentation (`bare`)."""
    return _encoder.encode(rows if bare else {"itemTaxResponse": rows, "hooks": []})
