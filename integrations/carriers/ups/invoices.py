"""Our own invoice in UPS's words: uploaded to Forms History, then laid to the shipment. Pure.

Source: UPS API reference, Paperless Documents: two calls, an image of at most 10 MB, one form of type 002.
"""

import base64
from typing import Any

from integrations.carriers.ups.shipment import account_number
from integrations.kit.fields import refused
from integrations.kit.reading import number, reading, said_so
from shipsmart.ports import CarrierAccountRef, InvoiceUpload

COMMERCIAL_INVOICE = "002"
SMALL_PACKAGE = "1"
MOST_BYTES = 10 * 1024 * 1024


def upload_body(account: CarrierAccountRef, invoice: InvoiceUpload) -> dict[str, Any]:
    """Return the request that brings the file. Raises IntegrationError for one that is too large."""
    if len(invoice.content) > MOST_BYTES:
        raise refused(
            f"UPS takes files of {MOST_BYTES} bytes at most; this invoice has {len(invoice.content)}",
            code="too_large",
            field="invoice",
        )
    form = {
        "UserCreatedFormFileName": f"{invoice.waybill}.pdf",
        "UserCreatedFormFileFormat": "pdf",
        "UserCreatedFormDocumentType": COMMERCIAL_INVOICE,
        "UserCreatedFormFile": base64.b64encode(invoice.content).decode(),
    }
    return {
        "UploadRequest": {
            "Request": _request(invoice),
            "ShipperNumber": account_number(account),
            "UserCreatedForm": [form],
        }
    }


@reading("the answer of UPS to an upload")
def document_id(document: Any) -> str:
    """Return the name under which UPS keeps the file. Raises IntegrationError."""
    answer = document["UploadResponse"]
    _check(answer["Response"])
    found = answer["FormsHistoryDocumentID"]["DocumentID"]
    return number(found[0] if isinstance(found, list) else found)


def push_body(account: CarrierAccountRef, invoice: InvoiceUpload, kept_as: str) -> dict[str, Any]:
    """Return the request that lays the uploaded file to the shipment."""
    return {
        "PushToImageRepositoryRequest": {
            "Request": _request(invoice),
            "ShipperNumber": account_number(account),
            "FormsHistoryDocumentID": {"DocumentID": [kept_as]},
            "ShipmentIdentifier": invoice.waybill,
            "ShipmentDateAndTime": f"{invoice.booked_at:%Y-%m-%d-%H.%M.%S}",
            "ShipmentType": SMALL_PACKAGE,
            "TrackingNumber": [invoice.waybill],
        }
    }


@reading("the answer of UPS to a form for a shipment")
def check_pushed(document: Any) -> None:
    _check(document["PushToImageRepositoryResponse"]["Response"])


def _check(response: Any) -> None:
    said_so(response["ResponseStatus"]["Code"] == "1", "sending the invoice to UPS")


def _request(invoice: InvoiceUpload) -> dict[str, Any]:
    return {"TransactionReference": {"CustomerContext": invoice.number}}
