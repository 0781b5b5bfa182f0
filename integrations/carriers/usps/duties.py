"""USPS's own estimate of duty and tax: total rates asked with the goods, and its quote in our values. Pure.

Source: USPS International Prices v3, `dutiesTaxesFeesQuote`.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from integrations.carriers.usps.limits import CURRENCY
from integrations.carriers.usps.mapping import prices_body
from integrations.kit.fields import refused
from integrations.kit.reading import amount, number, reading
from shipsmart.ports import CarrierAccountRef, CarrierDuties, CarrierEnquiry, Incoterm

NAMED_NOTHING = "USPS names no duties and taxes for this destination"


def duties_body(account: CarrierAccountRef, enquiry: CarrierEnquiry) -> dict[str, Any]:
    """Return the request for prices with the goods. Raises IntegrationError for another term than DDP.

    USPS reckons what it would collect ahead; under DAP it collects nothing.
    """
    if enquiry.incoterm != Incoterm.DDP:
        raise refused("USPS reckons duties for DDP only", code="wrong_incoterm", field="incoterm")
    return prices_body(account, enquiry)


@reading("the duties of USPS")
def duties_from(document: Mapping[str, Any]) -> CarrierDuties:
    """Return the sums over the goods; not complete where USPS quotes none, or leaves goods out.

    The quote stands with every service and is the same for all: the first that has one counts.
    """
    options = document["rateOptions"]
    quoted = next((option["dutiesTaxesFeesQuote"] for option in options if option.get("dutiesTaxesFeesQuote")), None)
    if quoted is None:
        zero = Decimal(0)
        return CarrierDuties(CURRENCY, zero, zero, zero, complete=False, messages=(NAMED_NOTHING,))
    rows = quoted["itemQuotes"]
    left_out = [number(row["itemId"]) for row in rows if row.get("dutyPrice") is None or row.get("taxPrice") is None]
    return CarrierDuties(
        currency=CURRENCY,
        duty=_sum(rows, "dutyPrice"),
        import_tax=_sum(rows, "taxPrice"),
        fees=amount(quoted["packageFee"]),
        complete=bool(rows) and not left_out,
        messages=tuple(f"USPS could not calculate item {item}" for item in left_out),
    )


def _sum(rows: list[Mapping[str, Any]], name: str) -> Decimal:
    return sum((amount(row[name]) for row in rows if row.get(name) is not None), Decimal(0))
