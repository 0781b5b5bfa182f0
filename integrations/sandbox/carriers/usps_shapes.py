"""What USPS's requests must look like, in our own words. Source: its API reference v3."""

from __future__ import annotations

from .shapes import Flag, ListOf, Number, Record, Text

_COUNTRY = Text(pattern="^[A-Z]{2}$")
_ZIP = Text(pattern=r"^\d{5}$")
_PHONE = Text(pattern=r"^\+?[1-9]\d{7,14}$|^\d{6,15}$")
_DAY = Text(pattern=r"^\d{4}-\d{2}-\d{2}$")
_MONEY = Number(0, places=2)
_POUNDS = Number(0)


def _one_of(*options: str) -> Text:
    return Text(options=frozenset(options))


def _open(fields: dict) -> Record:
    return Record(fields, closed=False)


TOKEN = _open({"grant_type*": _one_of("client_credentials"), "client_id*": Text(1), "client_secret*": Text(1)})
PAYMENT = _open(
    {
        "roles*": ListOf(
            _open({"roleName*": _one_of("PAYER", "LABEL_OWNER"), "CRID*": Text(1), "accountNumber": Text(1)}), 2
        )
    }
)
PRICES = _open(
    {
        "originZIPCode*": _ZIP,
        "destinationCountryCode*": _COUNTRY,
        "weight*": _POUNDS,
        "length*": Number(0),
        "width*": Number(0),
        "height*": Number(0),
        "requestDutiesTaxesFees": Flag(),
        "items": ListOf(
            _open({"itemId*": Text(1, 20), "itemValue*": _MONEY, "itemQuantity*": Number(1, whole=True),
                   "HSTariffNumber": Text(6, 14), "countryOfOrigin": _COUNTRY}),
        ),
    }
)  # fmt: skip
_PLACES = ("FRONT_DOOR", "BACK_DOOR", "SIDE_DOOR", "KNOCK_ON_DOOR", "MAIL_ROOM", "OFFICE", "PORCH", "RECEPTION",
           "MAILBOX", "OTHER")  # fmt: skip
PICKUP = Record(
    {
        "pickupDate*": _DAY,
        "pickupAddress*": Record(
            {
                "firstName*": Text(1, 50),
                "lastName*": Text(1, 50),
                "firm": Text(0, 50),
                "address*": _open({"streetAddress*": Text(1, 50), "secondaryAddress": Text(0, 50), "city": Text(1, 28),
                                   "state": Text(2, 100), "ZIPCode": _ZIP, "ZIPPlus4": Text(pattern=r"^\d{4}$")}),
                "contact*": ListOf(Record({"email*": Text(3, 50)}), 1, 2),
            }
        ),
        "packages*": ListOf(Record({"packageType*": _one_of("INTERNATIONAL"), "packageCount*": Number(1, whole=True)}),
                            1),
        "estimatedWeight*": _POUNDS,
        "pickupLocation*": Record({"packageLocation*": _one_of(*_PLACES), "specialInstructions": Text(1),
                                   "dogPresent": Flag()}),
        "nextAvailablePickup": Flag(),
    }
)  # fmt: skip
_IMAGE_INFO = _open({"imageType*": _one_of("PDF", "TIFF", "ZPL203DPI", "ZPL300DPI"), "labelType": Text(1)})
IMAGE = _open({"imageInfo*": _IMAGE_INFO})
_STREET = {"streetAddress*": Text(1, 50), "secondaryAddress": Text(0, 50), "city*": Text(1, 28), "phone": _PHONE,
           "firstName": Text(1, 50), "lastName": Text(1, 50), "firm": Text(0, 50)}  # fmt: skip
_REFERENCE = _open({"referenceType*": _one_of("TAX_CODE", "VAT_NUMBER", "IMPORTER_CODE"), "reference*": Text(1, 28)})
_CONTENT = Record(
    {
        "itemDescription*": Text(1, 30),
        "itemQuantity*": Number(1, 9999, whole=True),
        "itemValue": _MONEY,
        "itemTotalValue*": _MONEY,
        "weightUOM": _one_of("lb"),
        "itemWeight": _POUNDS,
        "itemTotalWeight": _POUNDS,
        "HSTariffNumber": Text(6, 14),
        "countryofOrigin*": _COUNTRY,
    }
)
SCAN_FORM = _open(
    {
        "mailingDate*": _DAY,
        "entryFacilityZIPCode*": _ZIP,
        "destinationEntryFacilityType*": Text(1),
        "shipment*": Record({"trackingNumbers*": ListOf(Text(1), 1, 40_000)}),
        "fromAddress*": _open(
            {"streetAddress*": Text(1, 50), "city*": Text(1, 28), "state*": Text(2, 2), "ZIPCode*": _ZIP}
        ),
    }
)
LABEL = _open(
    {
        "imageInfo*": _IMAGE_INFO,
        "fromAddress*": _open({**_STREET, "state*": Text(2, 2), "ZIPCode*": _ZIP}),
        "toAddress*": _open({**_STREET, "country*": Text(1), "countryISOAlpha2Code*": _COUNTRY}),
        "packageDescription*": _open(
            {
                "weight*": _POUNDS,
                "mailClass*": Text(1),
                "processingCategory*": Text(1),
                "destinationEntryFacilityType*": Text(1),
                "mailingDate*": _DAY,
                "prepayDutiesTaxesFees": Flag(),
                "customerReference": ListOf(_open({"referenceNumber*": Text(1, 30)})),
            }
        ),
        "customsForm*": Record(
            {
                "AESITN*": Text(1, 35),
                "invoiceNumber": Text(1, 15),
                "customsContentType*": Text(1),
                "contentComments": Text(1, 25),
                "exportersReference": _REFERENCE,
                "importersReference": _REFERENCE,
                "contents*": ListOf(_CONTENT, 1, 30),
            }
        ),
    }
)
