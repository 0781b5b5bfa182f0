"""Manifests and labels for the way back in Click & Drop's words, and its answers in ours. Pure.

Source: the Manifests and Returns descriptions of https://api.parcel.royalmail.com/
"""

from collections.abc import Mapping, Sequence
from typing import Any

from integrations.carriers.royal_mail.limits import ADDRESS_LINE_WIDTH, ADDRESS_LINES, TEXTS
from integrations.carriers.royal_mail.mapping import TRACKING_PAGE, waybill_of
from integrations.kit.fields import address_lines, crosses_customs, fitting, refused
from integrations.kit.reading import number, paper, reading
from shipsmart.ports import IntegrationError, Label, LabelOrder, Manifest, Party

ISO_ALPHA_3 = {"GB": "GBR"}


@reading("the manifest of Royal Mail", booked=True)
def manifest_from(document: Mapping[str, Any]) -> Manifest:
    """Return the manifest; its paper is empty while Royal Mail still makes it. Raises IntegrationError."""
    made = str(int(document["manifestNumber"]))
    content = paper(document["documentPdf"]) if document.get("documentPdf") else b""
    if document.get("status") == "Failed":
        raise IntegrationError(
            f"Royal Mail could not make manifest {made}; retry it in Click & Drop",
            permanent=True,
            code="manifest_failed",
        )
    return Manifest(number=made, document=content)


def return_body(order: LabelOrder) -> dict[str, Any]:
    """Return the request for a return label inside the United Kingdom. Raises IntegrationError for any other lane."""
    if order.shipper.country != "GB" or crosses_customs(order.shipper, order.consignee):
        raise refused(
            f"from {order.shipper.country} to {order.consignee.country}: Royal Mail returns parcels inside the "
            "United Kingdom only",
            code="wrong_country",
            field="consignor country",
        )
    if len(order.parcels) != 1:
        raise refused(f"one parcel a label, not {len(order.parcels)}", code="too_many_parcels", field="parcels")
    return {
        "service": {"serviceCode": fitting(order.service, TEXTS["service"], "service")},
        "shipment": {
            "shippingAddress": _address(order.shipper, "consignor"),
            "returnAddress": _address(order.consignee, "consignee"),
            "customerReference": {"reference": fitting(order.reference, TEXTS["reference"], "reference")},
        },
    }


def _address(party: Party, field: str) -> dict[str, str]:
    lines = address_lines(party, width=ADDRESS_LINE_WIDTH, count=ADDRESS_LINES, field=field)
    first, _, last = fitting(party.name or party.company, TEXTS["name"], f"{field} name").rpartition(" ")
    found = {
        "firstName": first,
        "lastName": last,
        "companyName": party.company,
        "city": fitting(party.city, TEXTS["city"], f"{field} city"),
        "county": party.region,
        "postcode": fitting(party.postcode, TEXTS["postcode"], f"{field} postcode"),
        "countryIsoCode": ISO_ALPHA_3.get(party.country, party.country),
        **{f"addressLine{position}": line for position, line in enumerate(lines, 1)},
    }
    return {name: value for name, value in found.items() if value}


@reading("the return label of Royal Mail", booked=True)
def return_label_from(document: Mapping[str, Any]) -> Label:
    """Return the label as Royal Mail made it. An answer without number or label leaves the outcome unknown."""
    waybill, content = number(document["shipment"]["trackingNumber"]), paper(document["label"])
    documents = {"qr-code": paper(document["qrCode"])} if document.get("qrCode") else {}
    return Label(
        waybill=waybill,
        parcel_numbers=(waybill,),
        label=content,
        label_format="pdf",
        tracking_url=TRACKING_PAGE.format(waybill=waybill),
        documents=documents,
    )


@reading("the orders of Royal Mail")
def order_with(orders: Sequence[Mapping[str, Any]], waybill: str) -> int | None:
    """Return the identifier of the order that carries a tracking number, or None."""
    return next((int(order["orderIdentifier"]) for order in orders if waybill_of(order) == waybill), None)


@reading("the deletion of Royal Mail")
def check_deleted(document: Mapping[str, Any]) -> None:
    """Raise IntegrationError unless Royal Mail deleted the order: its 200 may hold an error beside it."""
    if not document["deletedOrders"]:
        said = "; ".join(str(row.get("message") or row.get("code") or "") for row in document["errors"])
        raise IntegrationError(f"Royal Mail did not delete the order: {said}", permanent=True, code="not_voided")
