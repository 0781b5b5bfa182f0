"""The storefront as JSON, for scripts and the demo."""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from integrations.sandbox.shopify.pages.ordering import complete_checkout, open_checkout, show_offer
from integrations.sandbox.shopify.store.addresses import AddressError
from integrations.sandbox.shopify.store.catalogue import ProductVariant
from integrations.sandbox.shopify.store.order_lines import Refund
from integrations.sandbox.shopify.store.orders import Order
from integrations.sandbox.shopify.store.return_rows import Return
from integrations.sandbox.shopify.webhooks import payloads
from integrations.sandbox.shopify.world import World


def _variant(of: ProductVariant) -> dict[str, Any]:
    item = of.inventory_item
    return {
        "variant_id": str(of.serial),
        "title": of.title,
        "sku": of.sku,
        "price": str(of.price),
        "currency": of.product.currency,
        "grams": of.grams,
        "hs_code": item.harmonized_system_code,
        "origin": item.country_code_of_origin,
    }


def _refund(of: Refund) -> dict[str, Any]:
    paid = [{"gateway": one.gateway, "amount": one.amount_set.rest()} for one in of.transactions]
    return {"id": of.id, "note": of.note, "payments": paid, "lines": len(of.refund_line_items)}


def _return(of: Return) -> dict[str, Any]:
    went = [
        {"type": one.type, "quantity": one.quantity, "location": one.location.name if one.location else None}
        for expected in of.reverse_fulfillment_orders
        for row in expected.line_items
        for one in row.dispositions
    ]
    labels = [one.label_url for expected in of.reverse_fulfillment_orders for one in expected.reverse_deliveries]
    return {"id": of.id, "name": of.name, "status": of.status, "dispositions": went, "labels": labels}


def order_view(world: World, order: Order) -> dict[str, Any]:
    """Return everything the practice side knows of an order, so that a script can see what the store was told."""
    return {
        "order": payloads.order(order),
        "name": order.name,
        "financial_status": order.display_financial_status,
        "fulfilment_status": order.display_fulfillment_status,
        "tags": order.tags,
        "metafields": [
            {"namespace": m.namespace, "key": m.key, "type": m.type, "value": m.value} for m in order.metafields()
        ],
        "refunds": [_refund(one) for one in order.refunds],
        "returns": [_return(one) for one in order.returns],
        "fulfilment_orders": [
            {"id": fo.id, "status": fo.status, "location": fo.location.name} for fo in order.fulfilment_orders
        ],
        "fulfilments": [
            {
                "id": f.id,
                "name": f.name,
                "status": f.status,
                "display_status": f.display_status,
                "tracking": f.tracking,
                "notify_customer": f.notify_customer,
                "events": [
                    {"status": e.status, "happened_at": e.happened_at.isoformat(), "message": e.message}
                    for e in sorted(f.events, key=lambda event: event.happened_at)
                ],
            }
            for f in order.fulfilments_made
        ],
        "tracking_numbers": [t["number"] for f in order.fulfilments_made for t in f.tracking if t["number"]],
        "charges": [
            {
                "kind": t.kind,
                "amount": str(t.amount_set.presentment_money.amount),
                "currency": t.amount_set.presentment_money.currency_code,
                "shop_amount": str(t.amount_set.shop_money.amount),
                "shop_currency": t.amount_set.shop_money.currency_code,
            }
            for t in order.transactions_made
        ],
        "webhooks": [d.show() for d in world.deliveries.of_subject(order.serial)],
    }


def blueprint(world: World) -> Blueprint:
    api = Blueprint("storefront_api", __name__)

    @api.get("/<domain>/api/products")
    def products(domain: str) -> Response:
        shop = world.room(domain).shop
        with shop.lock:
            rows = [
                {
                    "title": p.title,
                    "handle": p.handle,
                    "type": p.product_type,
                    "variants": [_variant(v) for v in p.variants],
                }
                for p in shop.products
            ]
        return jsonify(products=rows)

    @api.post("/<domain>/api/checkout")
    def checkout(domain: str) -> tuple[Response, int]:
        room, data = world.room(domain), request.get_json(silent=True)
        if not isinstance(data, dict):
            return jsonify(error="the body must be a JSON object"), 400
        try:
            made = open_checkout(world, room, data)
        except AddressError as error:
            return jsonify(error=str(error), field=error.field), 422
        return jsonify(show_offer(made, room.shop.currency_code)), 201

    @api.post("/<domain>/api/checkout/<token>/complete")
    def complete(domain: str, token: str) -> tuple[Response, int]:
        room, data = world.room(domain), request.get_json(silent=True) or {}
        try:
            order = complete_checkout(world, room, token=token, service_code=data.get("service_code"))
        except KeyError:
            return jsonify(error="no such checkout"), 404
        except AddressError as error:
            return jsonify(error=str(error), field=error.field), 422
        return jsonify(order_id=str(order.serial), name=order.name, status_url=order.status_page_url), 201

    @api.get("/<domain>/api/orders/<int:serial>")
    def order(domain: str, serial: int) -> tuple[Response, int]:
        shop = world.room(domain).shop
        with shop.lock:
            found = shop.orders.get(serial)
            if found is None:
                return jsonify(error="no such order"), 404
            return jsonify(order_view(world, found)), 200

    @api.get("/<domain>/api/orders")
    def orders(domain: str) -> Response:
        shop = world.room(domain).shop
        with shop.lock:
            rows = [
                {"order_id": str(o.serial), "name": o.name, "fulfilment_status": o.display_fulfillment_status}
                for o in shop.orders.values()
            ]
        return jsonify(orders=rows)

    return api
