"""DHL's answers and questions about prices and tracking, in our values. Pure."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pycountry

from integrations.carriers.dhl_express.codes import CHECKPOINTS, DUTY_TAX_PAID, LITHIUM_SERVICES
from integrations.carriers.dhl_express.limits import PRICE_DECIMALS, TEXTS
from integrations.carriers.dhl_express.parties import rate_address
from integrations.carriers.dhl_express.shipment import insurance, package
from integrations.kit.dangerous import section_two
from integrations.kit.fields import crosses_customs, exact, fitting
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

CARRIER = "dhl_express"
TRACKING_PAGE = "https://www.dhl.com/global-en/home/tracking/tracking-express.html?submit=1&tracking-id={waybill}"
_FRACTION = re.compile(r"\.\d+")


def rates_body(account: CarrierAccountRef, enquiry: CarrierEnquiry) -> dict[str, Any]:
    """Return the request for all products of a lane. Under DDP only products that carry DD are asked for."""
    declarable = crosses_customs(enquiry.shipper, enquiry.consignee)
    value = exact(enquiry.goods_value, PRICE_DECIMALS, "goods value")
    body: dict[str, Any] = {
        "customerDetails": {
            "shipperDetails": rate_address(enquiry.shipper, "consignor"),
            "receiverDetails": rate_address(enquiry.consignee, "consignee"),
        },
        "accounts": [
            {"typeCode": "shipper", "number": fitting(account.number, TEXTS["account number"], "account number")}
        ],
        "plannedShippingDateAndTime": (
            f"{enquiry.ship_on.isoformat()}T23:59:00 GMT{account.settings.get('gmt_offset', '+00:00')}"
        ),
        "unitOfMeasurement": "metric",
        "isCustomsDeclarable": declarable,
        "monetaryAmount": [{"typeCode": "declaredValue", "value": value, "currency": enquiry.currency}],
        "nextBusinessDay": True,
        "packages": [package(parcel, number) for number, parcel in enumerate(enquiry.parcels, 1)],
    }
    if asked := _extras(account, enquiry, ddp=declarable and enquiry.incoterm == Incoterm.DDP):
        body["valueAddedServices"] = asked
    return body


def _extras(account: CarrierAccountRef, enquiry: CarrierEnquiry, *, ddp: bool) -> list[dict[str, Any]]:
    """Return what the label will be bought with, so that it costs what was quoted."""
    found: list[dict[str, Any]] = [{"serviceCode": DUTY_TAX_PAID}] if ddp else []
    if account.settings.get("insure"):
        found.append(insurance(enquiry.goods_value, enquiry.currency))
    batteries = section_two(enquiry.items, "DHL Express")
    return [*found, *({"serviceCode": LITHIUM_SERVICES[instruction]} for instruction in batteries)]


@reading("the prices of DHL Express")
def quotes_from(account: CarrierAccountRef, enquiry: CarrierEnquiry, document: Mapping[str, Any]) -> list[CarrierQuote]:
    """Return the products with a price in the account's billing currency, all surcharges included.

    The fee for duty tax paid (DD) is taken out again: it is a fee of the landed cost and has its own line there.
    Raises IntegrationError when the answer has not the promised shape.
    """
    found = [_quote(account, enquiry, product) for product in document["products"]]
    return [quote for quote in found if quote is not None]


def _quote(account: CarrierAccountRef, enquiry: CarrierEnquiry, product: Mapping[str, Any]) -> CarrierQuote | None:
    billed = _billed(product["totalPrice"])
    if billed is None or not billed.get("price"):  # DHL lists products it cannot price with 0: not for free
        return None
    delivered = product.get("deliveryCapabilities", {}).get("estimatedDeliveryDateAndTime")
    day = date.fromisoformat(delivered[:10]) if delivered else None
    fee = _duty_fee(product)
    return CarrierQuote(
        carrier=CARRIER,
        service=str(product["productCode"]),
        service_name=f"DHL {product['productName'].title()}",
        price=amount(billed["price"]) - fee,
        currency=billed["priceCurrency"],
        deliver_from=day,
        deliver_by=day,
        account_number=account.number,
        ddp_available=enquiry.incoterm == Incoterm.DDP,
        duty_fee=fee or None,
    )


def _billed(prices: list[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    return next((price for price in prices if price.get("currencyType") == "BILLC"), None)


def _duty_fee(product: Mapping[str, Any]) -> Decimal:
    detail = _billed(product.get("detailedPriceBreakdown", []))
    rows = detail["breakdown"] if detail else []
    return sum((amount(row.get("price", 0)) for row in rows if row.get("serviceCode") == DUTY_TAX_PAID), Decimal(0))


@reading("the booking of DHL Express", booked=True)
def label_from(document: Mapping[str, Any], label_format: str) -> Label:
    """Return the bought waybill; the label as DHL made it, the other papers beside it.

    An answer without number or label leaves the outcome unknown: the waybill may exist.
    """
    waybill = number(document["shipmentTrackingNumber"])
    papers = [(str(row["typeCode"]), paper(row["content"])) for row in document["documents"]]
    label = next(content for kind, content in papers if kind == "label")
    numbers = tuple(number(piece["trackingNumber"]) for piece in document["packages"])
    charge = _billed(document.get("shipmentCharges", []))
    return Label(
        waybill=waybill,
        parcel_numbers=numbers,
        label=label,
        label_format=label_format,
        tracking_url=TRACKING_PAGE.format(waybill=waybill),
        cost=amount(charge["price"]) if charge else None,
        currency=charge["priceCurrency"] if charge else "",
        documents=_named([row for row in papers if row[1] is not label]),
    )


def _named(papers: list[tuple[str, bytes]]) -> dict[str, bytes]:
    """Return the papers under unique names: a second paper of a kind is numbered, never lost."""
    found: dict[str, bytes] = {}
    for kind, content in papers:
        count, name = 2, kind
        while name in found:
            name, count = f"{kind}-{count}", count + 1
        found[name] = content
    return found


@reading("the checkpoints of DHL Express")
def events_from(document: Mapping[str, Any]) -> list[CarrierEvent]:
    """Return the checkpoints in the order of time, each once; a code we do not know has milestone UNKNOWN."""
    found = {}
    for shipment in document["shipments"]:
        ends = [
            (shipment.get(side) or {}).get("postalAddress", {}).get("countryCode", "")
            for side in ("shipperDetails", "receiverDetails")
        ]
        for raw in shipment.get("events", []):
            event = event_from(raw, origin=ends[0], destination=ends[1])
            found[(event.at, event.code, event.place)] = event
    return sorted(found.values(), key=lambda event: event.at)


def event_from(raw: Mapping[str, Any], *, origin: str, destination: str) -> CarrierEvent:
    code = str(raw.get("typeCode") or "")
    area = (raw.get("serviceArea") or [{}])[0]
    place, country = _place(str(area.get("description") or area.get("code") or ""))
    milestone, reason = milestone_of(code, country=country, origin=origin, destination=destination)
    return CarrierEvent(
        at=_moment(raw),
        code=code,
        text=str(raw.get("description") or ""),
        place=place,
        country=country,
        milestone=milestone,
        reason=reason,
    )


def milestone_of(code: str, *, country: str, origin: str, destination: str) -> tuple[Milestone, str]:
    """Return our step of a checkpoint. Arrivals and departures mean something else at either end of the journey."""
    milestone, reason = CHECKPOINTS.get(code, (Milestone.UNKNOWN, ""))
    abroad = origin != destination
    if code == "AF" and abroad and country == destination:
        return Milestone.ARRIVED_DESTINATION, reason
    if code == "DF" and country != origin:
        return Milestone.IN_TRANSIT, reason
    if code in ("OK", "DD") and abroad and country == origin and country:
        return Milestone.RETURNED, reason
    return milestone, reason


def _place(text: str) -> tuple[str, str]:
    """Return city and ISO country of "BRISBANE-AU" or "SINGAPORE-SGP"."""
    city, _, tail = text.rpartition("-")
    tail = tail.strip().upper()
    found = pycountry.countries.get(alpha_2=tail) if len(tail) == 2 else pycountry.countries.get(alpha_3=tail)
    return (city.strip(), found.alpha_2) if city and found else (text, "")


def _moment(raw: Mapping[str, Any]) -> datetime:
    """Return the aware UTC moment; without an offset DHL's local time is taken as UTC, the nearest we know."""
    offset = raw.get("GMTOffset") or "+00:00"
    clock = _FRACTION.sub("", str(raw.get("time") or "00:00:00"))
    try:
        return datetime.fromisoformat(f"{raw['date']}T{clock}{offset}").astimezone(UTC)
    except (KeyError, ValueError) as error:
        raise IntegrationError(
            f"DHL Express sent a checkpoint without a time: {raw.get('date')!r} {clock!r} {offset!r}",
            permanent=False,
            code="unreadable_answer",
        ) from error


@reading("the shipments of DHL Express")
def waybill_from(document: Mapping[str, Any], reference: str) -> str | None:
    """Return the newest waybill that carries our reference, or None."""
    ours = [
        shipment
        for shipment in document["shipments"]
        if any(found.get("value") == reference for found in shipment.get("shipperReferences", []))
    ]
    ours.sort(key=lambda shipment: shipment.get("shipmentTimestamp") or "")
    return number(ours[-1]["shipmentTrackingNumber"]) if ours else None


def problem_from(document: Any) -> str:
    """Return what DHL says was wrong, all of it."""
    if not isinstance(document, Mapping):
        return ""
    details = document.get("additionalDetails") or []
    said = [str(document.get("detail") or document.get("title") or document.get("message") or ""), *map(str, details)]
    return "; ".join(part for part in said if part)
