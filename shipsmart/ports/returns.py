"""What we ask of stores about goods that come back: their values and one Protocol."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from shipsmart.ports.stores import StoreOrderLine


@dataclass(frozen=True)
class StoreReturnLine:
    """Units of an order's line that come back. `reason` is one of ours (returns.models.Reason)."""

    external_id: str
    order_line_id: str
    quantity: int
    reason: str
    note: str = ""


@dataclass(frozen=True)
class StoreExchange:
    """Units of a variant that the shopper gets for what comes back; `sent`: those that stand on the order by now."""

    variant_id: str
    quantity: int
    sent: int


@dataclass(frozen=True)
class StoreReturn:
    """A return as its store tells it. `state` is one of requested, approved, declined, cancelled, closed."""

    external_id: str
    order_external_id: str
    number: str
    state: str
    requested_at: datetime
    lines: tuple[StoreReturnLine, ...]
    decline_note: str = ""
    waybills: tuple[str, ...] = ()
    mark: str = ""  # of a return that was begun here: what we wrote into it
    exchange: tuple[StoreExchange, ...] = ()


@dataclass(frozen=True)
class StoreRefund:
    """Money that went back to the shopper, in `currency`. `lines`: external line id → quantity.

    `shipping` is of the delivery price, in which prepaid duty may stand; `duties` are those the store itself sold.
    Of the units, `cancelled` are those that are not to be sent any more, `kept` those that were paid back while the
    store still has them to be sent, if they were not; the others came back. `paid_back` is the money that moved (None:
    the store does not say), `store_credit` what of it is to be spent in the store.
    """

    external_id: str
    refunded_at: datetime
    currency: str
    lines: Mapping[str, int]
    goods: Decimal
    shipping: Decimal
    duties: Decimal
    note: str = ""
    cancelled: Mapping[str, int] = field(default_factory=dict)
    kept: Mapping[str, int] = field(default_factory=dict)
    paid_back: Decimal | None = None
    store_credit: Decimal = Decimal(0)
    return_external_id: str = ""


@dataclass(frozen=True)
class StoreRefunds:
    """Refunds of an order, and its goods as they were sold: removed units included, digital goods left out."""

    sold: tuple[StoreOrderLine, ...]
    refunds: tuple[StoreRefund, ...]


@dataclass(frozen=True)
class ReturnLabel:
    """The label on which goods come back. `lines`: external line id of the order → quantity.

    `file` is the label as PDF, handed to the store; `label_url` names one that lies elsewhere. `delivery_id` is the
    store's id of a parcel that it knows under an earlier waybill: that one is changed.
    """

    return_external_id: str
    waybill: str
    tracking_url: str
    lines: Mapping[str, int]
    label_url: str = ""
    file: bytes = b""
    delivery_id: str = ""


@dataclass(frozen=True)
class ReturnableLine:
    """Units of an order's line that were sent and may still come back."""

    order_line_id: str
    quantity: int


@dataclass(frozen=True)
class BegunReturn:
    """A return that was begun here. `requested`: the shopper asks and the merchant has not answered yet.

    `mark` is written into it, so that it is found again after a crash. Each line: order line, units, reason, note.
    """

    order_external_id: str
    mark: str
    requested: bool
    lines: tuple[StoreReturnLine, ...]


@dataclass(frozen=True)
class ReceivedLine:
    """What the inspection accepted of an order's line, and whether it goes back on the shelf."""

    order_line_id: str
    accepted: int
    restock: bool


class StoreReturns(Protocol):
    """capability "returns": reads what a store knows of goods and money that went back."""

    def fetch_return(self, connection: Any, external_id: str) -> StoreReturn: ...

    def fetch_refunds(
        self, connection: Any, order_external_id: str, *, known: Collection[str], currency: str
    ) -> StoreRefunds:
        """Return the refunds whose ids are not `known`, amounts in `currency`."""


class StoreReturnsTold(Protocol):
    """capability "returns_told": stores that keep returns and are told how each goes on.

    Each may be called again after a crash and must not do it twice.
    """

    def approve_return(self, connection: Any, external_id: str) -> None: ...

    def decline_return(self, connection: Any, external_id: str, *, reason: str, note: str) -> None: ...

    def tell_return_label(self, connection: Any, label: ReturnLabel) -> str:
        """Return the store's id of the parcel that comes back; finds an earlier one with the same waybill first."""

    def process_return(self, connection: Any, external_id: str, lines: Sequence[ReceivedLine]) -> None:
        """Tell the store what came back and where it goes; what it knows already is not told again."""


class StoreReturnsClosed(Protocol):
    """capability "returns_closed": stores in which a return stays open until somebody ends it."""

    def close_return(self, connection: Any, external_id: str) -> None:
        """End a return; one that is over already is left alone."""


class StoreReturnsBegun(Protocol):
    """capability "returns_begun": stores in which we may begin a return."""

    def returnable(self, connection: Any, order_external_id: str) -> Sequence[ReturnableLine]: ...

    def begin_return(self, connection: Any, begun: BegunReturn) -> StoreReturn:
        """Return the store's return with this mark, found or made."""
