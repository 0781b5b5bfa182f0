"""The merchant's own rules over carrier quotes: free shipping, mark-up, hide, rename. Pure; every change has a reason.

Rules run in the order given and stack: each works on what the ones before left, until one marked `last` has fired or
the quote is hidden. Amounts are compared and added in the currency of the rule: a rule in another currency than the
quote's needs an exchange rate, and without one it does not fire and says so. Prices are rounded half up to the
currency's minor unit at the rule that changed them, and never fall below zero.

A store may ask once per hub of a cart. Such a part is compared by the value of the whole cart and pays only its share
of a fixed amount: free shipping begins at the same total, and an amount on top is charged once over all parts.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from shipsmart.core.errors import ExchangeRateMissing, ShipSmartError
from shipsmart.core.money import minor_unit
from shipsmart.ports import CarrierEnquiry, CarrierQuote

Exchange = Callable[[Decimal, str, str], Decimal]


class Action(StrEnum):
    FREE = "free"  # the shopper pays nothing for transport
    PRICE = "price"  # a fixed price
    ADD = "add"  # an amount on top; negative takes off
    PERCENT = "percent"  # a ratio on top: 0.10 is 10 % more, -0.10 10 % less
    HIDE = "hide"
    RENAME = "rename"


class RuleInvalid(ShipSmartError):
    """A rule that says nothing or too much."""

    code = "rule_invalid"


@dataclass(frozen=True)
class When:
    """To what a rule applies; what is left empty does not limit. Bounds: `from` included, `below` not.

    `services`: "carrier" or "carrier:service". `skus`: one of them must be in the cart; "TEE*" is all that begin so.
    `tags`: the store's own; one of them must be on something in the cart, capitals or not.
    Goods are the whole cart's value, weights the gross weight of all parcels.
    """

    countries: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    skus: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    incoterm: str = ""
    goods_from: Decimal | None = None
    goods_below: Decimal | None = None
    weight_from_g: int | None = None
    weight_below_g: int | None = None


@dataclass(frozen=True)
class RateRule:
    """One rule. `value`: the ratio, amount or price; `currency`: of `value` and of the goods' bounds."""

    name: str
    action: Action
    when: When = When()
    value: Decimal = Decimal(0)
    currency: str = ""
    text: str = ""
    last: bool = False  # no later rule touches what this one changed

    def __post_init__(self) -> None:
        needs_currency = self.action in (Action.PRICE, Action.ADD) or self.when.goods_from is not None
        if (needs_currency or self.when.goods_below is not None) and not self.currency:
            raise RuleInvalid(f"rule {self.name!r} holds an amount: name its currency", rule=self.name)
        if self.action == Action.RENAME and not self.text.strip():
            raise RuleInvalid(f"rule {self.name!r} renames to nothing: give the new name", rule=self.name)
        if self.action == Action.PRICE and self.value < 0:
            raise RuleInvalid(f"rule {self.name!r} sets a negative price {self.value}", rule=self.name)
        if self.action == Action.PERCENT and self.value < -1:
            raise RuleInvalid(f"rule {self.name!r} takes off more than all: {self.value}", rule=self.name)


# Why a rule fired or not; pages translate these templates.
REASONS = {
    "country": "%(is)s is not one of %(wanted)s",
    "service": "%(is)s is not one of %(wanted)s",
    "incoterm": "the cart is %(is)s, the rule is for %(wanted)s",
    "skus": "nothing in the cart is one of %(wanted)s",
    "tags": "nothing in the cart is tagged %(wanted)s",
    "weight_under": "%(is)s is under %(wanted)s g",
    "weight_over": "%(is)s is not under %(wanted)s g",
    "goods_under": "%(is)s is under %(wanted)s of goods",
    "goods_over": "%(is)s is not under %(wanted)s of goods",
    "no_rate": "no exchange rate from %(is)s to %(wanted)s",
    "hidden": "hidden",
    "renamed": "renamed from '%(is)s'",
    "priced": "%(is)s → %(wanted)s",
}


@dataclass(frozen=True)
class Reason:
    """`code` names a template of REASONS; `found` and `wanted` are put into it."""

    code: str
    found: str = ""
    wanted: str = ""

    def __str__(self) -> str:
        return REASONS[self.code] % {"is": self.found, "wanted": self.wanted}


@dataclass(frozen=True)
class Step:
    """A rule met a quote: what it changed, or why it did not fire. `after` is None when the quote was hidden."""

    rule: str
    carrier: str
    service: str
    fired: bool
    before: CarrierQuote
    after: CarrierQuote | None
    reason: Reason

    @property
    def why(self) -> str:
        return str(self.reason)


@dataclass(frozen=True)
class Ruled:
    quotes: tuple[CarrierQuote, ...]
    steps: tuple[Step, ...]

    def fired(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.fired)


@dataclass(frozen=True)
class _Case:
    """What all quotes of a cart are judged by. `goods`: the value of the whole cart, of which this is a share."""

    enquiry: CarrierEnquiry
    exchange: Exchange | None
    share: Decimal

    @property
    def goods(self) -> Decimal:
        # A part that costs nothing (a gift from another hub) tells nothing of the whole.
        return self.enquiry.goods_value / self.share if self.share else self.enquiry.goods_value

    @property
    def weight_g(self) -> int:
        return sum(parcel.weight_g for parcel in self.enquiry.parcels)

    def converted(self, amount: Decimal, source: str, target: str) -> Decimal | None:
        if source == target:
            return amount
        try:
            return self.exchange(amount, source, target) if self.exchange else None
        except ExchangeRateMissing:
            return None  # the rule then does not fire, and its step says why


def apply(
    rules: Sequence[RateRule],
    quotes: Sequence[CarrierQuote],
    enquiry: CarrierEnquiry,
    *,
    exchange: Exchange | None = None,
    share: Decimal = Decimal(1),
) -> Ruled:
    """Return the quotes as the shopper sees them and every step on the way: it is the simulator, too.

    `exchange(amount, from, to)` converts unrounded; without it a rule in another currency does not fire. `share`:
    which part of the whole cart the enquiry is, by value.
    """
    shown, steps = [], []
    case = _Case(enquiry, exchange, share)
    for quote in quotes:
        after, taken = _through(rules, quote, case)
        steps += taken
        if after is not None:
            shown.append(after)
    return Ruled(quotes=tuple(shown), steps=tuple(steps))


def _through(rules: Sequence[RateRule], quote: CarrierQuote, case: _Case) -> tuple[CarrierQuote | None, list[Step]]:
    steps: list[Step] = []
    for rule in rules:
        step = _step(rule, quote, case)
        steps.append(step)
        if step.after is None:
            return None, steps
        quote = step.after
        if step.fired and rule.last:
            break
    return quote, steps


def _step(rule: RateRule, quote: CarrierQuote, case: _Case) -> Step:
    not_met = _unmet(rule, quote, case)
    after: CarrierQuote | None = quote
    if not_met:
        reason = not_met
    elif rule.action == Action.HIDE:
        after, reason = None, Reason("hidden")
    elif rule.action == Action.RENAME:
        after, reason = replace(quote, service_name=rule.text.strip()), Reason("renamed", quote.service_name)
    elif (price := _price(rule, quote, case)) is None:
        not_met = reason = Reason("no_rate", rule.currency, quote.currency)
    else:
        after, reason = replace(quote, price=price), Reason("priced", _short(quote), f"{price} {quote.currency}")
    return Step(rule.name, quote.carrier, quote.service, fired=not not_met, before=quote, after=after, reason=reason)


def _short(quote: CarrierQuote) -> str:
    """Return a price with no more digits than it needs: a price list's 22.100 is 22.10."""
    short = quote.price.quantize(minor_unit(quote.currency), ROUND_HALF_UP)
    return str(short if short == quote.price else quote.price)


def _unmet(rule: RateRule, quote: CarrierQuote, case: _Case) -> Reason | None:
    """Return the first condition that is not met; None when the rule applies."""
    when, country = rule.when, case.enquiry.consignee.country
    if when.countries and country not in when.countries:
        return Reason("country", country, ", ".join(when.countries))
    service = f"{quote.carrier}:{quote.service}"
    if when.services and not {quote.carrier, service} & set(when.services):
        return Reason("service", service, ", ".join(when.services))
    if when.incoterm and when.incoterm != case.enquiry.incoterm:
        return Reason("incoterm", str(case.enquiry.incoterm), when.incoterm)
    if when.skus and not any(_named(item.sku, when.skus) for item in case.enquiry.items):
        return Reason("skus", wanted=", ".join(when.skus))
    if when.tags and not _tagged(case.enquiry, when.tags):
        return Reason("tags", wanted=", ".join(when.tags))
    return _weight(when, case.weight_g) or _goods(rule, case)


def _tagged(enquiry: CarrierEnquiry, wanted: Sequence[str]) -> bool:
    there = {tag.casefold() for item in enquiry.items for tag in item.tags}
    return any(tag.casefold() in there for tag in wanted)


def _named(sku: str, patterns: Sequence[str]) -> bool:
    return any(sku.startswith(p[:-1]) if p.endswith("*") else sku == p for p in patterns)


def _weight(when: When, weight_g: int) -> Reason | None:
    if when.weight_from_g is not None and weight_g < when.weight_from_g:
        return Reason("weight_under", str(weight_g), str(when.weight_from_g))
    if when.weight_below_g is not None and weight_g >= when.weight_below_g:
        return Reason("weight_over", str(weight_g), str(when.weight_below_g))
    return None


def _goods(rule: RateRule, case: _Case) -> Reason | None:
    when = rule.when
    if when.goods_from is None and when.goods_below is None:
        return None
    value = case.converted(case.goods, case.enquiry.currency, rule.currency)
    if value is None:
        return Reason("no_rate", case.enquiry.currency, rule.currency)
    value = value.quantize(minor_unit(rule.currency), ROUND_HALF_UP)
    if when.goods_from is not None and value < when.goods_from:
        return Reason("goods_under", str(value), f"{when.goods_from} {rule.currency}")
    if when.goods_below is not None and value >= when.goods_below:
        return Reason("goods_over", str(value), f"{when.goods_below} {rule.currency}")
    return None


def _price(rule: RateRule, quote: CarrierQuote, case: _Case) -> Decimal | None:
    """Return the new price, rounded half up; None without the exchange rate that it needs."""
    if rule.action == Action.FREE:
        price: Decimal | None = Decimal(0)
    elif rule.action == Action.PERCENT:
        price = quote.price * (1 + rule.value)
    else:
        amount = case.converted(rule.value * case.share, rule.currency, quote.currency)
        price = amount if amount is None or rule.action == Action.PRICE else quote.price + amount
    if price is None:
        return None
    return max(price, Decimal(0)).quantize(minor_unit(quote.currency), ROUND_HALF_UP)
