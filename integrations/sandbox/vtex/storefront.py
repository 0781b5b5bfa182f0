"""What the shopper's browser calls: the order form and placing the order; public, without a key."""

from typing import Any

from flask import Blueprint, Response, abort, jsonify

from integrations.sandbox.vtex import sellers
from integrations.sandbox.vtex.account import Account
from integrations.sandbox.vtex.cart import COUPONS, SLAS, Cart, Line
from integrations.sandbox.vtex.guard import body, refused
from integrations.sandbox.vtex.placing import NotPlaced, place
from integrations.sandbox.vtex.taxing import ask
from integrations.sandbox.vtex.world import World


def blueprint(world: World) -> Blueprint:
    part = Blueprint("storefront", __name__)
    base = "/<account>/api/checkout/pub/orderForm"

    def route(path: str, method: str, view: Any) -> None:
        def called(account: str, **values: Any) -> Any:
            return view(world.account(account), **values)

        part.add_url_rule(base + path, view.__name__, called, methods=[method])

    part.add_url_rule(
        "/<account>/api/checkout/pub/orderForms/simulation",
        "simulation",
        lambda account: simulation(world.account(account)),
        methods=["POST"],
    )
    route("", "GET", new_cart)
    route("/<cart_id>", "GET", show)
    route("/<cart_id>/items", "POST", add_items)
    route("/<cart_id>/items/update", "POST", update_items)
    route("/<cart_id>/coupons", "POST", coupon)
    route("/<cart_id>/attachments/shippingData", "POST", shipping_data)
    route("/<cart_id>/attachments/clientProfileData", "POST", profile)
    route("/<cart_id>/attachments/clientPreferencesData", "POST", preferences)
    route("/<cart_id>/customData/<app_id>", "PUT", custom_data)
    route("/<cart_id>/customData/<app_id>/<field>", "PUT", custom_field)
    route("/<cart_id>/transaction", "POST", transaction)
    return part


def _cart(store: Account, cart_id: str) -> Cart:
    with store.lock:
        found = store.carts.get(cart_id)
    return found or abort(404)


def form(cart: Cart) -> dict[str, Any]:
    """Return the order form as checkout shows it."""
    messages = []
    if cart.taxed and cart.taxed.error:
        messages.append({"code": cart.taxed.error, "text": cart.taxed.message, "status": "error", "fields": {}})
    messages += [{"code": "ORD027", "text": offer.problem, "status": "error", "fields": {"seller": seller}}
                 for seller, offer in cart.offers.items() if offer.problem]  # fmt: skip
    address = cart.address or None
    return {
        "orderFormId": cart.id, "salesChannel": cart.channel, "value": cart.value(), "messages": messages,
        "items": cart.items(), "totalizers": cart.totalizers(), "clientProfileData": cart.profile or None,
        "shippingData": {"address": address, "selectedAddresses": [address] if address else [],
                         "logisticsInfo": [{"itemIndex": n, "selectedSla": cart.sla_of(n), "price": cart.freight_of(n),
                                            "slas": [{"id": s, "name": s, "price": p} for s, p in SLAS.items()]}
                                           for n in range(len(cart.lines))]},
        "clientPreferencesData": {"locale": cart.locale, "optinNewsLetter": None},
        "storePreferencesData": {"countryCode": "NOR", "currencyCode": "EUR", "currencySymbol": "€"},
        "marketingData": {"coupon": cart.coupon or None},
        "customData": {"customApps": [{"id": key, "major": 1, "fields": f} for key, f in cart.custom.items()]},
    }  # fmt: skip


def _changed(store: Account, cart: Cart) -> Response:
    """Ask the tax service about the new contents and show them."""
    sellers.ask(store, cart)
    cart.taxed = ask(store, cart)
    return jsonify(form(cart))


def new_cart(store: Account) -> Response:
    cart = Cart(store.goods)
    with store.lock:
        store.carts[cart.id] = cart
    return jsonify(form(cart))


def simulation(store: Account) -> Response:
    """Price items without making a cart; one that is not sold has no row in `items`."""
    asked = [(number, row) for number, row in enumerate(body()["items"]) if str(row["id"]) in store.goods]
    rows = [
        {"id": str(row["id"]), "requestIndex": number, "quantity": row["quantity"], "seller": row["seller"],
         "price": store.goods[str(row["id"])].price, "listPrice": store.goods[str(row["id"])].price,
         "measurementUnit": store.goods[str(row["id"])].unit, "availability": "available",
         "unitMultiplier": float(store.goods[str(row["id"])].multiplier), "priceTags": [], "offerings": []}
        for number, row in asked
    ]  # fmt: skip
    return jsonify(items=rows, logisticsInfo=[], country=body().get("country"))


def show(store: Account, cart_id: str) -> Response:
    return jsonify(form(_cart(store, cart_id)))


def add_items(store: Account, cart_id: str) -> Response:
    cart = _cart(store, cart_id)
    for row in body()["orderItems"]:
        if str(row["id"]) not in store.goods:
            abort(404)
        sku, seller = str(row["id"]), str(row.get("seller") or "1")
        known = next((line for line in cart.lines if (line.sku, line.seller) == (sku, seller)), None)
        if known:
            known.quantity += int(row["quantity"])
        else:
            cart.lines.append(Line(sku, int(row["quantity"]), seller))
    return _changed(store, cart)


def update_items(store: Account, cart_id: str) -> Response:
    cart = _cart(store, cart_id)
    for row in body()["orderItems"]:
        cart.lines[int(row["index"])].quantity = int(row["quantity"])
    cart.lines = [line for line in cart.lines if line.quantity > 0]
    return _changed(store, cart)


def coupon(store: Account, cart_id: str) -> Response:
    cart = _cart(store, cart_id)
    text = str(body().get("text") or "")
    cart.coupon = text if text in COUPONS else ""
    return _changed(store, cart)


def shipping_data(store: Account, cart_id: str) -> Response:
    cart, told = _cart(store, cart_id), body()
    addresses = told.get("selectedAddresses") or [told.get("address") or {}]
    cart.address = {key: value for key, value in addresses[0].items() if value is not None}
    for row in told.get("logisticsInfo") or ():
        cart.sla = row.get("selectedSla") if row.get("selectedSla") in SLAS else cart.sla
    return _changed(store, cart)


def profile(store: Account, cart_id: str) -> Response:
    cart = _cart(store, cart_id)
    cart.profile = body()
    return _changed(store, cart)


def preferences(store: Account, cart_id: str) -> Response:
    cart = _cart(store, cart_id)
    cart.locale = str(body().get("locale") or "en")
    return jsonify(form(cart))


def _set_fields(store: Account, cart_id: str, app_id: str, fields: dict[str, Any]) -> Any:
    """Set fields of an app that the configuration names, and only those it names."""
    cart = _cart(store, cart_id)
    app = next((app for app in store.configuration["apps"] or () if app["id"] == app_id), None)
    if app is None or set(fields) - set(app["fields"]):
        return refused(400, "CHK0030", f"{app_id} is not configured, or has no field of this name")
    cart.custom.setdefault(app_id, {}).update({name: str(value) for name, value in fields.items()})
    return _changed(store, cart)


def custom_data(store: Account, cart_id: str, app_id: str) -> Any:
    return _set_fields(store, cart_id, app_id, body())


def custom_field(store: Account, cart_id: str, app_id: str, field: str) -> Any:
    return _set_fields(store, cart_id, app_id, {field: body()["value"]})


def transaction(store: Account, cart_id: str) -> Any:
    cart = _cart(store, cart_id)
    try:
        orders = place(store, cart, int(body()["referenceValue"]))
    except NotPlaced as error:
        return refused(400, error.code, str(error))
    group, value = orders[0]["orderGroup"], sum(order["value"] for order in orders)
    return jsonify(id=group, orderGroup=group, value=value, messages=[],
                   orders=[{"orderId": order["orderId"]} for order in orders])  # fmt: skip
