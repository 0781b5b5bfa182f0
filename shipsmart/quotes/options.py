"""One way of delivery at a time: a carrier's price becomes an option with its landed cost, and a row to keep."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial
from typing import Any

from shipsmart.core.errors import ShipSmartError
from shipsmart.core.money import allocate, minor_unit
from shipsmart.core.request import LandedCostRequest, parse_request
from shipsmart.documents.needs import is_post
from shipsmart.ports import CarrierQuote, CustomsItem, Incoterm
from shipsmart.quotes import landed, wording
from shipsmart.quotes.band import Possible, possible
from shipsmart.quotes.breakdown import breakdown, charges_total
from shipsmart.quotes.fees import Fee, named_by_carrier
from shipsmart.quotes.models import new_quote_ids
from shipsmart.quotes.senders import Sender, sender_of
from shipsmart.quotes.signature import canonical, sign
from shipsmart.quotes.snapshot import MarketTerms, MerchantSnapshot, known_facts
from shipsmart.quotes.values import CheckoutCart, CheckoutOption

log = logging.getLogger(__name__)
FINE = Decimal("0.0001")


@dataclass(frozen=True)
class Basket:
    """What all options of one cart share: its goods as customs see them, and the request read once."""

    snapshot: MerchantSnapshot
    cart: CheckoutCart
    items: tuple[CustomsItem, ...]
    request: Mapping[str, Any]
    parsed: LandedCostRequest
    sender: Sender
    possible: Possible | None = None
    quote_ids: Iterator[str] = field(default_factory=new_quote_ids)


@dataclass(frozen=True)
class Offer:
    """An option with what it rests on; `row` makes of it what is stored."""

    option: CheckoutOption
    quote: CarrierQuote
    request: Mapping[str, Any]
    fees: Sequence[Fee]
    answer: Mapping[str, Any]

    def row(self) -> dict[str, Any]:
        """Return the snapshot to keep, signed. Made after the answer has gone out: the shopper need not wait for it."""
        option, answer_text = self.option, canonical(self.answer)
        return {
            "quote_id": option.quote_id,
            "currency": option.currency,
            "incoterm": str(option.incoterm),
            "service_code": option.service_code,
            "service_name": option.service_name,
            "carrier": self.quote.carrier,
            "carrier_service": self.quote.service,
            "carrier_service_name": self.quote.service_name[:120],
            "account_number": self.quote.account_number,
            "freight": option.freight,
            "charges": option.charges,
            "price": option.price,
            "price_source": option.source,
            "status": option.status,
            "request_text": canonical({"request": self.request, "fees": [dict(fee) for fee in self.fees]}),
            "answer_text": answer_text,
            "signature": sign(answer_text),
        }


def basket_of(snapshot: MerchantSnapshot, cart: CheckoutCart, items: tuple[CustomsItem, ...]) -> Basket:
    """Return what the options of a cart share. Raises InvalidRequest."""
    sender = sender_of(snapshot.party, snapshot.hubs, cart.origin)
    request = {
        "at": cart.at.isoformat(),
        "ship_from": landed.place(sender.party),
        "ship_to": landed.place(cart.ship_to),
        "currency": cart.currency,
        "lines": contract_lines(items, discount=cart.discount, currency=cart.currency),
        "schemes": list(snapshot.schemes),
    }
    parsed = parse_request(request, now=cart.at)
    return Basket(snapshot, cart, items, request, parsed, sender, _possible(snapshot, cart, parsed))


def _possible(snapshot: MerchantSnapshot, cart: CheckoutCart, parsed: LandedCostRequest) -> Possible | None:
    """Return what the codes suggested for goods without one make of the charges; never at the price of an answer."""
    if all(line.hs_code for line in parsed.lines):
        return None
    travelling = [line for line in cart.lines if line.requires_shipping]
    suggested = [known_facts(snapshot, line).suggested for line in travelling]
    try:
        return possible(parsed, suggested, compute=landed.answer_parsed)
    except ShipSmartError as error:
        log.warning("no band of charges for goods without a code: %s", error)
        return None


def incoterms(terms: MarketTerms, quote: CarrierQuote) -> list[Incoterm]:
    """Return under which terms a service is offered: the market's own, DAP when the carrier cannot deliver DDP."""
    if terms.incoterm == Incoterm.DAP or not quote.ddp_available:
        return [Incoterm.DAP]
    return [Incoterm.DDP, Incoterm.DAP] if terms.offer_both else [Incoterm.DDP]


def contract_lines(items: tuple[CustomsItem, ...], *, discount: Decimal, currency: str) -> list[dict[str, Any]]:
    """Return the goods as lines of the contract, the cart's discount shared out by value so that parts add up."""
    values = [item.unit_price * item.quantity for item in items]
    shares = allocate(min(discount, sum(values, Decimal(0))), values, step=minor_unit(currency))
    return [_line(n, item, share) for n, (item, share) in enumerate(zip(items, shares, strict=True), start=1)]


def _line(number: int, item: CustomsItem, discount: Decimal) -> dict[str, Any]:
    line: dict[str, Any] = {
        "id": str(number),
        "quantity": item.quantity,
        "unit_price": f"{item.unit_price:f}",  # str() writes 0.0000000000 as 0E-10
        "discount": f"{discount:f}",
    }
    optional = {"hs_code": item.hs_code, "origin": item.origin, "sku": item.sku, "description": item.description}
    optional["preference"] = item.preference
    line |= {key: value for key, value in optional.items() if value}
    if item.unit_weight_g:
        line["unit_weight_g"] = str(item.unit_weight_g)
    return line


def offer(basket: Basket, quote: CarrierQuote, incoterm: Incoterm) -> Offer:
    """Return a carrier's service as an option. Duties we cannot compute are never collected: the option becomes DAP."""
    cart = basket.cart
    freight = landed.convert(quote.price, quote.currency, cart.currency, cart.at)
    freight = freight.quantize(minor_unit(cart.currency), "ROUND_HALF_UP")
    fees = [_shared(fee, cart.share) for fee in _fees(basket, quote)]
    transport = "post" if quote.by_post or is_post(quote.carrier) else basket.parsed.transport
    asked = basket.parsed._replace(freight=freight, incoterm=str(incoterm), transport=transport)
    answer = landed.answer_parsed(asked, fees=fees)
    if answer["status"] == "not_computable" and incoterm == Incoterm.DDP:
        return offer(basket, quote, Incoterm.DAP)
    request = {**basket.request, "freight": str(freight), "incoterm": str(incoterm)}
    if transport != basket.parsed.transport:
        request["transport"] = transport
    option = _option(cart, quote, incoterm, answer, freight=freight, quote_id=next(basket.quote_ids))
    return Offer(_banded(option, basket, asked, answer, fees=fees), quote, request, fees, answer)


def _banded(
    option: CheckoutOption, basket: Basket, asked: LandedCostRequest, answer: Mapping[str, Any], *, fees: Sequence[Fee]
) -> CheckoutOption:
    """Return the option; with a band of its charges while the code of some of the goods is only suggested."""
    if basket.possible is None:
        return option
    try:
        band = basket.possible.band(asked, answer, compute=partial(landed.answer_parsed, fees=fees))
    except ShipSmartError as error:
        log.warning("no band of charges for goods without a code: %s", error)
        return option
    low, high = Decimal(band["low"]), Decimal(band["high"])
    if low == high:
        return option  # whatever the code turns out to be, nothing changes
    terms = {"currency": option.currency, "incoterm": option.incoterm, "locale": basket.cart.locale}
    description = wording.open_description(option.description, low=low, high=high, **terms)
    return replace(option, description=description, breakdown={**option.breakdown, "band": band})


def _fees(basket: Basket, quote: CarrierQuote) -> Sequence[Fee]:
    """Return what the carrier charges for paying duties, once: as the merchant's table says, else as it said itself."""
    country = basket.cart.ship_to.country
    own = [fee for fee in basket.snapshot.rating.fees if _applies(fee, quote.carrier, country)]
    return own or ([named_by_carrier(quote)] if quote.duty_fee else [])


def _applies(fee: Fee, carrier: str, country: str) -> bool:
    return fee["carrier"] in ("", carrier) and fee["country"] in ("", country)


def _shared(fee: Fee, share: Decimal) -> Fee:
    """Return the fee for a part of a cart: what is fixed in it by the part's share."""
    if share == 1:
        return fee
    return {**fee, **{key: str((Decimal(fee[key]) * share).quantize(FINE)) for key in ("minimum", "flat")}}


def _option(
    cart: CheckoutCart,
    quote: CarrierQuote,
    incoterm: Incoterm,
    answer: Mapping[str, Any],
    *,
    freight: Decimal,
    quote_id: str,
) -> CheckoutOption:
    charges = charges_total(answer)
    return CheckoutOption(
        quote_id=quote_id,
        service_code=f"{quote.carrier}:{quote.service}:{incoterm}",
        service_name=wording.service_name(quote.service_name, incoterm, cart.locale, taxed=bool(charges)),
        description=wording.description(_words_totals(answer), cart.currency, incoterm, cart.locale),
        price=freight + charges if incoterm == Incoterm.DDP else freight,
        currency=cart.currency,
        incoterm=incoterm,
        freight=freight,
        charges=charges,
        status=answer["status"],
        source=quote.source,
        breakdown=breakdown(answer, quote_id=quote_id, incoterm=incoterm),
        deliver_from=quote.deliver_from,
        deliver_by=quote.deliver_by,
    )


def _words_totals(answer: Mapping[str, Any]) -> dict[str, Decimal]:
    totals = {
        key: Decimal(answer["totals"][key] or 0) for key in ("duty", "additional_duty", "excise", "import_tax", "fees")
    }
    return {
        "duty": totals["duty"] + totals["additional_duty"] + totals["excise"],
        "tax": totals["import_tax"],
        "fees": totals["fees"],
    }


def nothing_due(option: CheckoutOption) -> bool:
    """Whether a service with duties paid ahead has none to pay, whatever the goods' codes turn out to be."""
    return option.incoterm == Incoterm.DDP and not option.charges and "band" not in option.breakdown


def offers(basket: Basket, found: Sequence[CarrierQuote]) -> list[Offer]:
    """Return every service once under every term of the market, cheapest first.

    Of a service that two accounts price, or that DDP and DAP both come down to, the cheapest stays. Where nothing is
    due the terms are one and the same to the shopper. One that cannot be priced is logged and left out.
    """
    terms = basket.snapshot.market(basket.cart.ship_to.country)
    made = []
    for quote in found:
        for incoterm in incoterms(terms, quote):
            try:
                made.append(offer(basket, quote, incoterm))
                if nothing_due(made[-1].option):
                    break
            except ShipSmartError as error:
                log.warning("no option from %s %s: %s", quote.carrier, quote.service, error)
    made.sort(key=lambda o: (o.option.price, o.option.service_code))
    cheapest: dict[str, Offer] = {}
    for one in made:
        cheapest.setdefault(one.option.service_code, one)
    return list(cheapest.values())
