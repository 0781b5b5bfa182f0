"""The parcel in which goods come back: told to the shop with waybill and label, changed when the waybill changes."""

from typing import Any

from urllib3 import encode_multipart_formdata

from integrations.kit import http
from integrations.storefronts.shopify.client import mutate
from integrations.storefronts.shopify.reverse_orders import reverse_orders, taken_by
from integrations.storefronts.shopify.shop import number_of
from shipsmart.merchants.models import Connection
from shipsmart.ports import IntegrationError, ReturnLabel

UPLOAD_TIMEOUT_S = 30.0
FormField = tuple[str, str | tuple[str, bytes, str]]


def tell(connection: Connection, label: ReturnLabel) -> str:
    """Return the id of the reverse delivery with this waybill: found, changed or made.

    Raises IntegrationError(permanent=True) when the shop expects none of these goods back.
    """
    made: list[str] = []
    wanted = dict(label.lines)
    uploaded = ""
    for order in reverse_orders(connection, label.return_external_id):
        known = [one for number, one in order.deliveries if number == label.waybill]
        changed = [one for _, one in order.deliveries if label.delivery_id and number_of(one) == label.delivery_id]
        lines = taken_by(order.lines, wanted)
        if known and not changed:  # made by a try that we do not remember, or typed in by hand
            made += known
        elif changed or lines:
            uploaded = uploaded or _uploaded(connection, label)
            variables = _shown(label, uploaded)
            made.append(
                _change(connection, changed[0], variables)
                if changed
                else _create(connection, order.id, lines, variables)
            )
    if not made:
        raise IntegrationError(
            f"the store expects none of these goods back under return {label.return_external_id}; approve it first",
            permanent=True,
            code="nothing_comes_back",
        )
    return number_of(made[0])


def _shown(label: ReturnLabel, uploaded: str) -> dict[str, Any]:
    tracking = {"number": label.waybill, "url": label.tracking_url}
    return {
        "tracking": {key: value for key, value in tracking.items() if value},
        "label": {"fileUrl": uploaded} if uploaded else None,
    }


def _create(connection: Connection, order: str, lines: list[dict[str, Any]], variables: dict[str, Any]) -> str:
    values = {"order": order, "lines": lines, **variables}
    made = mutate(connection, "reverse_delivery_create", "reverseDeliveryCreateWithShipping", values)
    return str(made["reverseDelivery"]["id"])


def _change(connection: Connection, delivery: str, variables: dict[str, Any]) -> str:
    values = {"delivery": delivery, **variables}
    made = mutate(connection, "reverse_delivery_update", "reverseDeliveryShippingUpdate", values)
    return str(made["reverseDelivery"]["id"])


def _uploaded(connection: Connection, label: ReturnLabel) -> str:
    """Return where the label lies for the shop to fetch, "" when there is none."""
    return upload(connection, label.file, f"return-label-{label.waybill}.pdf") if label.file else label.label_url


def upload(connection: Connection, content: bytes, name: str) -> str:
    """Hand a PDF to the shop's own storage; return its temporary address.

    Source: https://shopify.dev/docs/api/admin-graphql/2026-07/mutations/stagedUploadsCreate
    """
    wanted = {"resource": "RETURN_LABEL", "filename": name, "mimeType": "application/pdf", "httpMethod": "POST"}
    values = {"input": [{**wanted, "fileSize": str(len(content))}]}
    targets = mutate(connection, "staged_uploads_create", "stagedUploadsCreate", values)["stagedTargets"]
    target = targets[0] if targets else {}
    if not target.get("url") or not target.get("resourceUrl"):
        raise IntegrationError("the store names no place for the label", permanent=False, code="no_upload_target")
    fields = [(one["name"], one["value"]) for one in target["parameters"]]
    kind, body = _form(fields, content, name)
    answer = http.call(
        f"shopify-upload:{connection.account}",
        "POST",
        target["url"],
        timeout_s=UPLOAD_TIMEOUT_S,
        headers={"Content-Type": kind},
        data=body,
        retry=True,
    )
    if not answer.ok:
        raise answer.failure("Shopify's storage", answer.text())
    return str(target["resourceUrl"])


def _form(fields: list[tuple[str, str]], content: bytes, name: str) -> tuple[str, bytes]:
    """Return content type and body of a form with a file; the file must stand last, the storage says."""
    file: FormField = ("file", (name, content, "application/pdf"))
    body, kind = encode_multipart_formdata([*fields, file])
    return kind, body
