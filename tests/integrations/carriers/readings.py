"""Carriers' requests read back into our words; written apart from the adapters, from the descriptions alone."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from tests.integrations.carriers.declared import digits, goods, words

POUND_G, INCH_MM = Decimal("453.59237"), Decimal("25.4")


def dhl_express(body: dict[str, Any]) -> dict[str, Any]:
    content, parties = body["content"], body["customerDetails"]
    declared = content["exportDeclaration"]
    services = {row["serviceCode"]: row for row in body["valueAddedServices"]}
    payer = next((a["number"] for a in body["accounts"] if a["typeCode"] == "duties-taxes"), "recipient")
    invoice = declared["invoice"]
    indicated = invoice.get("indicativeCustomsValues", {})
    charges = {row["typeCode"]: row["value"] for row in declared.get("additionalCharges", [])}
    rows = []
    for line in declared["lineItems"]:
        codes = {row["typeCode"]: row["value"] for row in line["commodityCodes"]}
        value = line["price"] * line["quantity"]["value"]
        assert value == line["preCalculatedLineItemTotalValue"]
        assert codes["inbound"].startswith(codes["outbound"])
        rows.append((codes["inbound"], line["manufacturerCountry"], line["quantity"]["value"], value,
                     line["weight"]["netValue"] * 1000, line["description"]))  # fmt: skip
    total = content["declaredValue"]
    assert total == invoice["preCalculatedTotalValues"]["preCalculatedTotalGoodsValue"]
    assert invoice["preCalculatedTotalValues"]["preCalculatedTotalInvoiceValue"] == total + sum(charges.values())
    assert invoice["totalNetWeight"] * 1000 == sum(row[4] for row in rows)
    assert invoice["totalGrossWeight"] == sum(package["weight"] for package in content["packages"])
    assert ("DD" in services) == (payer != "recipient")
    return {
        "goods": goods(rows),
        "total": total,
        "currency": content["declaredValueCurrency"],
        "incoterm": content["incoterm"],
        "duties": payer,
        "shipper": _dhl_address(parties["shipperDetails"]),
        "consignee": _dhl_address(parties["receiverDetails"]),
        "tax_ids": sorted(
            (role, row["number"])
            for role, name in (("shipper", "shipper"), ("consignee", "receiver"), ("importer", "importer"))
            for row in parties.get(f"{name}Details", {}).get("registrationNumbers", [])
        ),
        "parcels": [(p["weight"] * 1000, _sides(p["dimensions"], 10)) for p in content["packages"]],
        "invoice_number": invoice["number"],
        "invoice_date": invoice["date"],
        "reason": declared["exportReasonType"],
        "freight": charges.get("freight", Decimal(0)),
        "insurance": charges.get("insurance", Decimal(0)),
        "importer": parties.get("importerDetails", {}).get("contactInformation", {}).get("companyName"),
        "collected": (indicated.get("importCustomsDutyValue"), indicated.get("importTaxesValue")),
        "ship_on": body["plannedShippingDateAndTime"][:10],
        "reference": next(row["value"] for row in body["customerReferences"] if row["typeCode"] == "CU"),
        "batteries": sorted({f"UN{code}" for row in services.values() for goods in row.get("dangerousGoods", [])
                             for code in goods["unCodes"]}),
        "insured": services.get("II", {}).get("value"),
    }  # fmt: skip


def _dhl_address(party: dict[str, Any]) -> dict[str, str]:
    place, contact = party["postalAddress"], party["contactInformation"]
    company = contact["companyName"] if contact["companyName"] != contact["fullName"] else ""
    return {
        "name": contact["fullName"], "company": company,
        "street": words(*(place.get(f"addressLine{n}") for n in (1, 2, 3))),
        "city": place["cityName"], "region": place.get("provinceCode", ""), "postcode": place["postalCode"],
        "country": place["countryCode"], "phone": digits(contact["phone"]),
    }  # fmt: skip


def _sides(sizes: dict[str, Any], factor: Decimal | int) -> list[Decimal]:
    return sorted(Decimal(str(sizes[name])) * factor for name in ("length", "width", "height"))


def ups(body: dict[str, Any]) -> dict[str, Any]:
    shipment = body["ShipmentRequest"]["Shipment"]
    forms = shipment["ShipmentServiceOptions"]["InternationalForms"]
    paid = {row["Type"]: row for row in shipment["PaymentInformation"]["ShipmentCharge"]}
    duties = paid.get("02", {})
    payer = (duties.get("BillShipper") or duties.get("BillThirdParty") or {}).get("AccountNumber", "recipient")
    rows = [
        (p["CommodityCode"], p["OriginCountryCode"], int(p["Unit"]["Number"]),
         Decimal(p["Unit"]["Value"]) * int(p["Unit"]["Number"]), Decimal(0), " ".join(p["Description"]))
        for p in forms["Product"]
    ]  # fmt: skip
    total = sum((row[3] for row in rows), Decimal(0))
    stated = shipment.get("InvoiceLineTotal", {}).get("MonetaryValue")
    assert stated is None or Decimal(stated) == total
    packages = shipment["Package"]
    options = [package.get("PackageServiceOptions", {}) for package in packages]
    insured = [Decimal(o["DeclaredValue"]["MonetaryValue"]) for o in options if "DeclaredValue" in o]
    return {
        "goods": goods(rows),
        "total": total,
        "currency": forms["CurrencyCode"],
        "incoterm": forms["TermsOfShipment"],
        "duties": payer,
        "shipper": _ups_address(shipment["ShipFrom"]),
        "consignee": _ups_address(shipment["ShipTo"]),
        "tax_ids": sorted(_ups_numbers(shipment)),
        "parcels": [
            (Decimal(p["PackageWeight"]["Weight"]) * 1000,
             sorted(int(p["Dimensions"][name]) * 10 for name in ("Length", "Width", "Height")))
            for p in packages
        ],
        "invoice_number": forms["InvoiceNumber"],
        "invoice_date": _dashed(forms["InvoiceDate"]),
        "reason": forms["ReasonForExport"],
        "freight": Decimal(forms.get("FreightCharges", {}).get("MonetaryValue", 0)),
        "insurance": Decimal(forms.get("InsuranceCharges", {}).get("MonetaryValue", 0)),
        "importer": forms["Contacts"]["SoldTo"]["Name"],
        "ship_on": _dashed(shipment["ShipmentDate"]),
        "reference": shipment["ReferenceNumber"][0]["Value"],
        "batteries": sorted({row["IDNumber"] for o in options for row in o.get("HazMat", [])}),
        "insured": sum(insured, Decimal(0)) if insured else None,
    }  # fmt: skip


def _ups_numbers(shipment: dict[str, Any]) -> list[tuple[str, str]]:
    roles = {"06": "shipper", "18": "consignee", "05": "importer"}
    agents = shipment.get("GlobalTaxInformation", {}).get("AgentTaxIdentificationNumber", [])
    found = [
        (roles[row["IDNumberCustomerRole"]], row["IdentificationNumber"])
        for agent in agents
        for row in agent["TaxIdentificationNumber"]
    ]
    vendor = shipment["ShipFrom"].get("VendorInfo")
    return [*found, ("shipper", vendor["VendorCollectIDNumber"])] if vendor else found


def _ups_address(party: dict[str, Any]) -> dict[str, str]:
    place = party["Address"]
    company = party["Name"] if party["Name"] != party["AttentionName"] else ""
    return {
        "name": party["AttentionName"], "company": company, "street": words(*place["AddressLine"]),
        "city": place["City"], "region": place.get("StateProvinceCode", ""), "postcode": place.get("PostalCode", ""),
        "country": place["CountryCode"], "phone": digits(party["Phone"]["Number"]),
    }  # fmt: skip


def _dashed(day: str) -> str:
    return f"{day[:4]}-{day[4:6]}-{day[6:]}"


def fedex(body: dict[str, Any]) -> dict[str, Any]:
    shipment = body["requestedShipment"]
    customs = shipment["customsClearanceDetail"]
    invoice, duties = customs["commercialInvoice"], customs["dutiesPayment"]
    payor = duties.get("payor", {}).get("responsibleParty", {}).get("accountNumber", {}).get("value", "")
    rows = []
    for row in customs["commodities"]:
        assert row["unitPrice"]["amount"] * row["quantity"] == row["customsValue"]["amount"]
        assert row["weight"]["units"] == "KG"
        rows.append((row["harmonizedCode"], row["countryOfManufacture"], row["quantity"], row["customsValue"]["amount"],
                     row["weight"]["value"] * 1000, row["description"]))  # fmt: skip
    packages = shipment["requestedPackageLineItems"]
    gross = sum(p["weight"]["value"] for p in packages)
    assert 0 <= shipment["totalWeight"] * POUND_G / 1000 - gross < Decimal("0.005")
    insured = [p["declaredValue"]["amount"] for p in packages if "declaredValue" in p]
    sides = (("shipper", shipment["shipper"]), ("consignee", shipment["recipients"][0]),
             ("importer", customs.get("importerOfRecord", {})))  # fmt: skip
    batteries = [b for p in packages for b in p.get("packageSpecialServices", {}).get("batteryDetails", [])]
    numbers = {"LITHIUM_ION": "UN3481", "LITHIUM_METAL": "UN3091"}
    return {
        "goods": goods(rows),
        "total": customs["totalCustomsValue"]["amount"],
        "currency": customs["totalCustomsValue"]["currency"],
        "incoterm": invoice["termsOfSale"],
        "duties": "recipient" if duties["paymentType"] == "RECIPIENT" else payor,
        "shipper": _fedex_address(shipment["shipper"]),
        "consignee": _fedex_address(shipment["recipients"][0]),
        "tax_ids": sorted((role, row["number"]) for role, party in sides for row in party.get("tins", [])),
        "parcels": [(p["weight"]["value"] * 1000, _sides(p["dimensions"], 10)) for p in packages],
        "invoice_number": invoice["customerReferences"][0]["value"],
        "reason": invoice["shipmentPurpose"],
        "freight": invoice.get("freightCharge", {}).get("amount", Decimal(0)),
        "insurance": customs.get("insuranceCharge", {}).get("amount", Decimal(0)),
        "importer": customs.get("importerOfRecord", {}).get("contact", {}).get("companyName"),
        "ship_on": shipment["shipDatestamp"],
        "reference": packages[0]["customerReferences"][0]["value"],
        "batteries": sorted({numbers[row["batteryMaterialType"]] for row in batteries}),
        "insured": sum(insured, Decimal(0)) if insured else None,
    }


def _fedex_address(party: dict[str, Any]) -> dict[str, str]:
    place, contact = party["address"], party["contact"]
    return {
        "name": contact.get("personName") or contact["companyName"], "company": contact.get("companyName", ""),
        "street": words(*place["streetLines"]), "city": place["city"],
        "region": place.get("stateOrProvinceCode", ""), "postcode": place["postalCode"],
        "country": place["countryCode"], "phone": digits(contact["phoneNumber"]),
    }  # fmt: skip


def usps(body: dict[str, Any]) -> dict[str, Any]:
    form, package = body["customsForm"], body["packageDescription"]
    assert ("contentComments" in form) == (form["customsContentType"] == "OTHER")
    rows = []
    for row in form["contents"]:
        assert row["itemValue"] * row["itemQuantity"] == row["itemTotalValue"]
        rows.append((row["HSTariffNumber"], row["countryofOrigin"], row["itemQuantity"], row["itemTotalValue"],
                     row["itemTotalWeight"] * POUND_G, row["itemDescription"]))  # fmt: skip
    numbers = (("shipper", form.get("exportersReference")), ("consignee", form.get("importersReference")))
    services = package.get("extraServices", [])
    total = package["packageOptions"]["packageValue"]
    return {
        "goods": goods(rows),
        "total": total,
        "currency": "USD",
        "incoterm": "DDP" if package["prepayDutiesTaxesFees"] else "DAP",
        "duties": "prepaid" if package["prepayDutiesTaxesFees"] else "recipient",
        "shipper": _usps_address(body["fromAddress"]),
        "consignee": _usps_address(body["toAddress"]),
        "tax_ids": sorted((role, row["reference"]) for role, row in numbers if row),
        "parcels": [(package["weight"] * POUND_G, _sides(package, INCH_MM))],
        "invoice_number": form["invoiceNumber"],
        "reason": form["customsContentType"],
        "ship_on": package["mailingDate"],
        "reference": package["customerReference"][0]["referenceNumber"],
        "batteries": ["UN3481"] if 820 in services else [],
        "insured": total if {930, 931} & set(services) else None,
    }


def _usps_address(party: dict[str, Any]) -> dict[str, str]:
    name = words(party.get("firstName"), party.get("lastName"))
    zip_code = "-".join(part for part in (party.get("ZIPCode"), party.get("ZIPPlus4")) if part)
    return {
        "name": name or party["firm"], "company": party.get("firm", ""),
        "street": words(party["streetAddress"], party.get("secondaryAddress")), "city": party["city"],
        "region": party.get("state") or party.get("province", ""), "postcode": zip_code or party.get("postalCode", ""),
        "country": party.get("countryISOAlpha2Code", "US"), "phone": digits(party["phone"]),
    }  # fmt: skip


def royal_mail(body: dict[str, Any]) -> dict[str, Any]:
    (item,) = body["items"]
    postage = item["postageDetails"]
    contents = [row for package in item["packages"] for row in package["contents"]]
    rows = [
        (row["customsCode"], row["originCountryCode"], row["quantity"], row["unitValue"] * row["quantity"],
         Decimal(row["unitWeightInGrams"] * row["quantity"]), row["extendedCustomsDescription"])
        for row in contents
    ]  # fmt: skip
    importer = item.get("importer", {})
    numbers = [
        ("shipper", postage.get("IOSSNumber")), ("consignee", postage.get("recipientEoriNumber")),
        *(("importer", importer.get(name)) for name in ("vatNumber", "taxCode", "eoriNumber")),
    ]  # fmt: skip
    parts = ("subtotal", "shippingCostCharged", "otherCosts", "customsDutyCosts", "orderTax")
    assert item["total"] == sum(item.get(name, Decimal(0)) for name in parts)
    paid = postage["serviceCode"].startswith("DDP")
    return {
        "goods": goods(rows),
        "total": item["subtotal"],
        "currency": item["currencyCode"],
        "incoterm": "DDP" if paid else "DAP",
        "duties": "prepaid" if paid else "recipient",
        "consignee": _royal_mail_address(item["recipient"]),
        "tax_ids": sorted((role, number) for role, number in numbers if number),
        "parcels": [
            (Decimal(p["weightInGrams"]), sorted(p["dimensions"].values()) if p["dimensions"] else [])
            for p in item["packages"]
        ],
        "invoice_number": postage["commercialInvoiceNumber"],
        "invoice_date": postage["commercialInvoiceDate"][:10],
        "reason": contents[0]["customsDeclarationCategory"],
        "freight": item["shippingCostCharged"],
        "insurance": item["otherCosts"],
        "importer": importer.get("companyName"),
        "collected": (item.get("customsDutyCosts"), item.get("orderTax")),
        "ship_on": item["plannedDespatchDate"][:10],
        "reference": item["orderReference"],
        "batteries": [f"UN{item['dangerousGoodsUnCode']}"] if item.get("containsDangerousGoods") else [],
    }


def _royal_mail_address(party: dict[str, Any]) -> dict[str, str]:
    place = party["address"]
    return {
        "name": place["fullName"], "company": place.get("companyName", ""),
        "street": words(*(place.get(f"addressLine{n}") for n in (1, 2, 3))), "city": place["city"],
        "region": place.get("county", ""), "postcode": place.get("postcode", ""), "country": place["countryCode"],
        "phone": digits(party.get("phoneNumber", "")),
    }  # fmt: skip


READERS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "dhl_express": dhl_express,
    "ups": ups,
    "fedex": fedex,
    "usps": usps,
    "royal_mail": royal_mail,
}
