"""An order form: what a shopper has put together. All amounts in cents."""

import secrets
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from integrations.sandbox.vtex.sellers import Offer
    from integrations.sandbox.vtex.taxing import Taxed

from integrations.sandbox.vtex.goods import Good

SLAS = {"Express": 2500, "Free": 0}
COUPONS = {"TENOFF": Decimal("0.10"), "GIFT": Decimal(1)}


@dataclass
class Line:
    sku: str
    quantity: int
    seller: str = "1"
    unique_id: str = field(default_factory=lambda: secrets.token_hex(16).upper())


@dataclass
class Cart:
    """`taxed` is what the tax service said of exactly these contents."""

    goods: dict[str, Good]
    channel: str = "1"
    id: str = field(default_factory=lambda: secrets.token_hex(16))
    lines: list[Line] = field(default_factory=list)
    address: dict[str, Any] = field(default_factory=dict)
    profile: dict[str, Any] = field(default_factory=dict)
    locale: str = "en"
    sla: str = "Express"
    coupon: str = ""
    custom: dict[str, dict[str, str]] = field(default_factory=dict)
    taxed: "Taxed | None" = None
    offers: dict[str, "Offer"] = field(default_factory=dict)  # external seller → what he said of his lines

    def gross(self, line: Line) -> int:
        """Return price × quantity × unit multiplier; an external seller says his own price of a unit sold."""
        good = self.goods[line.sku]
        said = self.offers[line.seller].prices.get(self.lines.index(line)) if line.seller in self.offers else None
        if said is not None:
            return said * line.quantity
        return int((good.price * line.quantity * good.multiplier).quantize(Decimal(1), ROUND_HALF_UP))

    def discount(self, line: Line) -> int:
        share = self.gross(line) * COUPONS.get(self.coupon, Decimal(0))
        return int(share.quantize(Decimal(1), ROUND_HALF_UP))

    def freight(self) -> int:
        return SLAS[self.sla] if self.address.get("country") and self.lines else 0

    def freight_of(self, number: int) -> int:
        """Return an item's share of the freight: even, the first ones take what is left over."""
        line = self.lines[number]
        if line.seller in self.offers:
            return self.offers[line.seller].freight.get(number, 0)
        own = [n for n, one in enumerate(self.lines) if one.seller not in self.offers]
        each, left = divmod(self.freight(), len(own))
        return each + (1 if own.index(number) < left else 0)

    def sla_of(self, number: int) -> str:
        offer = self.offers.get(self.lines[number].seller)
        return offer.sla if offer else self.sla

    def taxes_of(self, number: int) -> list[tuple[dict[str, Any], int]]:
        """Return an item's taxes with their cents."""
        rows = self.taxed.rows if self.taxed else {}
        return [(tax, cents(tax["value"])) for tax in rows.get(str(number), [])]

    def sellers(self) -> list[str]:
        """Return who sends the goods: the cart becomes an order for each."""
        return list(dict.fromkeys(line.seller for line in self.lines))

    def numbers(self, seller: str = "") -> list[int]:
        """Return the places in the cart of a seller's lines, of all lines for ""."""
        return [number for number, line in enumerate(self.lines) if seller in ("", line.seller)]

    def totals(self, seller: str = "") -> dict[str, int]:
        lines = [self.lines[number] for number in self.numbers(seller)]
        return {
            "Items": sum(map(self.gross, lines)),
            "Discounts": -sum(map(self.discount, lines)),
            "Shipping": sum(map(self.freight_of, self.numbers(seller))),
            "Tax": 0,
        }

    def custom_taxes(self, seller: str = "") -> list[dict[str, Any]]:
        """Return the taxes below the goods: those of one name stand in one row of id CustomTax."""
        sums: dict[str, int] = {}
        for number in self.numbers(seller):
            for tax, value in self.taxes_of(number):
                sums[tax["name"]] = sums.get(tax["name"], 0) + value
        return [{"id": "CustomTax", "name": name, "value": value} for name, value in sums.items()]

    def totalizers(self) -> list[dict[str, Any]]:
        """Return the rows below the goods."""
        rows = [{"id": key, "name": key, "value": value} for key, value in self.totals().items() if value]
        return rows + self.custom_taxes()

    def value(self, seller: str = "") -> int:
        return sum(self.totals(seller).values()) + sum(row["value"] for row in self.custom_taxes(seller))

    def items(self) -> list[dict[str, Any]]:
        """Return the items as the order form shows them and as the order keeps them."""
        return [self._item(number, line) for number, line in enumerate(self.lines)]

    def _item(self, number: int, line: Line) -> dict[str, Any]:
        good, gross, discount = self.goods[line.sku], self.gross(line), self.discount(line)
        tags: list[dict[str, Any]] = []
        if discount:
            tags.append(_tag(f"discount@price-{self.coupon.lower()}", -discount))
        for tax, value in self.taxes_of(number):
            tags.append(_tag(f"taxhub@{tax['name']}", value) | {
                "jurisCode": tax.get("jurisCode"), "jurisType": tax.get("jurisType"), "jurisName": tax.get("jurisName")
            })  # fmt: skip
        selling = int(Decimal(gross - discount) / line.quantity)  # of one unit sold, its multiplier included
        return {
            "uniqueId": line.unique_id, "id": line.sku, "productId": str(good.product), "ean": None,
            "quantity": line.quantity, "seller": line.seller, "sellerSku": line.sku,
            "name": good.name, "refId": good.ref,
            "price": good.price, "listPrice": good.price, "sellingPrice": selling, "priceTags": tags,
            "measurementUnit": good.unit, "unitMultiplier": float(good.multiplier), "isGift": False, "tax": 0,
            "imageUrl": "", "detailUrl": f"/{good.ref}/p", "bundleItems": [], "attachments": [], "components": [],
            "priceDefinition": {"sellingPrices": [{"value": selling, "quantity": line.quantity}],
                                "calculatedSellingPrice": selling, "total": gross - discount, "reason": None},
            "additionalInfo": {"dimension": {"cubicweight": 0, "length": good.size[0], "width": good.size[1],
                                             "height": good.size[2], "weight": good.weight}},
        }  # fmt: skip


def _tag(name: str, value: int) -> dict[str, Any]:
    return {"identifier": None, "isPercentual": False, "name": name, "value": value, "rawValue": value / 100}


def cents(value: Any) -> int:
    return int((Decimal(str(value)) * 100).quantize(Decimal(1), ROUND_HALF_UP))
