"""The answer of the contract, built from a ledger: plain JSON values, the same bytes for the same input."""

from decimal import ROUND_HALF_UP, Context, Decimal
from itertools import chain
from typing import Any, NamedTuple

from shipsmart.core.cart import Cart, Item, goods_value
from shipsmart.core.convert import UsedRate
from shipsmart.core.law import Law, Route
from shipsmart.core.ledger import Charge, Ledger
from shipsmart.core.money import CENT, MILL, UNIT, ZERO, Exactly, minor_unit, round_to
from shipsmart.core.request import LandedCostRequest

KINDS = {
    "duty": "duty",
    "additional_duty": "additional_duty",
    "excise": "excise",
    "import_tax": "import_tax",
    "fee": "fees",
}
# How nothing is written, by minor unit.
NOTHING = {step: str(ZERO.quantize(step)) for step in (CENT, UNIT, MILL)}
STORED_RATE_NOTE = (
    "stored exchange rate {source} to {target} of {day} ({origin}) is more than 45 days away from the sale"
)


class LandedCost(NamedTuple):
    """A finished calculation; `as_answer()` writes it in the shape of the contract."""

    law: Law
    request: LandedCostRequest
    ledger: Ledger | None
    route: Route | None
    alternatives: list[dict[str, Any]]
    taken: list[tuple[Route, list[Item]]]
    bare: dict[str, Any] | None = None

    @property
    def status(self) -> str:
        """`complete`, `estimate` or `not_computable`."""
        if self.ledger is None:
            return str((self.bare or {}).get("status"))
        if self.ledger.not_computable:
            return "not_computable"
        if self.ledger.estimate:
            return "estimate"
        return "estimate" if any(used.stale for used in self.ledger.cart.converter.used.values()) else "complete"

    def as_answer(self) -> dict[str, Any]:
        """Return the answer without quote_id and signature: amounts are strings, nothing is shared with the law."""
        with Exactly():
            return self._answer()

    def _answer(self) -> dict[str, Any]:
        if self.ledger is None:
            return dict(self.bare or {})
        ledger, cart = self.ledger, self.ledger.cart
        answer = _head(self.request, self.law, self.status)
        answer["scheme"] = None if self.route is None else self.route.scheme
        answer["charges"] = _charges(ledger, cart)
        answer["totals"] = totals = totals_of(cart, ledger, local=False)
        if cart.same_currency:
            answer["local_totals"] = local = totals.copy()
            del local["landed_cost"]
        else:
            answer["local_totals"] = totals_of(cart, ledger, local=True)
        answer["alternatives"] = self.alternatives
        used = list(cart.converter.used.values())
        answer["warnings"] = [_note(self.request, entry) for entry in ledger.warnings]
        answer["not_computable"] = [_note(self.request, entry) for entry in ledger.not_computable]
        answer["exchange_rates"] = [_rate(item) for item in used]
        if used:
            answer["warnings"] += _stale(used)
        return answer


def bare_answer(
    request: LandedCostRequest,
    law: Law,
    *,
    status: str,
    problem: tuple[str, str] | None = None,
    warning: tuple[str, str] | None = None,
) -> LandedCost:
    """Return an answer without charges: no border is crossed, or nothing can be said, and why."""
    answer = _head(request, law, status)
    money = minor_unit(request.currency)
    goods = sum((goods_value(line, request.currency) for line in request.lines), ZERO)
    totals = {"goods": goods, "freight": request.freight, "insurance": request.insurance, "customs_value": None}
    totals |= dict.fromkeys(KINDS.values(), ZERO if problem is None else None)
    shown: dict[str, Any] = {"currency": request.currency}
    shown |= {key: None if part is None else str(round_to(part, money)) for key, part in totals.items()}
    landed = goods + request.freight + request.insurance
    landed_cost = str(round_to(landed, money)) if problem is None else None
    answer |= {"scheme": None, "charges": [], "local_totals": shown, "totals": {**shown, "landed_cost": landed_cost}}
    answer["alternatives"] = []
    answer["warnings"] = [] if warning is None else [_entry(warning[0], None, warning[1])]
    answer["not_computable"] = [] if problem is None else [_entry(problem[0], None, problem[1])]
    answer["exchange_rates"] = []
    return LandedCost(law, request, None, None, [], [], answer)


def totals_of(cart: Cart, ledger: Ledger, *, local: bool) -> dict[str, Any]:
    """Return the sums by kind in local or request currency; the landed cost stands in the latter only."""
    currency = cart.local_currency if local else cart.request.currency
    step = minor_unit(currency)
    nothing = NOTHING[step]
    sums = dict.fromkeys(KINDS, ZERO)
    for charge in ledger.charges:
        if charge.amount:
            sums[charge.kind] += charge.amount if local else charge.quote_amount
    value = ledger.value
    if not local and not cart.same_currency:
        value = value * cart.ratio[1] / cart.ratio[0]
    goods, freight, insurance = cart.sums(local=local)
    goods = goods.quantize(step, ROUND_HALF_UP)
    freight = freight.quantize(step, ROUND_HALF_UP)
    insurance = insurance.quantize(step, ROUND_HALF_UP) if insurance else ZERO
    totals: dict[str, Any] = {
        "currency": currency,
        "goods": str(goods),
        "freight": str(freight),
        "insurance": str(insurance) if insurance else nothing,
        "customs_value": str(value.quantize(step, ROUND_HALF_UP)),
    }
    whole = goods + freight + insurance
    for kind, amount in sums.items():
        totals[KINDS[kind]] = str(amount.quantize(step)) if amount else nothing
        whole += amount
    if not local:
        # A sum that lacks a part nobody could compute would be read as the whole price.
        totals["landed_cost"] = None if ledger.not_computable else str(whole)
    return totals


def _head(request: LandedCostRequest, law: Law, status: str) -> dict[str, Any]:
    head = {
        "status": status,
        "at": f"{request.at.replace(tzinfo=None).isoformat()}+00:00",  # the reader made it UTC; zones print slowly
        "destination": request.ship_to.jurisdiction,
        "incoterm": request.incoterm,
        "rulebook": {"version": law.version, "sha256": law.sha256},
    }
    return head if request.id is None else {"id": request.id, **head}


def _charges(ledger: Ledger, cart: Cart) -> list[dict[str, Any]]:
    """Return the rows in the order of the sender's lines, those of the whole consignment last."""
    step, currency = ledger.minor, cart.local_currency
    groups: list[list[dict[str, Any]]] = [[] for _ in range(len(cart.items) + 1)]
    for charge in ledger.charges:
        item = charge.item
        if item is None:
            groups[-1].append(_charge(charge, None, currency, step))
        else:
            groups[item.position].append(_charge(charge, item.line.id, currency, step))
    return list(chain.from_iterable(groups))


def _charge(charge: Charge, line: str | None, currency: str, step: Decimal) -> dict[str, Any]:
    stamp = charge.stamp
    made_of, cents = {}, step is CENT
    for name, part in charge.made_of:
        shown = str(part)
        made_of[name] = shown if cents and shown[-3:-2] == "." else _shown(part, step)
    amount = str(charge.amount)
    return {
        "kind": charge.kind,
        "line": line,
        "rule": stamp.rule,
        "name": stamp.name,
        "base": {
            "amount": made_of[name] if len(made_of) == 1 else _shown(charge.base, step),
            "currency": currency,
            "made_of": made_of,
        },
        "rate": charge.rate,
        "amount": amount,
        "currency": currency,
        "quote_amount": amount if charge.quote_amount is charge.amount else str(charge.quote_amount),
        "source": {**stamp.source},
        "in_force": {**stamp.in_force},
        "confidence": stamp.confidence,
    }


def _shown(amount: Decimal, step: Decimal) -> str:
    """Return an unrounded amount for reading: in minor units where it has no finer part, else with six decimals."""
    text = str(amount)
    if step is CENT:
        # The same as below, without arithmetic, for amounts of two to six decimals: nearly all there are.
        finer = text.partition(".")[2]
        if len(finer) == 2:
            return text
        if 2 < len(finer) <= 6 and finer.isdigit() and finer[2:].strip("0"):
            return text + "0000"[len(finer) - 2 :]
    rounded = amount.quantize(step)
    return str(rounded) if rounded == amount else str(amount.quantize(_FINE))


_FINE = Decimal("0.000001")
# Rates are shown to twelve digits; the arithmetic itself keeps them as fractions.
_SHOWN = Context(prec=12)


def _note(request: LandedCostRequest, entry: tuple[str, int | None, str]) -> dict[str, Any]:
    code, position, message = entry
    return _entry(code, None if position is None else request.lines[position].id, message)


def _entry(code: str, line: str | None, message: str) -> dict[str, Any]:
    return {"code": code, "line": line, "message": message}


def _stale(used: list[UsedRate]) -> list[dict[str, Any]]:
    return [
        _entry(
            "exchange_rate_stale",
            None,
            STORED_RATE_NOTE.format(source=item.source, target=item.target, day=item.day, origin=item.origin),
        )
        for item in used
        if item.stale
    ]


def _rate(used: UsedRate) -> dict[str, Any]:
    numerator, denominator = used.ratio
    return {
        "from": used.source,
        "to": used.target,
        "rate": f"{_SHOWN.divide(numerator, denominator).normalize():f}",
        "source": used.origin,
        "url": used.url,
        "date": used.day,
        "through": used.cross,
    }
