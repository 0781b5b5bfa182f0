"""From the fields of a dated value to the shapes of `shipsmart.core.law`; unknown or malformed fields are refused."""

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, ROUND_UP, Decimal
from typing import Any

from shipsmart.core.codes import agreement_key
from shipsmart.core.expression import Node, parse
from shipsmart.core.law import Band, Excise, Fee, Limit, Rounding, Route, Tax, TaxRate
from shipsmart.core.money import UNIT
from shipsmart.rules.dated import BadRule, Entry, Rule

MODES = {"half_up": ROUND_HALF_UP, "floor": ROUND_FLOOR, "down": ROUND_DOWN, "up": ROUND_UP}
_AMOUNT = re.compile(r"(\d+(?:\.\d+)?) ([A-Z]{3})")
LIMIT_FIELDS = frozenset(("limit", "limit_basis", "limit_inclusive", "limit_scope"))
ROUTE_FIELDS = LIMIT_FIELDS | {
    "order", "scheme", "above", "above_inclusive", "transports", "buyers", "ship_from", "not_ship_from", "origins",
    "not_origins", "regions", "gift", "only_hs", "not_hs", "preference", "entries", "duty", "duty_rate", "duty_groups",
    "tax", "tax_base", "taxes", "value_factor", "value_less", "apart", "alternative", "warnings",
}  # fmt: skip
TAX_FIELDS = frozenset(
    ("order", "charge", "base", "rate", "inclusive", "uplift", "waive_up_to", "scheme", "buyers", "regions",
     "not_regions", "local")
)  # fmt: skip
RATE_FIELDS = LIMIT_FIELDS | {"tax", "rate", "hs", "regions", "what", "free_part", "local"}
FEE_FIELDS = LIMIT_FIELDS | {
    "order", "per", "amount", "transports", "buyers", "entries", "routes", "not_routes", "above", "above_inclusive",
    "not_preference", "steps",
}  # fmt: skip
EXCISE_FIELDS = frozenset(("order", "hs", "bands", "rounding"))
ROUTE_DUTIES = ("tariff", "additional", "none", "rate", "entry", "class")
BASE_PARTS = frozenset(("customs_value", "goods", "freight", "insurance", "base_duty", "duty", "excise"))
LOCAL_EXEMPTIONS = ("as_state", "by_place")
BUYERS = frozenset(("consumer", "business"))
ROUTE_TAXES = ("normal", "none", "sale")


def check_fields(rule: Rule, entry: Entry, allowed: frozenset[str]) -> None:
    unknown = sorted(entry.fields.keys() - allowed)
    if unknown:
        raise BadRule(f"{rule.id}.toml: unknown field {unknown[0]!r} in a {rule.kind} rule", rule=rule.id)


def limit(fields: Mapping[str, Any], rule: Rule, *, name: str = "limit") -> Limit | None:
    """Return the threshold written as `limit = "150 EUR"` with its basis and scope, or None where none is named."""
    text = fields.get(name)
    if text is None:
        return None
    match = _AMOUNT.fullmatch(str(text))
    if not match:
        raise BadRule(f"{rule.id}.toml: {name} must read like '150 EUR', not {text!r}", rule=rule.id)
    return Limit(
        amount=Decimal(match[1]),
        currency=match[2],
        basis=fields.get("limit_basis", "intrinsic"),
        # `above` is open from the first cent over the amount, so the amount itself belongs to what lies below.
        inclusive=bool(fields.get(f"{name}_inclusive", True)),
        item=fields.get("limit_scope", "consignment") == "item",
    )


def ratio(value: Any, rule: Rule) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)) or not 0 <= value < 10:
        raise BadRule(f"{rule.id}.toml: a rate is a ratio such as 0.19, not {value!r}", rule=rule.id)
    return Decimal(value)


def route(rule: Rule, entry: Entry) -> Route:
    check_fields(rule, entry, frozenset(ROUTE_FIELDS))
    get = entry.fields.get
    duty, tax, text = get("duty", "tariff"), get("tax", "normal"), get("duty_rate", "")
    if duty not in ROUTE_DUTIES or tax not in ROUTE_TAXES:
        raise BadRule(f"{rule.id}.toml: duty is one of {ROUTE_DUTIES}, tax one of {ROUTE_TAXES}", rule=rule.id)
    if (duty in ("rate", "entry", "class")) != bool(text):
        raise BadRule(f"{rule.id}.toml: 'duty_rate' goes with duty = rate, entry or class only", rule=rule.id)
    if get("duty_groups") and duty != "additional":
        raise BadRule(f"{rule.id}.toml: 'duty_groups' goes with duty = additional only", rule=rule.id)
    return Route(
        stamp=entry.stamp(rule),
        scheme=get("scheme"),
        limit=limit(entry.fields, rule),
        above=limit(entry.fields, rule, name="above"),
        transports=frozenset(get("transports", ())),
        buyers=buyers(entry.fields, rule),
        ship_from=frozenset(get("ship_from", ())),
        not_ship_from=frozenset(get("not_ship_from", ())),
        origins=frozenset(get("origins", ())),
        not_origins=frozenset(get("not_origins", ())),
        regions=frozenset(get("regions", ())),
        gift=bool(get("gift", False)),
        only_hs=tuple(get("only_hs", ())),
        not_hs=tuple(get("not_hs", ())),
        preference=bool(get("preference", False)),
        entries=frozenset(get("entries", ())),
        duty=duty,
        duty_rate=parse(text) if text else None,
        duty_text=f"{text} per tariff class" if duty == "class" else text,
        duty_groups=frozenset(get("duty_groups", ())),
        tax=tax,
        tax_base=_tax_bases(get("tax_base", {}), rule),
        taxes=frozenset(get("taxes", ())),
        value_factor=Decimal(get("value_factor", UNIT)),
        value_less=limit(entry.fields, rule, name="value_less"),
        apart=bool(get("apart", False)),
        alternative=bool(get("alternative", False)),
        warnings=tuple((code, message) for code, message in get("warnings", {}).items()),
    )


def buyers(fields: Mapping[str, Any], rule: Rule) -> frozenset[str]:
    """Return the kinds of consignee a value is for; empty means all."""
    found = frozenset(fields.get("buyers", ()))
    if not found <= BUYERS:
        raise BadRule(f"{rule.id}.toml: buyers are {', '.join(sorted(BUYERS))}, not {sorted(found)}", rule=rule.id)
    return found


def base_parts(names: Any, rule: Rule) -> tuple[str, ...]:
    """Return the parts of a tax base; raises BadRule for a name that no line of a cart answers to."""
    if isinstance(names, str):
        raise BadRule(f"{rule.id}.toml: a tax base is a list of parts, not {names!r}", rule=rule.id)
    wrong = [name for name in names if name not in BASE_PARTS and not str(name).startswith(("tax:", "fee:"))]
    if wrong:
        raise BadRule(f"{rule.id}.toml: {wrong[0]!r} is no part of a tax base", rule=rule.id)
    return tuple(names)


def _tax_bases(value: Any, rule: Rule) -> dict[str, tuple[str, ...]]:
    """Return a route's own tax bases by tax: one list speaks for all of them, a table for those it names."""
    if not isinstance(value, Mapping):
        return {"": base_parts(value, rule)}
    return {name: base_parts(names, rule) for name, names in value.items()}


def tax(rule: Rule, entry: Entry, rates: tuple[TaxRate, ...]) -> Tax:
    check_fields(rule, entry, TAX_FIELDS)
    get = entry.fields.get
    waive, local = get("waive_up_to"), get("local", False)
    if not isinstance(local, bool) or (local and len(get("regions", ())) != 1):
        raise BadRule(f"{rule.id}.toml: 'local' is true or false, and true only for a tax of one region", rule=rule.id)
    return Tax(
        id=rule.stem,
        kind=get("charge", "import_tax"),
        base=base_parts(get("base", ("customs_value", "duty")), rule),
        rates=rates,
        inclusive=bool(get("inclusive", False)),
        uplift=Decimal(get("uplift", UNIT)),
        waive_up_to=None if waive is None else Decimal(waive),
        scheme=get("scheme"),
        buyers=buyers(entry.fields, rule),
    )


def tax_rate(rule: Rule, entry: Entry) -> TaxRate:
    get = entry.fields.get
    if "rate" not in entry.fields:
        raise BadRule(f"{rule.id}.toml lacks 'rate'; a zero rate must be written down", rule=rule.id)
    local = get("local", "as_state")
    if local not in LOCAL_EXEMPTIONS:
        raise BadRule(f"{rule.id}.toml: local is one of {', '.join(LOCAL_EXEMPTIONS)}, not {local!r}", rule=rule.id)
    return TaxRate(
        stamp=entry.stamp(rule),
        rate=ratio(get("rate"), rule),
        hs=tuple(get("hs", ())),
        regions=frozenset(get("regions", ())),
        what=get("what", ""),
        unit_price_limit=limit(entry.fields, rule),
        free_part=limit(entry.fields, rule, name="free_part"),
        by_place=local == "by_place",
    )


def fee(rule: Rule, entry: Entry) -> Fee:
    check_fields(rule, entry, frozenset(FEE_FIELDS))
    get = entry.fields.get
    if "amount" not in entry.fields:
        raise BadRule(f"{rule.id}.toml lacks 'amount'; a fee of zero must be written down", rule=rule.id)
    text = str(get("amount"))
    return Fee(
        stamp=entry.stamp(rule),
        per=get("per", "entry"),
        amount=parse(text),
        text=f"{text} per {get('per', 'entry')}",
        transports=frozenset(get("transports", ())),
        buyers=buyers(entry.fields, rule),
        entries=frozenset(get("entries", ())),
        routes=frozenset(get("routes", ())),
        not_routes=frozenset(get("not_routes", ())),
        above=limit(entry.fields, rule, name="above"),
        limit=limit(entry.fields, rule),
        not_preference=frozenset(agreement_key(name) for name in get("not_preference", ())),
        steps=_fee_steps(rule, get("steps", ())),
    )


def _fee_steps(rule: Rule, steps: Iterable[Mapping[str, Any]]) -> tuple[tuple[int | None, Node], ...]:
    read: list[tuple[int | None, Node]] = []
    last: int | None = 0
    for step in steps:
        bound = step.get("up_to")
        read.append((bound, parse(str(step.get("amount", "")))))
        if last is None or (bound is not None and bound <= last):
            raise BadRule(f"{rule.id}.toml: steps of a fee rise by `up_to`, and only the last has none", rule=rule.id)
        last = bound
    if read and last is not None:
        raise BadRule(f"{rule.id}.toml: the last step of a fee has no `up_to`", rule=rule.id)
    return tuple(read)


def excise(rule: Rule, entry: Entry) -> Excise:
    """Return an excise: `bands` in rising order, each `{up_to | below = <per cent>, duty = "..."}`, the last open."""
    check_fields(rule, entry, EXCISE_FIELDS)
    bands: list[Band] = []
    last: Decimal | None = Decimal(-1)
    for band in entry.fields.get("bands", ()):
        unknown = sorted(band.keys() - {"up_to", "below", "duty"})
        bound = band.get("up_to", band.get("below"))
        if unknown or "duty" not in band or last is None or (bound is not None and Decimal(bound) <= last):
            raise BadRule(f"{rule.id}.toml: bands rise by `up_to` or `below`, each with a `duty`: {band}", rule=rule.id)
        last = None if bound is None else Decimal(bound)
        bands.append(Band(parse(str(band["duty"])), str(band["duty"]), last, inclusive="up_to" in band))
    if not bands or last is not None or not entry.fields.get("hs"):
        raise BadRule(f"{rule.id}.toml: an excise names `hs`, and its last band has no bound", rule=rule.id)
    mode = MODES[entry.fields.get("rounding", "half_up")]
    return Excise(stamp=entry.stamp(rule), hs=tuple(entry.fields["hs"]), bands=tuple(bands), mode=mode)


def rounding(fields: Mapping[str, Any]) -> Rounding:
    step, value_step = fields.get("rounding_step"), fields.get("value_step")
    return Rounding(
        step=None if step is None else Decimal(step),
        mode=MODES[fields.get("rounding", "half_up")],
        scope=fields.get("rounding_scope", "line"),
        value_step=None if value_step is None else Decimal(value_step),
    )


def covers(prefixes: tuple[str, ...]) -> Callable[[str], bool]:
    """Return a test whether a code lies under one of many prefixes; fast for thousands of them."""
    wanted = frozenset(prefixes)
    lengths = sorted({len(prefix) for prefix in wanted}, reverse=True)
    return lambda code: any(code[:length] in wanted for length in lengths)


def touches(prefixes: tuple[str, ...]) -> Callable[[str], bool]:
    """Return a test whether listed lines lie below a code that is too short to tell them from others."""
    above = frozenset(prefix[:length] for prefix in prefixes for length in range(2, len(prefix)))
    return lambda code: code in above
