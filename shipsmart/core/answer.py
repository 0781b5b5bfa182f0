"""The answer of the contract, built from a ledger: plain JSON values, the same bytes for the same input."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple

from shipsmart.core.cart import Cart, Item, goods_value
from shipsmart.core.convert import UsedRate
from shipsmart.core.law import Law, Route
from shipsmart.core.ledger import SHOWN_WHEN_NOTHING, Charge, Ledger
from shipsmart.core.money import CENT, MILL, UNIT, ZERO, Exactly, minor_unit, round_to
from shipsmart.core.request import LandedCostRequest

KINDS = {
    "duty": "duty",
    "additional_duty": "additional_duty",
    "excise": "excise",
    "import_tax": "import_tax",
    "fee": "fees",
}
MAX_PATTERNS = 64  # rows kept per rule: rates with quantities in them are without number
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
    rounded = {key: None if part is None else round_to(part, money) for key, part in totals.items()}
    shown: dict[str, Any] = {"currency": request.currency}
    shown |= {key: None if part is None else str(part) for key, part in rounded.items()}
    landed = sum([part for part in rounded.values() if part is not None], ZERO)
    landed_cost = str(landed) if problem is None else None
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
    sums = dict.fromkeys(KINDS, ZERO)
    for charge in ledger.charges:
        amount = charge.amount if local else charge.quote_amount
        if amount:
            sums[charge.kind] += amount
    value = ledger.value
    if not local and not cart.same_currency:
        value = value * cart.ratio[1] / cart.ratio[0]
    goods, freight, insurance = [part.quantize(step, ROUND_HALF_UP) for part in cart.sums(local=local)]
    totals: dict[str, Any] = {
        "currency": currency,
        "goods": str(goods),
        "freight": str(freight),
        "insurance": str(insurance),
        "customs_value": str(value.quantize(step, ROUND_HALF_UP)),
    }
    whole = goods + freight + insurance
    nothing = NOTHING[step]
    for kind, amount in sums.items():
        if amount:
            totals[KINDS[kind]] = str(amount.quantize(step))
            whole += amount
        else:
            totals[KINDS[kind]] = nothing
    if not local:
        # A sum that lacks a part nobody could compute would be read as the whole price.
        totals["landed_cost"] = None if ledger.not_computable else str(whole)
    return totals


def _head(request: LandedCostRequest, law: Law, status: str) -> dict[str, Any]:
    head = {
        "status": status,
        "at": _moment(request.at),
        "destination": request.ship_to.jurisdiction,
        "incoterm": request.incoterm,
        "rulebook": {"version": law.version, "sha256": law.sha256},
    }
    return head if request.id is None else {"id": request.id, **head}


def _moment(at: datetime) -> str:
    """Return what `at.isoformat()` returns for UTC, where the reader put it, in a third of the steps."""
    if at.microsecond:
        return at.isoformat()
    return f"{_day(at.date())}T{_TWO_DIGITS[at.hour]}:{_TWO_DIGITS[at.minute]}:{_TWO_DIGITS[at.second]}+00:00"


_TWO_DIGITS = tuple(f"{number:02d}" for number in range(60))
_day = lru_cache(maxsize=1000)(date.isoformat)


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
    """Return the row of a charge: its rule's part is copied, what this cart makes of it is filled in."""
    stamp = charge.stamp
    row = (stamp.rows.get((charge.kind, charge.rate, currency)) or _pattern(charge, currency)).copy()
    made_of = {}
    for name, part in zip(charge.names, charge.parts):  # noqa: B905 - equal by construction; `strict` costs a call
        if part or name in SHOWN_WHEN_NOTHING:
            made_of[name] = shown = _shown(part, step)
    row["line"] = line
    row["base"] = {
        "amount": shown if len(made_of) == 1 else _shown(charge.base, step),
        "currency": currency,
        "made_of": made_of,
    }
    row["amount"] = amount = str(charge.amount)
    row["quote_amount"] = amount if charge.quote_amount is charge.amount else str(charge.quote_amount)
    row["source"] = stamp.source.copy()
    row["in_force"] = stamp.in_force.copy()
    return row


def _pattern(charge: Charge, currency: str) -> dict[str, Any]:
    """Return a row with all that does not depend on the cart, and keep it with the rule it comes from."""
    stamp = charge.stamp
    if len(stamp.rows) >= MAX_PATTERNS:
        stamp.rows.clear()
    row: dict[str, Any] = {
        "kind": charge.kind,
        "line": None,
        "rule": stamp.rule,
        "name": stamp.name,
        "base": None,
        "rate": charge.rate,
        "amount": None,
        "currency": currency,
        "quote_amount": None,
        "source": None,
        "in_force": None,
        "confidence": stamp.confidence,
    }
    stamp.rows[charge.kind, charge.rate, currency] = row
    return row


def _shown(amount: Decimal, step: Decimal) -> str:
    """Return an unrounded amount for reading: in minor units where it has no finer part, else with six decimals."""
    if step is CENT:
        # The same as below in fewer steps, for nearly all amounts there are.
        text = str(amount)
        if text[-3:-2] == ".":
            return text
        # A price by a rate in whole per cent; `1.5E-7` has its point there too.
        if text[-5:-4] == "." and text[-1] != "0" and "E" not in text:
            return text + "00"
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
