"""The body a checkout posts to a carrier service.

Source: `DeliveryCarrierService` in https://shopify.dev/docs/api/admin-graphql/2026-07/objects/DeliveryCarrierService
"""

from decimal import Decimal
from typing import Any

from integrations.sandbox.shopify.store.addresses import MailingAddress
from integrations.sandbox.shopify.store.checkouts import Checkout, CheckoutItem
from integrations.sandbox.shopify.store.fulfilment import Location
from integrations.sandbox.shopify.store.money import MoneyBag, subunits
from integrations.sandbox.shopify.store.shop import Shop


def _origin(shop: Shop, location: Location) -> dict[str, Any]:
    place = location.address
    return {
        "country": place["country_code"],
        "postal_code": place["zip"],
        "province": place["province_code"],
        "city": place["city"],
        "name": None,
        "address1": place["address1"],
        "address2": place["address2"],
        "address3": None,
        "phone": place["phone"],
        "fax": None,
        "email": None,
        "address_type": None,
        "company_name": shop.name,
    }


def _destination(to: MailingAddress) -> dict[str, Any]:
    return {
        "country": to.country_code_v2,
        "postal_code": to.zip or None,
        "province": to.province_code,
        "city": to.city,
        "name": to.name,
        "address1": to.address1,
        "address2": to.address2,
        "address3": None,
        "phone": to.phone,
        "fax": None,
        "email": None,
        "address_type": None,
        "company_name": to.company,
    }


def _shown(bag: MoneyBag, currency: str) -> Decimal:
    money = bag.shop_money if bag.shop_money.currency_code == currency else bag.presentment_money
    return money.amount


def _item(item: CheckoutItem, currency: str) -> dict[str, Any]:
    variant = item.variant
    return {
        "name": variant.product.title,
        "sku": variant.sku,
        "quantity": item.quantity,
        "grams": variant.grams,
        "price": subunits(_shown(item.unit_price, currency)),
        "vendor": variant.product.vendor,
        "requires_shipping": variant.inventory_item.requires_shipping,
        "taxable": variant.taxable,
        "fulfillment_service": "manual",
        "properties": {},
        "product_id": variant.product.serial,
        "variant_id": variant.serial,
    }


def rate_request(shop: Shop, checkout: Checkout, location: Location, *, currency: str) -> dict[str, Any]:
    """Return the JSON object about what lies at one location. Item prices are subunits before discounts, totals are
    texts and those of the whole cart."""
    subtotal, discount = _shown(checkout.subtotal, currency), _shown(checkout.discount_total, currency)
    return {
        "rate": {
            "origin": _origin(shop, location),
            "destination": _destination(checkout.address),
            "items": [_item(item, currency) for item in checkout.items if shop.location_of(item.variant) is location],
            "currency": currency,
            "locale": checkout.locale,
            "order_totals": {
                "subtotal_price": str(subunits(subtotal)),
                "total_price": str(subunits(subtotal - discount)),
                "discount_amount": str(subunits(discount)),
            },
        }
    }
