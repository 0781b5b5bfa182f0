"""Products, variants and what customs will want to know of them."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from integrations.sandbox.shopify.store.money import MoneyV2
from integrations.sandbox.shopify.store.node import Node, Owner


@dataclass(frozen=True)
class Weight:
    value: float
    unit: str = "GRAMS"


@dataclass(eq=False, kw_only=True)
class InventoryItemMeasurement(Node):
    weight: Weight | None

    @property
    def grams(self) -> int:
        factors = {"GRAMS": 1, "KILOGRAMS": 1000, "OUNCES": Decimal("28.349523125"), "POUNDS": Decimal("453.59237")}
        if self.weight is None:
            return 0
        return int((Decimal(str(self.weight.value)) * factors[self.weight.unit]).to_integral_value())


@dataclass(eq=False, kw_only=True)
class InventoryItem(Node):
    sku: str
    measurement: InventoryItemMeasurement
    harmonized_system_code: str | None = None
    country_code_of_origin: str | None = None
    province_code_of_origin: str | None = None
    country_harmonized_system_codes: list[dict[str, Any]] = field(default_factory=list)
    requires_shipping: bool = True
    tracked: bool = True
    unit_cost: MoneyV2 | None = None
    variant: "ProductVariant" = field(init=False)

    @property
    def variants(self) -> list["ProductVariant"]:
        return [self.variant]


@dataclass(eq=False, kw_only=True)
class ProductVariant(Owner):
    title: str
    price: Decimal
    position: int
    inventory_item: InventoryItem
    product: "Product" = field(init=False)
    compare_at_price: Decimal | None = None
    barcode: str | None = None
    taxable: bool = True
    inventory_quantity: int = 5000
    inventory_policy: str = "DENY"

    @property
    def sku(self) -> str:
        return self.inventory_item.sku

    @property
    def grams(self) -> int:
        return self.inventory_item.measurement.grams

    @property
    def display_name(self) -> str:
        return f"{self.product.title} - {self.title}"

    @property
    def available_for_sale(self) -> bool:
        return self.inventory_quantity > 0

    @property
    def selected_options(self) -> list[dict[str, str]]:
        return [{"name": self.product.option_name, "value": self.title}]


@dataclass(eq=False, kw_only=True)
class Product(Owner):
    title: str
    handle: str
    description: str
    product_type: str
    vendor: str
    currency: str
    shop_domain: str
    option_name: str = "Title"
    icon: str = ""
    colour: str = "#345"
    tags: list[str] = field(default_factory=list)
    variants: list[ProductVariant] = field(default_factory=list)
    status: str = "ACTIVE"
    is_gift_card: bool = False
    tracks_inventory: bool = True

    @property
    def description_html(self) -> str:
        return f"<p>{self.description}</p>"

    @property
    def published_at(self) -> Any:
        return self.created_at

    @property
    def online_store_url(self) -> str:
        return f"https://{self.shop_domain}/products/{self.handle}"

    @property
    def featured_media(self) -> dict[str, Any] | None:
        """Every product has a picture but the one without an icon; the address is one of the shop's own pages."""
        if not self.icon:
            return None
        image = {"url": f"https://{self.shop_domain}/products/{self.handle}/picture.svg", "alt_text": self.title}
        gid = f"gid://shopify/MediaImage/{self.serial}"
        return {"__typename": "MediaImage", "id": gid, "alt": self.title, "preview": {"image": image}}

    @property
    def total_inventory(self) -> int:
        return sum(v.inventory_quantity for v in self.variants)

    @property
    def has_only_default_variant(self) -> bool:
        return self.option_name == "Title"

    @property
    def variants_count(self) -> dict[str, Any]:
        return {"count": len(self.variants), "precision": "EXACT"}

    def options(self, first: int | None = None) -> list[dict[str, Any]]:
        option = {
            "id": f"gid://shopify/ProductOption/{self.serial}",
            "name": self.option_name,
            "position": 1,
            "values": [v.title for v in self.variants],
        }
        return [option][:first]

    @property
    def price_range_v2(self) -> dict[str, MoneyV2]:
        prices = sorted(v.price for v in self.variants)
        return {
            "min_variant_price": MoneyV2(prices[0], self.currency),
            "max_variant_price": MoneyV2(prices[-1], self.currency),
        }
