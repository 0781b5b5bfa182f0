"""What we ask of stores about goods that come back: their values and one Protocol."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True)
class StoreRefund:
    """Money that went back to the shopper, in `currency`. `lines`: external line id → quantity.

    `shipping` is of the delivery price, in which prepaid duty may stand; `duties` are those the store itself sold.
    """

    external_id: str
    refunded_at: datetime
    currency: str
    lines: Mapping[str, int]
    goods: Decimal
    shipping: Decimal
    duties: Decimal
    note: str = ""


@dataclass(frozen=True)
class StoreRefunds:
    """Refunds of an order, and its goods as they were sold: removed units included, digital goods left out."""

    sold: tuple[StoreOrderLine, ...]
    refunds: tuple[StoreRefund, ...]


@dataclass(frozen=True)
class ReturnLabel:
    """The label on which goods come back. `lines`: external line id of the order → quantity."""

    return_external_id: str
    waybill: str
    tracking_url: str
    lines: Mapping[str, int]
    label_url: str = ""


class StoreReturns(Protocol):
    """capability "returns"; each may be called again after a crash and must not do it twice."""

    def fetch_return(self, connection: Any, external_id: str) -> StoreReturn: ...

    def fetch_refunds(
        self, connection: Any, order_external_id: str, *, known: Collection[str], currency: str
    ) -> StoreRefunds:
        """Return the refunds whose ids are not `known`, amounts in `currency`."""

    def approve_return(self, connection: Any, external_id: str) -> None: ...

    def decline_return(self, connection: Any, external_id: str, *, reason: str, note: str) -> None: ...

    def tell_return_label(self, connection: Any, label: ReturnLabel) -> str:
        """Return the store's id of the parcel that comes back; finds an earlier one with the same waybill first."""
