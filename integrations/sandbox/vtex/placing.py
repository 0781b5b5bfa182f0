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


def place(account: Account, cart: Cart, reference_value: int) -> dict[str, Any]:
    """Ask the tax service once more, make the order and walk it up to ready-for-handling. Raises NotPlaced."""
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
        order = _order(account, cart)
        account.orders[order["orderId"]] = order
        for state in (*BEFORE_HANDLING, "ready-for-handling"):
            if state == "payment-approved":
                order["authorizedDate"] = now()
            account.move(order, state)
    return order


def _order(account: Account, cart: Cart) -> dict[str, Any]:
    """Return the order in the shape of GET /api/oms/pvt/orders/{orderId}, freshly created."""
    number, at = account.next_number(), now()
    totals = [{"id": key, "name": key, "value": value} for key, value in cart.totals().items()]
    totals += [row for row in cart.totalizers() if row["id"] == "CustomTax"]
    address = {"addressType": "residential", "addressId": secrets.token_hex(8), "versionId": None, "entityId": None,
               "neighborhood": None, "complement": None, "reference": None, "geoCoordinates": [], "number": None,
               **cart.address}  # fmt: skip
    return {
        "orderId": f"{number}-01", "sequence": str(number), "marketplaceOrderId": "", "sellerOrderId": f"00-{number}",
        "marketplaceServicesEndpoint": "", "origin": "Marketplace", "affiliateId": "", "salesChannel": cart.channel,
        "merchantName": None, "status": "order-created", "statusDescription": "", "value": cart.value(),
        "creationDate": at, "lastChange": at, "orderGroup": str(number), "orderFormId": cart.id, "isCompleted": True,
        "workflowIsInError": False, "hostname": account.name, "roundingError": 0, "allowCancellation": True,
        "authorizedDate": None, "invoicedDate": None, "cancelReason": None, "cancellationData": None,
        "totals": totals, "items": cart.items(), "marketplaceItems": [], "taxData": None, "itemMetadata": None,
        "sellers": [{"id": "1", "name": account.name, "logo": "", "fulfillmentEndpoint": ""}],
        "clientPreferencesData": {"locale": cart.locale, "optinNewsLetter": False},
        "clientProfileData": {"id": "clientProfileData", "isCorporate": False, "corporateDocument": None,
                              "corporateName": None, "firstName": "", "lastName": "", "document": None,
                              "documentType": None, "phone": None, **cart.profile},
        "shippingData": {
            "id": "shippingData", "address": address, "selectedAddresses": [address], "trackingHints": None,
            "logisticsInfo": [
                {"itemIndex": n, "selectedSla": cart.sla, "price": cart.freight_of(n),
                 "sellingPrice": cart.freight_of(n), "deliveryCompany": cart.sla, "deliveryChannel": "delivery",
                 "shippingEstimate": "5bd",
                 "deliveryIds": [{"courierId": "1", "courierName": cart.sla, "dockId": "dock1",
                                  "quantity": line.quantity, "warehouseId": "1_1"}]}
                for n, line in enumerate(cart.lines)
            ],
        },
        "storePreferencesData": {"countryCode": "NOR", "currencyCode": "EUR", "currencySymbol": "€",
                                 "currencyLocale": 1044, "timeZone": "W. Europe Standard Time"},
        "customData": {"customApps": [{"id": key, "major": 1, "fields": dict(f)} for key, f in cart.custom.items()]},
        "packageAttachment": {"packages": []}, "paymentData": {"transactions": [], "giftCards": []},
        "openTextField": None, "marketingData": None, "ratesAndBenefitsData": None, "changesAttachment": None,
    }  # fmt: skip
