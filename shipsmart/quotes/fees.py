"""What carriers charge the merchant for paying duties, laid onto a landed-cost answer as fee charges of their own."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from shipsmart.core.convert import Converter
from shipsmart.core.money import minor_unit
from shipsmart.ports import CarrierQuote, title_of
from shipsmart.rules import Rulebook

Fee = Mapping[str, str]
TAXES = ("duty", "additional_duty", "excise", "import_tax")
# `said_by` of a fee that stood in the carrier's price for this very parcel; a row of the merchant's table has none.
CARRIER = "carrier"


def named_by_carrier(quote: CarrierQuote) -> Fee:
    """Return the fee for paying duties ahead that a carrier named beside its price."""
    return {
        "carrier": quote.carrier,
        "country": "",
        "name": f"{title_of(quote.carrier)}: fee for paying duties ahead",
        "percent": "0",
        "minimum": "0",
        "flat": str(quote.duty_fee),
        "currency": quote.currency,
        "said_by": CARRIER,
    }


def lay_on(found: dict[str, Any], fee: Fee, *, at: datetime, law: Rulebook) -> None:
    """Add one fee to `found`: max(minimum, percent of duties and taxes) + flat, half up to the minor unit.

    `fee`: {"name", "percent" (a ratio), "minimum", "flat", "currency"}. Where nothing is disbursed nobody charges; what
    the seller collects under a scheme is not disbursed by the carrier, so that a fee it named is not due.
    """
    totals, local = found["totals"], found["local_totals"]
    if fee.get("said_by") == CARRIER and found["scheme"]:
        return
    taxed = sum((Decimal(totals[key]) for key in TAXES), Decimal(0))
    if not taxed:
        return
    exchange = Converter((), law.rate_sets(at), at)
    minimum, flat = (
        exchange.convert(Decimal(fee[k]), fee["currency"], totals["currency"]) for k in ("minimum", "flat")
    )
    amount = _rounded(max(Decimal(fee["percent"]) * taxed, minimum) + flat, totals["currency"])
    in_local = _rounded(exchange.convert(amount, totals["currency"], local["currency"]), local["currency"])
    totals["fees"] = str(Decimal(totals["fees"]) + amount)
    totals["landed_cost"] = str(Decimal(totals["landed_cost"]) + amount)
    local["fees"] = str(Decimal(local["fees"]) + in_local)
    base = {"amount": str(taxed), "currency": totals["currency"], "made_of": {"duties and taxes": str(taxed)}}
    found["charges"].append(_charge(fee, base, amount=amount, in_local=in_local, currency=local["currency"]))


def _rounded(amount: Decimal, currency: str) -> Decimal:
    return amount.quantize(minor_unit(currency), "ROUND_HALF_UP")


def _charge(fee: Fee, base: Mapping[str, Any], *, amount: Decimal, in_local: Decimal, currency: str) -> dict[str, Any]:
    return {
        "kind": "fee",
        "line": None,
        "rule": "merchant.carrier_fee",
        "name": fee["name"],
        "base": base,
        "rate": _text(fee),
        "amount": str(in_local),
        "currency": currency,
        "quote_amount": str(amount),
        "source": {"title": SOURCES[fee.get("said_by", "")], "url": None},
        "in_force": {"from": None, "until": None},
        "confidence": "verified",
    }


SOURCES = {"": "the merchant's own fee table", CARRIER: "the carrier's own price for this parcel"}


def _text(fee: Fee) -> str:
    if fee.get("said_by") == CARRIER:
        return f"{fee['flat']} {fee['currency']}"
    percent = (Decimal(fee["percent"]) * 100).normalize()
    return f"{percent:f} % min {fee['minimum']} {fee['currency']} + {fee['flat']} {fee['currency']}"
