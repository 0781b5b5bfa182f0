"""The REST-shaped JSON of webhooks: numbers for ids, snake case, prices as text.

Source: https://shopify.dev/docs/api/webhooks
"""

from datetime import datetime
from typing import Any

from integrations.sandbox.shopify.store.addresses import MailingAddress
from integrations.sandbox.shopify.store.catalogue import Product, ProductVariant
from integrations.sandbox.shopify.store.fulfilment import Fulfillment, FulfillmentOrder
from integrations.sandbox.shopify.store.money import MoneyBag
from integrations.sandbox.shopify.store.order_lines import LineItem, Refund, ShippingLine
from integrations.sandbox.shopify.store.orders import Order
from integrations.sandbox.shopify.store.return_rows import Return
from integrations.sandbox.shopify.store.shop import Shop


def _moment(value: datetime | None) -> str | None:
    return value.isoformat() if value else None


def _price(bag: MoneyBag) -> str:
    return str(bag.shop_money.amount)


def address(to: MailingAddress) -> dict[str, Any]:
    return {
        "first_name": to.first_name,
        "last_name": to.last_name,
        "name": to.name,
        "company": to.company,
        "address1": to.address1,
        "address2": to.address2,
        "city": to.city,
        "province": to.province,
        "province_code": to.province_code,
        "country": to.country,
        "country_code": to.country_code_v2,
        "zip": to.zip,
        "phone": to.phone,
        "latitude": to.latitude,
        "longitude": to.longitude,
    }


def line_item(line: LineItem) -> dict[str, Any]:
    return {
        "id": line.serial,
        "admin_graphql_api_id": line.id,
        "current_quantity": line.current_quantity,
        "discount_allocations": [
            {"amount": _price(line.discount), "amount_set": line.discount.rest(), "discount_application_index": 0}
            for _ in line.discount_allocations
        ],
        "duties": [],
        "fulfillable_quantity": line.unfulfilled_quantity,
        "fulfillment_service": "manual",
        "fulfillment_status": "fulfilled" if not line.unfulfilled_quantity else None,
        "gift_card": False,
        "grams": line.variant.grams,
        "name": line.name,
        "price": _price(line.original_unit_price_set),
        "price_set": line.original_unit_price_set.rest(),
        "product_exists": True,
        "product_id": line.product.serial,
        "properties": [{"name": a["key"], "value": a["value"]} for a in line.custom_attributes],
        "quantity": line.quantity,
        "requires_shipping": True,
        "sku": line.sku,
        "tax_lines": [],
        "taxable": line.taxable,
        "title": line.title,
        "total_discount": _price(line.discount),
        "total_discount_set": line.discount.rest(),
        "variant_id": line.variant.serial,
        "variant_title": line.variant_title,
        "vendor": line.vendor,
    }


def shipping_line(line: ShippingLine) -> dict[str, Any]:
    return {
        "id": line.serial,
        "carrier_identifier": line.carrier_identifier,
        "code": line.code,
        "discounted_price": _price(line.discounted_price_set),
        "discounted_price_set": line.discounted_price_set.rest(),
        "is_removed": False,
        "phone": line.phone,
        "price": _price(line.original_price_set),
        "price_set": line.original_price_set.rest(),
        "source": line.source,
        "tax_lines": [],
        "title": line.title,
    }


def _totals(order: Order) -> dict[str, Any]:
    names = {
        "subtotal_price": order.subtotal_price_set,
        "total_line_items_price": order.subtotal_price_set + order.total_discounts_set,
        "total_discounts": order.total_discounts_set,
        "total_price": order.total_price_set,
        "total_tax": order.total_tax_set,
        "current_subtotal_price": order.current_subtotal_price_set,
        "current_total_price": order.current_total_price_set,
        "current_total_discounts": order.current_total_discounts_set,
        "current_total_tax": order.current_total_tax_set,
    }
    figures = {name: _price(bag) for name, bag in names.items()}
    sets = {f"{name}_set": bag.rest() for name, bag in names.items()}
    shipping = {
        "total_shipping_price_set": order.total_shipping_price_set.rest(),
        "current_total_duties_set": _sold(order),
    }
    return {**figures, **sets, **shipping, "original_total_duties_set": _sold(order)}


def _sold(order: Order) -> dict[str, Any] | None:
    duties = order.original_total_duties_set
    return duties.rest() if duties else None


def order(of: Order) -> dict[str, Any]:
    states = {"UNFULFILLED": None, "PARTIALLY_FULFILLED": "partial", "FULFILLED": "fulfilled"}
    customer = of.customer
    return {
        "id": of.serial,
        "admin_graphql_api_id": of.id,
        "name": of.name,
        "number": of.number - 1000,
        "order_number": of.number,
        "confirmed": True,
        "confirmation_number": of.confirmation_number,
        "test": of.test,
        "token": of.checkout_token,
        "checkout_token": of.checkout_token,
        "cart_token": of.cart_token,
        "source_name": of.source_name,
        "email": of.email,
        "contact_email": of.email,
        "phone": of.phone,
        "note": of.note,
        "note_attributes": [{"name": a["key"], "value": a["value"]} for a in of.custom_attributes],
        "tags": ", ".join(of.tags),
        "created_at": _moment(of.created_at),
        "updated_at": _moment(of.updated_at),
        "processed_at": _moment(of.processed_at),
        "cancelled_at": _moment(of.cancelled_at),
        "cancel_reason": of.cancel_reason.lower() if of.cancel_reason else None,
        "closed_at": _moment(of.closed_at),
        "currency": of.currency_code,
        "presentment_currency": of.presentment_currency_code,
        "customer_locale": of.customer_locale,
        "discount_codes": [
            {"code": code, "amount": _price(of.total_discounts_set), "type": "percentage"} for code in of.discount_codes
        ],
        "financial_status": of.display_financial_status.lower(),
        "fulfillment_status": states[of.display_fulfillment_status],
        "payment_gateway_names": of.payment_gateway_names,
        "order_status_url": of.status_page_url,
        "tax_lines": [],
        "taxes_included": False,
        "duties_included": False,
        "total_weight": of.total_weight,
        **_totals(of),
        "customer": {
            "id": customer.serial,
            "admin_graphql_api_id": customer.id,
            "email": customer.email,
            "first_name": customer.first_name,
            "last_name": customer.last_name,
            "phone": customer.phone,
        },
        "billing_address": address(of.billing_address),
        "shipping_address": address(of.shipping_address),
        "line_items": [line_item(line) for line in of.lines],
        "shipping_lines": [shipping_line(of.shipping_line)],
        "fulfillments": [fulfilment(f) for f in of.fulfilments_made],
        "refunds": [{"id": r.serial, "created_at": _moment(r.created_at), "note": r.note} for r in of.refunds],
    }


def routing_complete(fulfilment_order: FulfillmentOrder) -> dict[str, Any]:
    return {"fulfillment_order": {"id": fulfilment_order.id, "status": fulfilment_order.status.lower()}}


def fulfilment(of: Fulfillment) -> dict[str, Any]:
    numbers = [t["number"] for t in of.tracking if t["number"]]
    urls = [t["url"] for t in of.tracking if t["url"]]
    return {
        "id": of.serial,
        "admin_graphql_api_id": of.id,
        "order_id": of.order.serial,
        "name": of.name,
        "status": of.status.lower(),
        "shipment_status": of.events[-1].status.lower() if of.events else None,
        "service": "manual",
        "location_id": of.location.serial,
        "created_at": _moment(of.created_at),
        "updated_at": _moment(of.updated_at),
        "email": of.order.email,
        "destination": address(of.order.shipping_address),
        "origin_address": of.origin_address,
        "tracking_company": of.tracking[0]["company"] if of.tracking else None,
        "tracking_number": numbers[0] if numbers else None,
        "tracking_numbers": numbers,
        "tracking_url": urls[0] if urls else None,
        "tracking_urls": urls,
        "line_items": [{**line_item(row.line_item), "quantity": row.quantity} for row in of.fulfillment_line_items],
    }


def short_return(of: Return) -> dict[str, Any]:
    return {"id": of.serial, "admin_graphql_api_id": of.id}


def returned(of: Return) -> dict[str, Any]:
    order = {"id": of.order.serial, "admin_graphql_api_id": of.order.id}
    rows = [{"id": row.serial, "quantity": row.quantity} for row in of.return_line_items]
    details = {"status": of.status.lower(), "name": of.name, "order": order, "return_line_items": rows}
    return {**short_return(of), **details, "total_return_line_items": of.total_quantity}


def refund(of: Refund) -> dict[str, Any]:
    return {
        "id": of.serial,
        "admin_graphql_api_id": of.id,
        "order_id": of.order.serial,
        "created_at": _moment(of.created_at),
        "note": of.note,
    }


def _variant(of: ProductVariant) -> dict[str, Any]:
    return {
        "id": of.serial,
        "admin_graphql_api_id": of.id,
        "product_id": of.product.serial,
        "title": of.title,
        "price": str(of.price),
        "sku": of.sku,
        "position": of.position,
        "inventory_item_id": of.inventory_item.serial,
        "inventory_quantity": of.inventory_quantity,
        "taxable": of.taxable,
        "updated_at": _moment(of.updated_at),
    }


def product(of: Product) -> dict[str, Any]:
    return {
        "id": of.serial,
        "admin_graphql_api_id": of.id,
        "title": of.title,
        "handle": of.handle,
        "body_html": of.description_html,
        "vendor": of.vendor,
        "product_type": of.product_type,
        "status": of.status.lower(),
        "tags": ", ".join(of.tags),
        "created_at": _moment(of.created_at),
        "updated_at": _moment(of.updated_at),
        "published_at": _moment(of.published_at),
        "variants": [_variant(v) for v in of.variants],
        "options": [{"name": of.option_name, "position": 1, "values": [v.title for v in of.variants]}],
    }


def inventory_item(of: Any) -> dict[str, Any]:
    return {
        "id": of.serial,
        "admin_graphql_api_id": of.id,
        "sku": of.sku,
        "requires_shipping": of.requires_shipping,
        "tracked": of.tracked,
        "country_code_of_origin": of.country_code_of_origin,
        "province_code_of_origin": of.province_code_of_origin,
        "harmonized_system_code": of.harmonized_system_code,
        "updated_at": _moment(of.updated_at),
    }


def shop(of: Shop) -> dict[str, Any]:
    place = of.location.address
    return {
        "id": of.serial,
        "name": of.name,
        "email": of.email,
        "domain": of.domain,
        "myshopify_domain": of.domain,
        "country_code": place["country_code"],
        "city": place["city"],
        "zip": place["zip"],
        "currency": of.currency_code,
        "iana_timezone": "Europe/Oslo",
        "plan_name": "partner_test",
        "created_at": _moment(of.created_at),
    }
