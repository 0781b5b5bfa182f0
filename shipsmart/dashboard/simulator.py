"""A cart as the checkout would see it: parcels, prices, every rule with what it did and why, what is shown."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shipsmart.dashboard.templatetags.pages import country_name
from shipsmart.merchants.models import Merchant
from shipsmart.ports import CarrierEnquiry, CarrierQuote, ParcelSpec, Party
from shipsmart.quotes import landed
from shipsmart.quotes.operations import RESERVE_S, enquire, shippable
from shipsmart.quotes.options import basket_of
from shipsmart.quotes.places import somewhere_in
from shipsmart.quotes.snapshot import MerchantSnapshot, snapshot_for
from shipsmart.quotes.splitting import parts_of
from shipsmart.quotes.values import CheckoutCart, CheckoutLine
from shipsmart.rating.packing import pack_into
from shipsmart.rating.quoting import gather
from shipsmart.rating.rules import RateRule, Reason, Ruled, apply
from shipsmart.rating.values import AccountSnapshot
from shipsmart.rating.volumetric import billed_weight_g, divisor_of

WORDS: Mapping[str, str | Promise] = {
    "country": gettext_lazy("%(is)s is not one of %(wanted)s"),
    "service": gettext_lazy("%(is)s is not one of %(wanted)s"),
    "incoterm": gettext_lazy("The cart is %(is)s, the rule is for %(wanted)s"),
    "skus": gettext_lazy("Nothing in the cart is one of %(wanted)s"),
    "tags": gettext_lazy("Nothing in the cart is tagged %(wanted)s"),
    "weight_under": gettext_lazy("%(is)s g is under %(wanted)s g"),
    "weight_over": gettext_lazy("%(is)s g is not under %(wanted)s g"),
    "goods_under": gettext_lazy("The goods are worth %(is)s, under %(wanted)s"),
    "goods_over": gettext_lazy("The goods are worth %(is)s, not under %(wanted)s"),
    "no_rate": gettext_lazy("There is no exchange rate from %(is)s to %(wanted)s"),
    "hidden": gettext_lazy("Hidden"),
    "renamed": gettext_lazy("Renamed from “%(is)s”"),
    "priced": gettext_lazy("%(is)s → %(wanted)s"),
}


@dataclass(frozen=True)
class Met:
    """A rule before one quote. `reached` is false when an earlier rule had ended the matter."""

    rule: str
    fired: bool
    why: str
    reached: bool = True


@dataclass(frozen=True)
class Row:
    before: CarrierQuote
    after: CarrierQuote | None
    met: tuple[Met, ...]


@dataclass(frozen=True)
class Box:
    name: str
    parcel: ParcelSpec


@dataclass(frozen=True)
class Simulation:
    """What happens to the goods that leave from one place. `goods`: their SKUs; `place`: a hub's, "" for home;
    `priced_to`: the town that carriers were asked for."""

    place: str
    goods: tuple[str, ...]
    priced_to: str
    goods_value: Decimal
    currency: str
    boxes: tuple[Box, ...]
    misfits: tuple[str, ...]
    billed: tuple[tuple[str, int], ...]  # what each carrier bills by, in grams
    messages: tuple[str, ...]
    rows: tuple[Row, ...]


def simulate(
    merchant: Merchant, ship_to: Party, lines: Sequence[CheckoutLine], *, currency: str
) -> tuple[Simulation, ...]:
    """Return what a checkout would do now, for the goods of each place that they leave from; carriers are asked, and
    nothing is stored. Raises NothingToOffer."""
    snapshot = snapshot_for(merchant)
    there = somewhere_in(ship_to)
    cart = CheckoutCart(ship_to, tuple(lines), currency, timezone.now(), freight_to=there)
    return tuple(_simulation(snapshot, part) for part in parts_of(snapshot, cart))


def _place(there: Party) -> str:
    return f"{there.postcode} {there.city}, {country_name(there.country)}".lstrip(" ,")


def _simulation(snapshot: MerchantSnapshot, cart: CheckoutCart) -> Simulation:
    basket = basket_of(snapshot, cart, shippable(snapshot, cart))
    rating, enquiry = snapshot.rating, enquire(basket)
    packed = pack_into(rating.boxes, basket.items)
    deadline_s = max(snapshot.deadline_s - RESERVE_S, RESERVE_S)
    exchange = partial(landed.convert, at=cart.at)
    gathered = gather(rating.accounts, enquiry, deadline_s=deadline_s, table_rates=rating.table, exchange=exchange)
    ruled = apply(rating.rules, gathered.quotes, enquiry, exchange=exchange, share=cart.share)
    return Simulation(
        place=_place(cart.origin) if cart.origin else "",
        goods=tuple(dict.fromkeys(item.sku or item.description for item in basket.items)),
        priced_to=_place(enquiry.consignee),
        goods_value=enquiry.goods_value,
        currency=cart.currency,
        boxes=tuple(Box(box.name, parcel) for box, parcel in zip(packed.boxes, packed.parcels, strict=True)),
        misfits=packed.misfits,
        billed=tuple(_billed(rating.accounts, enquiry)),
        messages=gathered.messages,
        rows=tuple(_rows(rating.rules, gathered.quotes, ruled)),
    )


def _billed(accounts: Sequence[AccountSnapshot], enquiry: CarrierEnquiry) -> Iterator[tuple[str, int]]:
    for account in accounts:
        if account.serves(enquiry.shipper.country):
            yield account.name, billed_weight_g(enquiry.parcels, divisor_of(account.carrier, account.settings))


def _rows(rules: Sequence[RateRule], quotes: Sequence[CarrierQuote], ruled: Ruled) -> Iterator[Row]:
    """Yield a row for each quote; its steps stand together, in the order of the rules, as `apply` made them."""
    steps = iter(ruled.steps)
    for quote in quotes:
        met: list[Met] = []
        after: CarrierQuote | None = quote
        ended = ""
        for rule in rules:
            if ended:
                met.append(Met(rule.name, False, _("“%(rule)s” was the last") % {"rule": ended}, reached=False))
                continue
            step = next(steps)
            after = step.after
            met.append(Met(rule.name, step.fired, in_words(step.reason)))
            if after is None or (step.fired and rule.last):
                ended = rule.name
        yield Row(before=quote, after=after, met=tuple(met))


def in_words(reason: Reason) -> str:
    """Return a reason in the reader's language."""
    return str(WORDS[reason.code]) % {"is": reason.found, "wanted": reason.wanted}
