"""From a cart to an order, and the order's way through the workflow up to the merchant.

Source: https://developers.vtex.com/docs/guides/order-flow
"""

import secrets
from typing import Any

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
        for order in orders:
            account.orders[order["orderId"]] = order
            for state in (*BEFORE_HANDLING, "ready-for-handling"):
                if state == "payment-approved":
                    order["authorizedDate"] = now()
                account.move(order, state)
    return orders


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
                {"itemIndex": index, "selectedSla": cart.sla, "price": cart.freight_of(n),
                 "sellingPrice": cart.freight_of(n), "deliveryCompany": cart.sla, "deliveryChannel": "delivery",
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
