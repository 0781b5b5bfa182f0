"""DHL's own estimate of duty and tax: the body of POST /landed-cost and its answer in our values. Pure.

Source: MyDHL API 3.1 reference, landed cost.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from integrations.carriers.dhl_express.limits import LANDED_COST_PRICE_DECIMALS, TEXTS
from integrations.carriers.dhl_express.parties import rate_address
from integrations.carriers.dhl_express.shipment import package
from integrations.kit.descriptions import shortened
from integrations.kit.fields import crosses_customs, exact, fitting, kilograms, required
from integrations.kit.reading import reading
from shipsmart.ports import CarrierAccountRef, CarrierDuties, CarrierEnquiry, CustomsItem, Incoterm

_TOTALS = {"TOTAL DUTIES": "duty", "TOTAL TAXES": "import_tax", "TOTAL FEES": "fees"}


def duties_body(account: CarrierAccountRef, enquiry: CarrierEnquiry) -> dict[str, Any]:
    """Return the request in the currency of the goods; the freight is DHL's own price. Raises IntegrationError."""
    return {
        "customerDetails": {
            "shipperDetails": rate_address(enquiry.shipper, "consignor"),
            "receiverDetails": rate_address(enquiry.consignee, "consignee"),
        },
        "accounts": [
            {"typeCode": "shipper", "number": fitting(account.number, TEXTS["account number"], "account number")}
        ],
        "unitOfMeasurement": "metric",
        "currencyCode": enquiry.currency,
        "isCustomsDeclarable": crosses_customs(enquiry.shipper, enquiry.consignee),
        "isDTPRequested": enquiry.incoterm == Incoterm.DDP,
        "getCostBreakdown": True,
        "shipmentPurpose": "commercial",
        "transportationMode": "air",
        "merchantSelectedCarrierName": "DHL",
        "packages": [package(parcel, number) for number, parcel in enumerate(enquiry.parcels, 1)],
        "items": [_item(item, number, enquiry.currency) for number, item in enumerate(enquiry.items, 1)],
    }


def _item(item: CustomsItem, number: int, currency: str) -> dict[str, Any]:
    field = f"item {number}"
    return {
        "number": number,
        "name": shortened(item.description, TEXTS["landed cost description"], f"{field} description"),
        "manufacturerCountry": required(item.origin, f"{field} origin"),
        "quantity": item.quantity,
        "quantityType": "prt",
        "unitPrice": exact(item.unit_price, LANDED_COST_PRICE_DECIMALS, f"{field} price"),
        "unitPriceCurrencyCode": currency,
        "commodityCode": fitting(item.hs_code, TEXTS["hs code"], f"{field} hs code"),
        "weight": kilograms(item.unit_weight_g * item.quantity, f"{field} weight"),
        "weightUnitOfMeasurement": "metric",
    }


@reading("the landed cost of DHL Express")
def duties_from(document: Mapping[str, Any]) -> CarrierDuties:
    """Return the totals of duty, tax and fees; DHL's freight and its own fee for paying are not among them."""
    product = document["products"][0]
    rows = product["detailedPriceBreakdown"][0]["breakdown"]
    totals = {_TOTALS[row["name"]]: Decimal(row["price"]) for row in rows if row.get("name") in _TOTALS}
    warnings = tuple(str(text) for text in document.get("warnings") or [])
    return CarrierDuties(
        currency=_currency(rows),
        duty=totals["duty"],
        import_tax=totals["import_tax"],
        fees=totals["fees"],
        complete=not warnings,
        messages=warnings,
    )


def _currency(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the one currency of the totals. Raises ValueError when DHL mixes two in them."""
    found = {row["priceCurrency"] for row in rows if row.get("name") in _TOTALS}
    if len(found) != 1:
        raise ValueError(f"the totals are in {sorted(found)}")
    return str(found.pop())
