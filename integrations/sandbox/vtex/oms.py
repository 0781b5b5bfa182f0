"""Orders as OMS answers: read, list, start handling, invoice, tracking, cancel."""

import secrets
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, jsonify, request

from integrations.sandbox.vtex import account as rights
from integrations.sandbox.vtex import sellers
from integrations.sandbox.vtex.account import Account, now
from integrations.sandbox.vtex.guard import body, guarded, refused
from integrations.sandbox.vtex.world import World

BASE = "/<account>/api/oms/pvt/orders"
INVOICEABLE = ("ready-for-handling", "start-handling", "handling", "invoice")
MOST_PAGES = 30


def blueprint(world: World) -> Blueprint:
    part = Blueprint("oms", __name__)

    def route(path: str, method: str, resource: str, view: Any) -> None:
        part.add_url_rule(BASE + path, view.__name__, guarded(world, resource)(view), methods=[method])

    route("", "GET", rights.LIST_ORDERS, listed)
    route("/<order_id>", "GET", rights.VIEW_ORDER, read)
    route("/<order_id>/start-handling", "POST", rights.CHANGE_ORDER, start_handling)
    route("/<order_id>/cancel", "POST", rights.CANCEL, cancel)
    route("/<order_id>/invoice", "POST", rights.INVOICE, invoice)
    route("/<order_id>/invoice/<number>", "PATCH", rights.INVOICE, tracking_number)
    route("/<order_id>/invoice/<number>/tracking", "PUT", rights.INVOICE, tracking_events)
    return part


def _missing() -> Response:
    return refused(404, "OMS001", "Order not found")


def read(store: Account, order_id: str) -> Response:
    order = store.orders.get(order_id)
    return jsonify(order) if order else _missing()


def listed(store: Account) -> Response:
    """One page of a hundred at most, newest first; items are never in it."""
    page, size = int(request.args.get("page", 1)), min(int(request.args.get("per_page", 15)), 100)
    if page > MOST_PAGES:
        return refused(400, "OMS010", "Max page exceeded")
    found = sorted(store.orders.values(), key=lambda order: order["creationDate"], reverse=True)
    found = [order for order in found if _in_range(order["creationDate"], request.args.get("f_creationDate", ""))]
    rows = [
        {"orderId": o["orderId"], "creationDate": o["creationDate"], "items": None, "totalValue": o["value"],
         "status": o["status"], "sequence": o["sequence"], "origin": o["origin"], "currencyCode": "EUR"}
        for o in found[(page - 1) * size : page * size]
    ]  # fmt: skip
    paging = {"total": len(found), "pages": -(-len(found) // size), "currentPage": page, "perPage": size}
    return jsonify(list=rows, facets=[], paging=paging, stats={}, reportRecordsLimit=500_000)


def _in_range(created: str, wanted: str) -> bool:
    if not wanted:
        return True
    start, _, end = wanted.removeprefix("creationDate:[").removesuffix("]").partition(" TO ")
    at = datetime.fromisoformat(created[:26] + "+00:00")
    return (
        datetime.fromisoformat(start.replace("Z", "+00:00")) <= at <= datetime.fromisoformat(end.replace("Z", "+00:00"))
    )


def start_handling(store: Account, order_id: str) -> Any:
    order = store.orders.get(order_id)
    if order is None:
        return _missing()
    if order["status"] != "ready-for-handling":
        return refused(409, "OMS003", "Order status should be ready-for-handling to perform this action")
    for state in ("start-handling", "handling"):
        store.move(order, state)
    return "", 204


def cancel(store: Account, order_id: str) -> Response:
    order = store.orders.get(order_id)
    if order is None:
        return _missing()
    if any(package["type"] == "Output" for package in order["packageAttachment"]["packages"]):
        return refused(409, "OMS005", "an invoiced order cannot be cancelled")
    if not sellers.cancelled(store, order):
        return refused(409, "OMS005", "the seller does not let the order go")
    order["cancellationData"] = {"Reason": (body() or {}).get("reason", ""), "CancellationDate": now()}
    for state in ("cancel", "canceled"):
        store.move(order, state)
    return jsonify(date=now(), orderId=order_id, receipt=secrets.token_hex(16))


def invoice(store: Account, order_id: str) -> Response:
    """Register a parcel's invoice. A number told before yields a new receipt only; an `Input` refunds."""
    order, told = store.orders.get(order_id), body()
    if order is None:
        return _missing()
    for name in ("type", "issuanceDate", "invoiceNumber", "invoiceValue", "items"):
        if not told.get(name):
            return refused(400, "OMS007", f"the field {name} is required")
    packages = order["packageAttachment"]["packages"]
    receipt = {"date": now(), "orderId": order_id, "receipt": secrets.token_hex(16)}
    if any(package["invoiceNumber"] == told["invoiceNumber"] for package in packages):
        return jsonify(receipt)
    if told["type"] == "Input" and order["status"] != "invoiced":
        return refused(409, "OMS006", "only an invoiced order can be returned")
    if told["type"] == "Output" and order["status"] not in INVOICEABLE:
        return refused(409, "OMS004", f"an order that is {order['status']} cannot be invoiced")
    packages.append(_package(order, told))
    if told["type"] == "Output":
        sent = sum(package["invoiceValue"] for package in packages if package["type"] == "Output")
        for state in ("invoice", "invoiced") if sent >= order["value"] else ("invoice",):
            store.move(order, state)
    return jsonify(receipt)


def _package(order: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    index = {item["id"]: number for number, item in enumerate(order["items"])}
    items = [
        {"itemIndex": index.get(str(row["id"]), 0), "quantity": row["quantity"], "price": row["price"],
         "description": None, "unitMultiplier": 1.0}
        for row in told["items"]
    ]  # fmt: skip
    optional = ("courier", "trackingNumber", "trackingUrl", "invoiceKey", "invoiceUrl", "embeddedInvoice")
    return {
        "items": items,
        "invoiceNumber": told["invoiceNumber"],
        "invoiceValue": int(told["invoiceValue"]),
        "issuanceDate": told["issuanceDate"],
        "type": told["type"],
        "courierStatus": None,
        "restitutions": {"Refund": {"value": int(told["invoiceValue"])}} if told["type"] == "Input" else {},
        **{name: told.get(name) for name in optional},
    }


def _parcel(store: Account, order_id: str, number: str) -> dict[str, Any] | None:
    packages = store.orders.get(order_id, {"packageAttachment": {"packages": []}})["packageAttachment"]["packages"]
    return next((package for package in packages if package["invoiceNumber"] == number), None)


def tracking_number(store: Account, order_id: str, number: str) -> Response:
    package, told = _parcel(store, order_id, number), body()
    if package is None:
        return _missing()
    package.update({name: told[name] for name in ("trackingNumber", "trackingUrl", "courier") if name in told})
    return jsonify(date=now(), orderId=order_id, receipt=secrets.token_hex(16))


def tracking_events(store: Account, order_id: str, number: str) -> Response:
    """Put the whole state of a parcel's journey; only for one whose tracking number is known."""
    package, told = _parcel(store, order_id, number), body()
    if package is None or not package["trackingNumber"]:
        return _missing()
    package["courierStatus"] = {
        "status": "ok",
        "finished": told["isDelivered"],
        "deliveredDate": told["deliveredDate"],
        "data": [{**event, "lastChange": event["date"], "createDate": now()} for event in told["events"]],
    }
    return jsonify(date=now(), orderId=order_id, receipt=secrets.token_hex(16))
