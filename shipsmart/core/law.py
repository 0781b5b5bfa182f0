"""The shapes in which the law reaches the arithmetic: everything in force in one place at one instant.

The rulebook (`shipsmart.rules`) builds these values from dated files; nothing here reads a file or a clock.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Protocol

from shipsmart.core.expression import Node
from shipsmart.core.money import UNIT


@dataclass(frozen=True)
class Stamp:
    """Where a rule comes from, ready for the answer."""

    rule: str
    name: str
    source: dict[str, str | None]
    in_force: dict[str, str | None]
    confidence: str
    # The rows that `answer` makes of this stamp, but for the amounts; a memory, no part of the law.
    rows: dict[tuple[str, str, str], dict[str, Any]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @property
    def verified(self) -> bool:
        return self.confidence == "verified"


@dataclass(frozen=True)
class Rounding:
    """How a customs office rounds: `step` and `mode` per amount, `scope` of a `line`, the `entry` or a `column`.

    `value_step` cuts the value of a column (goods of one code and origin) to whole multiples before the rates apply.
    """

    step: Decimal | None = None
    mode: str = ROUND_HALF_UP
    scope: str = "line"
    value_step: Decimal | None = None


@dataclass(frozen=True)
class Limit:
    """A threshold on a consignment or on each item: `basis` says what is compared with it."""

    amount: Decimal
    currency: str
    basis: str = "intrinsic"
    inclusive: bool = True
    item: bool = False


@dataclass(frozen=True)
class Route:
    """One lawful way for goods to enter: when it is open, and what it does to duty and tax."""

    stamp: Stamp
    scheme: str | None = None
    limit: Limit | None = None
    above: Limit | None = None
    transports: frozenset[str] = frozenset()
    buyers: frozenset[str] = frozenset()
    ship_from: frozenset[str] = frozenset()
    not_ship_from: frozenset[str] = frozenset()
    # Of the goods of every line; where a line names no origin, the sender's country stands for it.
    origins: frozenset[str] = frozenset()
    not_origins: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    gift: bool = False
    only_hs: tuple[str, ...] = ()
    not_hs: tuple[str, ...] = ()
    preference: bool = False
    entries: frozenset[str] = frozenset()
    duty: str = "tariff"
    duty_rate: Node | None = None
    duty_text: str = ""
    duty_groups: frozenset[str] = frozenset()
    tax: str = "normal"
    # By the id of the tax; "" speaks for every tax that is not named.
    tax_base: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    taxes: frozenset[str] = frozenset()
    value_factor: Decimal = UNIT
    value_less: Limit | None = None
    # Takes the lines that fit and leaves the others of the consignment to other routes.
    apart: bool = False
    alternative: bool = False
    warnings: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class TaxRate:
    """The rate of one tax for some goods or regions; `hs` empty means all goods.

    `unit_price_limit`: for pieces up to this price only. `free_part`: of each piece only what exceeds it is taxed.
    `by_place`: whether counties and cities free the same goods is their own choice; else their tax follows the state's.
    """

    stamp: Stamp
    rate: Decimal
    hs: tuple[str, ...] = ()
    regions: frozenset[str] = frozenset()
    what: str = ""
    unit_price_limit: Limit | None = None
    free_part: Limit | None = None
    by_place: bool = False


@dataclass(frozen=True)
class LocalRate:
    """What counties, cities and districts together add to a state's tax at one postcode; `rate` is a ratio.

    `frees`: whether they free the goods that the state leaves to them to free; None: nobody says.
    """

    stamp: Stamp
    rate: Decimal
    frees: bool | None = None


@dataclass(frozen=True)
class LocalFinding:
    """What a table of local rates says of a postcode: a rate or None, and what must be told of it (code, text)."""

    rate: LocalRate | None
    notes: tuple[tuple[str, str], ...] = ()


LocalRates = Callable[[str | None, datetime], LocalFinding]


@dataclass(frozen=True)
class Tax:
    """A tax at the border: its base by parts, its rates, and whether it sits inside its own base.

    `local` answers for a postcode and an instant where counties and cities add a rate of their own; None: none do.
    """

    id: str
    kind: str
    base: tuple[str, ...]
    rates: tuple[TaxRate, ...]
    inclusive: bool = False
    uplift: Decimal = UNIT
    waive_up_to: Decimal | None = None
    scheme: str | None = None
    buyers: frozenset[str] = frozenset()
    local: LocalRates | None = None


@dataclass(frozen=True)
class Fee:
    """What a government charges for handling: per entry, parcel, tariff class or line.

    `steps` are amounts by number, rising: (2, 38.56) and (None, 30.85) are two at the one and the rest at the other.
    """

    stamp: Stamp
    per: str
    amount: Node
    text: str
    transports: frozenset[str] = frozenset()
    buyers: frozenset[str] = frozenset()
    entries: frozenset[str] = frozenset()
    routes: frozenset[str] = frozenset()
    not_routes: frozenset[str] = frozenset()
    above: Limit | None = None
    limit: Limit | None = None
    not_preference: frozenset[str] = frozenset()
    steps: tuple[tuple[int | None, Node], ...] = ()


@dataclass(frozen=True)
class AdditionalDuty:
    """A duty on top of the base duty, for some origins and goods."""

    stamp: Stamp
    duty: Node
    text: str
    origins: frozenset[str] = frozenset()
    not_origins: frozenset[str] = frozenset()
    covers: Callable[[str], bool] | None = None
    touches: Callable[[str], bool] | None = None
    spares: Callable[[str], bool] | None = None
    group: str = ""
    unless: frozenset[str] = frozenset()
    not_preference: frozenset[str] = frozenset()
    doubtful: Callable[[str], bool] | None = None
    notice: str = ""


@dataclass(frozen=True)
class Band:
    """The excise of goods up to a strength in per cent of volume; `inclusive`: the strength itself belongs to it."""

    duty: Node
    text: str
    up_to: Decimal | None = None
    inclusive: bool = True


@dataclass(frozen=True)
class Excise:
    """An excise by quantity on some goods, in bands of strength; `mode` says how its law rounds to the minor unit."""

    stamp: Stamp
    hs: tuple[str, ...]
    bands: tuple[Band, ...]
    mode: str = ROUND_HALF_UP


@dataclass(frozen=True)
class BaseDuty:
    """The most-favoured-nation (or preferential) duty of a line and how closely its code was matched."""

    duty: Node | None
    text: str
    matched: str
    stamp: Stamp
    problem: str = ""


@dataclass(frozen=True)
class LinePlan:
    """All that depends only on a line's code, origin and agreement, worked out once and kept.

    `warnings` concern the line whatever its route, `duty_warnings` only where the tariff decides; both make the
    answer an estimate. `excise` names an excise that nobody here can compute, `excises` are those that are computed.
    Over the value of `proof` an agreement asks for more than the seller's own statement of origin. `rates` holds, for
    each tax of the regime in turn, the rates to try: the first whose price limit is met applies.
    """

    base: BaseDuty
    additional: tuple[AdditionalDuty, ...]
    rates: tuple[tuple[TaxRate, ...], ...]
    hs_class: str
    warnings: tuple[tuple[str, str], ...]
    duty_warnings: tuple[tuple[str, str], ...]
    agreement: str = ""
    excise: str = ""
    excises: tuple[Excise, ...] = ()
    proof: Limit | None = None
    proof_note: str = ""

    @property
    def preferential(self) -> bool:
        """Whether the line enters under an agreement, whose key is `agreement`."""
        return bool(self.agreement)


@dataclass(frozen=True, eq=False)
class Regime:
    """The law of one place at one instant; `plan` answers for a code, an origin ("?CN": assumed) and an agreement."""

    country: str
    region: str | None
    currency: str
    customs_value: str
    stamp: Stamp
    routes: tuple[Route, ...]
    taxes: tuple[Tax, ...]
    fees: tuple[Fee, ...]
    rounding: Rounding
    formal_above: Limit | None
    plan: Callable[[str | None, str, str | None], LinePlan]
    warnings: tuple[tuple[str, str], ...] = ()
    # Registrations for a tax of one region, where nobody says which region it is.
    without_region: frozenset[str] = frozenset()
    # What `routing` found before; a memory, no part of the law.
    open_routes: dict[tuple[object, ...], tuple[Route, ...]] = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True)
class RateSet:
    """Exchange rates of one day from one source: units of each currency for one unit of `base`."""

    base: str
    day: date
    source: str
    url: str
    rates: Mapping[str, Decimal]
    purpose: str = "customs"


class Law(Protocol):
    """What `compute` asks of a rulebook."""

    @property
    def version(self) -> str: ...
    @property
    def sha256(self) -> str: ...
    def regime(self, country: str, *, region: str | None, at: datetime) -> Regime:
        """Return the law of a place at an instant; raises NoRuleInForce."""
        ...

    def rate_sets(self, at: datetime) -> tuple[RateSet, ...]:
        """Return the stored exchange rates fit for an instant, the best set first."""
        ...
