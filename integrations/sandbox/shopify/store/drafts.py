"""A draft order: a cart that the merchant filled, on its way to becoming an order by invoice."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from integrations.sandbox.shopify.store.checkouts import Checkout
from integrations.sandbox.shopify.store.ids import next_key
from integrations.sandbox.shopify.store.money import MoneyBag, MoneyV2, convert
from integrations.sandbox.shopify.store.node import Node
from integrations.sandbox.shopify.store.order_lines import ShippingLine


@dataclass(eq=False, kw_only=True)
class DraftOrder(Node):
    cart: Checkout
    currency_code: str
    custom_attributes: list[dict[str, str]] = field(default_factory=list)
    shipping_line: ShippingLine | None = None
    localized_fields: tuple[()] = ()

    @property
    def name(self) -> str:
        return f"#D{self.serial % 100_000}"

    @property
    def order(self) -> Any:
        return self.cart.order

    @property
    def status(self) -> str:
        return "COMPLETED" if self.cart.order else "OPEN"

    @property
    def presentment_currency_code(self) -> str:
        return self.cart.currency

    @property
    def email(self) -> str:
        return self.cart.email

    @property
    def phone(self) -> str | None:
        return self.cart.address.phone

    @property
    def shipping_address(self) -> Any:
        return self.cart.address

    @property
    def total_discounts_set(self) -> MoneyBag:
        return self.cart.discount_total

    @property
    def line_items(self) -> list[dict[str, Any]]:
        return [
            {
                "quantity": item.quantity,
                "sku": item.variant.sku,
                "title": item.variant.product.title,
                "requires_shipping": True,
                "variant": item.variant,
                "original_unit_price_set": item.unit_price,
            }
            for item in self.cart.items
        ]

    def deliver(self, title: str, amount: Decimal, currency: str) -> None:
        """Put delivery into the draft, priced in one of its two currencies."""
        own = MoneyV2(convert(amount, source=currency, target=self.currency_code), self.currency_code)
        shown = MoneyV2(convert(amount, source=currency, target=self.cart.currency), self.cart.currency)
        self.shipping_line = ShippingLine(
            serial=next_key(),
            title=title,
            code="custom",
            source="shopify",
            carrier_identifier=None,
            original_price_set=MoneyBag(own, shown),
            phone=None,
        )
