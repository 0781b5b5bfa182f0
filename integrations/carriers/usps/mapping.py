"""USPS's answers and questions about prices, labels and tracking, in our values. Pure."""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from integrations.carriers.usps.codes import BOUGHT_WITH_THE_LABEL, DUTIES_PAID_FEE, EVENTS, OWN_BOX, SERVICES
from integrations.carriers.usps.limits import CURRENCY, PRICE_DECIMALS, SHORTEST_HS_CODE, TEXTS
from integrations.carriers.usps.parties import zip_parts
from integrations.carriers.usps.shipment import extra_services, measures, pounds
from integrations.kit.fields import exact, exact_items, fitting, refused, required
from integrations.kit.reading import amount, number, paper, reading
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

CARRIER = "usps"
TRACKING_PAGE = "https://tools.usps.com/go/TrackConfirmAction?tLabels={waybill}"
_NAMES = uuid.UUID("5f2b0a86-6e0f-5c53-9d0e-4d1c8f5c5a77")


def idempotency_key(account: CarrierAccountRef, reference: str) -> str:
    """Return the UUID under which USPS makes one label only: always the same for our (random) reference."""
    return str(uuid.uuid5(_NAMES, f"{account.number}:{required(reference, 'reference')}"))


def prices_body(account: CarrierAccountRef, enquiry: CarrierEnquiry) -> dict[str, Any]:
    """Return the request for all services of one parcel; under DDP with the goods, to learn if duties can be paid."""
    if len(enquiry.parcels) != 1:
        raise refused(
            f"USPS prices one parcel at a time, not {len(enquiry.parcels)}", code="too_many_parcels", field="parcels"
        )
    measured = measures(enquiry.parcels[0])
    body: dict[str, Any] = {
        "originZIPCode": zip_parts(enquiry.shipper, "consignor")[0],
        "destinationCountryCode": required(enquiry.consignee.country, "consignee country"),
        **{name: measured[name] for name in ("weight", "length", "width", "height")},
        "mailingDate": enquiry.ship_on.isoformat(),
        "priceType": account.settings.get("price_type", "COMMERCIAL"),
        "mailClass": "ALL",
    }
    if extras := extra_services(account, enquiry.items):
        body |= extras | {"itemValue": exact(enquiry.goods_value, PRICE_DECIMALS, "goods value")}
    if enquiry.consignee.postcode:
        body["foreignPostalCode"] = enquiry.consignee.postcode
    return body | (_duties(enquiry) if enquiry.incoterm == Incoterm.DDP else {})


def _duties(enquiry: CarrierEnquiry) -> dict[str, Any]:
    if enquiry.currency != CURRENCY:
        raise refused(
            f"USPS values goods in USD, this cart is in {enquiry.currency}", code="wrong_currency", field="currency"
        )
    items = exact_items(enquiry.items, enquiry.currency)
    return {
        "requestDutiesTaxesFees": True,
        "items": [
            {
                "itemId": str(number),
                "itemValue": exact(item.unit_price, PRICE_DECIMALS, f"item {number} price"),
                "itemQuantity": item.quantity,
                "weight": pounds(item.unit_weight_g),
                "countryOfOrigin": fitting(item.origin, 2, f"item {number} origin", at_least=2),
                "HSTariffNumber": fitting(
                    item.hs_code, TEXTS["hs code"], f"item {number} hs code", at_least=SHORTEST_HS_CODE
                ),
            }
            for number, item in enumerate(items, 1)
        ],
    }


@reading("the prices of USPS")
def quotes_from(account: CarrierAccountRef, document: Mapping[str, Any]) -> list[CarrierQuote]:
    """Return the cheapest price per service in the merchant's own box; USPS names no day of delivery here."""
    found: dict[str, CarrierQuote] = {}
    for option in document["rateOptions"]:
        quote = _quote(account, option)
        if quote and (quote.service not in found or quote.price < found[quote.service].price):
            found[quote.service] = quote
    return [quote for quote in found.values() if quote.price]


def _listed(option: Mapping[str, Any], codes: frozenset[int]) -> Decimal:
    """Return the price of the extra services of these codes; whatever else USPS lists is not bought."""
    rows = option.get("extraServices") or []
    return sum((amount(row["price"]) for row in rows if int(row["extraService"]) in codes), Decimal(0))


def _quote(account: CarrierAccountRef, option: Mapping[str, Any]) -> CarrierQuote | None:
    rate = option["rates"][0]
    service = next((key for key, (mail_class, _) in SERVICES.items() if mail_class == rate["mailClass"]), "")
    if not service or rate["rateIndicator"] not in OWN_BOX or rate["destinationEntryFacilityType"] != "NONE":
        return None
    ddp = bool(option.get("dutiesTaxesFeesQuote"))
    return CarrierQuote(
        carrier=CARRIER,
        service=service,
        service_name=f"USPS {SERVICES[service][1]}",
        price=amount(option["totalBasePrice"]) + _listed(option, BOUGHT_WITH_THE_LABEL),
        currency=CURRENCY,
        account_number=account.number,
        ddp_available=ddp,
        duty_fee=_listed(option, frozenset({DUTIES_PAID_FEE})) or None if ddp else None,
    )


@reading("the booking of USPS", booked=True)
def label_from(document: Mapping[str, Any], label_format: str) -> Label:
    """Return the bought label. An answer without number or image leaves the outcome unknown: the label may exist."""
    metadata = document.get("labelMetadata") or document  # a reprint has it one level deeper
    waybill = number(metadata["internationalTrackingNumber"])
    fees = sum((amount(fee["price"]) for fee in metadata.get("fees") or []), Decimal(0))
    return Label(
        waybill=waybill,
        parcel_numbers=(waybill,),
        label=paper(document["labelImage"]),
        label_format=label_format,
        tracking_url=TRACKING_PAGE.format(waybill=waybill),
        cost=amount(metadata["postage"]) + fees,
        currency=CURRENCY,
    )


@reading("the scans of USPS")
def events_from(document: Mapping[str, Any]) -> list[CarrierEvent]:
    """Return the scans in the order of time, each once; a code we do not know has milestone UNKNOWN."""
    number(document["trackingNumber"])
    found = {}
    for raw in document.get("trackingEvents") or []:
        event = _event(raw)
        found[(event.at, event.code, event.place)] = event
    return sorted(found.values(), key=lambda event: event.at)


def _event(raw: Mapping[str, Any]) -> CarrierEvent:
    code = str(raw.get("eventCode") or "")
    milestone, reason = EVENTS.get(code, (Milestone.UNKNOWN, ""))
    return CarrierEvent(
        at=_moment(raw),
        code=code,
        text=str(raw.get("eventType") or ""),
        place=str(raw.get("eventCity") or ""),
        country=str(raw.get("eventCountry") or "US")[:2],  # scans at home come without a country
        milestone=milestone,
        reason=reason,
    )


def _moment(raw: Mapping[str, Any]) -> datetime:
    """Return the aware UTC moment: USPS's GMT time, else its local time with the offset in minutes."""
    try:
        if raw.get("GMTTimestamp"):
            moment = datetime.fromisoformat(str(raw["GMTTimestamp"]))
            return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
        local = datetime.fromisoformat(str(raw["eventTimestamp"]))
        offset = timezone(timedelta(minutes=int(raw.get("GMTOffset") or 0)))
        return local.replace(tzinfo=local.tzinfo or offset).astimezone(UTC)
    except (KeyError, TypeError, ValueError) as error:
        raise IntegrationError(
            f"USPS sent a scan without a time: {error!r}", permanent=False, code="unreadable_answer"
        ) from error


def problem_from(document: Any) -> str:
    """Return what USPS says was wrong, with its codes."""
    error = document.get("error") if isinstance(document, Mapping) else None
    if not isinstance(error, Mapping):
        return ""
    rows = [f"{row.get('code', '')} {row.get('detail') or row.get('title', '')}" for row in error.get("errors") or []]
    return "; ".join(text.strip() for text in (f"{error.get('code', '')} {error.get('message', '')}", *rows))


def is_void_already(problem: str) -> bool:
    words = problem.casefold()
    return "already" in words and ("cancel" in words or "refund" in words)
