"""The `Shop` object of the Admin API."""

from typing import Any

from integrations.sandbox.shopify.store.addresses import COUNTRIES
from integrations.sandbox.shopify.store.money import UNITS_PER_EURO
from integrations.sandbox.shopify.store.shop import Shop
from integrations.sandbox.shopify.world import World


def _address(shop: Shop) -> dict[str, Any]:
    place = shop.location.address
    lines = [shop.name, *place["formatted"]]
    return {
        **place,
        "id": f"gid://shopify/ShopAddress/{shop.serial}",
        "company": shop.name,
        "country_code_v2": place["country_code"],
        "first_name": None,
        "last_name": None,
        "name": None,
        "formatted": lambda with_company=True: lines if with_company else lines[1:],
    }


def shop_view(world: World, shop: Shop) -> dict[str, Any]:
    """Return what an app reads of the shop; a development store on the Advanced plan's features."""
    address = _address(shop)
    return {
        "__typename": "Shop",
        "id": shop.id,
        "name": shop.name,
        "email": shop.email,
        "contact_email": shop.email,
        "myshopify_domain": shop.domain,
        "currency_code": shop.currency_code,
        "currency_formats": {"money_format": "€{{amount}}", "money_with_currency_format": "€{{amount}} EUR"},
        "enabled_presentment_currencies": sorted(UNITS_PER_EURO),
        "iana_timezone": "Europe/Oslo",
        "timezone_abbreviation": "CET",
        "timezone_offset": "+0100",
        "plan": {
            "display_name": "Developer Preview",
            "public_display_name": "Development",
            "partner_development": True,
            "shopify_plus": False,
        },
        "primary_domain": {
            "id": f"gid://shopify/Domain/{shop.serial}",
            "host": shop.domain,
            "url": world.shop_url(shop),
            "ssl_enabled": False,
        },
        "shop_address": address,
        "billing_address": address,
        "shop_owner_name": "Ingrid Solberg",
        "taxes_included": False,
        "tax_shipping": False,
        "unit_system": "METRIC_SYSTEM",
        "weight_unit": "GRAMS",
        "url": world.shop_url(shop),
        "created_at": shop.created_at,
        "updated_at": shop.updated_at,
        "ships_to_countries": sorted(COUNTRIES),
        "setup_required": False,
        "fulfillment_services": list(shop.services.values()),
        "features": {"storefront": True, "gift_cards": True, "reports": True},
    }
