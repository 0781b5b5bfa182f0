"""Configuration of the order form, catalogue, logistics and API keys."""

import secrets
from typing import Any

from flask import Blueprint, Response, jsonify, request

from integrations.sandbox.vtex import account as rights
from integrations.sandbox.vtex.account import Account, now
from integrations.sandbox.vtex.guard import body, guarded, refused
from integrations.sandbox.vtex.world import World

REQUIRED = (
    "paymentConfiguration", "taxConfiguration", "minimumQuantityAccumulatedForItems", "decimalDigitsPrecision",
    "minimumValueAccumulated", "apps", "allowMultipleDeliveries", "allowManualPrice",
)  # fmt: skip


def blueprint(world: World) -> Blueprint:
    part = Blueprint("backoffice", __name__)

    def route(path: str, method: str, resource: str, view: Any) -> None:
        part.add_url_rule(f"/<account>/api/{path}", view.__name__, guarded(world, resource)(view), methods=[method])

    route("checkout/pvt/configuration/orderForm", "GET", rights.CONFIGURATION, configuration)
    route("checkout/pvt/configuration/orderForm", "POST", rights.CONFIGURATION, configure)
    route("catalog_system/pvt/sku/stockkeepingunitids", "GET", rights.CATALOG, sku_ids)
    route("catalog_system/pvt/sku/stockkeepingunitbyid/<sku>", "GET", rights.CATALOG, sku_by_id)
    route("catalog_system/pvt/saleschannel/list", "GET", rights.CATALOG, channels)
    route("logistics/pvt/configuration/docks/<dock>", "GET", rights.LOGISTICS, dock_by_id)
    route("logistics/pvt/configuration/docks", "GET", rights.LOGISTICS, docks)
    route("logistics/pvt/configuration/freights/<carrier>/values/update", "POST", rights.LOGISTICS, put_freights)
    route("logistics/pvt/configuration/freights/<carrier>/<postcode>/values", "GET", rights.LOGISTICS, freights)
    route("vtexid/apikey/<key>/apitoken/renew", "PATCH", rights.VIEW_ORDER, renew)
    route("vtexid/apikey/<key>/apitoken/finish-renewal", "PATCH", rights.VIEW_ORDER, finish_renewal)
    return part


def configuration(store: Account) -> Response:
    return jsonify(store.configuration)


def configure(store: Account) -> Any:
    """Replace the whole configuration: what is left out is lost."""
    told = body()
    missing = [name for name in REQUIRED if name not in told]
    if missing:
        return refused(400, "CHK", f"required: {', '.join(missing)}")
    # What is left out is told as null afterwards.
    payment = dict.fromkeys(rights.ORDER_FORM_CONFIGURATION["paymentConfiguration"]) | told["paymentConfiguration"]
    store.configuration = dict.fromkeys(rights.ORDER_FORM_CONFIGURATION) | told | {"paymentConfiguration": payment}
    return "", 204


def sku_ids(store: Account) -> Response:
    page, size = int(request.args.get("page", 1)), int(request.args.get("pagesize", 1000))
    ids = sorted(int(sku) for sku in store.goods)
    return jsonify(ids[(page - 1) * size : page * size])


def sku_by_id(store: Account, sku: str) -> Any:
    good = store.goods.get(sku)
    return jsonify(good.row(store.name)) if good else ("SKU not found.", 404)


def channels(store: Account) -> Response:
    euro = {"Id": 1, "Name": "Main", "IsActive": True, "CountryCode": "NOR", "CultureInfo": "en-GB",
            "CurrencyCode": "EUR", "CurrencySymbol": "€", "CurrencyLocale": 2057, "Position": 1}  # fmt: skip
    real = {**euro, "Id": 2, "Name": "Brasil", "CultureInfo": "pt-BR", "CurrencyCode": "BRL", "CurrencySymbol": "R$"}
    return jsonify([euro, real])


def _dock(number: str) -> dict[str, Any]:
    address = {"postalCode": "0154", "country": {"acronym": "NOR", "name": "Norway"}, "city": "Oslo", "state": "",
               "neighborhood": "", "street": "Karl Johans gate", "number": "12"}  # fmt: skip
    return {"id": number, "name": "Oslo", "address": address, "salesChannels": ["1"], "isActive": True}


def docks(store: Account) -> Response:
    return jsonify([_dock("dock1")])


def dock_by_id(store: Account, dock: str) -> Any:
    return jsonify(_dock(dock)) if dock == "dock1" else ("Dock not found", 404)


def put_freights(store: Account, carrier: str) -> Any:
    """Write rows of a rate table: operation 1 inserts, 2 updates, 3 deletes the row of a range."""
    table = store.freights.setdefault(carrier, [])
    for row in body():
        here = [old for old in table if _range(old) == _range(row)]
        for old in here:
            table.remove(old)
        if row["operationType"] != 3:
            table.append(row)
    return "", 200


def _range(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[key] for key in ("country", "zipCodeStart", "zipCodeEnd", "weightStart", "weightEnd", "polygon"))


def freights(store: Account, carrier: str, postcode: str) -> Response:
    rows = [row for row in store.freights.get(carrier, []) if row["zipCodeStart"] <= postcode <= row["zipCodeEnd"]]
    return jsonify([
        {**row, "absoluteMoneyCost": float(row["absoluteMoneyCost"]), "restrictedFreights": None,
         "minimumValueInsurance": 0.0}
        for row in rows
    ])  # fmt: skip


def renew(store: Account, key: str) -> Any:
    """Give a key a second token; both are good until the renewal is finished."""
    known = store.keys.get(key)
    if known is None:
        return refused(404, "1", "no such key")
    known.renewed = secrets.token_urlsafe(32)
    return jsonify(appToken=known.renewed, renewedAt=now())


def finish_renewal(store: Account, key: str) -> Any:
    known = store.keys.get(key)
    if known is None or not known.renewed:
        return refused(409, "1", "no renewal was begun")
    known.token, known.renewed = known.renewed, ""
    return "", 204
