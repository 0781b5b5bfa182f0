"""A label for the way back in UPS's words. Pure. Source: the Shipping description, ReturnService."""

from typing import Any

from integrations.carriers.ups.limits import TEXTS
from integrations.carriers.ups.parties import party_details
from integrations.carriers.ups.shipment import account_number, charges, shipment_body
from integrations.kit.descriptions import shortened
from integrations.kit.fields import crosses_customs
from shipsmart.ports import CarrierAccountRef, Incoterm, LabelOrder

PRINT_RETURN_LABEL = "9"


def return_body(account: CarrierAccountRef, order: LabelOrder) -> dict[str, Any]:
    """Return the request for a label the shopper prints: the merchant's account ships from the shopper's door."""
    body = shipment_body(account, order)
    shipment = body["ShipmentRequest"]["Shipment"]
    prepaid = order.incoterm == Incoterm.DDP and crosses_customs(order.shipper, order.consignee)
    shipment["ReturnService"] = {"Code": PRINT_RETURN_LABEL}
    shipment["Shipper"] = {"ShipperNumber": account_number(account), **party_details(order.consignee, "consignee")}
    shipment["PaymentInformation"] = {"ShipmentCharge": charges(account, order.consignee, prepaid=prepaid)}
    for number, package in enumerate(shipment["Package"], 1):  # UPS wants a description of each parcel that returns
        package["Description"] = shortened(shipment["Description"], TEXTS["package description"], f"parcel {number}")
    return body
