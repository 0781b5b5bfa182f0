"""The rows of an order: what was bought, how it is sent, how it was paid."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from integrations.sandbox.shopify.store.catalogue import Product, ProductVariant, Weight
from integrations.sandbox.shopify.store.money import MoneyBag
from integrations.sandbox.shopify.store.node import Node

if TYPE_CHECKING:
    from integrations.sandbox.shopify.store.orders import Order


@dataclass(eq=False, kw_only=True)
class DiscountCodeApplication:
    """A code for a share off every line; `ratio` 0.10 is 10 %."""

    code: str
    ratio: Decimal
    index: int = 0
    allocation_method: str = "ACROSS"
    target_selection: str = "ALL"
    target_type: str = "LINE_ITEM"

    @property
    def value(self) -> dict[str, Any]:
        return {"__typename": "PricingPercentageValue", "percentage": float(self.ratio * 100)}


@dataclass(eq=False, kw_only=True)
class Duty(Node):
    """A duty that the store itself sold on a line. `refunded` is what went back of it."""

    price: MoneyBag
    harmonized_system_code: str | None = None
    country_code_of_origin: str | None = None
    tax_lines: tuple[()] = ()
    refunded: MoneyBag | None = None


@dataclass(eq=False, kw_only=True)
class LineItem(Node):
    """`discount` is what the whole line was lowered by, allocated so that all lines together give the order's."""

    variant: ProductVariant
    quantity: int
    original_unit_price_set: MoneyBag
    discount: MoneyBag
    discount_application: DiscountCodeApplication | None = None
    fulfilled: int = 0
    refunded: int = 0
    custom_attributes: list[dict[str, str]] = field(default_factory=list)
    requires_shipping: bool = True
    taxable: bool = True
    is_gift_card: bool = False
    restockable: bool = True
    merchant_editable: bool = True
    non_fulfillable_quantity: int = 0
    duties: list[Duty] = field(default_factory=list)
    tax_lines: tuple[()] = ()

    @property
    def product(self) -> Product:
        return self.variant.product

    @property
    def title(self) -> str:
        return self.product.title

    @property
    def variant_title(self) -> str | None:
        return None if self.product.has_only_default_variant else self.variant.title

    @property
    def name(self) -> str:
        return self.title if self.variant_title is None else f"{self.title} - {self.variant_title}"

    @property
    def sku(self) -> str:
        return self.variant.sku

    @property
    def vendor(self) -> str:
        return self.product.vendor

    @property
    def weight(self) -> Weight:
        return Weight(float(self.variant.grams))

    @property
    def current_quantity(self) -> int:
        return self.quantity - self.refunded

    @property
    def unfulfilled_quantity(self) -> int:
        return max(0, self.current_quantity - self.fulfilled)

    @property
    def refundable_quantity(self) -> int:
        return self.current_quantity

    @property
    def original_total_set(self) -> MoneyBag:
        return self.original_unit_price_set * self.quantity

    # The code applies to the whole order, so a line's own discounted price does not contain it
    # (`withCodeDiscounts` of the Admin API defaults to false); the "after all discounts" fields do.
    @property
    def discounted_unit_price_set(self) -> MoneyBag:
        return self.original_unit_price_set

    def discounted_total_set(self, with_code_discounts: bool = False) -> MoneyBag:
        return self.original_total_set - self.discount if with_code_discounts else self.original_total_set

    @property
    def total_after_discount(self) -> MoneyBag:
        return self.original_total_set - self.discount

    @property
    def discounted_unit_price_after_all_discounts_set(self) -> MoneyBag:
        return self.total_after_discount / self.quantity

    @property
    def total_discount_set(self) -> MoneyBag:
        return self.discount

    @property
    def unfulfilled_original_total_set(self) -> MoneyBag:
        return self.original_unit_price_set * self.unfulfilled_quantity

    @property
    def unfulfilled_discounted_total_set(self) -> MoneyBag:
        return self.total_after_discount * (Decimal(self.unfulfilled_quantity) / self.quantity)

    @property
    def discount_allocations(self) -> list[dict[str, Any]]:
        if self.discount_application is None:
            return []
        return [{"allocated_amount_set": self.discount, "discount_application": self.discount_application}]


@dataclass(eq=False, kw_only=True)
class ShippingLine(Node):
    title: str
    code: str
    source: str
    carrier_identifier: str | None
    original_price_set: MoneyBag
    phone: str | None = None
    delivery_category: str | None = None
    custom: bool = False
    is_removed: bool = False
    shipping_rate_handle: str | None = None
    discount_allocations: tuple[()] = ()
    tax_lines: tuple[()] = ()

    @property
    def discounted_price_set(self) -> MoneyBag:
        return self.original_price_set

    @property
    def current_discounted_price_set(self) -> MoneyBag:
        return self.original_price_set


@dataclass(eq=False, kw_only=True)
class OrderTransaction(Node):
    kind: str
    amount_set: MoneyBag
    order: "Order"
    parent_transaction: "OrderTransaction | None" = None
    status: str = "SUCCESS"
    gateway: str = "bogus"
    formatted_gateway: str = "Practice payments"
    test: bool = True
    manual_payment_gateway: bool = False
    manually_capturable: bool = False
    multi_capturable: bool = False

    @property
    def processed_at(self) -> Any:
        return self.created_at

    @property
    def payment_id(self) -> str:
        return f"practice-{self.serial}"


@dataclass(eq=False, kw_only=True)
class Refund(Node):
    order: "Order"
    note: str | None
    total_refunded_set: MoneyBag
    refund_line_items: list[dict[str, Any]]
    refund_shipping_lines: list[dict[str, Any]]
    transactions: list[OrderTransaction]
    duties: list[dict[str, Any]] = field(default_factory=list)
    returned: Any = None

    @property
    def processed_at(self) -> Any:
        return self.created_at


# The API's own name of the field is a word of the language.
setattr(Refund, "return", property(lambda refund: refund.returned))
