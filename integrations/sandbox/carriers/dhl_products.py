"""What DHL Express sells on a lane, and the answers of /rates and /landed-cost."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from . import duties, tariff
from .dhl_errors import Refused
from .places import country, crosses_customs, distance_zone, outside_union
from .tariff import Price, Service

_POUND_KG = Decimal("0.45359237")
_INCH_CM = Decimal("2.54")
_CLOCK_SPAN = {"pickupEarliest": "09:00:00", "pickupLatest": "17:00:00"}


def services(origin: str, destination: str, customs: bool) -> list[Service]:
    """Return the products of a lane. ECONOMY SELECT travels by road, so it exists only where there is one."""
    if origin == destination:
        return [
            Service("N", "EXPRESS DOMESTIC", Decimal(1)),
            Service("1", "EXPRESS DOMESTIC 12:00", Decimal("1.3"), 0, "12:00:00"),
        ]
    if not crosses_customs(origin, destination) and not customs:
        return [Service("U", "EXPRESS WORLDWIDE", Decimal(1)), Service("W", "ECONOMY SELECT", Decimal("0.62"), 2)]
    fast = (
        Service("P", "EXPRESS WORLDWIDE", Decimal(1))
        if customs
        else Service("D", "EXPRESS WORLDWIDE DOC", Decimal("0.9"))
    )
    noon = Service("Y" if customs else "T", "EXPRESS 12:00", Decimal("1.34"), 0, "12:00:00")
    by_road = customs and distance_zone(origin, destination) == 2
    return [fast, noon, *([Service("H", "ECONOMY SELECT", Decimal("0.68"), 3)] if by_road else [])]


def weights(packages: list[dict[str, Any]], units: str) -> tuple[Decimal, Decimal]:
    """Return the actual and the volumetric weight of all packages in kilograms."""
    actual = sum((Decimal(package["weight"]) for package in packages), Decimal(0))
    sizes = [sizes_cm(package, units) for package in packages]
    volumetric = tariff.volumetric_kg(size for size in sizes if size)
    return (actual * _POUND_KG if units == "imperial" else actual), volumetric


def sizes_cm(package: dict[str, Any], units: str) -> tuple[Decimal, Decimal, Decimal] | None:
    """Return length, width, height of a package in centimetres; None when it names none."""
    sizes = package.get("dimensions")
    if not sizes:
        return None
    factor = _INCH_CM if units == "imperial" else Decimal(1)
    return tuple(Decimal(sizes[side]) * factor for side in ("length", "width", "height"))


def rates_answer(body: dict[str, Any]) -> dict[str, Any]:
    """Return the document that answers POST /rates."""
    origin, destination = lane(body["customerDetails"])
    wanted = _wanted_codes(body)
    offered = [s for s in services(origin, destination, body["isCustomsDeclarable"]) if not wanted or s.code in wanted]
    if not offered:
        raise Refused(400, ["1001: The requested product(s) not available based on your search criteria."])
    currency = tariff.currency_of(origin)
    products = [_product(service, body, (origin, destination)) for service in offered]
    rate = {"currentExchangeRate": tariff.PER_EURO[currency], "currency": currency, "baseCurrency": "EUR"}
    return {"products": products, "exchangeRates": [rate]}


def lane(parties: dict[str, Any]) -> tuple[str, str]:
    """Return origin and destination country. Raises Refused for a country that does not exist."""
    codes = []
    for name in ("shipperDetails", "receiverDetails"):
        party = parties[name]
        code = party.get("postalAddress", party)["countryCode"]
        if country(code) is None:
            raise Refused(400, [f"7127: The {name}/countryCode value {code} provided is invalid."])
        codes.append(code)
    return codes[0], codes[1]


def declared(parties: dict[str, Any], ends: tuple[str, str]) -> bool:
    """Return whether goods between the two are declared to customs, the Canary Islands included."""
    places = [parties[name].get("postalAddress", parties[name]) for name in ("shipperDetails", "receiverDetails")]
    return crosses_customs(*ends) or any(outside_union(p["countryCode"], p.get("postalCode", "")) for p in places)


def _wanted_codes(body: dict[str, Any]) -> set[str]:
    listed = {entry["productCode"] for entry in body.get("productsAndServices", [])}
    return listed | ({body["productCode"]} if "productCode" in body else set())


def duty_tax_paid(services_asked: list[dict[str, Any]]) -> bool:
    return any(service["serviceCode"] == "DD" for service in services_asked)


def _product(service: Service, body: dict[str, Any], ends: tuple[str, str]) -> dict[str, Any]:
    origin, destination = ends
    actual, volumetric = weights(body["packages"], body["unitOfMeasurement"])
    asked = body.get("valueAddedServices", []) + [
        extra for entry in body.get("productsAndServices", []) for extra in entry.get("valueAddedServices", [])
    ]
    priced = {
        currency: tariff.price(
            service=service, origin=origin, destination=destination, billed=tariff.billed_kg(actual, volumetric),
            duty_tax_paid=duty_tax_paid(asked), currency=currency,
        )
        for currency in {tariff.currency_of(origin), "EUR"}
    }  # fmt: skip
    billing = tariff.currency_of(origin)
    kinds = (("BILLC", billing), ("PULCL", billing), ("BASEC", "EUR"))
    return {
        "productName": service.name,
        "productCode": service.code,
        "localProductCode": service.code,
        "localProductCountryCode": origin,
        "networkTypeCode": "DD" if service.extra_days else "TD",
        "isCustomerAgreement": False,
        "weight": {
            "volumetric": volumetric,
            "provided": actual.quantize(Decimal("0.001")),
            "unitOfMeasurement": "metric",
        },
        "totalPrice": [{"currencyType": k, "priceCurrency": c, "price": priced[c].total} for k, c in kinds],
        "totalPriceBreakdown": [_total_breakdown(kind, priced[c]) for kind, c in kinds],
        "detailedPriceBreakdown": [_detail(service, kind, priced[c]) for kind, c in kinds],
        **_capabilities(service, body["plannedShippingDateAndTime"], ends),
        "pricingDate": body["plannedShippingDateAndTime"][:10],
    }


def charges(body: dict[str, Any]) -> dict[str, Any]:
    """Return what a shipment costs, for a request that asked for it."""
    if not body.get("getRateEstimates"):
        return {}
    content, parties = body["content"], body["customerDetails"]
    ends = lane(parties)
    actual, volumetric = weights(content["packages"], content["unitOfMeasurement"])
    service = next(s for s in services(*ends, content["isCustomsDeclarable"]) if s.code == body["productCode"])
    priced = tariff.price(
        service=service, origin=ends[0], destination=ends[1], billed=tariff.billed_kg(actual, volumetric),
        duty_tax_paid=duty_tax_paid(body.get("valueAddedServices", [])), currency=tariff.currency_of(ends[0]),
    )  # fmt: skip
    return {"shipmentCharges": [{"currencyType": "BILLC", "priceCurrency": priced.currency, "price": priced.total}]}


def _total_breakdown(kind: str, price: Price) -> dict[str, Any]:
    parts = [{"typeCode": "STTXA", "price": Decimal(0)}, {"typeCode": "SPRQT", "price": price.freight}]
    return {"currencyType": kind, "priceCurrency": price.currency, "priceBreakdown": parts}


def _detail(service: Service, kind: str, price: Price) -> dict[str, Any]:
    rows = [{"name": service.name, "price": price.freight}, _surcharge("FUEL SURCHARGE", "FF", price.fuel)]
    if price.demand:
        rows.append(_surcharge("DEMAND SURCHARGE", "CR", price.demand))
    if price.duty_tax_paid:
        rows.append({**_surcharge("DUTY TAX PAID", "DD", price.duty_tax_paid), "serviceTypeCode": "XCH"})
    return {"currencyType": kind, "priceCurrency": price.currency, "breakdown": rows}


def _surcharge(name: str, code: str, amount: Decimal) -> dict[str, Any]:
    return {
        "name": name, "serviceCode": code, "localServiceCode": code, "serviceTypeCode": "SCH", "price": amount,
        "isCustomerAgreement": False, "isMarketedService": False,
    }  # fmt: skip


def _capabilities(service: Service, planned: str, ends: tuple[str, str]) -> dict[str, Any]:
    origin, destination = (country(code) for code in ends)
    pickup, delivery, days = delivery_day(service, planned, ends)
    return {
        "pickupCapabilities": {
            "nextBusinessDay": False, "localCutoffDateAndTime": f"{pickup}T16:00:00", **_CLOCK_SPAN,
            "originServiceAreaCode": origin.gateway, "originFacilityAreaCode": origin.gateway,
            "pickupAdditionalDays": (pickup - date.fromisoformat(planned[:10])).days,
            "pickupDayOfWeek": pickup.isoweekday(),
        },
        "deliveryCapabilities": {
            "deliveryTypeCode": "QDDC", "estimatedDeliveryDateAndTime": f"{delivery}T{service.by_time}",
            "destinationServiceAreaCode": destination.gateway, "destinationFacilityAreaCode": destination.gateway,
            "deliveryAdditionalDays": 0, "deliveryDayOfWeek": delivery.isoweekday(), "totalTransitDays": days,
        },
    }  # fmt: skip


def delivery_day(service: Service, planned: str, ends: tuple[str, str]) -> tuple[date, date, int]:
    """Return the pick-up day, the delivery day and the working days between them."""
    return tariff.promise(service, planned_day(planned), ends)


def planned_day(planned: str) -> date:
    """Return the day of a plannedShippingDateAndTime. Raises Refused when there is no such day."""
    try:
        return date.fromisoformat(planned[:10])
    except ValueError as error:
        form = "(Expected Sample Format : '2010-02-11T17:10:09 GMT+01:00')"
        raise Refused(400, [f"998: ShipTimeStamp is not well formatted.{form}"]) from error


def landed_cost_answer(body: dict[str, Any]) -> dict[str, Any]:
    """Return the document that answers POST /landed-cost, in the currency asked for."""
    ends = lane(body["customerDetails"])
    currency = body["currencyCode"]
    if currency not in tariff.PER_EURO:
        raise Refused(400, [f"200101: The currencyCode {currency} is not supported."])
    goods = [_goods(item, currency) for item in body["items"]]
    offered = services(*ends, body["isCustomsDeclarable"])
    service = next((s for s in offered if s.code == body.get("productCode", s.code)), offered[0])
    freight = _freight(body, service, ends)
    extra = sum(freight.values(), Decimal(0))
    total_goods = sum(goods, Decimal(0))
    estimates = []
    for item, value in zip(body["items"], goods, strict=True):
        share = extra * value / total_goods if total_goods else Decimal(0)
        line = duties.Line(str(item["number"]), item.get("commodityCode", ""), value + share)
        estimates.append(duties.estimate(line, origin=ends[0], destination=ends[1]))
    return _landed_cost_document(body, ends, (total_goods, freight), estimates)


def _goods(item: dict[str, Any], currency: str) -> Decimal:
    source = item["unitPriceCurrencyCode"]
    if source not in tariff.PER_EURO:
        raise Refused(400, [f"200101: The unitPriceCurrencyCode {source} is not supported."])
    return tariff.exchange(Decimal(item["unitPrice"]) * Decimal(item["quantity"]), source, currency)


def _freight(body: dict[str, Any], service: Service, ends: tuple[str, str]) -> dict[str, Decimal]:
    """Return freight and insurance in the currency asked for: as told in `charges`, freight else by the own tariff."""
    named: dict[str, Decimal] = {}
    for charge in body.get("charges", []):
        amount = tariff.exchange(Decimal(charge["amount"]), charge["currencyCode"], body["currencyCode"])
        named[charge["typeCode"]] = named.get(charge["typeCode"], Decimal(0)) + amount
    if "freight" not in named:
        billed = tariff.billed_kg(*weights(body["packages"], body["unitOfMeasurement"]))
        priced = tariff.price(
            service=service, origin=ends[0], destination=ends[1], billed=billed,
            duty_tax_paid=False, currency=body["currencyCode"],
        )  # fmt: skip
        named["freight"] = priced.total
    return named


def _landed_cost_document(
    body: dict[str, Any],
    ends: tuple[str, str],
    costs: tuple[Decimal, dict[str, Decimal]],
    estimates: list[duties.LineEstimate],
) -> dict[str, Any]:
    goods, extras = costs
    currency = body["currencyCode"]
    cent = Decimal("0.01")
    duty = sum((e.duty for e in estimates), Decimal(0))
    tax = sum((e.tax for e in estimates), Decimal(0))
    fee = duties.clearance_fee(ends[1]) if duty + tax else Decimal(0)
    dtp = tariff.convert(tariff.DUTY_TAX_PAID_FEE, currency) if body.get("isDTPRequested") else Decimal(0)
    rows = [
        {"name": "SCUSV", "price": goods.quantize(cent), "priceCurrency": currency},
        {"name": "SPRQN", "price": extras["freight"].quantize(cent), "priceCurrency": currency},
        {"name": "SINSV", "price": extras.get("insurance", Decimal(0)).quantize(cent), "priceCurrency": currency},
        {"name": "MACHG", "price": extras.get("additional", Decimal(0)).quantize(cent), "priceCurrency": currency},
        {"name": "Duty Tax Paid", "serviceCode": "DD", "price": dtp, "priceCurrency": currency},
        {"name": "TOTAL DUTIES", "typeCode": "DUTY", "price": duty, "priceCurrency": currency},
        {"name": "TOTAL TAXES", "typeCode": "TAX", "price": tax, "priceCurrency": currency},
        {"name": "TOTAL FEES", "typeCode": "FEE", "price": fee, "priceCurrency": currency},
    ]
    total = sum((row["price"] for row in rows), Decimal(0))
    product: dict[str, Any] = {
        "weight": _provided_weight(body),
        "totalPrice": [{"priceCurrency": currency, "price": total}],
        "detailedPriceBreakdown": [{"priceCurrency": currency, "breakdown": rows}],
    }
    if body["getCostBreakdown"]:
        product["items"] = [_item_breakdown(e, currency) for e in estimates]
    document: dict[str, Any] = {"products": [product]}
    vague = [e.line.number for e in estimates if not e.calculable or len(e.line.commodity_code) < 8]
    if vague:
        text = "The provided HS code is not a valid full Import HS code. Ballpark landed cost is estimated."
        document["warnings"] = [f"200203: #/items/number:{number}/ {text}" for number in vague]
    return document


def _provided_weight(body: dict[str, Any]) -> dict[str, Any]:
    actual, volumetric = weights(body["packages"], body["unitOfMeasurement"])
    return {"volumetric": volumetric, "provided": actual.quantize(Decimal("0.001")), "unitOfMeasurement": "metric"}


def _item_breakdown(e: duties.LineEstimate, currency: str) -> dict[str, Any]:
    value = e.line.value.quantize(Decimal("0.01"))
    rows = [("CIF", "CIF", value, "COST + INSURANCE + FREIGHT"), ("DUTY", "DUTY", e.duty, f"(CIF * {e.duty_ratio})"),
            ("VAT", "TAX", e.tax, f"({e.tax_ratio} * (CIF + DUTY))")]  # fmt: skip
    return {
        "number": int(e.line.number),
        "breakdown": [
            {"name": name, "typeCode": code, "price": amount, "priceCurrency": currency, "tariffRateFormula": formula}
            for name, code, amount, formula in rows
        ],
    }
