"""A label for the way back in FedEx's words. Pure. Source: the Ship description, ReturnShipmentDetail."""

from typing import Any

from integrations.carriers.fedex.shipment import account_number, payment, shipment_body, special_services
from shipsmart.ports import CarrierAccountRef, LabelOrder

RETURN_SHIPMENT, PRINT_RETURN_LABEL = "RETURN_SHIPMENT", "PRINT_RETURN_LABEL"


def return_body(account: CarrierAccountRef, order: LabelOrder) -> dict[str, Any]:
    """Return the request for a label the shopper prints; the merchant pays as the one who receives."""
    body = shipment_body(account, order)
    asked = body["requestedShipment"]
    asked["shippingChargesPayment"] = payment("RECIPIENT", account_number(account))
    special_services(asked, RETURN_SHIPMENT)["returnShipmentDetail"] = {"returnType": PRINT_RETURN_LABEL}
    return body
