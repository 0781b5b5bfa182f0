"""What Click & Drop's requests must look like, in our own words. Source: its Orders and Returns descriptions."""

from __future__ import annotations

from typing import Any

from .shapes import Flag, ListOf, Number, Record, Text


def _open(fields: dict[str, Any]) -> Record:
    return Record(fields, closed=False)


_MONEY = Number(0, places=2)
_ADDRESS = _open(
    {
        "fullName": Text(0, 210),
        "companyName": Text(0, 100),
        "addressLine1*": Text(1, 100),
        "addressLine2": Text(0, 100),
        "addressLine3": Text(0, 100),
        "city*": Text(1, 100),
        "county": Text(0, 100),
        "postcode": Text(0, 20),
        "countryCode*": Text(2, 3),
    }
)
_CONTENT = _open(
    {
        "name": Text(0, 800),
        "SKU": Text(0, 100),
        "quantity*": Number(1, 999999, whole=True),
        "unitValue": _MONEY,
        "unitWeightInGrams": Number(0, 999999, whole=True),
        "customsDescription": Text(0, 50),
        "extendedCustomsDescription": Text(0, 300),
        "customsCode": Text(0, 10),
        "originCountryCode": Text(2, 3),
    }
)
_PACKAGE = _open(
    {
        "weightInGrams*": Number(1, 30_000, whole=True),
        "packageFormatIdentifier*": Text(1),
        "contents": ListOf(_CONTENT),
    }
)
ORDERS = Record(
    {
        "items*": ListOf(
            _open(
                {
                    "orderReference": Text(0, 40),
                    "recipient*": _open(
                        {"address*": _ADDRESS, "phoneNumber": Text(0, 25), "emailAddress": Text(0, 254)}
                    ),
                    "packages": ListOf(_PACKAGE, 1),
                    "orderDate*": Text(10),
                    "subtotal*": _MONEY,
                    "shippingCostCharged*": _MONEY,
                    "customsDutyCosts": _MONEY,
                    "total*": _MONEY,
                    "currencyCode": Text(3, 3),
                    "postageDetails": _open({"serviceCode": Text(0, 10), "IOSSNumber": Text(0, 50)}),
                    "label": _open({"includeLabelInResponse*": Flag(), "includeCN": Flag()}),
                    "containsDangerousGoods": Flag(),
                    "dangerousGoodsUnCode": Text(0, 4),
                }
            ),
            1,
            1000,
        )
    }
)
_SIDE = _open({"addressLine1*": Text(1), "city*": Text(1), "postcode*": Text(1), "countryIsoCode*": Text(2, 3)})
RETURNS = _open(
    {
        "service*": _open({"serviceCode*": Text(1)}),
        "shipment*": _open({"shippingAddress*": _SIDE, "returnAddress*": _SIDE}),
    }
)
MANIFESTS = _open({"carrierName": Text(0)})
