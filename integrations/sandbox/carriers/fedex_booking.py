"""FedEx's services and prices, and what buying a shipment checks, remembers and prints."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from . import labels, tariff
from .fedex_errors import Refused
from .journeys import Route, hub_for
from .places import Place, country, crosses_customs
from .tariff import Price, Service
from .world import Customs, Piece, Shipment, World

REFUSED_ACCOUNT = "000000000"
_POUND_KG = Decimal("0.45359237")
_INCH_CM = Decimal("2.54")


def services(origin: str, destination: str) -> list[Service]:
    """Return the services of a lane."""
    if origin == destination:
        return [Service("PRIORITY_OVERNIGHT", "FedEx Priority Overnight", Decimal("1.6"), 0, "10:30:00"),
                Service("FEDEX_GROUND", "FedEx Ground", Decimal("0.8"), 3)]  # fmt: skip
    fast = Service("FEDEX_INTERNATIONAL_PRIORITY", "FedEx International Priority", Decimal("1.02"))
    if not crosses_customs(origin, destination):
        return [fast, Service("FEDEX_REGIONAL_ECONOMY", "FedEx Regional Economy", Decimal("0.60"), 2)]
    return [fast, Service("INTERNATIONAL_ECONOMY", "FedEx International Economy", Decimal("0.73"), 3)]


def lane(shipper: dict[str, Any], recipient: dict[str, Any]) -> tuple[str, str]:
    """Return origin and destination country. Raises Refused for one that does not exist."""
    ends = (shipper["address"]["countryCode"], recipient["address"]["countryCode"])
    for code in ends:
        if country(code) is None:
            raise Refused([("COUNTRY.CODE.INVALID", f"Country code {code} is invalid.")])
    return ends


def package_kg(package: dict[str, Any]) -> Decimal:
    weight = package["weight"]
    return Decimal(weight["value"]) * (_POUND_KG if weight["units"] == "LB" else 1)


def package_cm(package: dict[str, Any]) -> tuple[Decimal, Decimal, Decimal] | None:
    sizes = package.get("dimensions")
    if not sizes:
        return None
    factor = _INCH_CM if sizes["units"] == "IN" else Decimal(1)
    return tuple(Decimal(sizes[side]) * factor for side in ("length", "width", "height"))


def price_of(service: Service, asked: dict[str, Any], ends: tuple[str, str]) -> Price:
    """Return the price of a service in the currency of the country the parcel leaves."""
    packages = asked["requestedPackageLineItems"]
    volumetric = tariff.volumetric_kg(size for size in map(package_cm, packages) if size)
    return tariff.price(
        service=service,
        origin=ends[0],
        destination=ends[1],
        billed=tariff.billed_kg(sum(map(package_kg, packages), Decimal(0)), volumetric),
        duty_tax_paid=duties_payment(asked).get("paymentType") in ("SENDER", "THIRD_PARTY"),
        currency=tariff.currency_of(ends[0]),
    )


def duties_payment(asked: dict[str, Any]) -> dict[str, Any]:
    return asked.get("customsClearanceDetail", {}).get("dutiesPayment", {})


def promise(service: Service, asked: dict[str, Any], ends: tuple[str, str]) -> tuple[date, date, int]:
    """Return ship day, delivery day and the working days between. Raises Refused for a day that does not exist."""
    named = asked.get("shipDateStamp") or asked.get("shipDatestamp")
    try:
        day = date.fromisoformat(named) if named else datetime.now(UTC).date()
    except ValueError as error:
        raise Refused([("SHIPDATE.INVALID", f"Ship date {named} is invalid.")]) from error
    return tariff.promise(service, day, ends)


def rates_answer(document: dict[str, Any]) -> dict[str, Any]:
    """Return the `output` of a rate quote."""
    asked = document["requestedShipment"]
    ends = lane(asked["shipper"], asked["recipient"])
    if crosses_customs(*ends) and not asked.get("customsClearanceDetail", {}).get("commodities"):
        raise Refused([("COMMODITIES.REQUIRED", "Commodities are required for an international shipment.")])
    wanted = asked.get("serviceType")
    offered = [service for service in services(*ends) if wanted in (None, service.code)]
    if not offered:
        raise Refused([("SERVICE.PACKAGECOMBINATION.INVALID", "Invalid service and packaging combination.")])
    details = [_rated(service, asked, ends) for service in offered]
    return {"rateReplyDetails": details, "quoteDate": f"{datetime.now(UTC):%Y-%m-%d}", "isEncoded": False}


def _rated(service: Service, asked: dict[str, Any], ends: tuple[str, str]) -> dict[str, Any]:
    priced = price_of(service, asked, ends)
    _, delivery, _ = promise(service, asked, ends)
    return {
        "serviceType": service.code,
        "serviceName": service.name,
        "packagingType": asked.get("packagingType", "YOUR_PACKAGING"),
        "ratedShipmentDetails": [
            {
                "rateType": "ACCOUNT",
                "totalBaseCharge": priced.freight,
                "totalNetCharge": priced.total,
                "totalNetFedExCharge": priced.total,
                "totalDiscounts": 0,
                "currency": priced.currency,
                "shipmentRateDetail": {"surCharges": _surcharges(priced)},
            }
        ],
        "operationalDetail": {"deliveryDate": f"{delivery}T{service.by_time}", "deliveryDay": f"{delivery:%a}".upper()},
    }


def _surcharges(priced: Price) -> list[dict[str, Any]]:
    rows = [{"type": "FUEL", "description": "Fuel Surcharge", "amount": priced.fuel}]
    paid = {"type": "OTHER", "description": "Duties and Taxes Advancement", "amount": priced.duty_tax_paid}
    return [*rows, paid] if priced.duty_tax_paid else rows


def booking_problems(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what FedEx would refuse although the shape is right, as (code, message)."""
    asked = document["requestedShipment"]
    ends = lane(asked["shipper"], asked["recipients"][0])
    if document["accountNumber"]["value"] == REFUSED_ACCOUNT:
        yield "ACCOUNT.NUMBER.INVALID", "The account number is invalid."
    if asked["serviceType"] not in {service.code for service in services(*ends)}:
        yield "SERVICETYPE.NOT.ALLOWED", f"{asked['serviceType']} is not available between origin and destination."
    if not crosses_customs(*ends):
        return
    customs = asked.get("customsClearanceDetail")
    if not customs:
        yield "CUSTOMSCLEARANCEDETAIL.REQUIRED", "Customs clearance detail is required for an international shipment."
        return
    for name in ("dutiesPayment", "totalCustomsValue"):
        if name not in customs:
            yield "CUSTOMS.INVALID", f"customsClearanceDetail.{name} is required."
    for position, line in enumerate(customs["commodities"]):
        missing = {"quantity", "quantityUnits", "unitPrice", "customsValue", "countryOfManufacture", "weight"} - set(
            line
        )
        for name in sorted(missing):
            yield "COMMODITY.INVALID", f"commodities[{position}].{name} is required."


def book(world: World, document: dict[str, Any], transaction: str | None) -> Shipment:
    """Book the shipment and return it. Every call books another one."""
    asked = document["requestedShipment"]
    ends = lane(asked["shipper"], asked["recipients"][0])
    service = next(s for s in services(*ends) if s.code == asked["serviceType"])
    pieces = [
        Piece(world.numbers.fedex(), package_kg(package), package_cm(package), _references(package))
        for package in asked["requestedPackageLineItems"]
    ]
    origin, destination = (country(code) for code in ends)
    shipment = Shipment(
        carrier="fedex",
        number=pieces[0].number,
        account=document["accountNumber"]["value"],
        service_code=service.code,
        service_name=service.name,
        description=next((c["description"] for c in _lines(asked)), ""),
        shipper=asked["shipper"],
        receiver=asked["recipients"][0],
        pieces=pieces,
        customs=_customs(asked, ends),
        references=[],
        route=Route(
            Place(origin.gateway, origin.city, origin.code),
            Place(destination.gateway, destination.city, destination.code),
            hub_for(origin.code, "fedex"),
            tariff.transit_days(service, *ends),
        ),
        booked_at=world.clock.now(),
        expected_on=promise(service, asked, ends)[1].isoformat(),
        message_reference=transaction,
        request=document,
    )
    world.book(shipment)
    return shipment


def _references(package: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    rows = package.get("customerReferences", [])
    return tuple((row.get("customerReferenceType", ""), row["value"]) for row in rows if row.get("value"))


def _lines(asked: dict[str, Any]) -> list[dict[str, Any]]:
    return asked.get("customsClearanceDetail", {}).get("commodities", [])


def _customs(asked: dict[str, Any], ends: tuple[str, str]) -> Customs:
    if not crosses_customs(*ends):
        return Customs(None, None, None, None, None, 0)
    detail = asked["customsClearanceDetail"]
    payment = detail["dutiesPayment"]
    payers = {"SENDER": "shipper", "THIRD_PARTY": "third_party"}
    party = payment.get("payor", {}).get("responsibleParty", {})
    return Customs(
        declared_value=detail["totalCustomsValue"]["amount"],
        currency=detail["totalCustomsValue"]["currency"],
        incoterm=detail.get("commercialInvoice", {}).get("termsOfSale"),
        duties_payer=payers.get(payment["paymentType"], "receiver"),
        duties_account=party.get("accountNumber", {}).get("value"),
        line_items=len(detail["commodities"]),
    )


def ship_answer(shipment: Shipment) -> dict[str, Any]:
    """Return the `output` of a purchase: one piece and one label per package."""
    asked = shipment.request["requestedShipment"]
    return {
        "transactionShipments": [
            {
                "masterTrackingNumber": shipment.number,
                "serviceType": shipment.service_code,
                "serviceName": shipment.service_name,
                "shipDatestamp": asked.get("shipDatestamp") or f"{datetime.now(UTC):%Y-%m-%d}",
                "pieceResponses": [_piece_answer(shipment, n) for n in range(len(shipment.pieces))],
                "completedShipmentDetail": {"shipmentRating": {"shipmentRateDetails": [_charged(shipment)]}},
            }
        ]
    }


def _charged(shipment: Shipment) -> dict[str, Any]:
    ends = (shipment.route.origin.country, shipment.route.destination.country)
    service = next(s for s in services(*ends) if s.code == shipment.service_code)
    priced = price_of(service, shipment.request["requestedShipment"], ends)
    return {"rateType": "PAYOR_ACCOUNT_SHIPMENT", "currency": priced.currency, "totalNetCharge": priced.total,
            "surcharges": _surcharges(priced)}  # fmt: skip


def _piece_answer(shipment: Shipment, position: int) -> dict[str, Any]:
    piece = shipment.pieces[position]
    form = shipment.request["requestedShipment"]["labelSpecification"]["imageType"]
    data = label_data(shipment, position)
    drawn = (
        labels.pdf([data]) if form == "PDF" else labels.picture(data, "PNG") if form == "PNG" else labels.zpl([data])
    )
    label = {"contentType": "LABEL", "copiesToPrint": 1, "docType": form, "trackingNumber": piece.number}
    return {
        "masterTrackingNumber": shipment.number,
        "trackingNumber": piece.number,
        "packageSequenceNumber": position + 1,
        "deliveryDatestamp": shipment.expected_on,
        "packageDocuments": [{**label, "encodedLabel": base64.b64encode(drawn).decode()}],
        "customerReferences": [{"customerReferenceType": kind, "value": value} for kind, value in piece.references],
    }


def label_data(shipment: Shipment, position: int) -> labels.LabelData:
    """Return what stands on the label of one package."""
    piece = shipment.pieces[position]
    paid = shipment.customs.duties_payer in ("shipper", "third_party")
    return labels.LabelData(
        title="PRACTICE FX",
        waybill=piece.number,
        piece_number=piece.number,
        sender=_party_lines(shipment.shipper),
        receiver=_party_lines(shipment.receiver),
        service=shipment.service_name,
        routing=f"{shipment.route.destination.country} {shipment.route.destination.code}",
        contents=shipment.description,
        reference=", ".join(value for _, value in piece.references),
        weight=f"{piece.weight_kg.normalize():f} kg",
        piece=f"{position + 1}/{len(shipment.pieces)}",
        duties="BILL DUTIES AND TAXES: SENDER" if paid else f"Terms {shipment.customs.incoterm or 'none'}",
    )


def _party_lines(party: dict[str, Any]) -> tuple[str, ...]:
    address, contact = party["address"], party["contact"]
    town = f"{address.get('postalCode', '')} {address['city']} {address['countryCode']}".strip()
    lines = (contact.get("companyName", ""), contact.get("personName", ""), *address["streetLines"], town)
    return tuple(line for line in (*lines, contact["phoneNumber"]) if line)
