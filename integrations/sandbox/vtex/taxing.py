"""The call of the tax service: on every change of a cart and again when the order is placed; five seconds, no retry.

Source: https://developers.vtex.com/docs/guides/tax-services-specification
"""

import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import requests

from integrations.sandbox.vtex.account import Account
from integrations.sandbox.vtex.cart import Cart, Line

CONTENT_TYPE = "application/vnd.vtex.checkout.minicart.v1+json"


@dataclass(frozen=True)
class Taxed:
    """`rows`: item id → taxes. `error`: the code that the shopper sees, "" when all went well."""

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    error: str = ""
    message: str = ""


def body(account: Account, cart: Cart) -> dict[str, Any]:
    """Return the request: prices as decimals, totals in cents."""
    address = cart.address
    destination = {
        "id": 1, "country": address["country"], "state": address.get("state"), "city": address.get("city"),
        "neighborhood": address.get("neighborhood"), "postalCode": address.get("postalCode"),
        "street": address.get("street"),
    }  # fmt: skip
    totals = cart.totals()
    document = cart.profile.get("document")
    asked: dict[str, Any] = {
        "orderFormId": cart.id,
        "salesChannel": cart.channel,
        "items": [_item(account, cart, number, line) for number, line in enumerate(cart.lines)],
        "totals": [{"id": key, "name": f"{key} Total", "value": value} for key, value in totals.items()],
        "clientEmail": cart.profile.get("email"),
        "shippingDestinations": [destination],
        "clientData": {"email": cart.profile.get("email"), "document": document,
                       "documentType": cart.profile.get("documentType"), "clientProfileData": None,
                       "stateInscription": None},
        "paymentData": {"payments": [{"paymentSystem": "2", "bin": None, "referenceValue": sum(totals.values()),
                                      "value": sum(totals.values()), "installments": None}]},
    }  # fmt: skip
    app = (account.configuration["taxConfiguration"] or {}).get("appId")
    if app and cart.custom.get(app):
        asked["taxApp"] = {"id": app, "major": 1, "fields": dict(cart.custom[app])}
    return asked


def _item(account: Account, cart: Cart, number: int, line: Line) -> dict[str, Any]:
    good = account.goods[line.sku]
    return {
        "id": str(number), "sku": line.sku, "productId": str(good.product), "ean": None, "refId": good.ref,
        "categoryId": "1", "unitMultiplier": float(good.multiplier), "measurementUnit": good.unit,
        "targetPrice": good.price / 100, "itemPrice": cart.gross(line) / 100, "quantity": line.quantity,
        "discountPrice": -cart.discount(line) / 100, "dockId": "dock1", "freightPrice": cart.freight_of(number) / 100,
        "brandId": "1", "taxCode": "", "sellerId": line.seller, "shippingDestinationId": 1,
    }  # fmt: skip


def ask(account: Account, cart: Cart) -> Taxed:
    """Return the taxes of a cart; none while there is no tax service, no goods or no address."""
    service = account.configuration["taxConfiguration"]
    if not service or not cart.lines or not cart.address.get("country"):
        return Taxed()
    sent = body(account, cart)
    called: dict[str, Any] = {"asked": sent, "status": 0, "answer": ""}
    account.calls.append(called)
    try:
        answer = requests.post(
            service["url"],
            data=json.dumps(sent),
            headers={"Authorization": service["authorizationHeader"] or "", "Content-Type": "application/json"},
            timeout=account.patience_s,
        )
    except requests.Timeout:
        return Taxed(error="CHK00301", message="the tax service did not answer in time")
    except requests.RequestException:
        return Taxed(error="CHK0219", message="the tax service could not be reached")
    called.update(status=answer.status_code, answer=answer.text)
    return _read(answer, len(cart.lines))


def _read(answer: requests.Response, lines: int) -> Taxed:
    if not answer.ok:
        return Taxed(error="CHK0219", message=f"the tax service answered {answer.status_code}")
    try:
        said = json.loads(answer.text, parse_float=Decimal)
        rows = said if isinstance(said, list) else said["itemTaxResponse"]
        found = {str(row["id"]): list(row["taxes"]) for row in rows}
    except (ValueError, KeyError, TypeError):
        return Taxed(error="FMT0100", message="invalid tax data")
    for key, taxes in found.items():
        if not key.isdigit() or int(key) >= lines:
            return Taxed(error="FMT0100", message=f"there is no item {key}")
        for tax in taxes:
            if not isinstance(tax.get("name"), str) or not tax["name"].strip():
                return Taxed(error="CHK0167", message="a tax has no name")
            if not isinstance(tax.get("value"), int | Decimal) or isinstance(tax["value"], bool):
                return Taxed(error="CHK0168", message="a tax has no value")
    return Taxed(found)
