"""From a cart and a freight price to a landed cost, in the shapes of the landed-cost contract."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from shipsmart.core.convert import Converter
from shipsmart.core.landed_cost import compute
from shipsmart.core.request import LandedCostRequest, need_origins, parse_request
from shipsmart.ports import Incoterm, Party
from shipsmart.quotes import rulebook
from shipsmart.quotes.fees import Fee, lay_on
from shipsmart.rules import Rulebook


def place(party: Party) -> dict[str, str]:
    values = {"country": party.country, "region": party.region, "postcode": party.postcode}
    return {key: value for key, value in values.items() if value}


def answer(
    request: Mapping[str, Any],
    *,
    now: datetime,
    fees: Sequence[Fee] = (),
    law: Rulebook | None = None,
    origins: bool = False,
) -> dict[str, Any]:
    """Return the landed-cost answer of the contract, the merchant's carrier fees included under DDP.

    `law`: by default the rulebook in force. `origins`: refuse lines that name none. Raises InvalidRequest.
    """
    parsed = parse_request(dict(request), now=now)
    if origins:
        need_origins(parsed)
    return answer_parsed(parsed, fees=fees, law=law)


def answer_parsed(
    request: LandedCostRequest, *, fees: Sequence[Fee] = (), law: Rulebook | None = None
) -> dict[str, Any]:
    """Return the answer to a request that was read before."""
    law = law or rulebook.current()
    found = compute(request, law=law).as_answer()
    if request.incoterm == Incoterm.DDP and found["status"] != "not_computable":
        for fee in fees:
            lay_on(found, fee, at=request.at, law=law)
    return found


def convert(amount: Decimal, source: str, target: str, at: datetime) -> Decimal:
    """Return `amount` in another currency at the stored exchange rate, unrounded. Raises ExchangeRateMissing."""
    if source == target or not amount:
        return amount
    return Converter((), rulebook.current().rate_sets(at), at).convert(amount, source, target)
