"""A checkout: a cart with an address on its way to becoming an order."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, Decimal
from typing import TYPE_CHECKING, Any

from integrations.sandbox.shopify.store.addresses import AddressError, MailingAddress, read_address
from integrations.sandbox.shopify.store.catalogue import ProductVariant
from integrations.sandbox.shopify.store.ids import next_key
from integrations.sandbox.shopify.store.money import UNITS_PER_EURO, MoneyBag, MoneyV2
from integrations.sandbox.shopify.store.order_lines import DiscountCodeApplication
from integrations.sandbox.shopify.store.shop import Shop

if TYPE_CHECKING:
    from integrations.sandbox.shopify.rates.callback import Offer
    from integrations.sandbox.shopify.store.orders import Order

DISCOUNT_CODES = {"WELCOME10": Decimal("0.10"), "FRIENDS25": Decimal("0.25")}


@dataclass(frozen=True)
class CheckoutItem:
    variant: ProductVariant
    quantity: int
    unit_price: MoneyBag


@dataclass(eq=False, kw_only=True)
class Checkout:
    token: str
    cart_token: str
    items: tuple[CheckoutItem, ...]
    address: MailingAddress
    email: str
    currency: str
    locale: str
    tax_id: str | None = None
    note: str | None = None
    attributes: tuple[dict[str, str], ...] = ()
    discount: DiscountCodeApplication | None = None
    offer: "Offer | None" = None
    order: "Order | None" = field(default=None)

    def _zero(self) -> MoneyBag:
        return self.items[0].unit_price * 0

    @property
    def subtotal(self) -> MoneyBag:
        """Return the goods before discounts."""
        return sum((item.unit_price * item.quantity for item in self.items), self._zero())

    @property
    def discount_total(self) -> MoneyBag:
        return self.subtotal * self.discount.ratio if self.discount else self._zero()

    def discounts_by_line(self) -> list[MoneyBag]:
        """Return each line's share of the discount: rounded down, the rest a subunit at a time to the first lines."""
        totals = [item.unit_price * item.quantity for item in self.items]
        whole, base = self.discount_total, self.subtotal
        shop = _shares(whole.shop_money, [t.shop_money.amount for t in totals], base.shop_money.amount)
        shown = _shares(
            whole.presentment_money, [t.presentment_money.amount for t in totals], base.presentment_money.amount
        )
        return [MoneyBag(one, two) for one, two in zip(shop, shown, strict=True)]


def _shares(whole: MoneyV2, parts: list[Decimal], base: Decimal) -> list[MoneyV2]:
    step = Decimal("1") if whole.currency_code == "JPY" else Decimal("0.01")
    shares = [(whole.amount * part / base).quantize(step, ROUND_DOWN) if base else Decimal(0) for part in parts]
    rest = whole.amount - sum(shares)
    for index in range(int(rest / step)):
        shares[index] += step
    return [MoneyV2(share, whole.currency_code) for share in shares]


def _items(shop: Shop, rows: Any, currency: str) -> tuple[CheckoutItem, ...]:
    if not isinstance(rows, list) or not rows:
        raise AddressError("items", "The cart is empty")
    quantities: dict[ProductVariant, int] = {}
    for row in rows:
        serial = str(row.get("variant_id", "")).rpartition("/")[2]
        variant = shop.variant(int(serial)) if serial.isdecimal() else None
        quantity = row.get("quantity", 1)
        if variant is None:
            raise AddressError("items", f"The shop sells no variant {row.get('variant_id')!r}")
        if isinstance(quantity, bool) or not isinstance(quantity, int) or not 1 <= quantity <= 1000:
            raise AddressError("items", f"{quantity!r} is no quantity")
        quantities[variant] = quantities.get(variant, 0) + quantity
    prices = {v: MoneyBag.of(v.price, shop=shop.currency_code, presentment=currency) for v in quantities}
    return tuple(CheckoutItem(v, n, prices[v]) for v, n in quantities.items())


def _discount(code: Any) -> DiscountCodeApplication | None:
    if not code:
        return None
    ratio = DISCOUNT_CODES.get(str(code).strip().upper())
    if ratio is None:
        raise AddressError("discount", f"The code {code} is not valid")
    return DiscountCodeApplication(code=str(code).strip().upper(), ratio=ratio)


def new_checkout(shop: Shop, data: Mapping[str, Any]) -> Checkout:
    """Return a checkout for {items, address, email, currency?, locale?, discount?, note?, attributes?}.

    Raises AddressError naming the field that is wrong.
    """
    currency = str(data.get("currency") or shop.currency_code).upper()
    if currency not in UNITS_PER_EURO:
        raise AddressError("currency", f"The shop does not show prices in {currency}")
    address = data.get("address")
    email = str(data.get("email") or "").strip()
    if "@" not in email:
        raise AddressError("email", "Enter an e-mail address")
    if not isinstance(address, Mapping):
        raise AddressError("address", "Enter an address")
    attributes = data.get("attributes") or {}
    return Checkout(
        token=secrets.token_hex(16),
        cart_token=str(data.get("cart_token") or f"hWN{secrets.token_hex(10)}"),
        items=_items(shop, data.get("items"), currency),
        address=read_address(address, serial=next_key()),
        email=email,
        currency=currency,
        locale=str(data.get("locale") or "en"),
        tax_id=str(address.get("tax_id") or data.get("tax_id") or "").strip() or None,
        note=data.get("note") or None,
        attributes=tuple({"key": str(k), "value": str(v)} for k, v in dict(attributes).items()),
        discount=_discount(data.get("discount")),
    )
