"""What MyDHL API 3.1 asks of a request body: required fields, lengths, enumerations. Closed objects, as DHL's are.

Source: https://developer.dhl.com/api-reference/dhl-express-mydhl-api
"""

from __future__ import annotations

from decimal import Decimal

from .shapes import Flag, ListOf, Number, Record, Text, one_of

WHEN = Text(1, 29, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d ?GMT[+-]\d\d:\d\d$")
CURRENCY = Text(3, 3, r"^[A-Z]{3}$")
COUNTRY = Text(2, 2, r"^[A-Z]{2}$")
CLOCK_TIME = Text(0, 5, r"^([0-1][0-9]|2[0-3]):([0-5][0-9])$")
UNITS = one_of("metric imperial")
WEIGHT = Number(0, 999_999_999_999, 3)
POSITIVE_WEIGHT = Number(Decimal("0.001"), 999_999_999_999, 3)
MONEY = Number(0, 999_999_999_999_999, 3)
WHOLE_MONEY = Number(0, 999_999_999_999_999)
SIDE = Number(Decimal("0.001"), 9_999_999, 3)

ACCOUNT = Record({"typeCode*": one_of("shipper payer duties-taxes"), "number*": Text(1, 12)})
SIZES = Record({"length*": SIDE, "width*": SIDE, "height*": SIDE})
BOX_TYPES = one_of("1CE 2BC 2BP 2BX 3BX 4BX 5BX 6BX 7BX 8BX CE1 TBL TBS WB1 WB2 WB3 WB6 XPD")
RATE_PACKAGE = Record({"typeCode": BOX_TYPES, "weight*": POSITIVE_WEIGHT, "dimensions": SIZES})

_LINE = Text(1, 45)
_ADDRESS = {
    "postalCode*": Text(0, 12), "cityName*": _LINE, "countryCode*": COUNTRY, "provinceCode": Text(2, 35),
    "addressLine1*": _LINE, "addressLine2": _LINE, "addressLine3": _LINE, "countyName": _LINE,
}  # fmt: skip
ADDRESS = Record(_ADDRESS)
SHIP_ADDRESS = Record({**_ADDRESS, "provinceName": Text(1, 35), "countryName": Text(1, 35)})
RATE_ADDRESS = Record({**{k: v for k, v in _ADDRESS.items() if k != "addressLine1*"}, "addressLine1": _LINE})
RATE_PARTIES = Record({"shipperDetails*": RATE_ADDRESS, "receiverDetails*": RATE_ADDRESS})
CONTACT = Record(
    {
        "email": Text(1, 70), "phone*": Text(1, 70), "mobilePhone": Text(1, 70),
        "companyName*": Text(1, 100), "fullName*": Text(1, 255),
    }
)  # fmt: skip
REGISTRATION = Record(
    {
        "typeCode*": one_of(
            "VAT EIN GST SSN EOR DUN FED STA CNP IE INN KPP OGR OKP MRN SDT FTZ DAN TAN DTF RGP DLI NID PAS MID "
            "IMS EIC FTN CIC PEP"
        ),
        "number*": Text(1, 35),
        "issuerCountryCode*": COUNTRY,
    }
)
BANK = Record({"name": Text(0, 60), "settlementLocalCurrency": Text(), "settlementForeignCurrency": Text()})
PARTY = Record(
    {
        "postalAddress*": SHIP_ADDRESS,
        "contactInformation*": CONTACT,
        "registrationNumbers": ListOf(REGISTRATION, 0, 50),
        "bankDetails": ListOf(BANK, 0, 1),
        "typeCode": one_of("business direct_consumer government other private reseller"),
    }
)
REFERENCE = Record({"value*": Text(1, 35), "typeCode": one_of("AAO CU FF FN IBC LLR OBC PRN ACP ACS ACR CDN STD CO")})
IDENTIFIER = Record(
    {"typeCode*": one_of("parentId shipmentId pieceId"), "value*": Text(1, 35), "dataIdentifier": Text(1, 4)}
)

RATE_SERVICE = Record(
    {
        "serviceCode*": Text(1, 6), "localServiceCode": Text(1, 3), "value": MONEY,
        "currency": CURRENCY, "method": one_of("cash"),
    }
)  # fmt: skip
RATES = Record(
    {
        "customerDetails*": RATE_PARTIES,
        "accounts": ListOf(ACCOUNT, 0, 2),
        "productCode": Text(1, 6),
        "localProductCode": Text(1, 3),
        "valueAddedServices": ListOf(RATE_SERVICE, 0, 99),
        "productsAndServices": ListOf(
            Record(
                {
                    "productCode*": Text(1, 6),
                    "localProductCode": Text(1, 3),
                    "valueAddedServices": ListOf(RATE_SERVICE, 0, 99),
                }
            )
        ),
        "payerCountryCode": COUNTRY,
        "plannedShippingDateAndTime*": WHEN,
        "unitOfMeasurement*": UNITS,
        "isCustomsDeclarable*": Flag(),
        "monetaryAmount": ListOf(
            Record({"typeCode*": one_of("declaredValue insuredValue"), "value*": MONEY, "currency*": CURRENCY})
        ),
        "requestAllValueAddedServices": Flag(),
        "estimatedDeliveryDate": Record({"isRequested": Flag(), "typeCode": one_of("QDDC QDDF")}),
        "getAdditionalInformation": ListOf(
            Record(
                {
                    "typeCode": one_of("allValueAddedServices allValueAddedServicesAndRuleGroups sortCodes"),
                    "isRequested*": Flag(),
                }
            ),
            0,
            3,
        ),
        "returnStandardProductsOnly": Flag(),
        "nextBusinessDay": Flag(),
        "productTypeCode": one_of("all dayDefinite timeDefinite"),
        "packages*": ListOf(RATE_PACKAGE, 1, 999),
    }
)

LANDED_COST_ITEM = Record(
    {
        "number*": Number(1, 1000, whole=True),
        "name": Text(1, 512),
        "description": Text(1, 255),
        "manufacturerCountry*": COUNTRY,
        "partNumber": Text(1, 35),
        "quantity*": Number(0, 999_999_999_999, 3),
        "quantityType": one_of("prt box"),
        "unitPrice*": Number(0, 999_999_999_999_999, 5),
        "unitPriceCurrencyCode*": CURRENCY,
        "customsValue": MONEY,
        "customsValueCurrencyCode": CURRENCY,
        "commodityCode": Text(0, 18),
        "weight": WEIGHT,
        "weightUnitOfMeasurement": UNITS,
        "category": Text(0, 50),
        "brand": Text(0, 50),
        "goodsCharacteristics": ListOf(Record({"typeCode*": Text(0, 35), "value*": Text(0, 50)}), 0, 999),
        "additionalQuantityDefinitions": ListOf(
            Record({"typeCode*": Text(2, 20), "amount*": Number(None, 999_999_999_999, 3)}), 0, 100
        ),
        "estimatedTariffRateType": one_of(
            "default_rate derived_rate highest_rate center_rate lowest_rate preferential_rate"
        ),
    }
)
LANDED_COST = Record(
    {
        "customerDetails*": RATE_PARTIES,
        "accounts*": ListOf(ACCOUNT, 0, 5),
        "productCode": Text(1, 6),
        "localProductCode": Text(1, 3),
        "unitOfMeasurement*": UNITS,
        "currencyCode*": CURRENCY,
        "isCustomsDeclarable*": Flag(),
        "isDTPRequested": Flag(),
        "isInsuranceRequested": Flag(),
        "getCostBreakdown*": Flag(),
        "charges": ListOf(
            Record({"typeCode*": one_of("freight additional insurance"), "amount*": MONEY, "currencyCode*": CURRENCY}),
            0,
            20,
        ),
        "shipmentPurpose": one_of("commercial personal"),
        "transportationMode": one_of("air ocean ground"),
        "merchantSelectedCarrierName": one_of("DHL UPS FEDEX TNT POST OTHERS"),
        "packages*": ListOf(RATE_PACKAGE, 1, 999),
        "items*": ListOf(LANDED_COST_ITEM, 1, 1000),
        "getTariffFormula": Flag(),
        "getQuotationID": Flag(),
    }
)

_BOOKING_PARTY = Record({"postalAddress*": ADDRESS, "contactInformation*": CONTACT})
INSTRUCTIONS = ListOf(Record({"value*": Text(0, 80), "typeCode": Text(2, 3)}), 0, 4)
PICKUP = Record(
    {
        "plannedPickupDateAndTime*": WHEN,
        "closeTime": CLOCK_TIME,
        "location": Text(0, 80),
        "locationType": one_of("business residence"),
        "accounts*": ListOf(ACCOUNT, 1, 5),
        "specialInstructions": INSTRUCTIONS,
        "remark": Text(),
        "customerDetails*": Record(
            {
                "shipperDetails*": _BOOKING_PARTY,
                "receiverDetails": _BOOKING_PARTY,
                "bookingRequestorDetails": _BOOKING_PARTY,
                "pickupDetails": _BOOKING_PARTY,
            }
        ),
        "shipmentDetails*": ListOf(
            Record(
                {
                    "productCode*": Text(1, 6),
                    "localProductCode": Text(1, 3),
                    "accounts": ListOf(ACCOUNT, 0, 5),
                    "valueAddedServices": ListOf(RATE_SERVICE, 0, 99),
                    "isCustomsDeclarable*": Flag(),
                    "declaredValue": MONEY,
                    "declaredValueCurrency": CURRENCY,
                    "unitOfMeasurement*": UNITS,
                    "shipmentTrackingNumber": Text(),
                    "packages*": ListOf(RATE_PACKAGE, 1, 999),
                }
            ),
            1,
            999,
        ),
    }
)
UPLOAD = Record(
    {
        "shipmentTrackingNumber*": Text(1),
        "originalPlannedShippingDate*": Text(10, 10, r"^\d{4}-\d{2}-\d{2}$"),
        "accounts*": ListOf(ACCOUNT, 1, 3),
        "productCode*": Text(1, 6),
        "documentImages*": ListOf(
            Record(
                {
                    "typeCode": one_of("INV PNV COO CIN DCL AWB NAF"),
                    "imageFormat": one_of("PDF PNG GIF TIFF JPEG"),
                    "content*": Text(1),
                }
            ),
            1,
            999,
        ),
    }
)
