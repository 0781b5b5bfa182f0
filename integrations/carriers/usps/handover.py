"""A SCAN form (PS Form 5630) in USPS's words and its answer in ours. Pure.

Source: USPS SCAN Forms API v3. One form for all parcels of a day: the clerk scans one barcode.
"""

from collections.abc import Mapping
from typing import Any

from integrations.carriers.usps.limits import MOST_MANIFEST_NUMBERS
from integrations.carriers.usps.parties import home_address, zip_parts
from integrations.kit.fields import refused
from integrations.kit.reading import number, paper, reading
from shipsmart.ports import Manifest, ManifestOrder


def manifest_body(order: ManifestOrder) -> dict[str, Any]:
    """Return the request for one form. Raises IntegrationError(permanent) naming what is missing."""
    if not 1 <= len(order.waybills) <= MOST_MANIFEST_NUMBERS:
        raise refused(
            f"{len(order.waybills)} parcels: a SCAN form takes 1 to {MOST_MANIFEST_NUMBERS}",
            code="wrong_count",
            field="waybills",
        )
    address = home_address(order.shipper, "consignor")
    return {
        "imageInfo": {"imageType": "PDF", "labelType": "8.5X11LABEL"},
        "mailingDate": order.mail_on.isoformat(),
        "overwriteMailingDate": False,
        "entryFacilityZIPCode": zip_parts(order.shipper, "consignor")[0],
        "destinationEntryFacilityType": "NONE",
        "shipment": {"trackingNumbers": list(order.waybills)},
        "fromAddress": {name: value for name, value in address.items() if name in _ADDRESS},
    }


_ADDRESS = frozenset(
    [
        "firstName",
        "lastName",
        "firm",
        "streetAddress",
        "secondaryAddress",
        "city",
        "state",
        "ZIPCode",
        "ZIPPlus4",
    ]  # no phone, no e-mail
)


@reading("the SCAN form of USPS", booked=True)
def manifest_from(document: Mapping[str, Any]) -> Manifest:
    """Return the form. An answer that cannot be read leaves the outcome unknown: the parcels may be on a form."""
    data = document["SCANFormMetaData"]
    return Manifest(
        number=number(data["manifestNumber"]),
        document=paper(document["SCANFormImage"]),
        waybills=tuple(str(found) for found in data.get("trackingNumbers") or []),
    )
