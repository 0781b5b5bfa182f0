"""What the UPS APIs ask of request bodies. Open objects: UPS ignores fields it does not know.

Numbers travel as text. A list of one may come as the bare object. Sources: the Rating, Shipping and
Landed Cost descriptions on https://developer.ups.com/api/reference
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .shapes import Flag, ListOf, Number, Record, Text, kind_of, one_of

ACCOUNT = Text(6, 6)
CURRENCY = Text(3, 3, r"^[A-Z]{3}$")
COUNTRY = Text(2, 2, r"^[A-Z]{2}$")
DAY = Text(8, 8, r"^\d{8}$")


def digits(longest: int) -> Text:
    """Return the shape of a number written as text."""
    return Text(1, longest, r"^\d+(\.\d+)?$")


def record(fields: Mapping[str, Any]) -> Record:
    return Record(fields, closed=False)


def many(item: Any, fewest: int = 0, most: int | None = None) -> ListOf:
    return ListOf(item, fewest, most, or_one=True)


@dataclass(frozen=True)
class Amount:
    """A number, or text that holds one: the landed cost API takes both."""

    least: Decimal = Decimal(0)

    def problems(self, value: Any, path: str) -> Any:
        if isinstance(value, str):
            yield from digits(30).problems(value, path)
        elif isinstance(value, bool) or not isinstance(value, int | Decimal):
            yield f"{path}: expected type: Number, found: {kind_of(value)}"
        elif value < self.least:
            yield f"{path}: {value} is not greater or equal to {self.least}"


CODE = record({"Code*": Text(1, 4), "Description": Text(0, 50)})
MONEY = record({"CurrencyCode*": CURRENCY, "MonetaryValue*": digits(19)})
_ADDRESS = {
    "AddressLine*": many(Text(1, 35), 1, 3),
    "City*": Text(1, 30),
    "StateProvinceCode": Text(1, 5),
    "PostalCode": Text(1, 9),
    "CountryCode*": COUNTRY,
}
ADDRESS = record(_ADDRESS)
RATE_ADDRESS = record({name.replace("City*", "City"): shape for name, shape in _ADDRESS.items()})
_FROM_ADDRESS = record({name.replace("City*", "City").replace("Line*", "Line"): s for name, s in _ADDRESS.items()})
_TRANSACTION = record({"CustomerContext": Text(0, 512)})

_BILLED = record(
    {
        "BillShipper": record({"AccountNumber": ACCOUNT}),
        "BillReceiver": record({"AccountNumber": ACCOUNT}),
        "BillThirdParty": record({"AccountNumber": ACCOUNT, "Address": record({"CountryCode*": COUNTRY})}),
        "Type*": one_of("01 02 03"),
    }
)
_WEIGHT = {"UnitOfMeasurement*": record({"Code*": one_of("KGS LBS")})}
_SIZES = {"UnitOfMeasurement*": record({"Code*": one_of("CM IN")})}

RATE = record(
    {
        "RateRequest*": record(
            {
                "Request*": record({"SubVersion": Text(4, 4), "TransactionReference": _TRANSACTION}),
                "Shipment*": record(
                    {
                        "Shipper*": record({"Name": Text(1, 35), "ShipperNumber": ACCOUNT, "Address*": RATE_ADDRESS}),
                        "ShipTo*": record({"Name": Text(1, 35), "Address*": RATE_ADDRESS}),
                        "ShipFrom": record({"Name": Text(1, 35), "Address*": _FROM_ADDRESS}),
                        "PaymentDetails": record({"ShipmentCharge*": many(_BILLED, 1, 2)}),
                        "Service": record({"Code*": Text(2, 3)}),
                        "Package*": many(
                            record(
                                {
                                    "PackagingType": CODE,
                                    "Dimensions": record(
                                        {
                                            **_SIZES,
                                            "Length*": digits(9),
                                            "Width*": digits(9),
                                            "Height*": digits(9),
                                        }
                                    ),
                                    "PackageWeight*": record({**_WEIGHT, "Weight*": digits(6)}),
                                }
                            ),
                            1,
                            200,
                        ),
                        "InvoiceLineTotal": MONEY,
                        "DeliveryTimeInformation": record(
                            {"PackageBillType*": Text(2, 2), "Pickup": record({"Date*": DAY})}
                        ),
                    }
                ),
            }
        )
    }
)

_PHONE = record({"Number*": Text(1, 15), "Extension": Text(0, 4)})
_PARTY = {
    "Name*": Text(1, 35),
    "AttentionName": Text(1, 35),
    "TaxIdentificationNumber": Text(1, 15),
    "Phone": _PHONE,
    "EMailAddress": Text(1, 50),
    "Address*": ADDRESS,
}
_VENDOR = record(
    {
        "VendorCollectIDTypeCode*": one_of("0356 0357 1051 1052"),
        "VendorCollectIDNumber*": Text(1, 35),
        "ConsigneeType": Text(2, 2),
    }
)
_REFERENCES = many(record({"Code": Text(2, 2), "Value*": Text(1, 35)}), 0, 5)
_UNIT = record({"Number*": digits(7), "UnitOfMeasurement*": record({"Code*": Text(1, 3)}), "Value*": digits(19)})
_PRODUCT = record(
    {
        "Description*": many(Text(1, 35), 1, 3),
        "Unit*": _UNIT,
        "CommodityCode": Text(6, 15),
        "PartNumber": Text(1, 35),
        "OriginCountryCode*": COUNTRY,
        "ProductWeight": record({"UnitOfMeasurement*": CODE, "Weight*": digits(5)}),
    }
)
_FORMS = record(
    {
        "FormType*": many(one_of("01 03 04 05 06 07 08 09 10 11"), 1, 6),
        "Contacts": record({"SoldTo": record({"Name*": Text(1, 35), "Address*": ADDRESS})}),
        "Product*": many(_PRODUCT, 1, 50),
        "InvoiceNumber": Text(1, 35),
        "InvoiceDate": DAY,
        "TermsOfShipment": one_of("CFR CIF CIP CPT DAF DDP DAP DEQ DES EXW FAS FCA FOB"),
        "ReasonForExport": Text(1, 20),
        "DeclarationStatement": Text(1, 550),
        "Comments": Text(1, 150),
        "FreightCharges": record({"MonetaryValue*": digits(15)}),
        "InsuranceCharges": record({"MonetaryValue*": digits(15)}),
        "Discount": record({"MonetaryValue*": digits(15)}),
        "CurrencyCode": CURRENCY,
    }
)
_SHIP_PACKAGE = record(
    {
        "Description": Text(1, 35),
        "Packaging*": record({"Code*": Text(2, 2)}),
        "Dimensions": record({**_SIZES, "Length*": digits(3), "Width*": digits(3), "Height*": digits(3)}),
        "PackageWeight*": record({**_WEIGHT, "Weight*": digits(5)}),
        "ReferenceNumber": _REFERENCES,
    }
)
SHIP = record(
    {
        "ShipmentRequest*": record(
            {
                "Request*": record(
                    {
                        "RequestOption*": one_of("validate nonvalidate"),
                        "SubVersion": Text(4, 4),
                        "TransactionReference": _TRANSACTION,
                    }
                ),
                "Shipment*": record(
                    {
                        "Description": Text(1, 50),
                        "Shipper*": record({**_PARTY, "ShipperNumber*": ACCOUNT}),
                        "ShipTo*": record(_PARTY),
                        "ShipFrom": record({**_PARTY, "VendorInfo": _VENDOR}),
                        "PaymentInformation*": record({"ShipmentCharge*": many(_BILLED, 1, 3)}),
                        "ReferenceNumber": _REFERENCES,
                        "Service*": record({"Code*": Text(2, 2)}),
                        "InvoiceLineTotal": record({"CurrencyCode*": CURRENCY, "MonetaryValue*": digits(11)}),
                        "NumOfPiecesInShipment": digits(5),
                        "ShipmentDate": DAY,
                        "ShipmentServiceOptions": record({"InternationalForms": _FORMS}),
                        "Package*": many(_SHIP_PACKAGE, 1, 200),
                    }
                ),
                "LabelSpecification*": record(
                    {
                        "LabelImageFormat*": record({"Code*": Text(3, 4)}),
                        "LabelStockSize": record({"Height*": digits(3), "Width*": digits(3)}),
                        "HTTPUserAgent": Text(1, 64),
                    }
                ),
            }
        )
    }
)

LANDED_COST = record(
    {
        "currencyCode*": CURRENCY,
        "transID*": Text(1, 50),
        "allowPartialLandedCostResult": Flag(),
        "alversion*": Number(0, whole=True),
        "shipment*": record(
            {
                "id*": Text(1, 100),
                "importCountryCode*": COUNTRY,
                "exportCountryCode*": COUNTRY,
                "incoterms": Text(0, 3),
                "shipDate": Text(0, 10),
                "shipmentType": Text(0, 35),
                "shipmentItems*": many(
                    record(
                        {
                            "commodityId*": Text(1, 100),
                            "priceEach*": Amount(),
                            "commodityCurrencyCode*": CURRENCY,
                            "quantity*": Number(1, whole=True),
                            "UOM*": Text(1),
                            "hsCode": Text(0, 40),
                            "description": Text(0, 150),
                            "originCountryCode*": COUNTRY,
                        }
                    ),
                    1,
                    99,
                ),
            }
        ),
    }
)

_YES_NO = one_of("Y N")
PICKUP = Record(
    {
        "PickupCreationRequest*": Record(
            {
                "Request*": Record({}, closed=False),
                "RatePickupIndicator*": _YES_NO,
                "Shipper": Record(
                    {"Account*": Record({"AccountNumber*": Text(6, 10), "AccountCountryCode*": Text(2, 2)})}
                ),
                "PickupDateInfo*": Record(
                    {"CloseTime*": Text(4, 4), "ReadyTime*": Text(4, 4), "PickupDate*": Text(8, 8, r"^\d{8}$")}
                ),
                "PickupAddress*": Record(
                    {
                        "CompanyName*": Text(1, 27), "ContactName*": Text(1, 22),
                        "AddressLine*": ListOf(Text(1, 73), 1, 1), "City*": Text(1, 50), "StateProvince": Text(1, 50),
                        "PostalCode": Text(1, 8), "CountryCode*": Text(2, 2), "ResidentialIndicator*": _YES_NO,
                        "PickupPoint": Text(1, 11), "Phone*": Record({"Number*": Text(1, 25)}),
                    }
                ),
                "AlternateAddressIndicator*": _YES_NO,
                "PickupPiece*": ListOf(
                    Record(
                        {"ServiceCode*": Text(3, 3), "Quantity*": Text(1, 3), "DestinationCountryCode*": Text(2, 2),
                         "ContainerCode*": one_of("01 02 03")}
                    ),
                    1,
                ),
                "TotalWeight": Record({"Weight*": Text(1, 6), "UnitOfMeasurement*": one_of("LBS KGS")}),
                "OverweightIndicator": _YES_NO,
                "PaymentMethod*": one_of("00 01 03 04 05 06 07"),
                "SpecialInstruction": Text(1, 57),
                "ReferenceNumber": Text(1, 35),
                "ShippingLabelsAvailable": _YES_NO,
            },
            closed=False,
        )
    }
)  # fmt: skip
SUBSCRIPTION = Record(
    {"locale*": Text(5, 5), "countryCode*": Text(2, 2), "trackingNumberList*": ListOf(Text(1, 34), 1, 100)},
    closed=False,
)
_SHIPPER = Text(6, 6)
FORM = Record(
    {
        "UploadRequest*": Record(
            {
                "Request*": Record({}, closed=False),
                "ShipperNumber*": _SHIPPER,
                "UserCreatedForm*": ListOf(
                    Record(
                        {
                            "UserCreatedFormFileName*": Text(1, 300),
                            "UserCreatedFormFile*": Text(1),
                            "UserCreatedFormFileFormat*": one_of("bmp doc gif jpg pdf png rtf tif txt xls"),
                            "UserCreatedFormDocumentType*": Text(3, 3, r"^0(0[1-9]|1[0-3])$"),
                        }
                    ),
                    1,
                    13,
                ),
            }
        )
    }
)
FORM_PUSH = Record(
    {
        "PushToImageRepositoryRequest*": Record(
            {
                "Request*": Record({}, closed=False),
                "ShipperNumber*": _SHIPPER,
                "FormsHistoryDocumentID*": Record({"DocumentID*": ListOf(Text(26, 26), 1, 13)}),
                "ShipmentIdentifier*": Text(1, 19),
                "ShipmentDateAndTime*": Text(19, 19, r"^\d{4}-\d{2}-\d{2}-\d{2}\.\d{2}\.\d{2}$"),
                "ShipmentType*": one_of("1"),
                "TrackingNumber*": ListOf(Text(1, 20), 1),
            }
        )
    }
)
