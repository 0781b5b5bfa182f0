"""The shops as they stand when the process starts."""

import re
import tomllib
import zlib
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from integrations.sandbox.shopify.store.catalogue import (
    InventoryItem,
    InventoryItemMeasurement,
    Product,
    ProductVariant,
    Weight,
)
from integrations.sandbox.shopify.store.fulfilment import Location
from integrations.sandbox.shopify.store.shop import Shop

_OPENED = datetime(2025, 3, 1, 9, 0, tzinfo=UTC)
_ADDRESS = {
    "address1": "Torggata 12",
    "address2": None,
    "city": "Oslo",
    "country": "Norway",
    "country_code": "NO",
    "formatted": ["Torggata 12", "0181 Oslo", "Norway"],
    "latitude": 59.9146,
    "longitude": 10.7502,
    "phone": "+4722000000",
    "province": None,
    "province_code": None,
    "zip": "0181",
}


def _place(
    country: tuple[str, str],
    address1: str,
    city: str,
    zip_code: str,
    phone: str,
    province: tuple[str | None, str | None],
) -> dict[str, Any]:
    name, code = country
    return {
        **_ADDRESS,
        "address1": address1,
        "city": city,
        "country": name,
        "country_code": code,
        "formatted": [address1, f"{zip_code} {city}", name],
        "latitude": None,
        "longitude": None,
        "phone": phone,
        "province": province[0],
        "province_code": province[1],
        "zip": zip_code,
    }


_NOWHERE = (None, None)
_HUBS = (
    _place(("Netherlands", "NL"), "Waalhaven 8", "Rotterdam", "3087 BM", "+31100000000", _NOWHERE),
    _place(("United States", "US"), "3720 Lamar Avenue", "Memphis", "38118", "+19015550100", ("Tennessee", "TN")),
    _place(("United Kingdom", "GB"), "4 Mill Lane", "Leeds", "LS1 4AP", "+441130000000", _NOWHERE),
    _place(("Brazil", "BR"), "Rua Augusta, 1500", "São Paulo", "01304-001", "+551130000000", ("São Paulo", "SP")),
)


def _base(domain: str) -> int:
    """Return the first product number of a shop: the same in every process, apart from those of other shops."""
    return 8_000_000_000_000 + zlib.crc32(domain.encode()) % 10_000 * 1_000_000


def _stamps(serial: int) -> dict[str, Any]:
    return {"serial": serial, "created_at": _OPENED, "updated_at": _OPENED}


def _variant(row: dict[str, Any], *, product: dict[str, Any], serial: int, position: int) -> ProductVariant:
    measurement = InventoryItemMeasurement(**_stamps(serial + 200_000), weight=Weight(float(row["grams"])))
    item = InventoryItem(
        **_stamps(serial + 100_000),
        sku=row["sku"],
        measurement=measurement,
        harmonized_system_code=product.get("hs_code"),
        country_code_of_origin=product.get("origin"),
    )
    title = row.get("title", "Default Title")
    price = Decimal(row["price"])
    variant = ProductVariant(**_stamps(serial), title=title, price=price, position=position, inventory_item=item)
    item.variant = variant
    return variant


def _product(row: dict[str, Any], *, serial: int, domain: str, vendor: str) -> Product:
    product = Product(
        **_stamps(serial),
        title=row["title"],
        handle=re.sub(r"[^a-z0-9]+", "-", row["title"].lower().replace("'", "")).strip("-"),
        description=row["description"],
        product_type=row["type"],
        vendor=vendor,
        currency="EUR",
        shop_domain=domain,
        option_name=row.get("option", "Title"),
        icon=row["icon"],
        colour=row["colour"],
        tags=[row["type"]],
    )
    for position, variant_row in enumerate(row["variants"], start=1):
        variant = _variant(variant_row, product=row, serial=serial + 10_000 + position, position=position)
        variant.product = product
        product.variants.append(variant)
    return product


def seeded_shop(domain: str) -> Shop:
    """Return a fresh shop of this name: merchant in Oslo, prices in euros, twenty products with stable numbers."""
    rows = tomllib.loads((Path(__file__).parent / "catalogue.toml").read_text())["products"]
    name = domain.removesuffix(".myshopify.com").replace("-", " ").title()
    base = _base(domain)
    return Shop(
        **_stamps(base // 1_000_000),
        domain=domain,
        name=name,
        location=Location(**_stamps(base + 900_000), name="Oslo warehouse", address=dict(_ADDRESS)),
        hubs=[
            Location(**_stamps(base + 900_001 + n), name=f"{place['city']} hub", address=dict(place))
            for n, place in enumerate(_HUBS)
        ],
        products=[_product(row, serial=base + 100 * n, domain=domain, vendor=name) for n, row in enumerate(rows, 1)],
    )
