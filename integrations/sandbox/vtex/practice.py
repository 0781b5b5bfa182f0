"""What only a practice store has: faults, a look inside, keys with fewer rights."""

from typing import Any

from flask import Blueprint, Response, jsonify

from integrations.sandbox.vtex import sellers
from integrations.sandbox.vtex.account import RESOURCES, Key
from integrations.sandbox.vtex.faults import UnknownFault
from integrations.sandbox.vtex.guard import body, refused
from integrations.sandbox.vtex.world import World


def sink(_path: str) -> Response:
    """Stand in for the app where only VTEX's own side is looked at: every ping is well, no cart is taxed."""
    return jsonify(itemTaxResponse=[], hooks=[])


def blueprint(world: World) -> Blueprint:
    part = Blueprint("practice", __name__, url_prefix="/<account>/_practice")

    @part.post("/faults")
    def set_faults(account: str) -> Response:
        try:
            return jsonify(world.account(account).faults.update(body()))
        except UnknownFault as error:
            return refused(400, "practice", str(error))

    @part.delete("/faults")
    def clear_faults(account: str) -> Any:
        world.account(account).faults.clear()
        return "", 204

    @part.post("/open")
    def open_account(account: str) -> Response:
        """Open an account of this name, afresh when there is one."""
        told = body()
        world.open(account, told["key"], told["token"])
        return jsonify(account=account)

    @part.post("/keys")
    def make_key(account: str) -> Response:
        told = body()
        lacking = frozenset(told.get("without", ()))
        world.account(account).keys[told["key"]] = Key(told["token"], RESOURCES - lacking)
        return jsonify(key=told["key"], resources=sorted(RESOURCES - lacking))

    @part.post("/sellers")
    def register_seller(account: str) -> Response:
        """Register an external seller, as Marketplace, Sellers does in the admin."""
        told = body()
        world.account(account).sellers[told["id"]] = told["fulfillmentEndpoint"].rstrip("/")
        return jsonify(world.account(account).sellers)

    @part.post("/sellers/<seller>/call")
    def call_seller(account: str, seller: str) -> Response:
        """Send a seller any request again, as a store that saw no answer does."""
        status, said = sellers.call(world.account(account), seller, body()["path"], body()["body"])
        return jsonify(status=status, answer=said)

    @part.delete("/keys/<key>")
    def drop_key(account: str, key: str) -> Any:
        world.account(account).keys.pop(key, None)
        return "", 204

    _look_inside(part, world)
    return part


def _look_inside(part: Blueprint, world: World) -> None:
    @part.get("/state")
    def state(account: str) -> Response:
        store = world.account(account)
        with store.lock:
            feeds = {key: {"configuration": feed.configuration, "waiting": len(feed.queue)}
                     for key, feed in store.feeds.items()}  # fmt: skip
            return jsonify(configuration=store.configuration, feeds=feeds, hooks=store.hooks,
                           orders=list(store.orders), freights=store.freights)  # fmt: skip

    @part.get("/orders/<order_id>")
    def order(account: str, order_id: str) -> Any:
        found = world.account(account).orders.get(order_id)
        return jsonify(found) if found else ("", 404)

    @part.post("/orders/<order_id>")
    def change_order(account: str, order_id: str) -> Any:
        """Move an order to a status, as the shopper or the payment would."""
        store = world.account(account)
        with store.lock:
            store.move(store.orders[order_id], body()["status"])
        return "", 204

    @part.get("/tax-calls")
    def tax_calls(account: str) -> Response:
        return jsonify(world.account(account).calls[-50:])

    @part.get("/seller-calls")
    def seller_calls(account: str) -> Response:
        return jsonify(world.account(account).seller_calls[-50:])
