"""What we ask of stores about money that goes back to the shopper: their values and one Protocol."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol

from shipsmart.ports.returns import StoreRefund


@dataclass(frozen=True)
class RefundAsk:
    """What a merchant thinks of giving back. `lines`: external line id → units; `shipping` is in `currency`.

    `store_duties`: also the duties that the store itself sold on these units.
    """

    order_external_id: str
    currency: str
    lines: Mapping[str, int]
    shipping: Decimal
    store_duties: bool = False


@dataclass(frozen=True)
class RefundPayment:
    """Money that goes back the way it came, in the offer's `pay_currency`. `parent`: the store's id of the payment."""

    parent: str
    gateway: str
    amount: Decimal


@dataclass(frozen=True)
class RefundOffer:
    """What the store says would go back. Amounts are in the asked currency, payments in `pay_currency`.

    `goods` are without `tax`, the store's own tax on them; `duties` is duty id → amount, of those the store sold.
    `shipping_left` is what was not refunded yet of the delivery price; `shipping_paid_back` is in `pay_currency`.
    """

    currency: str
    goods: Decimal
    tax: Decimal
    shipping: Decimal
    shipping_left: Decimal
    duties: Mapping[str, Decimal]
    pay_currency: str
    payments: tuple[RefundPayment, ...]
    shipping_paid_back: Decimal = Decimal(0)

    @property
    def total(self) -> Decimal:
        return self.goods + self.tax + self.shipping + sum(self.duties.values(), Decimal(0))

    @property
    def paid_back(self) -> Decimal:
        """In `pay_currency`."""
        return sum((one.amount for one in self.payments), Decimal(0))


@dataclass(frozen=True)
class RefundOrder:
    """A refund that a merchant ordered, as it was shown. Tried again it is the same to the last letter.

    `key` is the idempotency key; `mark` stands in the refund's note, so that it is found again when the store has
    forgotten the key. `shipping` and `payments` are in `pay_currency`. `tried`: an earlier try may have done it.
    """

    key: str
    mark: str
    order_external_id: str
    pay_currency: str
    lines: Mapping[str, int]
    shipping: Decimal
    payments: tuple[RefundPayment, ...]
    currency: str
    duties: tuple[str, ...] = ()
    note: str = ""
    notify: bool = True
    tried: bool = False


@dataclass(frozen=True)
class StoreRefundDone:
    """The refund as the store booked it; `unpaid`: what the gateway says of money that did not go back yet."""

    refund: StoreRefund
    unpaid: Mapping[str, str] = field(default_factory=dict)


class StoreRefunding(Protocol):
    """capability "refunds"."""

    def offer_refund(self, connection: Any, ask: RefundAsk) -> RefundOffer:
        """Return what would go back; nothing is changed. Raises IntegrationError, permanent when it cannot be."""

    def refund(self, connection: Any, order: RefundOrder) -> StoreRefundDone:
        """Pay back, once per key and mark. Raises IntegrationError; `outcome_unknown` when it may have been done."""
