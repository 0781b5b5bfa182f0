"""What UPS sells on a lane, and the answers of the Rating and the Landed Cost APIs."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from . import duties, tariff
from .places import country, crosses_customs, distance_zone
from .shapes import as_list
from .tariff import Price, Service
from .ups_errors import Refused

NEGOTIATED = Decimal("0.88")
POUND_KG = Decimal("0.45359237")
INCH_CM = Decimal("2.54")


def services(origin: str, destination: str) -> list[Service]:
    """Return the services of a lane; Standard goes by road, so it exists only where there is one."""
    if origin == destination == "US":
        return [
            Service("01", "UPS Next Day Air", Decimal("1.9")),
            Service("02", "UPS 2nd Day Air", Decimal("1.3"), 1),
            Service("03", "UPS Ground", Decimal("0.8"), 3),
        ]
    express = Service("07", "UPS Worldwide Express", Decimal("1.08"), 0, "10:30:00")
    saver = Service("65", "UPS Worldwide Saver", Decimal("0.96"))
    standard = Service("11", "UPS Standard", Decimal("0.58"), 2)
    if not crosses_customs(origin, destination):
        return [express, saver, standard]
    expedited = Service("08", "UPS Worldwide Expedited", Decimal("0.74"), 2)
    return [express, saver, expedited, *([standard] if distance_zone(origin, destination) == 2 else [])]


def lane(shipment: dict[str, Any]) -> tuple[str, str]:
    """Return the countries the parcel travels from and to. Raises Refused for one that does not exist."""
    start = shipment.get("ShipFrom") or shipment["Shipper"]
    codes = (start["Address"]["CountryCode"], shipment["ShipTo"]["Address"]["CountryCode"])
    for code in codes:
        if country(code) is None:
            raise Refused([("111286", f"{code} is not a valid country or territory code.")])
    return codes


def package_kg(package: dict[str, Any]) -> Decimal:
    """Return the weight of a package in kilograms."""
    weight = package["PackageWeight"]
    value = Decimal(weight["Weight"])
    return value * POUND_KG if weight["UnitOfMeasurement"]["Code"] == "LBS" else value


def package_cm(package: dict[str, Any]) -> tuple[Decimal, Decimal, Decimal] | None:
    """Return length, width and height of a package in centimetres; None when it names none."""
    sizes = package.get("Dimensions")
    if not sizes:
        return None
    factor = INCH_CM if sizes["UnitOfMeasurement"]["Code"] == "IN" else Decimal(1)
    return tuple(Decimal(sizes[side]) * factor for side in ("Length", "Width", "Height"))


def billed(shipment: dict[str, Any]) -> Decimal:
    """Return the billed weight of all packages in kilograms."""
    packages = as_list(shipment["Package"])
    sizes = (package_cm(package) for package in packages)
    actual = sum((package_kg(package) for package in packages), Decimal(0))
    return tariff.billed_kg(actual, tariff.volumetric_kg(size for size in sizes if size))


def duties_charge(shipment: dict[str, Any]) -> dict[str, Any] | None:
    """Return the charge of type 02, which says who pays duties and taxes; None when the request has none."""
    payment = shipment.get("PaymentInformation") or shipment.get("PaymentDetails") or {}
    return next((charge for charge in as_list(payment.get("ShipmentCharge")) if charge["Type"] == "02"), None)


def price_of(service: Service, shipment: dict[str, Any], ends: tuple[str, str]) -> Price:
    """Return the price of a service in the currency of the country the parcel leaves."""
    charge = duties_charge(shipment) or {}
    return tariff.price(
        service=service,
        origin=ends[0],
        destination=ends[1],
        billed=billed(shipment),
        duty_tax_paid="BillShipper" in charge or "BillThirdParty" in charge,
        currency=tariff.currency_of(ends[0]),
    )


def money(amount: Decimal, currency: str) -> dict[str, str]:
    return {"CurrencyCode": currency, "MonetaryValue": f"{amount:.2f}"}


def rate_answer(document: dict[str, Any], option: str) -> dict[str, Any]:
    """Return the answer of Rate or Shop; with transit times for the options that ask for them."""
    asked = document["RateRequest"]
    shipment = asked["Shipment"]
    ends = lane(shipment)
    offered = services(*ends)
    if not option.lower().startswith("shop"):
        code = shipment.get("Service", {}).get("Code", "")
        offered = [service for service in offered if service.code == code[-2:]]
        if not offered:
            raise Refused([("111210", "The requested service is unavailable between the selected locations.")])
    with_times = option.lower().endswith("timeintransit")
    rated = [_rated(service, shipment, ends, with_times) for service in offered]
    return {"RateResponse": {"Response": response_head(asked["Request"]), "RatedShipment": rated}}


def response_head(request: dict[str, Any]) -> dict[str, Any]:
    """Return the Response element: success, and the caller's context when it sent one."""
    head: dict[str, Any] = {"ResponseStatus": {"Code": "1", "Description": "Success"}}
    context = request.get("TransactionReference", {}).get("CustomerContext")
    if context:
        head["TransactionReference"] = {"CustomerContext": context}
    return head


def _rated(service: Service, shipment: dict[str, Any], ends: tuple[str, str], with_times: bool) -> dict[str, Any]:
    priced = price_of(service, shipment, ends)
    _, delivery, days = promise(service, shipment, ends)
    transport = priced.freight + priced.fuel + priced.demand
    weight = {"UnitOfMeasurement": {"Code": "KGS", "Description": "Kilograms"}, "Weight": f"{billed(shipment):.1f}"}
    rated: dict[str, Any] = {
        "Service": {"Code": service.code, "Description": service.name},
        "Zone": str(distance_zone(*ends)),
        "BillingWeight": weight,
        "TransportationCharges": money(transport, priced.currency),
        "BaseServiceCharge": money(priced.freight, priced.currency),
        "ItemizedCharges": _itemised(priced),
        "ServiceOptionsCharges": money(priced.duty_tax_paid, priced.currency),
        "TotalCharges": money(priced.total, priced.currency),
        "RatedPackage": [
            {"Weight": f"{package_kg(package):.2f}", "TotalCharges": money(Decimal(0), priced.currency)}
            for package in as_list(shipment["Package"])
        ],
        "GuaranteedDelivery": {"BusinessDaysInTransit": str(days), "ScheduledDeliveryDate": f"{delivery:%Y%m%d}"},
    }
    if wants_negotiated(shipment):
        rated["NegotiatedRateCharges"] = negotiated(priced)
    if with_times:
        rated["TimeInTransit"] = _time_in_transit(service, shipment, ends)
    return rated


def _itemised(priced: Price) -> list[dict[str, str]]:
    rows = [{"Code": "375", "Description": "Fuel Surcharge", **money(priced.fuel, priced.currency)}]
    return [*rows, *_duty_row(priced)]


def _duty_row(priced: Price) -> list[dict[str, str]]:
    named = {"Code": "DTP", "Description": "Duty and Tax Forwarding Surcharge"}
    return [named | money(priced.duty_tax_paid, priced.currency)] if priced.duty_tax_paid else []


def negotiated(priced: Price) -> dict[str, Any]:
    """Return the account's own price: the discount is on transport, not on the fee for paying duties."""
    transport = ((priced.total - priced.duty_tax_paid) * NEGOTIATED).quantize(Decimal("0.01"))
    total = {"TotalCharge": money(transport + priced.duty_tax_paid, priced.currency)}
    return total | ({"ItemizedCharges": rows} if (rows := _duty_row(priced)) else {})


def wants_negotiated(shipment: dict[str, Any]) -> bool:
    return "NegotiatedRatesIndicator" in shipment.get("ShipmentRatingOptions", {})


def promise(service: Service, shipment: dict[str, Any], ends: tuple[str, str]) -> tuple[date, date, int]:
    """Return pick-up day, delivery day and working days; the day asked for is today unless the request names one."""
    named = shipment.get("DeliveryTimeInformation", {}).get("Pickup", {}).get("Date") or shipment.get("ShipmentDate")
    try:
        asked = datetime.strptime(named, "%Y%m%d").replace(tzinfo=UTC) if named else datetime.now(UTC)
    except ValueError as error:
        raise Refused([("111550", f"Invalid pickup or shipment date {named}.")]) from error
    return tariff.promise(service, asked.date(), ends)


def _time_in_transit(service: Service, shipment: dict[str, Any], ends: tuple[str, str]) -> dict[str, Any]:
    pickup, delivery, days = promise(service, shipment, ends)
    arrival = {
        "Arrival": {"Date": f"{delivery:%Y%m%d}", "Time": service.by_time.replace(":", "")},
        "BusinessDaysInTransit": str(days),
        "Pickup": {"Date": f"{pickup:%Y%m%d}", "Time": "170000"},
        "DayOfWeek": f"{delivery:%a}".upper(),
        "TotalTransitDays": str((delivery - pickup).days),
    }
    summary = {"Service": {"Description": service.name}, "EstimatedArrival": arrival}
    return {"PickupDate": f"{pickup:%Y%m%d}", "ServiceSummary": summary}


def landed_cost_answer(document: dict[str, Any]) -> dict[str, Any]:
    """Return the answer of the Landed Cost API, in the currency asked for."""
    shipment, currency = document["shipment"], document["currencyCode"]
    items = as_list(shipment["shipmentItems"])
    unknown = {item["commodityCurrencyCode"] for item in items} | {currency}
    if unknown - set(tariff.PER_EURO):
        raise Refused([("DSR0001", f"Currency {sorted(unknown - set(tariff.PER_EURO))[0]} is not supported.")])
    ends = (shipment["exportCountryCode"], shipment["importCountryCode"])
    estimates = [_item_estimate(item, currency, ends) for item in items]
    if not all(e.calculable for e in estimates) and not document.get("allowPartialLandedCostResult"):
        raise Refused([("DSR0002", "At least one item could not be classified and partial results are not allowed.")])
    duty = sum((e.duty for e in estimates), Decimal(0))
    vat = sum((e.tax for e in estimates), Decimal(0))
    fee = duties.clearance_fee(ends[1]) if duty + vat else Decimal(0)
    return {
        "shipment": {
            "currencyCode": currency, "importCountryCode": ends[1], "id": shipment["id"],
            "brokerageFeeItems": [{"chargeName": "EntryPreparationFee", "chargeAmount": fee}],
            "totalBrokerageFees": fee, "totalDuties": duty, "totalCommodityLevelTaxesAndFees": 0,
            "totalShipmentLevelTaxesAndFees": 0, "totalVAT": vat, "totalDutyAndTax": duty + vat,
            "grandTotal": duty + vat + fee, "shipmentItems": [_item_row(e, currency) for e in estimates],
        },
        "transID": document["transID"],
        "perfStats": {"absLayerTime": "21", "fulfillTime": _stamp(), "receiptTime": _stamp()},
        "alVersion": int(document["alversion"]),
    }  # fmt: skip


def _stamp() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _item_estimate(item: dict[str, Any], currency: str, ends: tuple[str, str]) -> duties.LineEstimate:
    value = tariff.exchange(Decimal(item["priceEach"]) * item["quantity"], item["commodityCurrencyCode"], currency)
    line = duties.Line(item["commodityId"], item.get("hsCode", ""), value)
    return duties.estimate(line, origin=ends[0], destination=ends[1])


def _item_row(e: duties.LineEstimate, currency: str) -> dict[str, Any]:
    return {
        "commodityID": e.line.number, "hsCode": e.line.commodity_code, "commodityDuty": e.duty,
        "totalCommodityTaxAndFee": 0, "commodityVAT": e.tax, "totalCommodityDutyAndTax": e.duty + e.tax,
        "commodityCurrencyCode": currency, "isCalculable": e.calculable,
    }  # fmt: skip
