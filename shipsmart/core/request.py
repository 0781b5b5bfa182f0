"""A landed-cost request: the strict reading of the JSON shape into frozen values."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from msgspec import Struct

from shipsmart.core import reading as read
from shipsmart.core.codes import COUNTRIES, REGISTRATIONS, SALES_TAX, SCHEMES, words
from shipsmart.core.errors import BadExpression, InvalidRequest
from shipsmart.core.expression import Node, parse
from shipsmart.core.money import ZERO

__all__ = [
    "ExchangeRate",
    "InvalidRequest",
    "LandedCostRequest",
    "Line",
    "Place",
    "RateOverride",
    "need_origins",
    "parse_request",
]

TRANSPORTS = ("courier", "post", "air", "ocean")
MAX_LINES = 1000
MAX_QUANTITY = 1_000_000
MAX_LISTED = 200
SHORT_TEXT = 200  # the limit of `read.text`
MAX_WORTH = Decimal(10) ** 15
SMALLEST_RATE = Decimal("0.000000001")
MAX_SPREAD = Decimal("0.01")

_TOP = words(
    "id at ship_from ship_to currency lines freight insurance freight_in_price transport buyer gift incoterm schemes "
    "entry exchange_rates rate_overrides"
)
_NEEDED = words("id at ship_from ship_to currency lines freight")
_LINE = words(
    "id quantity unit_price discount hs_code origin sku description unit_weight_g volume_ml abv_percent preference"
)
_USUAL = words("id quantity unit_price discount hs_code origin")
_PLACE = frozenset(("country", "region", "postcode"))
_NORTHERN_IRELAND = frozenset(("NIR", "NI", "XI"))


class Place(Struct, frozen=True, gc=False):
    # Structs and named tuples: frozen, and built several times faster than frozen dataclasses.
    country: str
    region: str | None = None
    postcode: str | None = None

    @property
    def jurisdiction(self) -> str:
        """Return the country whose law applies; Northern Ireland is XI (the Windsor Framework)."""
        if self.country != "GB":
            return self.country
        northern = self.region in _NORTHERN_IRELAND or (self.postcode or "").upper().startswith("BT")
        return "XI" if northern else "GB"


class Line(Struct, frozen=True, gc=False):
    """One position of the cart; amounts in the request's currency, `discount` for the whole line."""

    id: str
    quantity: int
    unit_price: Decimal
    discount: Decimal
    hs_code: str | None
    origin: str | None
    sku: str | None = None
    description: str | None = None
    unit_weight_g: Decimal | None = None
    volume_ml: Decimal | None = None
    abv_percent: Decimal | None = None
    preference: str | None = None


class ExchangeRate(NamedTuple):
    """One unit of `source` buys `rate` units of `target`."""

    source: str
    target: str
    rate: Decimal


class RateOverride(NamedTuple):
    hs_code: str
    text: str
    duty: Node


class LandedCostRequest(NamedTuple):
    """A cart on its way abroad at one instant; see the contract for the meaning of each field."""

    id: str | None
    at: datetime
    ship_from: Place
    ship_to: Place
    currency: str
    lines: tuple[Line, ...]
    freight: Decimal = ZERO
    insurance: Decimal = ZERO
    freight_in_price: bool = False
    transport: str = "courier"
    buyer: str = "consumer"
    gift: bool = False
    incoterm: str = "DDP"
    schemes: frozenset[str] = frozenset()
    entry: str | None = None
    exchange_rates: tuple[ExchangeRate, ...] = ()
    rate_overrides: tuple[RateOverride, ...] = ()


# The fields that every request, every line has, in the order of its class.
Needed = tuple[str | None, datetime, Place, Place, str, tuple[Line, ...], Decimal]
Usual = tuple[str, int, Decimal, Decimal, str | None, str | None]


def parse_request(data: Mapping[str, Any], *, now: datetime) -> LandedCostRequest:
    """Return the request read from JSON values; `now` dates it when it names no instant.

    Raises InvalidRequest: `details["field"]` is the path of the wrong field, the message says the remedy.
    """
    read.mapping(data, "request")
    read.known_keys(data, _TOP, "")
    get = data.get
    needed = (
        read.text(get("id"), "id"),
        _instant(get("at"), now),
        _place(get("ship_from"), "ship_from"),
        _place(get("ship_to"), "ship_to"),
        read.currency(get("currency"), "currency"),
        _lines(get("lines")),
        read.amount(get("freight"), "freight", default=ZERO),
    )
    return LandedCostRequest(*needed) if _NEEDED.issuperset(data) else _with_terms(needed, get)


def need_origins(request: LandedCostRequest) -> None:
    """Refuse a line without a country of origin.

    A checkout takes the sender's country for it and calls the answer an estimate, for a shopper cannot mend a catalog;
    who sends a request himself can. Raises InvalidRequest.
    """
    for i, line in enumerate(request.lines):
        if line.origin is None:
            remedy = "name the country where the goods were made, like CN; where they ship from is no origin"
            raise read.invalid(f"lines[{i}].origin", None, remedy)


def _with_terms(needed: Needed, get: Callable[[str], Any]) -> LandedCostRequest:
    """Return a request that also names what has a default."""
    return LandedCostRequest(
        *needed,
        insurance=read.amount(get("insurance"), "insurance", default=ZERO),
        freight_in_price=read.boolean(get("freight_in_price"), "freight_in_price"),
        transport=read.choice(get("transport"), "transport", TRANSPORTS) or "courier",
        buyer=read.choice(get("buyer"), "buyer", ("consumer", "business")) or "consumer",
        gift=read.boolean(get("gift"), "gift"),
        incoterm=read.choice(get("incoterm"), "incoterm", ("DDP", "DAP")) or "DDP",
        schemes=_schemes(get("schemes")),
        entry=read.choice(get("entry"), "entry", ("formal", "informal")),
        exchange_rates=_exchange_rates(get("exchange_rates")),
        rate_overrides=_overrides(get("rate_overrides")),
    )


def _instant(value: Any, now: datetime) -> datetime:
    if value is None:
        found = now
    else:
        try:
            found = datetime.fromisoformat(value)
        except (TypeError, ValueError) as error:
            raise read.invalid("at", value, "write an instant like 2026-11-10T12:00:00+01:00") from error
    if found.tzinfo is None:
        raise read.invalid("at", value, "add the offset from UTC, like 2026-11-10T12:00:00+01:00")
    if not 1990 <= found.year <= 2100:
        raise read.invalid("at", value, "give an instant between 1990 and 2100")
    return found if found.tzinfo is UTC else found.astimezone(UTC)


def _place(value: Any, path: str) -> Place:
    if type(value) is not dict or not _PLACE.issuperset(value):
        read.mapping(value, path)
        read.known_keys(value, _PLACE, path)
    region, postcode = value.get("region"), value.get("postcode")
    if region is not None:
        region = read.text(region, f"{path}.region", limit=6)
    if postcode is not None:
        postcode = read.text(postcode, f"{path}.postcode", limit=16)
    code = value.get("country")
    if type(code) is not str or code not in COUNTRIES:
        code = read.country(code, f"{path}.country")
    if region:
        region = region.upper().removeprefix(f"{code}-")
    return Place(code, region or None, postcode or None)


def _lines(value: Any) -> tuple[Line, ...]:
    if not isinstance(value, (list, tuple)) or not value:
        raise read.invalid("lines", value, "give a list with at least one line")
    if len(value) > MAX_LINES:
        raise read.invalid("lines", f"{len(value)} lines", f"split the cart: at most {MAX_LINES} lines per request")
    lines: list[Line] = []
    for i, item in enumerate(value):
        if type(item) is not dict:
            read.mapping(item, f"lines[{i}]")
        try:
            lines.append(_line(item, i))
        except InvalidRequest as error:
            raise error.within(f"lines[{i}]") from error
    if len({line.id for line in lines}) < len(lines):
        _refuse_same_ids(lines)
    if sum([line.unit_price * line.quantity for line in lines], ZERO) > MAX_WORTH:
        raise read.invalid("lines", "a worth of more than 15 digits", "check quantities and unit prices")
    return tuple(lines)


def _refuse_same_ids(lines: list[Line]) -> None:
    seen: set[str] = set()
    for i, line in enumerate(lines):
        if line.id in seen:
            raise read.invalid(f"lines[{i}].id", line.id, "give each line an id of its own")
        seen.add(line.id)


def _line(value: Mapping[str, Any], index: int) -> Line:
    """Return one line; errors name the field within it, and the caller says within which line."""
    get = value.get
    name, quantity, origin, discount = get("id"), get("quantity"), get("origin"), get("discount")
    if type(name) is not str or len(name) > SHORT_TEXT or not name.isascii():
        name = read.text(name, "id")
    if type(quantity) is not int or not 0 < quantity <= MAX_QUANTITY:
        quantity = read.whole(quantity, "quantity", limit=MAX_QUANTITY)
    if origin is not None and (type(origin) is not str or origin not in COUNTRIES):
        origin = read.country(origin, "origin")
    unit_price = read.amount(get("unit_price"), "unit_price")
    if discount is None:
        discount = ZERO
    else:
        discount = read.amount(discount, "discount")
        if discount > unit_price * quantity:
            raise read.invalid("discount", get("discount"), "a discount cannot exceed quantity times unit_price")
    # By position, in the order of the class: keywords cost a tenth of the reading.
    usual = (name or str(index + 1), quantity, unit_price, discount, read.hs_code(get("hs_code"), "hs_code"), origin)
    return Line(*usual) if _USUAL.issuperset(value) else _with_rest(usual, value)


def _with_rest(usual: Usual, value: Mapping[str, Any]) -> Line:
    """Return a line that also names what few lines name; refuses fields that no line has."""
    read.known_keys(value, _LINE, "")
    get = value.get
    sku, description, preference = get("sku"), get("description"), get("preference")
    weight, volume, strength = get("unit_weight_g"), get("volume_ml"), get("abv_percent")
    return Line(
        *usual,
        None if sku is None else read.text(sku, "sku"),
        None if description is None else read.text(description, "description", limit=5000),
        None if weight is None else read.amount(weight, "unit_weight_g"),
        None if volume is None else read.amount(volume, "volume_ml"),
        None if strength is None else _strength(strength, "abv_percent"),
        None if preference is None else read.text(preference, "preference", limit=60),
    )


def _strength(value: Any, path: str) -> Decimal:
    found = read.amount(value, path)
    if found > 100:
        raise read.invalid(path, value, "alcohol by volume is a per cent between 0 and 100")
    return found


def _schemes(value: Any) -> frozenset[str]:
    for i, item in _listed(value, "schemes"):
        if not isinstance(item, str) or item not in SCHEMES:
            known = f"{', '.join(sorted(REGISTRATIONS))}, {SALES_TAX}:<state of the US>"
            raise read.invalid(f"schemes[{i}]", item, f"use one of: {known}")
    return frozenset(value or ())


def _listed(value: Any, path: str) -> list[tuple[int, Any]]:
    if value is None:
        return []
    if not isinstance(value, (list, tuple)):
        raise read.invalid(path, value, "give a list")
    if len(value) > MAX_LISTED:
        raise read.invalid(path, f"{len(value)} entries", f"give at most {MAX_LISTED}")
    return list(enumerate(value))


def _exchange_rates(value: Any) -> tuple[ExchangeRate, ...]:
    rates = [_exchange_rate(item, i) for i, item in _listed(value, "exchange_rates")]
    known: dict[tuple[str, str], Decimal] = {}
    for i, rate in enumerate(rates):
        pair = rate.source, rate.target
        same, back = known.setdefault(pair, rate.rate), known.get(pair[::-1])
        # There and back may differ by rounding, as banks write them, but not by more.
        if same != rate.rate or (back is not None and abs(back * rate.rate - 1) > MAX_SPREAD):
            remedy = "give one rate for two currencies: this one contradicts another"
            raise read.invalid(f"exchange_rates[{i}].rate", str(rate.rate), remedy)
    return tuple(rates)


def _overrides(value: Any) -> tuple[RateOverride, ...]:
    rulings = [_override(item, i) for i, item in _listed(value, "rate_overrides")]
    known: dict[str, str] = {}
    for i, ruling in enumerate(rulings):
        if known.setdefault(ruling.hs_code, ruling.text) != ruling.text:
            raise read.invalid(f"rate_overrides[{i}].hs_code", ruling.hs_code, "give one ruling for a code, not two")
    return tuple(rulings)


def _exchange_rate(value: Any, index: int) -> ExchangeRate:
    path = f"exchange_rates[{index}]"
    read.mapping(value, path)
    read.known_keys(value, frozenset(("from", "to", "rate")), path)
    rate = read.amount(value.get("rate"), f"{path}.rate")
    if not SMALLEST_RATE <= rate <= 1 / SMALLEST_RATE:
        raise read.invalid(
            f"{path}.rate", value.get("rate"), f"an exchange rate lies from {SMALLEST_RATE} to its inverse"
        )
    return ExchangeRate(
        read.currency(value.get("from"), f"{path}.from"), read.currency(value.get("to"), f"{path}.to"), rate
    )


def _override(value: Any, index: int) -> RateOverride:
    path = f"rate_overrides[{index}]"
    read.mapping(value, path)
    read.known_keys(value, frozenset(("hs_code", "duty")), path)
    code = read.hs_code(value.get("hs_code"), f"{path}.hs_code", shortest=2)
    if code is None:
        raise read.invalid(f"{path}.hs_code", None, "name the HS code that the ruling is for")
    duty = read.text(value.get("duty"), f"{path}.duty", limit=200, required=True) or ""
    try:
        return RateOverride(code, duty, parse(duty))
    except BadExpression as error:
        raise read.invalid(f"{path}.duty", duty, "write it like '4%' or '35.10 EUR / 100 kg'") from error
