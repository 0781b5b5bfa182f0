"""Our own invoice in DHL's words: the body of PATCH /shipments/{waybill}/upload-image. Pure.

Source: MyDHL API 3.1, "upload-image": at least ten minutes after the booking, and only for one with paperless trade.
"""

import base64
from typing import Any

from integrations.carriers.dhl_express.limits import TEXTS
from integrations.kit.fields import fitting, refused
from shipsmart.ports import CarrierAccountRef, InvoiceUpload

TAKEN_AFTER_S = 11 * 60.0  # ten minutes, and one for clocks that differ
COMMERCIAL_INVOICE = "CIN"


def upload_body(account: CarrierAccountRef, invoice: InvoiceUpload) -> dict[str, Any]:
    """Return the request. Raises IntegrationError for an account that books without paperless trade."""
    if not account.settings.get("paperless"):
        raise refused(
            "DHL Express takes an invoice only for parcels booked with paperless trade: switch it on for the account",
            code="not_paperless",
            field="paperless",
        )
    number = fitting(account.number, TEXTS["account number"], "account number")
    return {
        "shipmentTrackingNumber": invoice.waybill,
        "originalPlannedShippingDate": invoice.ships_on.isoformat(),
        "accounts": [{"typeCode": "shipper", "number": number}],
        "productCode": invoice.service,
        "documentImages": [
            {
                "typeCode": COMMERCIAL_INVOICE,
                "imageFormat": "PDF",
                "content": base64.b64encode(invoice.content).decode(),
            }
        ],
    }
