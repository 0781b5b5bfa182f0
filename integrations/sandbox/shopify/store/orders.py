"""An order: what it holds, and the totals and states that follow from it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from integrations.sandbox.shopify.store.addresses import TAX_ID_KEYS, MailingAddress
from integrations.sandbox.shopify.store.fulfilment import Fulfillment, FulfillmentOrder
from integrations.sandbox.shopify.store.money import MoneyBag
from integrations.sandbox.shopify.store.node import Node, Owner
from integrations.sandbox.shopify.store.order_lines import LineItem, OrderTransaction, Refund, ShippingLine
from integrations.sandbox.shopify.store.return_rows import Return


@dataclass(eq=False, kw_only=True)
class Customer(Node):
    email: str
    default_address: MailingAddress
    locale: str
    phone: str | None = None
    note: str | None = None
    tags: list[str] = field(default_factory=list)
    state: str = "DISABLED"
    tax_exempt: bool = False
    verified_email: bool = True
    number_of_orders: int = 1

    @property
    def first_name(self) -> str:
        return self.default_address.first_name

    @property
    def last_name(self) -> str:
        return self.default_address.last_name

    @property
    def display_name(self) -> str:
        return self.default_address.name


@dataclass(eq=False, kw_only=True)
class OrderTotals:
    """Totals, derived from lines, shipping line and refunds. The practice shops charge no tax of their own."""

    currency_code: str
    presentment_currency_code: str
    lines: list[LineItem]
    shipping_line: ShippingLine
    refunds: list[Refund] = field(default_factory=list)
    transactions_made: list[OrderTransaction] = field(default_factory=list)

    def _zero(self) -> MoneyBag:
        return MoneyBag.zero(shop=self.currency_code, presentment=self.presentment_currency_code)

    @property
    def subtotal_price_set(self) -> MoneyBag:
        return sum((line.total_after_discount for line in self.lines), self._zero())

    @property
    def total_discounts_set(self) -> MoneyBag:
        return sum((line.discount for line in self.lines), self._zero())

    @property
    def total_shipping_price_set(self) -> MoneyBag:
        return self.shipping_line.original_price_set

    @property
    def total_price_set(self) -> MoneyBag:
        return (
            self.subtotal_price_set + self.total_shipping_price_set + (self.original_total_duties_set or self._zero())
        )

    @property
    def total_refunded_set(self) -> MoneyBag:
        return sum((refund.total_refunded_set for refund in self.refunds), self._zero())

    @property
    def total_refunded_shipping_set(self) -> MoneyBag:
        rows = (row for refund in self.refunds for row in refund.refund_shipping_lines)
        return sum((row["subtotal_amount_set"] for row in rows), self._zero())

    @property
    def _refunded_goods(self) -> MoneyBag:
        rows = (row for refund in self.refunds for row in refund.refund_line_items)
        return sum((row["subtotal_set"] for row in rows), self._zero())

    @property
    def current_subtotal_price_set(self) -> MoneyBag:
        return self.subtotal_price_set - self._refunded_goods

    @property
    def current_shipping_price_set(self) -> MoneyBag:
        return self.total_shipping_price_set - self.total_refunded_shipping_set

    @property
    def current_total_price_set(self) -> MoneyBag:
        duties = self.current_total_duties_set or self._zero()
        return self.current_subtotal_price_set + self.current_shipping_price_set + duties

    @property
    def original_total_duties_set(self) -> MoneyBag | None:
        """The duties that the store itself sold; absent, not zero, where it sold none, as most do not."""
        duties = [duty for line in self.lines for duty in line.duties]
        return sum((duty.price for duty in duties), self._zero()) if duties else None

    @property
    def current_total_duties_set(self) -> MoneyBag | None:
        sold = self.original_total_duties_set
        gone = (row["amount_set"] for refund in self.refunds for row in refund.duties)
        return sold - sum(gone, self._zero()) if sold else None

    @property
    def original_total_price_set(self) -> MoneyBag:
        return self.total_price_set

    @property
    def current_total_discounts_set(self) -> MoneyBag:
        return self.total_discounts_set

    @property
    def total_tax_set(self) -> MoneyBag:
        return self._zero()

    current_total_tax_set = total_tax_set

    @property
    def total_received_set(self) -> MoneyBag:
        return sum((t.amount_set for t in self.transactions_made if t.kind == "SALE"), self._zero())

    @property
    def total_outstanding_set(self) -> MoneyBag:
        return self.total_price_set - self.total_received_set

    @property
    def net_payment_set(self) -> MoneyBag:
        return self.total_received_set - self.total_refunded_set


@dataclass(eq=False, kw_only=True)
class Order(Owner, OrderTotals):
    name: str
    number: int
    email: str
    phone: str | None
    customer: Customer
    shipping_address: MailingAddress
    billing_address: MailingAddress
    customer_locale: str
    checkout_token: str
    cart_token: str
    status_page_url: str
    note: str | None = None
    tags: list[str] = field(default_factory=list)
    custom_attributes: list[dict[str, str]] = field(default_factory=list)
    tax_id: str | None = None
    discount_codes: list[str] = field(default_factory=list)
    cancelled_at: datetime | None = None
    cancel_reason: str | None = None
    fulfilment_orders: list[FulfillmentOrder] = field(default_factory=list)
    fulfilments_made: list[Fulfillment] = field(default_factory=list)
    returns: list[Return] = field(default_factory=list)
    test: bool = True
    confirmed: bool = True
    edited: bool = False
    duties_included: bool = False
    taxes_included: bool = False
    tax_exempt: bool = False
    estimated_taxes: bool = False
    requires_shipping: bool = True
    merchant_editable: bool = True
    client_ip: str | None = "127.0.0.1"
    source_name: str = "web"
    source_identifier: str | None = None
    po_number: str | None = None
    return_status: str = "NO_RETURN"
    current_total_additional_fees_set: None = None
    original_total_additional_fees_set: None = None
    additional_fees: tuple[()] = ()
    tax_lines: tuple[()] = ()
    current_tax_lines: tuple[()] = ()

    @property
    def processed_at(self) -> datetime:
        return self.created_at

    @property
    def confirmation_number(self) -> str:
        return f"NL{self.number:X}"

    @property
    def display_address(self) -> MailingAddress:
        return self.shipping_address

    @property
    def billing_address_matches_shipping_address(self) -> bool:
        return self.billing_address is self.shipping_address

    @property
    def line_items(self) -> list[LineItem]:
        return self.lines

    @property
    def shipping_lines(self) -> list[ShippingLine]:
        return [self.shipping_line]

    @property
    def discount_code(self) -> str | None:
        return self.discount_codes[0] if self.discount_codes else None

    def localized_fields(
        self, country_codes: list[str] | None = None, purposes: list[str] | None = None
    ) -> list[dict[str, str]]:
        country = self.shipping_address.country_code_v2
        wanted = (not country_codes or country in country_codes) and (not purposes or "TAX" in purposes)
        if not self.tax_id or country not in TAX_ID_KEYS or not wanted:
            return []
        return [
            {
                "country_code": country,
                "key": TAX_ID_KEYS[country],
                "purpose": "TAX",
                "title": "CPF/CNPJ" if country == "BR" else "Tax number",
                "value": self.tax_id,
            }
        ]

    @property
    def closed(self) -> bool:
        return self.closed_at is not None

    @property
    def closed_at(self) -> datetime | None:
        return self.cancelled_at

    @property
    def fully_paid(self) -> bool:
        return self.total_outstanding_set.shop_money.amount <= 0

    @property
    def unpaid(self) -> bool:
        return not self.fully_paid

    @property
    def refundable(self) -> bool:
        return self.net_payment_set.shop_money.amount > 0

    @property
    def fulfillable(self) -> bool:
        return self.cancelled_at is None and any(line.unfulfilled_quantity for line in self.lines)

    @property
    def payment_gateway_names(self) -> list[str]:
        return ["bogus"]

    @property
    def display_financial_status(self) -> str:
        if self.total_refunded_set.shop_money.amount <= 0:
            return "PAID"
        return "PARTIALLY_REFUNDED" if self.refundable else "REFUNDED"

    @property
    def display_fulfillment_status(self) -> str:
        done = sum(line.fulfilled for line in self.lines)
        if not done:
            return "UNFULFILLED"
        return "PARTIALLY_FULFILLED" if any(line.unfulfilled_quantity for line in self.lines) else "FULFILLED"

    @property
    def subtotal_line_items_quantity(self) -> int:
        return sum(line.quantity for line in self.lines)

    @property
    def current_subtotal_line_items_quantity(self) -> int:
        return sum(line.current_quantity for line in self.lines)

    @property
    def total_weight(self) -> int:
        return sum(line.variant.grams * line.quantity for line in self.lines)

    @property
    def current_total_weight(self) -> int:
        return sum(line.variant.grams * line.current_quantity for line in self.lines)

    @property
    def fulfillment_orders(self) -> list[FulfillmentOrder]:
        return self.fulfilment_orders

    def fulfillments(self, first: int | None = None) -> list[Fulfillment]:
        return self.fulfilments_made[:first]

    @property
    def fulfillments_count(self) -> dict[str, Any]:
        return {"count": len(self.fulfilments_made), "precision": "EXACT"}

    def transactions(self, first: int | None = None) -> list[OrderTransaction]:
        return self.transactions_made[:first]

    def suggested_refund(
        self,
        refund_line_items: list[dict[str, Any]] | None = None,
        refund_duties: list[dict[str, Any]] | None = None,
        shipping_amount: str | None = None,
        **_: Any,
    ) -> dict[str, Any]:
        from integrations.sandbox.shopify.store.refunding import suggest  # noqa: PLC0415 - which needs this class

        return suggest(self, refund_line_items or [], refund_duties or [], shipping_amount)

    @property
    def transactions_count(self) -> dict[str, Any]:
        return {"count": len(self.transactions_made), "precision": "EXACT"}
