"""What the FedEx APIs ask of request bodies. Open objects: FedEx ignores fields it does not know.

Source: the Rate, Ship and Track descriptions on https://developer.fedex.com
"""

from __future__ import annotations

from typing import Any

from .shapes import Flag, ListOf, Number, Record, Text, one_of


def _record(fields: dict[str, Any]) -> Record:
    return Record(fields, closed=False)


COUNTRY = Text(2, 2, r"^[A-Z]{2}$")
ACCOUNT = _record({"value*": Text(9, 9, r"^\d{9}$")})
DAY = Text(10, 10, r"^\d{4}-\d\d-\d\d$")
PICKUP = one_of("CONTACT_FEDEX_TO_SCHEDULE DROPOFF_AT_FEDEX_LOCATION USE_SCHEDULED_PICKUP")
MONEY = _record({"amount*": Number(0), "currency*": Text(3, 3, r"^[A-Z]{3}$")})
WEIGHT = _record({"units*": one_of("KG LB"), "value*": Number(0)})
SIZES = _record(
    {
        "length*": Number(1, whole=True),
        "width*": Number(1, whole=True),
        "height*": Number(1, whole=True),
        "units*": one_of("CM IN"),
    }
)
RATE_PARTY = _record({"address*": _record({"postalCode*": Text(0, 10), "countryCode*": COUNTRY})})
RATE_PACKAGE = _record({"weight*": WEIGHT, "dimensions": SIZES})
RATES = _record(
    {
        "accountNumber*": ACCOUNT,
        "requestedShipment*": _record(
            {
                "shipper*": RATE_PARTY,
                "recipient*": RATE_PARTY,
                "pickupType*": PICKUP,
                "shipDateStamp": DAY,
                "serviceType": Text(1),
                "requestedPackageLineItems*": ListOf(RATE_PACKAGE, 1, 300),
            }
        ),
    }
)

_TIN = _record(
    {
        "number*": Text(1, 18),
        "tinType*": one_of("PERSONAL_NATIONAL PERSONAL_STATE FEDERAL BUSINESS_NATIONAL BUSINESS_STATE BUSINESS_UNION"),
    }
)
_ADDRESS = _record(
    {
        "streetLines*": ListOf(Text(1, 35), 1, 3),
        "city*": Text(1, 35),
        "postalCode": Text(0, 10),
        "stateOrProvinceCode": Text(0, 3),
        "countryCode*": COUNTRY,
    }
)
_CONTACT = _record({"personName": Text(0, 70), "companyName": Text(0, 35), "phoneNumber*": Text(1, 15)})
PARTY = _record({"address*": _ADDRESS, "contact*": _CONTACT, "tins": ListOf(_TIN)})
PAYMENT = _record({"paymentType*": one_of("SENDER RECIPIENT THIRD_PARTY COLLECT"), "payor": _record({})})
_COMMODITY = _record(
    {
        "description*": Text(1, 450),
        "quantity": Number(1, whole=True),
        "quantityUnits": Text(1, 4),
        "unitPrice": MONEY,
        "customsValue": MONEY,
        "countryOfManufacture": COUNTRY,
        "harmonizedCode": Text(6, 14),
        "weight": _record({"units*": one_of("KG LB"), "value*": Number(0)}),
    }
)
_REFERENCE = _record({"customerReferenceType": Text(1), "value": Text(1, 40)})
_CUSTOMS = _record(
    {
        "dutiesPayment": PAYMENT,
        "commodities*": ListOf(_COMMODITY, 1, 999),
        "totalCustomsValue": MONEY,
        "commercialInvoice": _record({"termsOfSale": Text(3, 3)}),
    }
)
SHIP = _record(
    {
        "accountNumber*": ACCOUNT,
        "labelResponseOptions*": one_of("URL_ONLY LABEL"),
        "requestedShipment*": _record(
            {
                "shipDatestamp": DAY,
                "shipper*": PARTY,
                "recipients*": ListOf(PARTY, 1, 1),
                "pickupType*": PICKUP,
                "serviceType*": Text(1),
                "packagingType*": Text(1),
                "totalWeight*": Number(0),
                "shippingChargesPayment*": PAYMENT,
                "customsClearanceDetail": _CUSTOMS,
                "labelSpecification*": _record(
                    {"labelStockType*": Text(1), "imageType*": one_of("ZPLII EPL2 PDF PNG")}
                ),
                "requestedPackageLineItems*": ListOf(
                    _record({"weight*": WEIGHT, "dimensions": SIZES, "customerReferences": ListOf(_REFERENCE)}),
                    1,
                    30,
                ),
            }
        ),
    }
)
PICKUP_ORDER = _record(
    {
        "associatedAccountNumber*": ACCOUNT,
        "carrierCode*": one_of("FDXE FDXG"),
        "packageCount*": Number(1, whole=True),
        "totalWeight": WEIGHT,
        "remarks": Text(0, 60),
        "originDetail*": _record(
            {
                "pickupLocation*": _record({"address*": _ADDRESS, "contact*": _CONTACT}),
                "readyDateTimestamp*": Text(20, 20, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"),
                "customerCloseTime*": Text(8, 8, r"^\d\d:\d\d:\d\d$"),
            }
        ),
    }
)
CANCEL_PICKUP = _record(
    {
        "associatedAccountNumber*": ACCOUNT,
        "pickupConfirmationCode*": Text(1),
        "carrierCode": one_of("FDXE FDXG"),
        "scheduledDate*": DAY,
        "location": Text(1),
    }
)
CANCEL = _record({"accountNumber*": ACCOUNT, "trackingNumber*": Text(1)})
TRACK = _record(
    {
        "includeDetailedScans*": Flag(),
        "trackingInfo*": ListOf(_record({"trackingNumberInfo*": _record({"trackingNumber*": Text(1)})}), 1, 30),
    }
)
TRACK_REFERENCE = _record(
    {
        "includeDetailedScans": Flag(),
        "referencesInformation*": _record(
            {"value*": Text(1), "accountNumber": Text(9, 9), "shipDateBegin*": DAY, "shipDateEndDate*": DAY}
        ),
    }
)
UPLOAD = Record(
    {
        "workflowName*": one_of("ETDPostshipment"),
        "carrierCode*": one_of("FDXE FDXG"),
        "name*": Text(1),
        "contentType*": one_of("application/pdf"),
        "meta*": Record(
            {
                "shipDocumentType*": one_of("COMMERCIAL_INVOICE PRO_FORMA_INVOICE CERTIFICATE_OF_ORIGIN OTHER"),
                "formCode": Text(1),
                "trackingNumber*": Text(1),
                "shipmentDate*": Text(19, 19),
                "originCountryCode*": Text(2, 2),
                "destinationCountryCode*": Text(2, 2),
            }
        ),
    }
)
