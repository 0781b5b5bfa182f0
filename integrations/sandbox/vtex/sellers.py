"""External sellers: the store asks them what they can send, places its orders with them, lets them send, cancels.

Two and a half seconds for each call, no retry: goods of a seller who does not answer are sold out.

Source: https://developers.vtex.com/docs/guides/external-seller-integration-connector
"""

from dataclasses import dataclass, field
from typing import Any

import requests

from integrations.sandbox.vtex.account import Account
from integrations.sandbox.vtex.cart import Cart

PATIENCE_S = 2.5
FIELDS = ("id", "requestIndex", "quantity", "seller", "price", "listPrice", "measurementUnit", "unitMultiplier",
          "merchantName", "offerings", "priceTags", "priceValidUntil")  # fmt: skip


@dataclass(frozen=True)
class Offer:
    """What a seller said of his lines of a cart. `freight`: line's place in the cart → cents; `problem`: "" is well."""

    freight: dict[int, int] = field(default_factory=dict)
    prices: dict[int, int] = field(default_factory=dict)
    sla: str = ""
    problem: str = ""


def call(account: Account, seller: str, path: str, body: Any) -> tuple[int, Any]:
    """Return status and JSON of a call; (0, None) when nothing readable comes in time."""
    url = account.sellers[seller] + path
    try:
        answer = requests.post(url, json=body, timeout=PATIENCE_S * account.patience_s / 5)
        said = (answer.status_code, answer.json())
    except (requests.RequestException, ValueError):
        said = (0, None)
    account.seller_calls.append({"path": path, "asked": body, "status": said[0], "answer": said[1]})
    return said


def ask(account: Account, cart: Cart) -> None:
    """Ask every external seller about his lines of the cart."""
    cart.offers = {seller: _offer(account, cart, seller) for seller in cart.sellers() if seller in account.sellers}


def _offer(account: Account, cart: Cart, seller: str) -> Offer:
    numbers = cart.numbers(seller)
    items = [{"id": cart.lines[n].sku, "quantity": cart.lines[n].quantity, "seller": seller} for n in numbers]
    sent = {"items": items, "postalCode": cart.address.get("postalCode"), "country": cart.address.get("country"),
            "sc": cart.channel}  # fmt: skip
    status, said = call(account, seller, "/pvt/orderForms/simulation", sent)
    if status != 200:
        return Offer(problem="the seller did not answer")
    try:
        return _read(said, cart, numbers)
    except (KeyError, TypeError, IndexError) as error:
        return Offer(problem=f"the seller's answer cannot be read: {type(error).__name__} {error}")


def _read(said: dict[str, Any], cart: Cart, numbers: list[int]) -> Offer:
    prices = {}
    for row in said["items"]:
        lacking = [name for name in FIELDS if name not in row]
        if lacking or not isinstance(row["price"], int):
            return Offer(problem=f"an item lacks {lacking or 'a price in cents'}")
        prices[numbers[row["requestIndex"]]] = row["price"]
    freight, sla = {}, ""
    for row in said["logisticsInfo"]:
        number = numbers[row["itemIndex"]]
        if row["stockBalance"] < cart.lines[number].quantity or number not in prices:
            return Offer(prices=prices, problem=f"{cart.lines[number].sku} is sold out")
        if cart.address.get("country"):
            if not row["slas"] or cart.address["country"] not in row["shipsTo"]:
                return Offer(prices=prices, problem=f"{cart.lines[number].sku} is not delivered there")
            freight[number], sla = row["slas"][0]["price"], row["slas"][0]["id"]
    return Offer(freight, prices, sla)


def placed(account: Account, order: dict[str, Any], seller: str) -> str:
    """Place an order with its seller; return his number of it, "" when he does not take it."""
    fields = ("id", "quantity", "seller", "price", "measurementUnit", "unitMultiplier", "isGift", "priceTags")
    items = [{**{name: item[name] for name in fields}, "commission": 0, "freightCommission": 0, "bundleItems": [],
              "attachments": [], "itemsAttachment": []} for item in order["items"]]  # fmt: skip
    shipping = order["shippingData"]
    sent = {
        "marketplaceOrderId": order["orderId"], "marketplaceServicesEndpoint": f"https://{account.name}.example/",
        "marketplacePaymentValue": order["value"], "items": items, "paymentData": None,
        "clientProfileData": order["clientProfileData"], "marketingData": None, "openTextField": None,
        "shippingData": {"address": shipping["address"], "updateStatus": "updated", "logisticsInfo": [
            {"itemIndex": row["itemIndex"], "selectedSla": row["selectedSla"], "price": row["price"], "lockTTL": "8d",
             "shippingEstimate": row["shippingEstimate"], "deliveryWindow": None}
            for row in shipping["logisticsInfo"]]},
    }  # fmt: skip
    status, said = call(account, seller, "/pvt/orders", [sent])
    return str(said[0]["orderId"]) if status == 200 and said else ""


def let_send(account: Account, order: dict[str, Any]) -> bool:
    """Whether the seller took the word that an order is paid."""
    told = {"marketplaceOrderId": order["orderId"], "marketplaceOrderGroup": order["orderGroup"]}
    return call(account, _seller(order), f"/pvt/orders/{order['sellerOrderId']}/fulfill", told)[0] == 200


def cancelled(account: Account, order: dict[str, Any]) -> bool:
    """Whether the seller let the order go; True for orders of the store's own."""
    if _seller(order) not in account.sellers:
        return True
    told = {"marketplaceOrderId": order["orderId"]}
    return call(account, _seller(order), f"/pvt/orders/{order['sellerOrderId']}/cancel", told)[0] == 200


def _seller(order: dict[str, Any]) -> str:
    return str(order["sellers"][0]["id"])
