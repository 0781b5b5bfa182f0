"""POST /shipments of DHL Express: what it checks beyond the shape, what it remembers, what it prints."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from . import labels, papers
from .dhl_errors import Refused
from .dhl_products import declared, delivery_day, duty_tax_paid, lane, planned_day, services, sizes_cm
from .journeys import Route, hub_for
from .places import Place, country
from .tariff import Service, transit_days
from .world import Customs, Piece, Shipment, World

REFUSED_ACCOUNT = "000000000"
_POUND_KG = Decimal("0.45359237")


def booking_problems(body: dict[str, Any], today: datetime) -> list[str]:
    """Return what DHL would refuse although the shape is right; empty when the shipment can be booked."""
    content = body["content"]
    origin, destination = lane(body["customerDetails"])
    found = list(_date_problems(body["plannedShippingDateAndTime"], today))
    if not any(account["typeCode"] in ("shipper", "payer") for account in body["accounts"]):
        found.append("7001: #/accounts: an account of typeCode shipper or payer is required.")
    if any(account["number"] == REFUSED_ACCOUNT for account in body["accounts"]):
        found.append("The account number is not found or invalid. Please check the account number and retry.")
    if body["productCode"] not in {s.code for s in services(origin, destination, content["isCustomsDeclarable"])}:
        found.append(
            f"1001: The requested product {body['productCode']} is not available between this origin and destination."
        )
    found += _customs_problems(body, declared(body["customerDetails"], (origin, destination)))
    return found


def _date_problems(planned: str, today: datetime) -> list[str]:
    day = planned_day(planned)
    if not today.date() - timedelta(days=1) <= day <= today.date() + timedelta(days=11):
        return [f"996: The requested shipment date {day} must lie between today and ten days from now."]
    return []


def _customs_problems(body: dict[str, Any], crosses: bool) -> list[str]:
    content = body["content"]
    found = []
    if content["isCustomsDeclarable"]:
        found += [
            f"7120: Required #/content/{name} for a shipment that is customs declarable."
            for name in ("exportDeclaration", "declaredValue", "declaredValueCurrency")
            if name not in content
        ]
        declaration = content.get("exportDeclaration", {})
        if declaration and "invoice" not in declaration:
            found.append(
                "7120: Required #/content/exportDeclaration/invoice for a shipment that is customs declarable."
            )
        if not crosses:
            found.append("7121: #/content/isCustomsDeclarable must be false between this origin and destination.")
    if duty_tax_paid(body.get("valueAddedServices", [])):
        if not content["isCustomsDeclarable"]:
            found.append(
                "7008: The requested Special Service Code 'DD' is not available between this origin and destination."
            )
        elif not duties_account(body):
            found.append("7009: Special Service Code 'DD' needs an account of typeCode duties-taxes or payer.")
    return found


def duties_account(body: dict[str, Any]) -> str | None:
    """Return the account that duties and taxes are billed to under DD; None when the request names none."""
    accounts = {account["typeCode"]: account["number"] for account in body["accounts"]}
    return accounts.get("duties-taxes") or accounts.get("payer")


def book(world: World, body: dict[str, Any], message_reference: str | None) -> Shipment:
    """Book the shipment and return it. Every call books another one."""
    content, parties = body["content"], body["customerDetails"]
    ends = lane(parties)
    service = next(s for s in services(*ends, content["isCustomsDeclarable"]) if s.code == body["productCode"])
    _, delivery, _ = delivery_day(service, body["plannedShippingDateAndTime"], ends)
    shipment = Shipment(
        carrier="dhl_express",
        number=world.numbers.dhl_waybill(),
        account=next(a["number"] for a in body["accounts"] if a["typeCode"] in ("shipper", "payer")),
        service_code=service.code,
        service_name=service.name,
        description=content["description"],
        shipper=parties["shipperDetails"],
        receiver=parties["receiverDetails"],
        pieces=[_piece(world, package, content["unitOfMeasurement"]) for package in content["packages"]],
        customs=_customs(body),
        references=[(r.get("typeCode", "CU"), r["value"]) for r in body.get("customerReferences", [])],
        route=_route(ends, service),
        booked_at=world.clock.now(),
        expected_on=delivery.isoformat(),
        message_reference=message_reference,
        request=body,
    )
    world.book(shipment)
    return shipment


def _piece(world: World, package: dict[str, Any], units: str) -> Piece:
    weight = Decimal(package["weight"]) * (_POUND_KG if units == "imperial" else 1)
    references = tuple((r.get("typeCode", "CU"), r["value"]) for r in package.get("customerReferences", []))
    return Piece(world.numbers.dhl_piece(), weight, sizes_cm(package, units), references)


def _customs(body: dict[str, Any]) -> Customs:
    content = body["content"]
    lines = content.get("exportDeclaration", {}).get("lineItems", [])
    if not content["isCustomsDeclarable"]:
        return Customs(
            content.get("declaredValue"), content.get("declaredValueCurrency"), content["incoterm"], None, None, 0
        )
    # Only the service DD makes DHL bill duties to an account; an incoterm alone is printed and the receiver pays.
    paid = duty_tax_paid(body.get("valueAddedServices", []))
    account = duties_account(body) if paid else None
    shippers = {a["number"] for a in body["accounts"] if a["typeCode"] in ("shipper", "payer")}
    named = any(a["typeCode"] == "duties-taxes" for a in body["accounts"])
    payer = "receiver" if not paid else "shipper" if account in shippers or named else "third_party"
    return Customs(
        content["declaredValue"], content["declaredValueCurrency"], content["incoterm"], payer, account, len(lines)
    )


def _route(ends: tuple[str, str], service: Service) -> Route:
    origin, destination = (country(code) for code in ends)
    return Route(
        Place(origin.gateway, origin.city, origin.code),
        Place(destination.gateway, destination.city, destination.code),
        hub_for(origin.code, "dhl_express"),
        transit_days(service, *ends),
    )


def check_possible(body: dict[str, Any]) -> None:
    """Raise Refused when DHL would not book the shipment."""
    found = booking_problems(body, datetime.now(UTC))
    if found:
        raise Refused(400, found)


def documents(shipment: Shipment) -> list[dict[str, str]]:
    """Return the papers asked for: the label always, waybill document and invoice on request, base64."""
    body = shipment.request
    output = body.get("outputImageProperties", {})
    form = output.get("encodingFormat", "pdf")
    asked = {i["typeCode"] for i in output.get("imageOptions", []) if i.get("isRequested", i["typeCode"] == "label")}
    data = [label_data(shipment, position) for position in range(len(shipment.pieces))]
    papers_out = [_document(form, _drawn(form, data), "label")]
    if "waybillDoc" in asked:
        papers_out.append(_document(form, _drawn(form, data[:1]), "waybillDoc"))
    if "invoice" in asked and "exportDeclaration" in body["content"]:
        papers_out.append(_document("pdf", papers.invoice_pdf(_invoice(shipment)), "invoice"))
    return papers_out


def _drawn(form: str, data: list[labels.LabelData]) -> bytes:
    return labels.pdf(data) if form == "pdf" else labels.zpl(data)


def _document(form: str, content: bytes, type_code: str) -> dict[str, str]:
    return {"imageFormat": form.upper(), "content": base64.b64encode(content).decode(), "typeCode": type_code}


def label_data(shipment: Shipment, position: int) -> labels.LabelData:
    """Return what stands on the label of one piece."""
    piece = shipment.pieces[position]
    paid = {"shipper": "DUTIES AND TAXES PAID (DD)", "third_party": "DUTIES AND TAXES: THIRD PARTY (DD)"}
    return labels.LabelData(
        title=f"PRACTICE EXPRESS  {shipment.service_code}",
        waybill=shipment.number,
        piece_number=piece.number,
        sender=party_lines(shipment.shipper),
        receiver=party_lines(shipment.receiver),
        service=shipment.service_name,
        routing=f"{shipment.route.destination.country}-{shipment.route.destination.code}",
        contents=shipment.description,
        reference=", ".join(value for _, value in shipment.all_references()),
        weight=f"{piece.weight_kg.normalize():f} kg",
        piece=f"{position + 1}/{len(shipment.pieces)}",
        duties=paid.get(shipment.customs.duties_payer or "", f"Incoterm {shipment.customs.incoterm}"),
    )


def party_lines(party: dict[str, Any]) -> tuple[str, ...]:
    address, contact = party["postalAddress"], party["contactInformation"]
    streets = [address[key] for key in ("addressLine1", "addressLine2", "addressLine3") if address.get(key)]
    town = f"{address['postalCode']} {address['cityName']} {address['countryCode']}"
    return (contact["companyName"], contact["fullName"], *streets, town, contact["phone"])


def _invoice(shipment: Shipment) -> papers.InvoiceData:
    content = shipment.request["content"]
    declaration = content["exportDeclaration"]
    return papers.InvoiceData(
        number=declaration["invoice"]["number"],
        day=declaration["invoice"]["date"],
        waybill=shipment.number,
        sender=party_lines(shipment.shipper),
        receiver=party_lines(shipment.receiver),
        incoterm=content["incoterm"],
        currency=content["declaredValueCurrency"],
        lines=tuple(
            papers.InvoiceLine(
                description=item["description"],
                commodity_code=next((c["value"] for c in item.get("commodityCodes", [])), ""),
                origin=item["manufacturerCountry"],
                quantity=Decimal(item["quantity"]["value"]),
                unit_price=Decimal(item["price"]),
            )
            for item in declaration["lineItems"]
        ),
    )
