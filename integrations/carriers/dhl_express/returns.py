"""A label for the way back in DHL's words: an import shipment that the merchant's account pays for. Pure.

Source: MyDHL API 3.1 reference, createShipmentRequest: an account of type payer beside no shipper's.
"""

from typing import Any

from integrations.carriers.dhl_express.limits import TEXTS
from integrations.carriers.dhl_express.shipment import shipment_body
from integrations.kit.fields import fitting
from shipsmart.ports import CarrierAccountRef, LabelOrder


def return_body(account: CarrierAccountRef, order: LabelOrder) -> dict[str, Any]:
    """Return the request for a label the shopper prints. `return_services` of the account are those of its contract."""
    body = shipment_body(account, order)
    number = fitting(account.number, TEXTS["account number"], "account number")
    others = [row for row in body["accounts"] if row["typeCode"] != "shipper"]
    body["accounts"] = [{"typeCode": "payer", "number": number}, *others]
    for code in account.settings.get("return_services", ()):
        body["valueAddedServices"].append({"serviceCode": fitting(str(code), TEXTS["service"], "return service")})
    return body
