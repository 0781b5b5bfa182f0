"""The UPS Shipping API: what it checks beyond the shape, what it remembers, what it prints."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from . import labels, papers
from .journeys import Route, hub_for
from .places import Place, country, crosses_customs
from .shapes import as_list
from .tariff import Service, transit_days
from .ups_errors import NOT_VALID
from .ups_rating import (
    billed,
    duties_charge,
    lane,
    money,
    negotiated,
    package_cm,
    package_kg,
    price_of,
    promise,
    response_head,
    services,
    wants_negotiated,
)
from .world import Customs, Piece, Shipment, World

REFUSED_ACCOUNT = "000000"
LABEL_FORMATS = ("GIF", "ZPL", "PDF")


def booking_problems(document: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what UPS would refuse although the shape is right, as (code, message)."""
    asked = document["ShipmentRequest"]
    shipment = asked["Shipment"]
    ends = lane(shipment)
    return [*_account_problems(asked, ends), *_customs_problems(shipment, ends)]


def _account_problems(asked: dict[str, Any], ends: tuple[str, str]) -> Iterator[tuple[str, str]]:
    shipment = asked["Shipment"]
    charges = as_list(shipment["PaymentInformation"]["ShipmentCharge"])
    if shipment["Shipper"]["ShipperNumber"] == REFUSED_ACCOUNT:
        yield "120100", "Missing or invalid shipper number"
    if not any(charge["Type"] == "01" for charge in charges):
        yield "120401", "A shipment charge of type 01 = Transportation is required."
    if any(not {"BillShipper", "BillReceiver", "BillThirdParty"} & set(charge) for charge in charges):
        yield "120402", "Every shipment charge needs exactly one payer."
    if asked["LabelSpecification"]["LabelImageFormat"]["Code"] not in LABEL_FORMATS:
        yield "120551", f"The label image format is not supported; valid are {', '.join(LABEL_FORMATS)}."
    if shipment["Service"]["Code"] not in {service.code for service in services(*ends)}:
        yield "121210", "The requested service is unavailable between the selected locations."


def _customs_problems(shipment: dict[str, Any], ends: tuple[str, str]) -> Iterator[tuple[str, str]]:
    if not crosses_customs(*ends):
        if duties_charge(shipment):
            yield "120403", "A shipment charge of type 02 is invalid for a qualified domestic shipment."
        return
    for name in ("Shipper", "ShipTo"):
        for field in ("AttentionName", "Phone"):
            if field not in shipment[name]:
                yield "120202", f"Missing or invalid {name} {field}; it is required for an international shipment."
    if "Description" not in shipment:
        yield "120502", "Missing description of goods; it is required for an international shipment."
    forms = _forms(shipment)
    if not forms:
        yield "128100", "InternationalForms are required for a shipment with dutiable goods."
        return
    if "01" in as_list(forms["FormType"]):
        for field in ("InvoiceDate", "ReasonForExport", "CurrencyCode", "Contacts"):
            if field not in forms:
                yield "128107", f"Missing or invalid InternationalForms {field}; the invoice form needs it."


def _forms(shipment: dict[str, Any]) -> dict[str, Any]:
    return shipment.get("ShipmentServiceOptions", {}).get("InternationalForms", {})


def shape_errors(found: list[str]) -> list[tuple[str, str]]:
    return [(NOT_VALID, f"The document is well formed but not valid: {text}") for text in found[:10]]


def book(world: World, document: dict[str, Any], transaction: str | None) -> Shipment:
    """Book the shipment and return it. Every call books another one."""
    asked = document["ShipmentRequest"]["Shipment"]
    ends = lane(asked)
    service = next(s for s in services(*ends) if s.code == asked["Service"]["Code"])
    pieces = [_piece(world, asked, package) for package in as_list(asked["Package"])]
    shipment = Shipment(
        carrier="ups",
        number=pieces[0].number,
        account=asked["Shipper"]["ShipperNumber"],
        service_code=service.code,
        service_name=service.name,
        description=asked.get("Description", ""),
        shipper=asked.get("ShipFrom") or asked["Shipper"],
        receiver=asked["ShipTo"],
        pieces=pieces,
        customs=_customs(asked, ends),
        references=_references(asked),
        route=_route(ends, service),
        booked_at=world.clock.now(),
        expected_on=promise(service, asked, ends)[1].isoformat(),
        message_reference=transaction,
        request=document,
    )
    world.book(shipment)
    return shipment


def _references(holder: dict[str, Any]) -> list[tuple[str, str]]:
    return [(row.get("Code", ""), row["Value"]) for row in as_list(holder.get("ReferenceNumber"))]


def _piece(world: World, asked: dict[str, Any], package: dict[str, Any]) -> Piece:
    number = world.numbers.ups(account=asked["Shipper"]["ShipperNumber"], service_code=asked["Service"]["Code"])
    return Piece(number, package_kg(package), package_cm(package), tuple(_references(package)))


def _customs(asked: dict[str, Any], ends: tuple[str, str]) -> Customs:
    forms = _forms(asked)
    if not crosses_customs(*ends):
        return Customs(None, None, forms.get("TermsOfShipment"), None, None, 0)
    lines = as_list(forms.get("Product"))
    value = sum((Decimal(p["Unit"]["Number"]) * Decimal(p["Unit"]["Value"]) for p in lines), Decimal(0))
    total = asked.get("InvoiceLineTotal", {})
    payer, account = _duties_payer(duties_charge(asked) or {})
    return Customs(
        declared_value=Decimal(total["MonetaryValue"]) if total else value,
        currency=total.get("CurrencyCode") or forms.get("CurrencyCode"),
        incoterm=forms.get("TermsOfShipment"),
        duties_payer=payer,
        duties_account=account,
        line_items=len(lines),
    )


def _duties_payer(charge: dict[str, Any]) -> tuple[str, str | None]:
    """Return who pays duties, on which account. Without a charge of type 02 the receiver pays, whatever the terms."""
    for field, payer in (("BillShipper", "shipper"), ("BillThirdParty", "third_party"), ("BillReceiver", "receiver")):
        if field in charge:
            return payer, charge[field].get("AccountNumber")
    return "receiver", None


def _route(ends: tuple[str, str], service: Service) -> Route:
    origin, destination = (country(code) for code in ends)
    return Route(
        Place(origin.gateway, origin.city.title(), origin.code),
        Place(destination.gateway, destination.city.title(), destination.code),
        hub_for(origin.code, "ups"),
        transit_days(service, *ends),
    )


def ship_answer(shipment: Shipment) -> dict[str, Any]:
    """Return the document that answers a purchase: charges, numbers, labels and the customs forms."""
    asked = shipment.request["ShipmentRequest"]
    body = asked["Shipment"]
    ends = lane(body)
    service = next(s for s in services(*ends) if s.code == shipment.service_code)
    priced = price_of(service, body, ends)
    results: dict[str, Any] = {
        "ShipmentCharges": {
            "BaseServiceCharge": money(priced.freight, priced.currency),
            "TransportationCharges": money(priced.freight + priced.fuel + priced.demand, priced.currency),
            "ServiceOptionsCharges": money(priced.duty_tax_paid, priced.currency),
            "TotalCharges": money(priced.total, priced.currency),
        },
        "BillingWeight": {
            "UnitOfMeasurement": {"Code": "KGS", "Description": "Kilograms"},
            "Weight": f"{billed(body):08.2f}",
        },
        "ShipmentIdentificationNumber": shipment.number,
        "PackageResults": [_package_result(shipment, position) for position in range(len(shipment.pieces))],
    }
    if wants_negotiated(body):
        results["NegotiatedRateCharges"] = negotiated(priced)
    if "01" in as_list(_forms(body).get("FormType")):
        image = base64.b64encode(papers.invoice_pdf(_invoice(shipment))).decode()
        results["Form"] = {
            "Code": "01",
            "Description": "All Requested International Forms",
            "Image": {"ImageFormat": {"Code": "PDF", "Description": "PDF"}, "GraphicImage": image},
        }
    return {"ShipmentResponse": {"Response": response_head(asked["Request"]), "ShipmentResults": results}}


def _package_result(shipment: Shipment, position: int) -> dict[str, Any]:
    form = shipment.request["ShipmentRequest"]["LabelSpecification"]["LabelImageFormat"]["Code"]
    data = label_data(shipment, position)
    drawn = {"GIF": lambda: labels.picture(data), "ZPL": lambda: labels.zpl([data]), "PDF": lambda: labels.pdf([data])}
    label = {
        "ImageFormat": {"Code": form, "Description": form},
        "GraphicImage": base64.b64encode(drawn[form]()).decode(),
    }
    return {"TrackingNumber": shipment.pieces[position].number, "ShippingLabel": label}


def label_data(shipment: Shipment, position: int) -> labels.LabelData:
    """Return what stands on the label of one package."""
    piece = shipment.pieces[position]
    paid = shipment.customs.duties_payer in ("shipper", "third_party")
    return labels.LabelData(
        title=f"PRACTICE PARCEL {shipment.service_code}",
        waybill=piece.number,
        piece_number=piece.number,
        sender=party_lines(shipment.shipper),
        receiver=party_lines(shipment.receiver),
        service=shipment.service_name,
        routing=f"{shipment.route.destination.country} {shipment.route.destination.code}",
        contents=shipment.description,
        reference=", ".join(value for _, value in shipment.all_references()),
        weight=f"{piece.weight_kg.normalize():f} kg",
        piece=f"{position + 1}/{len(shipment.pieces)}",
        duties="DUTIES AND TAXES PREPAID" if paid else f"Terms {shipment.customs.incoterm or 'none'}",
    )


def party_lines(party: dict[str, Any]) -> tuple[str, ...]:
    address = party["Address"]
    town = f"{address.get('PostalCode', '')} {address['City']} {address.get('StateProvinceCode', '')}".strip()
    phone = party.get("Phone", {}).get("Number", "")
    lines = (party["Name"], party.get("AttentionName", ""), *as_list(address["AddressLine"]), town)
    return tuple(line for line in (*lines, address["CountryCode"], phone) if line)


def _invoice(shipment: Shipment) -> papers.InvoiceData:
    forms = _forms(shipment.request["ShipmentRequest"]["Shipment"])
    return papers.InvoiceData(
        number=forms.get("InvoiceNumber", shipment.number),
        day=forms["InvoiceDate"],
        waybill=shipment.number,
        sender=party_lines(shipment.shipper),
        receiver=party_lines(shipment.receiver),
        incoterm=forms.get("TermsOfShipment", ""),
        currency=forms["CurrencyCode"],
        lines=tuple(
            papers.InvoiceLine(
                description=" ".join(as_list(product["Description"])),
                commodity_code=product.get("CommodityCode", ""),
                origin=product["OriginCountryCode"],
                quantity=Decimal(product["Unit"]["Number"]),
                unit_price=Decimal(product["Unit"]["Value"]),
            )
            for product in as_list(forms["Product"])
        ),
    )
