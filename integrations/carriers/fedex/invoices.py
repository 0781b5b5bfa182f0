"""Our own invoice in FedEx's words: the document part of POST /documents/v1/etds/upload after the booking. Pure.

Source: FedEx Upload Documents API ("ETDPostshipment").
"""

from typing import Any

from integrations.kit.reading import number, reading
from shipsmart.ports import InvoiceUpload

EXPRESS, GROUND = "FDXE", "FDXG"


def upload_document(invoice: InvoiceUpload) -> dict[str, Any]:
    """Return what is said about the file that goes with it."""
    return {
        "workflowName": "ETDPostshipment",
        "carrierCode": GROUND if "GROUND" in invoice.service else EXPRESS,
        "name": f"{invoice.waybill}.pdf",
        "contentType": "application/pdf",
        "meta": {
            "shipDocumentType": "COMMERCIAL_INVOICE",
            "trackingNumber": invoice.waybill,
            "shipmentDate": f"{invoice.ships_on.isoformat()}T00:00:00",
            "originCountryCode": invoice.ship_from,
            "destinationCountryCode": invoice.ship_to,
        },
    }


@reading("the answer of FedEx to an upload")
def check_uploaded(document: Any) -> None:
    """Raise IntegrationError unless FedEx says under which name it keeps the file."""
    number(document["output"]["meta"]["docId"])
