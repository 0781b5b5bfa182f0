"""FedEx's answers and questions about prices, labels and tracking, in our values. Pure."""

import io
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP
from typing import Any

from pypdf import PdfReader, PdfWriter

from integrations.carriers.fedex.codes import EVENTS
from integrations.carriers.fedex.limits import TEXTS
from integrations.carriers.fedex.parties import package, rate_party
from integrations.carriers.fedex.shipment import account_number, duties_payment
from integrations.kit.charges import duty_fee, shares
from integrations.kit.descriptions import shortened
from integrations.kit.fields import crosses_customs, fitting, kilograms, required
from integrations.kit.reading import amount, number, paper, reading
from shipsmart.core.money import minor_unit
from shipsmart.ports import (
    CarrierAccountRef,
    CarrierEnquiry,
    CarrierEvent,
    CarrierQuote,
    CustomsItem,
    IntegrationError,
    Label,
    Milestone,
)

CARRIER = "fedex"
TRACKING_PAGE = "https://www.fedex.com/fedextrack/?trknbr={waybill}"
NOT_FOUND = "TRACKING.TRACKINGNUMBER.NOTFOUND"
_FRACTION = re.compile(r"\.\d+")


def rates_body(account: CarrierAccountRef, enquiry: CarrierEnquiry) -> dict[str, Any]:
    """Return the request for all services of a lane with their transit times.

    Who pays duties is asked as it will be bought, so that no label costs more than its quote; FedEx's fee for paying
    them is taken out of the answer again: it has its own line in the landed cost.
    """
    asked: dict[str, Any] = {
        "shipper": rate_party(enquiry.shipper, "consignor"),
        "recipient": rate_party(enquiry.consignee, "consignee"),
        "shipDateStamp": enquiry.ship_on.isoformat(),
        "pickupType": str(account.settings.get("pickup_type", "USE_SCHEDULED_PICKUP")),
        "rateRequestType": ["ACCOUNT"],
        "requestedPackageLineItems": _packages(account, enquiry),
    }
    if crosses_customs(enquiry.shipper, enquiry.consignee):
        lines = [_rate_commodity(item, n, enquiry.currency) for n, item in enumerate(enquiry.items, 1)]
        payment = duties_payment(account, enquiry.incoterm)
        asked["customsClearanceDetail"] = {"dutiesPayment": payment, "commodities": lines}
    return {
        "accountNumber": {"value": account_number(account)},
        "rateRequestControlParameters": {"returnTransitTimes": True},
        "requestedShipment": asked,
    }


def _packages(account: CarrierAccountRef, enquiry: CarrierEnquiry) -> list[dict[str, Any]]:
    """Return the boxes; the value to insure is spread over them, as only the sum has a price."""
    boxes = [package(parcel, number) for number, parcel in enumerate(enquiry.parcels, 1)]
    if account.settings.get("insure"):
        for box, share in zip(boxes, shares(enquiry.goods_value, len(boxes), enquiry.currency), strict=True):
            box["declaredValue"] = {"amount": share, "currency": enquiry.currency}
    return boxes


def _rate_commodity(item: CustomsItem, number: int, currency: str) -> dict[str, Any]:
    """Return one line of goods as Rate takes it: value and weight of the whole line. Codes may still be missing."""
    field = f"line {number} ({item.sku or item.description[:20]})"
    value = (item.unit_price * item.quantity).quantize(minor_unit(currency), ROUND_HALF_UP)
    commodity: dict[str, Any] = {
        "description": shortened(item.description, TEXTS["description"], f"{field} description"),
        "quantity": item.quantity,
        "quantityUnits": "PCS",
        "numberOfPieces": item.quantity,
        "customsValue": {"amount": value, "currency": currency},
        "weight": {"units": "KG", "value": kilograms(item.unit_weight_g * item.quantity, f"{field} weight")},
    }
    if item.origin:
        commodity["countryOfManufacture"] = fitting(item.origin, 2, f"{field} country of origin", at_least=2)
    if item.hs_code:
        commodity["harmonizedCode"] = fitting(item.hs_code, TEXTS["hs code"], f"{field} HS code", at_least=6)
    return commodity


@reading("the prices of FedEx")
def quotes_from(account: CarrierAccountRef, document: Mapping[str, Any]) -> list[CarrierQuote]:
    """Return the services with the account's own price, surcharges included."""
    quotes = [_quote(account, row) for row in document["output"]["rateReplyDetails"]]
    return [quote for quote in quotes if quote.price]


def _quote(account: CarrierAccountRef, row: Mapping[str, Any]) -> CarrierQuote:
    rated = row["ratedShipmentDetails"]
    price = next((detail for detail in rated if detail.get("rateType") == "ACCOUNT"), rated[0])
    day = _arrival(row)
    detail = price.get("shipmentRateDetail") or {}
    rows = detail.get("surCharges") or []
    fee = duty_fee((f"{part.get('type', '')} {part.get('description', '')}", amount(part["amount"])) for part in rows)
    return CarrierQuote(
        carrier=CARRIER,
        service=row["serviceType"],
        service_name=row.get("serviceName") or row["serviceType"].replace("_", " ").title(),
        price=amount(price["totalNetCharge"]) - (fee or 0),
        currency=price["currency"],
        deliver_from=day,
        deliver_by=day,
        account_number=account.number,
        duty_fee=fee,
    )


def _arrival(row: Mapping[str, Any]) -> date | None:
    commit = (row.get("commit") or {}).get("dateDetail") or {}
    text = commit.get("dayFormat") or (row.get("operationalDetail") or {}).get("deliveryDate")
    return date.fromisoformat(text[:10]) if text else None


@reading("the booking of FedEx", booked=True)
def label_from(document: Mapping[str, Any], label_format: str) -> Label:
    """Return the bought waybill: FedEx's own bytes for one parcel, their pages or codes in a row for several.

    An answer without number or label leaves the outcome unknown: the shipment may exist.
    """
    shipment = document["output"]["transactionShipments"][0]
    pieces = shipment["pieceResponses"]
    images = [_label_of(piece) for piece in pieces]
    if not images:
        raise ValueError("a shipment without parcels")
    waybill = number(shipment["masterTrackingNumber"])
    rating = (shipment.get("completedShipmentDetail") or {}).get("shipmentRating") or {}
    charge = next(iter(rating.get("shipmentRateDetails") or []), {})
    return Label(
        waybill=waybill,
        parcel_numbers=tuple(number(piece["trackingNumber"]) for piece in pieces),
        label=_joined(images, label_format),
        label_format=label_format,
        tracking_url=TRACKING_PAGE.format(waybill=waybill),
        cost=amount(charge["totalNetCharge"]) if charge.get("totalNetCharge") is not None else None,
        currency=charge.get("currency", ""),
    )


def _label_of(piece: Mapping[str, Any]) -> bytes:
    labels = [row for row in piece["packageDocuments"] if row.get("contentType", "LABEL") == "LABEL"]
    return paper(labels[0]["encodedLabel"])


def _joined(images: Sequence[bytes], label_format: str) -> bytes:
    if len(images) == 1:
        return images[0]
    if label_format == "zpl":
        return b"\n".join(images)
    writer = PdfWriter()
    for image in images:
        writer.append(PdfReader(io.BytesIO(image)))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@reading("the scans of FedEx")
def events_from(document: Mapping[str, Any], waybill: str) -> list[CarrierEvent]:
    """Return the scans of a parcel in the order of time, each once. Raises IntegrationError for FedEx's own errors."""
    found = {}
    for result in _results(document, waybill):
        error = result.get("error")
        if error and error.get("code") != NOT_FOUND:
            raise IntegrationError(f"FedEx: {error.get('message')}", permanent=False, code="partner_failed")
        scans = result.get("scanEvents") or []
        ends = _ends(result, scans)
        for raw in scans:
            event = event_from(raw, origin=ends[0], destination=ends[1])
            found[(event.at, event.code, event.place)] = event
    return sorted(found.values(), key=lambda event: event.at)


def _results(document: Mapping[str, Any], waybill: str) -> list[Mapping[str, Any]]:
    complete = document["output"]["completeTrackResults"]
    return [result for entry in complete if entry.get("trackingNumber") == waybill for result in entry["trackResults"]]


def _ends(result: Mapping[str, Any], scans: Sequence[Mapping[str, Any]]) -> tuple[str, str]:
    """Return where the parcel comes from and goes to; without word from FedEx it comes from where it was first seen."""
    sides = (result.get("shipperInformation") or {}, result.get("recipientInformation") or {})
    origin, destination = ((side.get("address") or {}).get("countryCode", "") for side in sides)
    first = min(scans, key=lambda raw: str(raw.get("date")), default={})
    return origin or _country(first), destination


def _country(raw: Mapping[str, Any]) -> str:
    return str((raw.get("scanLocation") or {}).get("countryCode") or "")


def event_from(raw: Mapping[str, Any], *, origin: str, destination: str) -> CarrierEvent:
    code, country = str(raw.get("eventType") or ""), _country(raw)
    text = str(raw.get("eventDescription") or "")
    milestone, reason = milestone_of(code, country=country, origin=origin, destination=destination)
    if code == "EA" and "airport" in text.casefold():  # FedEx's list has it twice: "Enroute to Airport" is no customs
        milestone = Milestone.IN_TRANSIT
    return CarrierEvent(
        at=_moment(raw),
        code=code,
        text=text,
        place=str((raw.get("scanLocation") or {}).get("city") or ""),
        country=country,
        milestone=milestone,
        reason=reason or str(raw.get("exceptionDescription") or ""),
    )


def milestone_of(code: str, *, country: str, origin: str, destination: str) -> tuple[Milestone, str]:
    """Return our step of an event. Some events mean something else at either end of the journey."""
    at_home = country == origin and origin != destination
    special = {
        ("DP", True): Milestone.DEPARTED_ORIGIN,
        ("CP", True): Milestone.EXPORT_CUSTOMS,
        ("RS", True): Milestone.RETURNED,
    }
    if (code, at_home) in special:
        return special[(code, at_home)], ""
    if code == "AR" and not at_home and country and country == destination != origin:
        return Milestone.ARRIVED_DESTINATION, ""
    return EVENTS.get(code.upper(), (Milestone.UNKNOWN, ""))  # its list writes "Ow"


def _moment(raw: Mapping[str, Any]) -> datetime:
    try:
        found = datetime.fromisoformat(_FRACTION.sub("", str(raw["date"])))
    except (KeyError, ValueError) as error:
        raise IntegrationError(
            f"FedEx sent a scan without a time: {raw.get('date')!r}", permanent=False, code="unreadable_answer"
        ) from error
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


@reading("the shipments of FedEx")
def waybill_from(document: Mapping[str, Any]) -> str | None:
    """Return the last number found under the reference that was asked for, or None."""
    complete = document["output"]["completeTrackResults"]
    numbers = [
        number(entry["trackingNumber"])
        for entry in complete
        if not any(result.get("error") for result in entry.get("trackResults", []))
    ]
    return numbers[-1] if numbers else None


def cancel_body(account: CarrierAccountRef, waybill: str) -> dict[str, Any]:
    """Return the request that cancels all parcels of a shipment. Source: Ship API, Cancel Shipment."""
    return {
        "accountNumber": {"value": account_number(account)},
        "trackingNumber": required(waybill, "waybill"),
        "deletionControl": "DELETE_ALL_PACKAGES",
    }


@reading("the cancellation of FedEx")
def check_cancelled(document: Mapping[str, Any], waybill: str) -> None:
    """Raise IntegrationError unless FedEx says that the shipment is cancelled: its 200 alone does not."""
    output = document["output"]
    if output["cancelledShipment"] is not True:
        raise IntegrationError(
            f"FedEx did not cancel {waybill}: {output.get('message') or 'no reason given'}",
            permanent=True,
            code="not_voided",
        )


def is_cancelled_already(problem: str) -> bool:
    """Return whether FedEx refused to cancel a pick-up only because that was done before."""
    words = problem.casefold()
    return "already" in words and "cancel" in words


def problem_from(document: Any) -> str:
    """Return what FedEx says was wrong, with its codes."""
    errors = document.get("errors", []) if isinstance(document, Mapping) else []
    return "; ".join(f"{row.get('code', '')} {row.get('message', '')}".strip() for row in errors)
