"""A cart whose goods lie at several places, as the tags of its products tell: priced from each, shown as one delivery.

A store that says itself where goods lie asks once for each place (see parts.py); here it is us who split. Each part is
a consignment with customs of its own, kept as a quote of its own; fixed fees and amounts of rules are shared by value.
"""

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import reduce
from typing import Any

from shipsmart.core.money import allocate, minor_unit
from shipsmart.merchants.models import Merchant
from shipsmart.ports import Incoterm, StoreOrderLine
from shipsmart.quotes import wording
from shipsmart.quotes.breakdown import CHARGE_KEYS, SHOWN
from shipsmart.quotes.snapshot import MerchantSnapshot, known_facts, snapshot_for
from shipsmart.quotes.values import CheckoutAnswer, CheckoutCart, CheckoutLine, CheckoutOption

WORST_FIRST = ("not_computable", "estimate", "complete")
SOURCES_WORST_FIRST = ("fallback", "stale", "cache", "live")
SPLIT = "split"  # instead of the carrier in the code of an option whose parts travel by different services


def parts_of(snapshot: MerchantSnapshot, cart: CheckoutCart) -> tuple[CheckoutCart, ...]:
    """Return the cart by the places its goods lie at; itself where it was said, or where no tag names a hub."""
    if cart.origin is not None or not snapshot.hub_of_tag:
        return (cart,)
    lying: dict[str, list[CheckoutLine]] = {}
    for line in cart.lines:
        lying.setdefault(_hub(snapshot, line) if line.requires_shipping else "", []).append(line)
    travelling = {key: lines for key, lines in lying.items() if any(line.requires_shipping for line in lines)}
    if not any(travelling):
        return (cart,)
    return tuple(_parts(snapshot, cart, travelling))


def places_of(merchant: Merchant, lines: Iterable[StoreOrderLine]) -> dict[str, list[StoreOrderLine]]:
    """Return the lines of an order that travel by where they lie, as tags tell: key of the hub, "" for home."""
    snapshot = snapshot_for(merchant)
    lying: dict[str, list[StoreOrderLine]] = {}
    for line in lines:
        if line.requires_shipping and line.quantity:
            lying.setdefault(_hub(snapshot, line), []).append(line)
    return lying


def _hub(snapshot: MerchantSnapshot, line: CheckoutLine | StoreOrderLine) -> str:
    """Return the key of the hub that one of the product's tags names, "" for the merchant's own address."""
    if not snapshot.hub_of_tag:
        return ""
    tags = (tag.casefold() for tag in known_facts(snapshot, line).tags)
    return next((snapshot.hub_of_tag[tag] for tag in tags if tag in snapshot.hub_of_tag), "")


def _parts(
    snapshot: MerchantSnapshot, cart: CheckoutCart, lying: Mapping[str, list[CheckoutLine]]
) -> Iterator[CheckoutCart]:
    worth = [sum((line.unit_price * line.quantity for line in lines), Decimal(0)) for lines in lying.values()]
    total = sum(worth)
    discounts = allocate(cart.discount, worth, step=minor_unit(cart.currency)) if total else [Decimal(0)] * len(worth)
    for (key, lines), goods, discount in zip(lying.items(), worth, discounts, strict=True):
        share = cart.share * goods / total if total else cart.share / len(worth)
        origin = snapshot.hubs.get(key)
        yield replace(cart, lines=tuple(lines), discount=discount, share=share, origin=origin)


def together(cart: CheckoutCart, answers: Sequence[CheckoutAnswer]) -> CheckoutAnswer:
    """Return one answer for all parts: services that every part has, and the cheapest mix where terms share none."""

    def keep() -> None:
        for answer in answers:
            answer.keep()

    def keep_behind() -> None:
        for answer in answers:
            answer.keep_behind()

    options = [_joined(cart, parts) for parts in _mixes([answer.options for answer in answers])]
    return CheckoutAnswer(
        checkout=secrets.token_hex(10),
        options=tuple(sorted(options, key=lambda option: (option.price, option.service_code))),
        keep=keep,
        keep_behind=keep_behind,
        messages=tuple(dict.fromkeys(message for answer in answers for message in answer.messages)),
        elapsed_ms=max(answer.elapsed_ms for answer in answers),
    )


def _mixes(offered: Sequence[Sequence[CheckoutOption]]) -> Iterator[tuple[CheckoutOption, ...]]:
    """Yield an option of each part for every delivery to choose."""
    by_code = [{option.service_code: option for option in options} for options in offered]
    common = [code for code in by_code[0] if all(code in known for known in by_code)]
    for code in common:
        yield tuple(known[code] for known in by_code)
    served = {by_code[0][code].incoterm for code in common}
    for incoterm in dict.fromkeys(option.incoterm for options in offered for option in options):
        if incoterm not in served:
            yield tuple(_cheapest(options, incoterm) for options in offered)


def _cheapest(options: Sequence[CheckoutOption], incoterm: Incoterm) -> CheckoutOption:
    """Return the cheapest under these terms; where a part has none of them, its cheapest at all."""
    fitting = [option for option in options if option.incoterm == incoterm] or options
    return min(fitting, key=lambda option: (option.price, option.service_code))


def _joined(cart: CheckoutCart, parts: Sequence[CheckoutOption]) -> CheckoutOption:
    """Return one option of the parts: prices added up, the latest day, the weakest status. The terms are DDP when the
    shopper pays duties of any part ahead."""
    first = parts[0]
    terms = [part.incoterm for part in parts if part.charges] or [part.incoterm for part in parts]
    incoterm = Incoterm.DDP if Incoterm.DDP in terms else Incoterm.DAP
    codes = {part.service_code for part in parts}
    names = list(dict.fromkeys(part.service_name for part in parts))
    charges = sum((part.charges for part in parts), Decimal(0))
    told = _breakdown([part.breakdown for part in parts], incoterm)
    text = wording.description(_due(told), cart.currency, incoterm, cart.locale)
    if band := told.get("band"):
        low, high = Decimal(band["low"]), Decimal(band["high"])
        terms_of = {"currency": cart.currency, "incoterm": incoterm, "locale": cart.locale}
        text = wording.open_description(text, low=low, high=high, **terms_of)
    latest = [part.deliver_by for part in parts if part.deliver_by]
    return replace(
        first,
        service_code=codes.pop() if len(codes) == 1 else f"{SPLIT}:{len(parts)}:{incoterm}",
        service_name=" + ".join(names),
        description=text,
        price=sum((part.price for part in parts), Decimal(0)),
        incoterm=incoterm,
        freight=sum((part.freight for part in parts), Decimal(0)),
        charges=charges,
        status=_worst([part.status for part in parts], WORST_FIRST),
        source=_worst([part.source for part in parts], SOURCES_WORST_FIRST),
        breakdown=told,
        deliver_from=min((part.deliver_from for part in parts if part.deliver_from), default=None),
        deliver_by=max(latest) if len(latest) == len(parts) else None,
    )


def _worst(found: Sequence[str], order: Sequence[str]) -> str:
    return next((one for one in order if one in found), found[0])


def _breakdown(parts: Sequence[Mapping[str, Any]], incoterm: Incoterm) -> dict[str, Any]:
    schemes = {part["scheme"] for part in parts}
    joined: dict[str, Any] = {key: _sum([part[key] for part in parts]) for key in SHOWN if key != "currency"}
    joined |= {
        "currency": parts[0]["currency"],
        "incoterm": incoterm,
        "scheme": schemes.pop() if len(schemes) == 1 else None,
        "status": _worst([part["status"] for part in parts], WORST_FIRST),
        "lines": [{**line, "line": None} for part in parts for line in part["lines"]],
        "warnings": list(dict.fromkeys(text for part in parts for text in part["warnings"])),
        "quote_id": parts[0]["quote_id"],
    }
    if any("band" in part for part in parts):
        joined["band"] = reduce(_wider, (_band(part) for part in parts))
    return joined


def _sum(amounts: Sequence[str | None]) -> str | None:
    """Return the sum; None where a part does not know its own."""
    return None if None in amounts else str(sum((Decimal(str(one)) for one in amounts), Decimal(0)))


def _band(part: Mapping[str, Any]) -> dict[str, Any]:
    """Return the band of a part's charges; firm charges are one from themselves to themselves."""
    charges = str(sum((Decimal(part[key] or 0) for key in CHARGE_KEYS), Decimal(0)))
    found: dict[str, Any] = part.get("band") or {"low": charges, "high": charges, "currency": part["currency"]}
    return {"codes": [], **found}


def _wider(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    sums = {key: str(Decimal(one[key]) + Decimal(other[key])) for key in ("low", "high")}
    return {**one, **sums, "codes": [*one["codes"], *other["codes"]]}


def _due(told: Mapping[str, Any]) -> dict[str, Decimal]:
    known = {key: Decimal(told[key] or 0) for key in CHARGE_KEYS}
    duty = known["duty"] + known["additional_duty"] + known["excise"]
    return {"duty": duty, "tax": known["import_tax"], "fees": known["fees"]}
