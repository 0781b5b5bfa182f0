"""UPS's own estimate of duty and tax: the body of POST landedcost/v1/quotes and its answer in our values. Pure.

Source: UPS API reference, Landed Cost Quote.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from integrations.carriers.ups.limits import LANDED_COST_DESCRIPTION, PRICE_DECIMALS, TEXTS
from integrations.kit.descriptions import shortened
from integrations.kit.fields import exact, exact_items, fitting, required
from integrations.kit.reading import reading
from shipsmart.ports import CarrierDuties, CarrierEnquiry, CustomsItem

TRANSACTION = "shipsmart"
UNIT = "Each"
WITHOUT_FREIGHT = "UPS was told no freight: its customs value is that of the goods alone"


def duties_body(enquiry: CarrierEnquiry) -> dict[str, Any]:
    """Return the request in the currency of the goods; goods that UPS cannot rate do not spoil the rest."""
    items = exact_items(enquiry.items, enquiry.currency)
    return {
        "currencyCode": enquiry.currency,
        "transID": TRANSACTION,
        "allowPartialLandedCostResult": True,
        "alversion": 1,
        "shipment": {
            "id": TRANSACTION,
            "importCountryCode": required(enquiry.consignee.country, "consignee country"),
            "exportCountryCode": required(enquiry.shipper.country, "consignor country"),
            "shipDate": enquiry.ship_on.isoformat(),
            "incoterms": enquiry.incoterm.value,
            "shipmentType": "SALE",
            "shipmentItems": [_item(item, number, enquiry.currency) for number, item in enumerate(items, 1)],
        },
    }


def _item(item: CustomsItem, number: int, currency: str) -> dict[str, Any]:
    field = f"item {number}"
    return {
        "commodityId": str(number),
        "priceEach": exact(item.unit_price, PRICE_DECIMALS, f"{field} price"),
        "commodityCurrencyCode": currency,
        "quantity": item.quantity,
        "UOM": UNIT,
        "hsCode": fitting(item.hs_code, TEXTS["hs code"], f"{field} hs code"),
        "description": shortened(item.description, LANDED_COST_DESCRIPTION, f"{field} description"),
        "originCountryCode": required(item.origin, f"{field} origin"),
    }


@reading("the landed cost of UPS")
def duties_from(document: Mapping[str, Any]) -> CarrierDuties:
    """Return the totals; taxes and fees that UPS does not call VAT count as import tax."""
    shipment = document["shipment"]
    left_out = [row["commodityID"] for row in shipment["shipmentItems"] if not row["isCalculable"]]
    tax = sum((_amount(shipment, name) for name in _TAXES), Decimal(0))
    return CarrierDuties(
        currency=shipment["currencyCode"],
        duty=_amount(shipment, "totalDuties"),
        import_tax=tax,
        fees=_amount(shipment, "totalBrokerageFees"),
        complete=not left_out,
        messages=(WITHOUT_FREIGHT, *(f"UPS could not calculate item {number}" for number in left_out)),
    )


_TAXES = ("totalVAT", "totalCommodityLevelTaxesAndFees", "totalShipmentLevelTaxesAndFees")


def _amount(shipment: Mapping[str, Any], name: str) -> Decimal:
    return Decimal(shipment[name])
