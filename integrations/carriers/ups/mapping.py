"""UPS's answers and questions about prices, labels and tracking, in our values. Pure."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from integrations.carriers.ups.codes import SERVICES, STATUS_CODES, TYPES
from integrations.carriers.ups.labels import pdf_of
from integrations.carriers.ups.limits import LARGEST_INVOICE_TOTAL, PRICE_DECIMALS
from integrations.carriers.ups.parties import parcel, rate_party
from integrations.carriers.ups.shipment import SUB_VERSION, account_number, charges, declared_value
from integrations.kit.charges import duty_fee, shares
from integrations.kit.fields import crosses_customs, exact
from integrations.kit.reading import ODDITIES, amount, number, paper, reading
from shipsmart.ports import (
    CarrierAccountRef,
    CarrierEnquiry,
    CarrierEvent,
    CarrierQuote,
    Incoterm,
    IntegrationError,
    Label,
    Milestone,
)

CARRIER = "ups"
TRACKING_PAGE = "https://www.ups.com/track?loc=en_US&tracknum={waybill}"
NON_DOCUMENT = "03"
DONE = "1"
RATING_OPTION = "Shoptimeintransit"


def rate_body(account: CarrierAccountRef, enquiry: CarrierEnquiry) -> dict[str, Any]:
    """Return the request for all services of a lane with their transit times.

    Who pays duties is asked as it will be bought, so that no label costs more than its quote; UPS's fee for paying
    them is taken out of the answer again: it has its own line in the landed cost.
    """
    number = account_number(account)
    shipper = rate_party(enquiry.shipper, "consignor")
    declarable = crosses_customs(enquiry.shipper, enquiry.consignee)
    payers = charges(account, enquiry.shipper, prepaid=declarable and enquiry.incoterm == Incoterm.DDP)
    shipment: dict[str, Any] = {
        "Shipper": {"ShipperNumber": number, **shipper},
        "ShipTo": rate_party(enquiry.consignee, "consignee"),
        "ShipFrom": shipper,
        "PaymentDetails": {"ShipmentCharge": payers},
        "ShipmentRatingOptions": {"NegotiatedRatesIndicator": "Y"},
        "Package": _packages(account, enquiry),
        "DeliveryTimeInformation": {
            "PackageBillType": NON_DOCUMENT,
            "Pickup": {"Date": f"{enquiry.ship_on:%Y%m%d}"},
        },
    }
    value = exact(enquiry.goods_value, PRICE_DECIMALS, "goods value")
    if declarable and 1 <= value <= LARGEST_INVOICE_TOTAL:
        shipment["InvoiceLineTotal"] = {"CurrencyCode": enquiry.currency, "MonetaryValue": format(value, "f")}
    return {
        "RateRequest": {"Request": {"RequestOption": RATING_OPTION, "SubVersion": SUB_VERSION}, "Shipment": shipment}
    }


def _packages(account: CarrierAccountRef, enquiry: CarrierEnquiry) -> list[dict[str, Any]]:
    """Return the boxes; the value to insure is spread over them, as only the sum has a price."""
    boxes = [
        parcel(spec, position, packaging="PackagingType", described=True)
        for position, spec in enumerate(enquiry.parcels, 1)
    ]
    if account.settings.get("insure"):
        for box, share in zip(boxes, shares(enquiry.goods_value, len(boxes), enquiry.currency), strict=True):
            box["PackageServiceOptions"] = declared_value(share, enquiry.currency)
    return boxes


@reading("the prices of UPS")
def quotes_from(account: CarrierAccountRef, document: Mapping[str, Any]) -> list[CarrierQuote]:
    """Return the services with the account's own price, or the public one where UPS names no other."""
    rated = document["RateResponse"]["RatedShipment"]
    quotes = [_quote(account, row) for row in (rated if isinstance(rated, list) else [rated])]
    return [quote for quote in quotes if quote.price]


def _quote(account: CarrierAccountRef, row: Mapping[str, Any]) -> CarrierQuote:
    negotiated = row.get("NegotiatedRateCharges") or {}
    charge = negotiated.get("TotalCharge") or row["TotalCharges"]
    itemised = negotiated if negotiated.get("TotalCharge") else row
    fee = duty_fee(
        (str(part.get("Description") or ""), amount(part["MonetaryValue"]))
        for part in _many(itemised.get("ItemizedCharges") or [])
    )
    code = row["Service"]["Code"][-2:]
    day = _arrival(row)
    return CarrierQuote(
        carrier=CARRIER,
        service=code,
        service_name=SERVICES.get(code) or row["Service"].get("Description") or f"UPS {code}",
        price=amount(charge["MonetaryValue"]) - (fee or 0),
        currency=charge["CurrencyCode"],
        deliver_from=day,
        deliver_by=day,
        account_number=account.number,
        duty_fee=fee,
    )


def _arrival(row: Mapping[str, Any]) -> date | None:
    summary = (row.get("TimeInTransit") or {}).get("ServiceSummary") or {}
    arrival = (summary.get("EstimatedArrival") or {}).get("Arrival") or {}
    return _day(arrival["Date"]) if arrival.get("Date") else None


def _day(text: str) -> date:
    return date.fromisoformat(f"{text[:4]}-{text[4:6]}-{text[6:8]}")


@reading("the booking of UPS", booked=True)
def label_from(document: Mapping[str, Any], label_format: str) -> Label:
    """Return the bought waybill. ZPL is UPS's own, all parcels one after the other; a PDF holds UPS's pictures.

    An answer without number or label leaves the outcome unknown: the shipment may exist.
    """
    results = document["ShipmentResponse"]["ShipmentResults"]
    packages = _many(results["PackageResults"])
    charge = (results.get("NegotiatedRateCharges") or {}).get("TotalCharge")
    charge = charge or (results.get("ShipmentCharges") or {}).get("TotalCharges") or {}
    images = [paper(package["ShippingLabel"]["GraphicImage"]) for package in packages]
    if not images:
        raise ValueError("a shipment without parcels")
    waybill = number(results["ShipmentIdentificationNumber"])
    return Label(
        waybill=waybill,
        parcel_numbers=tuple(number(package["TrackingNumber"]) for package in packages),
        label=b"\n".join(images) if label_format == "zpl" else pdf_of(images),
        label_format=label_format,
        tracking_url=TRACKING_PAGE.format(waybill=waybill),
        cost=amount(charge["MonetaryValue"]) if charge else None,
        currency=charge.get("CurrencyCode", ""),
        documents=_forms(results.get("Form")),
    )


def recovered_label(document: Mapping[str, Any], waybill: str) -> Label | None:
    """Return the label printed again as PDF, or None when the answer holds none."""
    try:
        results = _many(document["LabelRecoveryResponse"]["LabelResults"])
        numbers = tuple(result["TrackingNumber"] for result in results)
        images = [paper(result["LabelImage"]["GraphicImage"]) for result in results]
    except ODDITIES:
        return None
    if len(images) != 1 or not images[0].startswith(b"%PDF"):
        return None  # several documents are no single file that could be printed untouched
    return Label(
        waybill=waybill,
        parcel_numbers=numbers,
        label=images[0],
        label_format="pdf",
        tracking_url=TRACKING_PAGE.format(waybill=waybill),
    )


def _forms(form: Mapping[str, Any] | None) -> dict[str, bytes]:
    image = (form or {}).get("Image") or {}
    return {"invoice": paper(image["GraphicImage"])} if image.get("GraphicImage") else {}


def _many(found: Any) -> list[Any]:
    """UPS sends the bare object where a list would have one member."""
    return found if isinstance(found, list) else [found]


@reading("the activities of UPS")
def events_from(document: Mapping[str, Any], waybill: str) -> list[CarrierEvent]:
    """Return the activities of a package in the order of time, each once."""
    packages = [
        package for shipment in document["trackResponse"]["shipment"] for package in shipment.get("package", [])
    ]
    ours = [package for package in packages if package.get("trackingNumber") == waybill] or packages[:1]
    found = {}
    for package in ours:
        ends = {
            row.get("type"): (row.get("address") or {}).get("countryCode", "")
            for row in package.get("packageAddress", [])
        }
        for raw in package.get("activity", []):
            event = event_from(raw, origin=ends.get("ORIGIN", ""), destination=ends.get("DESTINATION", ""))
            found[(event.at, event.code, event.place)] = event
    return sorted(found.values(), key=lambda event: event.at)


def event_from(raw: Mapping[str, Any], *, origin: str, destination: str) -> CarrierEvent:
    """Return one activity; `code` is UPS's type and status code ("I:10")."""
    status = raw.get("status") or {}
    address = (raw.get("location") or {}).get("address") or {}
    country = str(address.get("countryCode") or address.get("country") or "")[:2]
    kind, number = str(status.get("type") or ""), str(status.get("statusCode") or "").lstrip("0")
    milestone, reason = milestone_of(kind, number, country=country, origin=origin, destination=destination)
    return CarrierEvent(
        at=_moment(raw),
        code=f"{kind}:{number}",
        text=str(status.get("description") or ""),
        place=str(address.get("city") or ""),
        country=country,
        milestone=milestone,
        reason=reason,
        unlisted=bool(number) and not _listed(number),
    )


def _listed(number: str) -> bool:
    return number.isdecimal() and int(number) in STATUS_CODES


def milestone_of(kind: str, number: str, *, country: str, origin: str, destination: str) -> tuple[Milestone, str]:
    """Return our step of a status code; of UPS's own class for a code we do not know, else UNKNOWN."""
    abroad = origin != destination
    if number == "12" and abroad and country == origin:
        return Milestone.EXPORT_CUSTOMS, ""
    if number == "5" and abroad and country == origin:
        return Milestone.DEPARTED_ORIGIN, ""
    if number == "10" and abroad and country == destination:
        return Milestone.ARRIVED_DESTINATION, ""
    return STATUS_CODES[int(number)] if _listed(number) else (TYPES.get(kind, Milestone.UNKNOWN), "")


def _moment(raw: Mapping[str, Any]) -> datetime:
    """Return the aware UTC moment: UPS's GMT time, else its local time with offset, else local time as it stands."""
    day, clock, offset = raw.get("gmtDate"), raw.get("gmtTime"), "+00:00"
    if not (day and clock):
        day, clock, offset = raw.get("date"), raw.get("time"), raw.get("gmtOffset") or "+00:00"
    digits = str(clock or "000000").replace(":", "")[:6]
    try:
        return datetime.strptime(f"{day}{digits}{offset}", "%Y%m%d%H%M%S%z").astimezone(UTC)
    except ValueError as error:
        raise IntegrationError(
            f"UPS sent an activity without a time: {day!r} {clock!r} {offset!r}",
            permanent=False,
            code="unreadable_answer",
        ) from error


@reading("the shipments of UPS")
def waybill_from(document: Mapping[str, Any], reference: str) -> str | None:
    """Return the shipment number that carries our reference, the last in the answer, or None."""
    ours = [
        shipment["inquiryNumber"]
        if str(shipment.get("inquiryNumber", "")).startswith("1Z")
        else package["trackingNumber"]
        for shipment in document["trackResponse"]["shipment"]
        for package in shipment.get("package", [])[:1]
        if any(row.get("number") == reference for row in package.get("referenceNumber", []))
    ]
    return ours[-1] if ours else None


@reading("the void of UPS")
def check_voided(document: Mapping[str, Any]) -> None:
    """Raise IntegrationError unless UPS says that the shipment is void."""
    status = document["VoidShipmentResponse"]["SummaryResult"]["Status"]
    if str(status["Code"]) != DONE:
        raise IntegrationError(f"UPS did not void it: {status['Description']}", permanent=True, code="not_voided")


@reading("the cancellation of UPS")
def check_pickup_cancelled(document: Mapping[str, Any]) -> None:
    """Raise IntegrationError unless UPS says that the pick-up is cancelled."""
    status = document["PickupCancelResponse"]["Response"]["ResponseStatus"]
    if str(status["Code"]) != DONE:
        raise IntegrationError(
            f"UPS did not cancel the pick-up: {status['Description']}", permanent=True, code="not_cancelled"
        )


def is_void_already(problem: str) -> bool:
    """Return whether UPS refused a void only because it was done before; its code for this is not documented."""
    words = problem.casefold()
    return "already" in words and "voided" in words


def is_cancelled_already(problem: str) -> bool:
    """Return whether UPS refused to cancel a pick-up only because that was done before."""
    words = problem.casefold()
    return "already" in words and "cancel" in words


def problem_from(document: Any) -> str:
    """Return what UPS says was wrong, with its codes."""
    response = document.get("response") if isinstance(document, Mapping) else None
    errors = response.get("errors", []) if isinstance(response, Mapping) else []
    return "; ".join(f"{row.get('code', '')} {row.get('message', '')}".strip() for row in errors)
