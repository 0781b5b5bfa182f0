"""From a cart to an order, and the order's way through the workflow up to the merchant.

Source: https://developers.vtex.com/docs/guides/order-flow
"""

import secrets
from typing import Any

from integrations.sandbox.vtex import sellers
from integrations.sandbox.vtex.account import Account, now
from integrations.sandbox.vtex.cart import Cart
from integrations.sandbox.vtex.taxing import ask

BEFORE_HANDLING = ("order-created", "payment-pending", "approve-payment", "payment-approved", "window-to-cancel")


class NotPlaced(Exception):
    """`code` is what the shopper sees."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def place(account: Account, cart: Cart, reference_value: int) -> list[dict[str, Any]]:
    """Ask the tax service once more, make an order for each seller and walk them up to ready-for-handling.

    Raises NotPlaced.
    """
    if not cart.lines or not cart.address.get("postalCode") or not cart.profile.get("email"):
        raise NotPlaced("CHK003", "the cart lacks items, an address or a person")
    sellers.ask(account, cart)
    for offer in cart.offers.values():
        if offer.problem:
            raise NotPlaced("ORD027", offer.problem)
    shown = cart.taxed.rows if cart.taxed else {}
    service = account.configuration["taxConfiguration"] or {}
    taxed = ask(account, cart)
    if taxed.error and not service.get("allowExecutionAfterErrors"):
        raise NotPlaced(taxed.error, taxed.message)
    cart.taxed = taxed
    if taxed.rows != shown or reference_value != cart.value():
        raise NotPlaced("CHK0012", f"the value of the order changed to {cart.value()}")
    with account.lock:
        number = account.next_number()
        orders = [_order(account, cart, number, seller) for seller in cart.sellers()]
        _tell_sellers(account, orders)
        for order in orders:
            account.orders[order["orderId"]] = order
            for state in (*BEFORE_HANDLING, "ready-for-handling"):
                if state == "payment-approved":
                    order["authorizedDate"] = now()
                account.move(order, state)
            if order["sellers"][0]["id"] in account.sellers and not sellers.let_send(account, order):
                account.move(order, "waiting-ffmt-authorization")
    return orders


def _tell_sellers(account: Account, orders: list[dict[str, Any]]) -> None:
    """Place the orders of external sellers; when one refuses, those placed already are let go. Raises NotPlaced."""
    done: list[dict[str, Any]] = []
    for order in orders:
        seller = order["sellers"][0]["id"]
        if seller not in account.sellers:
            continue
        order["sellerOrderId"] = sellers.placed(account, order, seller)
        if not order["sellerOrderId"]:
            for other in done:
                sellers.cancelled(account, other)
            raise NotPlaced("ORD028", f"the seller {seller} did not take the order")
        done.append(order)


def _order(account: Account, cart: Cart, number: int, seller: str) -> dict[str, Any]:
    """Return a seller's order in the shape of GET /api/oms/pvt/orders/{orderId}, freshly created."""
    at, place, items = now(), cart.sellers().index(seller) + 1, cart.items()
    totals = [{"id": key, "name": key, "value": value} for key, value in cart.totals(seller).items()]
    totals += cart.custom_taxes(seller)
    address = {"addressType": "residential", "addressId": secrets.token_hex(8), "versionId": None, "entityId": None,
               "neighborhood": None, "complement": None, "reference": None, "geoCoordinates": [], "number": None,
               **cart.address}  # fmt: skip
    return {
        "orderId": f"{number}-{place:02}", "sequence": str(number), "marketplaceOrderId": "",
        "sellerOrderId": f"00-{number}-{place:02}",
        "marketplaceServicesEndpoint": "", "origin": "Marketplace", "affiliateId": "", "salesChannel": cart.channel,
        "merchantName": None, "status": "order-created", "statusDescription": "", "value": cart.value(seller),
        "creationDate": at, "lastChange": at, "orderGroup": str(number), "orderFormId": cart.id, "isCompleted": True,
        "workflowIsInError": False, "hostname": account.name, "roundingError": 0, "allowCancellation": True,
        "authorizedDate": None, "invoicedDate": None, "cancelReason": None, "cancellationData": None,
        "totals": totals, "items": [items[n] for n in cart.numbers(seller)], "marketplaceItems": [], "taxData": None,
        "itemMetadata": None,
        "sellers": [{"id": seller, "name": account.name if seller == "1" else seller, "logo": "",
                     "fulfillmentEndpoint": ""}],
        "clientPreferencesData": {"locale": cart.locale, "optinNewsLetter": False},
        "clientProfileData": {"id": "clientProfileData", "isCorporate": False, "corporateDocument": None,
                              "corporateName": None, "firstName": "", "lastName": "", "document": None,
                              "documentType": None, "phone": None, **cart.profile},
        "shippingData": {
            "id": "shippingData", "address": address, "selectedAddresses": [address], "trackingHints": None,
            "logisticsInfo": [
                {"itemIndex": index, "selectedSla": cart.sla_of(n), "price": cart.freight_of(n),
                 "sellingPrice": cart.freight_of(n), "deliveryCompany": cart.sla_of(n), "deliveryChannel": "delivery",
                 "shippingEstimate": "5bd",
                 "deliveryIds": [{"courierId": "1", "courierName": cart.sla, "dockId": "dock1",
                                  "quantity": cart.lines[n].quantity, "warehouseId": "1_1"}]}
                for index, n in enumerate(cart.numbers(seller))
            ],
        },
        "storePreferencesData": {"countryCode": "NOR", "currencyCode": "EUR", "currencySymbol": "€",
                                 "currencyLocale": 1044, "timeZone": "W. Europe Standard Time"},
        "customData": {"customApps": [{"id": key, "major": 1, "fields": dict(f)} for key, f in cart.custom.items()]},
        "packageAttachment": {"packages": []}, "paymentData": {"transactions": [], "giftCards": []},
        "openTextField": None, "marketingData": None, "ratesAndBenefitsData": None, "changesAttachment": None,
    }  # fmt: skip
