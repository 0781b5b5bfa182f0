"""HTTP controls under `/<shop>/_practice/`."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from flask import Blueprint, Response, jsonify, request

from integrations.sandbox.shopify.faults import UnknownFault
from integrations.sandbox.shopify.practice import drafts, splitting
from integrations.sandbox.shopify.practice.service import request_of
from integrations.sandbox.shopify.practice.uninstall import uninstall
from integrations.sandbox.shopify.store.addresses import AddressError
from integrations.sandbox.shopify.store.exchange import agreed
from integrations.sandbox.shopify.store.fulfilling import Refused
from integrations.sandbox.shopify.store.ids import next_key, now
from integrations.sandbox.shopify.store.order_lines import Duty
from integrations.sandbox.shopify.store.orders import Order
from integrations.sandbox.shopify.store.returning import request_return
from integrations.sandbox.shopify.webhooks import payloads
from integrations.sandbox.shopify.webhooks.publish import publish, publish_compliance, publish_order
from integrations.sandbox.shopify.world import Room, World

Answer = tuple[Response, int]
_REASONS = frozenset({"CUSTOMER", "DECLINED", "FRAUD", "INVENTORY", "OTHER", "STAFF"})


def _body() -> dict[str, Any]:
    data = request.get_json(silent=True)
    return data if isinstance(data, dict) else {}


def _with_order(room: Room, act: Callable[[Order], dict[str, Any]]) -> Answer:
    serial = str(_body().get("order_id", "")).rpartition("/")[2]
    with room.shop.lock:
        order = room.shop.orders.get(int(serial)) if serial.isdecimal() else None
        if order is None:
            return jsonify(error=f"no order {serial!r}"), 404
        return jsonify(act(order)), 200


def _resend(world: World, room: Room, order: Order) -> dict[str, Any]:
    """Send again exactly what was sent for this order: same bytes, same Webhook-Id."""
    sent: dict[str, Any] = {}
    for delivery in world.deliveries.of_subject(order.serial):
        sent.setdefault(delivery.headers["X-Shopify-Webhook-Id"], delivery)
    for delivery in sent.values():
        world.deliveries.repeat(delivery)
    return {"resent": [d.topic for d in sent.values()]}


def _cancel(world: World, room: Room, order: Order) -> dict[str, Any]:
    reason = str(_body().get("reason", "CUSTOMER")).upper()
    if order.cancelled_at is None:
        order.cancelled_at, order.cancel_reason = now(), reason if reason in _REASONS else "OTHER"
        for fulfilment_order in order.fulfilment_orders:
            fulfilment_order.cancelled = fulfilment_order.status in {"OPEN", "IN_PROGRESS"}
        order.touch()
        publish_order(world, room, "cancelled", order)
        publish_order(world, room, "updated", order)
    return {"cancelled": order.name}


def _request_return(world: World, room: Room, order: Order) -> dict[str, Any]:
    made = request_return(order, _body().get("lines") or [])
    made.exchange_line_items = agreed(room.shop, _body().get("exchange") or [])
    publish(world, room, "returns/request", payloads.returned(made), subject=order.serial)
    return {"return_id": str(made.serial), "name": made.name}


def _sell_duties(order: Order) -> dict[str, Any]:
    """Let the store itself have sold duties with this order: a share of each line, paid on the order's payment.

    `included`: the duties stand in the prices of the goods instead, and the order has no rows of them.
    """
    if _body().get("included"):
        order.duties_included = True
        order.touch()
        return {"duties": []}
    share = Decimal(str(_body().get("share", "0.10")))
    sale = order.transactions_made[0]
    for line in order.lines:
        line.duties = [Duty(serial=next_key(), price=line.total_after_discount * share)]
        sale.amount_set += line.duties[0].price
    order.touch()
    return {"duties": [str(line.duties[0].price.shop_money.amount) for line in order.lines]}


def _change_product(world: World, room: Room) -> Answer:
    data, shop = _body(), room.shop
    with shop.lock:
        product = shop.product_by_handle(str(data.get("handle", "")))
        if product is None:
            return jsonify(error="no product of this handle"), 404
        for name in ("title", "description", "product_type"):
            if name in data:
                setattr(product, name, str(data[name]))
        product.touch()
        publish(world, room, "products/update", payloads.product(product))
        return jsonify(payloads.product(product)), 200


def _compliance(world: World, room: Room) -> Answer:
    data = _body()
    topic = str(data.pop("topic", ""))
    try:
        publish_compliance(world, room, topic, data)
    except KeyError:
        return jsonify(error=f"{topic!r} is no compliance topic"), 400
    return jsonify(sent=topic), 200


def _stock_at_hub(room: Room) -> Answer:
    """Say which SKUs lie in the shop's hub in a country; a cart over several places is asked about, and sent, in
    parts."""
    asked = _body()
    wanted = frozenset(str(sku) for sku in asked.get("skus") or ())
    country = str(asked.get("country") or "NL")
    hub = next((place for place in room.shop.hubs if place.address["country_code"] == country), None)
    if hub is None:
        return jsonify(error=f"the shop has no hub in {country!r}"), 400
    unknown = wanted - {variant.sku for variant in room.shop.variants()}
    if unknown:
        return jsonify(error=f"the shop sells no {', '.join(sorted(unknown))}"), 400
    with room.shop.lock:
        kept = {sku: place for sku, place in room.shop.at_hub.items() if place is not hub}
        room.shop.at_hub = kept | dict.fromkeys(wanted, hub)
    return jsonify(at_hub=sorted(room.shop.at_hub)), 200


def _stock_at_service(room: Room) -> Answer:
    """Say which SKUs are kept at the app's fulfilment service."""
    with room.shop.lock:
        room.shop.at_service = frozenset(str(sku) for sku in _body().get("skus") or ())
    return jsonify(at_service=sorted(room.shop.at_service)), 200


def _drafted(act: Callable[[], dict[str, Any]]) -> Answer:
    try:
        return jsonify(act()), 200
    except AddressError as error:
        return jsonify(error=str(error), field=error.field), 422


def _add_draft_routes(controls: Blueprint, world: World) -> None:
    @controls.post("/<domain>/_practice/draft_order")
    def draft_order(domain: str) -> Answer:
        return _drafted(lambda: drafts.fill(world.room(domain), _body()))

    @controls.post("/<domain>/_practice/pay_draft_order")
    def pay_draft_order(domain: str) -> Answer:
        return _drafted(lambda: drafts.pay(world, world.room(domain), str(_body().get("draft_id", ""))))


def _faults(room: Room) -> Answer:
    try:
        return jsonify(room.faults.update(_body())), 200
    except UnknownFault as error:
        return jsonify(error=str(error)), 400


def _events(world: World, room: Room) -> Answer:
    with room.shop.lock:
        journal = list(room.shop.journal)
    log = [d.show() for d in list(world.deliveries.log) if d.shop == room.shop.domain]
    return jsonify(events=journal, webhooks=log), 200


def _add_order_routes(controls: Blueprint, world: World) -> None:
    @controls.post("/<domain>/_practice/resend_webhooks")
    def resend(domain: str) -> Answer:
        room = world.room(domain)
        return _with_order(room, lambda order: _resend(world, room, order))

    @controls.post("/<domain>/_practice/request_return")
    def request_return_of(domain: str) -> Answer:
        room = world.room(domain)
        try:
            return _with_order(room, lambda order: _request_return(world, room, order))
        except Refused as error:
            return jsonify(error=str(error)), 400

    @controls.post("/<domain>/_practice/sell_duties")
    def sell_duties(domain: str) -> Answer:
        return _with_order(world.room(domain), _sell_duties)

    @controls.post("/<domain>/_practice/forget_keys")
    def forget_keys(domain: str) -> Answer:
        """Forget the idempotency keys, as the true store does after a day."""
        shop = world.room(domain).shop
        with shop.lock:
            count = len(shop.idempotent_answers)
            shop.idempotent_answers.clear()
        return jsonify(forgotten=count), 200

    @controls.post("/<domain>/_practice/request_fulfilment")
    def request_fulfilment(domain: str) -> Answer:
        room = world.room(domain)
        return _with_order(room, lambda order: request_of(world, room, order, "submit"))

    @controls.post("/<domain>/_practice/call_off_fulfilment")
    def call_off(domain: str) -> Answer:
        room = world.room(domain)
        return _with_order(room, lambda order: request_of(world, room, order, "call_off"))

    @controls.post("/<domain>/_practice/split_fulfilment")
    def split(domain: str) -> Answer:
        room = world.room(domain)
        return _with_order(room, lambda order: splitting.one_by_one(world, room, order))

    @controls.post("/<domain>/_practice/cancel_order")
    def cancel(domain: str) -> Answer:
        room = world.room(domain)
        return _with_order(room, lambda order: _cancel(world, room, order))


def blueprint(world: World) -> Blueprint:
    controls = Blueprint("practice", __name__)

    @controls.get("/<domain>/_practice/faults")
    def show_faults(domain: str) -> Answer:
        return jsonify(world.room(domain).faults.show()), 200

    @controls.post("/<domain>/_practice/faults")
    def set_faults(domain: str) -> Answer:
        return _faults(world.room(domain))

    @controls.get("/<domain>/_practice/events")
    def events(domain: str) -> Answer:
        return _events(world, world.room(domain))

    @controls.post("/<domain>/_practice/update_product")
    def update_product(domain: str) -> Answer:
        return _change_product(world, world.room(domain))

    @controls.post("/<domain>/_practice/stock_at_hub")
    def stock_at_hub(domain: str) -> Answer:
        return _stock_at_hub(world.room(domain))

    @controls.post("/<domain>/_practice/stock_at_service")
    def stock_at_service(domain: str) -> Answer:
        return _stock_at_service(world.room(domain))

    @controls.post("/<domain>/_practice/compliance")
    def compliance(domain: str) -> Answer:
        return _compliance(world, world.room(domain))

    @controls.post("/<domain>/_practice/uninstall")
    def uninstall_app(domain: str) -> Answer:
        return jsonify(uninstall(world, world.room(domain))), 200

    @controls.post("/<domain>/_practice/expire_tokens")
    def expire(domain: str) -> Answer:
        return jsonify(expired=world.room(domain).tokens.expire_access()), 200

    @controls.post("/<domain>/_practice/forget_rates")
    def forget_rates(domain: str) -> Answer:
        world.room(domain)
        world.rate_cache.clear()
        return jsonify(forgotten=True), 200

    @controls.post("/<domain>/_practice/forget_webhooks")
    def forget_webhooks(domain: str) -> Answer:
        world.room(domain)
        return jsonify(forgotten=world.deliveries.forget()), 200

    _add_order_routes(controls, world)
    _add_draft_routes(controls, world)
    return controls
