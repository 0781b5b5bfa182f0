"""What an order means to tell customs, and how what went out differs from it.

Each reader in `readings.py` returns the same names as `meant`, as far as its carrier has a field: `NO_FIELD` lists what
it has not.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from shipsmart.core.money import minor_unit
from shipsmart.ports import LabelOrder, Party

_KINDS = ("sale", "gift", "sample", "repair", "return")
REASONS = {
    carrier: dict(zip(_KINDS, codes, strict=True))
    for carrier, codes in {
        "dhl_express": ("commercial_purpose_or_sale", "gift", "sample", "temporary", "return"),
        "ups": ("SALE", "GIFT", "SAMPLE", "REPAIR", "RETURN"),
        "fedex": ("SOLD", "GIFT", "SAMPLE", "REPAIR_AND_RETURN", "NOT_SOLD"),
        "usps": ("MERCHANDISE", "GIFT", "COMMERCIAL_SAMPLE", "OTHER", "RETURNED_GOODS"),
        "royal_mail": ("eCommerceSaleOfGoods", "gift", "commercialSample", "other", "returnedGoods"),
    }.items()
}
# What a carrier's request has no field for. UPS and FedEx are told what was collected in words on the invoice.
NO_FIELD: dict[str, set[str]] = {
    "dhl_express": set(),
    "ups": {"collected"},
    "fedex": {"collected", "invoice_date"},
    "usps": {"freight", "collected", "invoice_date", "insurance", "importer"},
    "royal_mail": {"shipper"},  # the address of its account
}
WEIGHED_TO_G = {"dhl_express": Decimal(0), "fedex": Decimal(0), "royal_mail": Decimal(0), "usps": Decimal(1)}
STEP_UP = 10  # grams and millimetres that a whole centimetre or five digits may add to a box, never take away
# What a carrier leaves out on purpose: its README says why.
SHORTEST_REGION = {"dhl_express": 2, "fedex": 2}
LONGEST_REGION = {"fedex": 2, "ups": 5}
LONGEST_NAME = {"ups": 35}
NUMBERS_OF_THE_ACCOUNT = {"royal_mail": ("EORI", "VAT")}
ONE_NUMBER_A_SIDE = {"usps": ("IOSS", "VOEC", "ARN", "GST", "EORI", "VAT", "EIN")}


@dataclass
class Goods:
    """Sums over the lines of one code and origin."""

    quantity: int = 0
    value: Decimal = Decimal(0)
    weight_g: Decimal = Decimal(0)
    texts: list[str] = field(default_factory=list)


def goods(rows: Iterable[tuple[str, str, int, Decimal, Decimal, str]]) -> dict[tuple[str, str], Goods]:
    """Return the sums of (code, origin, quantity, line value, line weight in grams, description) rows."""
    found: dict[tuple[str, str], Goods] = defaultdict(Goods)
    for code, origin, quantity, value, weight_g, text in rows:
        one = found[(code, origin)]
        one.quantity += quantity
        one.value += value
        one.weight_g += weight_g
        one.texts.append(text)
    return dict(found)


def meant(order: LabelOrder, carrier: str, duties_account: str) -> dict[str, Any]:
    """Return what the order says, for comparison with what went out."""
    step = minor_unit(order.currency)
    rows = [
        (i.hs_code, i.origin, i.quantity, (i.unit_price * i.quantity).quantize(step),
         Decimal(i.unit_weight_g * i.quantity), i.description)
        for i in order.items
    ]  # fmt: skip
    sums = goods(rows)
    ddp = order.incoterm == "DDP"
    parties = {"shipper": order.shipper, "consignee": order.consignee}
    if order.importer:
        parties["importer"] = order.importer
    return {
        "goods": sums,
        "total": sum((one.value for one in sums.values()), Decimal(0)),
        "currency": order.currency,
        "incoterm": str(order.incoterm),
        "duties": duties_account if ddp else "recipient",
        "shipper": address(order.shipper),
        "consignee": address(order.consignee),
        "tax_ids": _numbers(parties, carrier),
        "parcels": [(p.weight_g, sorted((p.length_mm, p.width_mm, p.height_mm))) for p in order.parcels],
        "invoice_number": order.invoice_number,
        "invoice_date": order.invoice_date.isoformat(),
        "reason": REASONS[carrier][order.export_reason],
        "freight": order.freight,
        "insurance": order.insurance,
        **({"importer": order.importer.company} if order.importer else {}),
        "collected": (order.collected_duty, order.collected_import_tax) if ddp else (None, None),
        "ship_on": order.ship_on.isoformat(),
        "reference": order.reference,
        "batteries": sorted({item.dangerous.un for item in order.items if item.dangerous}),
    }


def _numbers(parties: dict[str, Party], carrier: str) -> list[tuple[str, str]]:
    kept = NUMBERS_OF_THE_ACCOUNT.get(carrier, ())
    found = [
        (role, tax.type, tax.number)
        for role, party in parties.items()
        for tax in party.tax_ids
        if not (role == "shipper" and tax.type in kept)
    ]
    order = ONE_NUMBER_A_SIDE.get(carrier)
    if order:
        ranked = sorted((row for row in found if row[0] == "shipper"), key=lambda row: order.index(row[1]))
        found = ranked[:1] + [("consignee", *row[1:]) for row in found if row[0] != "shipper"]
    if carrier == "royal_mail":  # a consignee's number other than an EORI stands under the importer
        found = [("importer" if row[0] == "consignee" and row[1] != "EORI" else row[0], *row[1:]) for row in found]
    return sorted((role, number) for role, _, number in found)


def differences(carrier: str, said: dict[str, Any], wanted: dict[str, Any]) -> list[str]:
    """Return how what went out differs from what was meant, field by field."""
    found = [f"{name}: not told" for name in set(wanted) - set(said) - NO_FIELD[carrier]]
    for name in set(wanted) & set(said):
        check = {"goods": _goods, "parcels": _parcels, "shipper": _address, "consignee": _address}.get(name, _equal)
        found += [f"{name}: {text}" for text in check(carrier, said[name], wanted[name])]
    if said.get("insured") is not None:
        found += [f"insured: {text}" for text in _equal(carrier, said["insured"], wanted["total"])]
    return found


def _equal(_carrier: str, said: Any, wanted: Any) -> list[str]:
    return [] if said == wanted else [f"{said!r}, not {wanted!r}"]


def _goods(carrier: str, said: dict[Any, Goods], wanted: dict[Any, Goods]) -> list[str]:
    if set(said) != set(wanted):
        return [f"codes and origins {sorted(said)}, not {sorted(wanted)}"]
    found = []
    for key, meant_goods in wanted.items():
        told = said[key]
        if (told.quantity, told.value) != (meant_goods.quantity, meant_goods.value):
            found.append(f"{key} {told.quantity} worth {told.value}, not {meant_goods.quantity} {meant_goods.value}")
        if carrier in WEIGHED_TO_G and abs(told.weight_g - meant_goods.weight_g) > WEIGHED_TO_G[carrier]:
            found.append(f"{key} weigh {told.weight_g}, not {meant_goods.weight_g}")
        known = {word.strip("(),;") for text in meant_goods.texts for word in text.split()}
        found += [
            f"{key} {text!r} says {word!r}, which nobody said"
            for text in told.texts
            for word in text.split()
            if word.strip("(),;") not in known
        ]
        if any("lithium" in text for text in meant_goods.texts) and not all("lithium" in text for text in told.texts):
            found.append(f"{key} hides the lithium: {told.texts}")
    return found


def _parcels(_carrier: str, said: list[Any], wanted: list[Any]) -> list[str]:
    if len(said) != len(wanted):
        return [f"{len(said)} boxes, not {len(wanted)}"]
    pairs = [
        pair
        for (told_g, told_sides), (weight_g, sides) in zip(said, wanted, strict=True)
        for pair in ((told_g, weight_g), *zip(told_sides, sides, strict=True))
    ]
    return [f"{told}, not {meant_figure}" for told, meant_figure in pairs if not 0 <= told - meant_figure < STEP_UP]


def _address(carrier: str, said: dict[str, str], wanted: dict[str, str]) -> list[str]:
    wanted = dict(wanted)
    if not SHORTEST_REGION.get(carrier, 0) <= len(wanted["region"]) <= LONGEST_REGION.get(carrier, 99):
        wanted["region"] = ""
    long_name = len(wanted["name"]) > LONGEST_NAME.get(carrier, 999)
    if (
        long_name
        and said["name"].split()[0 :: len(said["name"].split()) - 1]
        == wanted["name"].split()[0 :: len(wanted["name"].split()) - 1]
    ):
        wanted["name"] = said["name"]  # middle names as initials
    for one in (said, wanted):  # blanks where a line was broken, and how a country writes its postcode, say nothing
        one["street"], one["postcode"] = re.sub(r"\s", "", one["street"]), re.sub(r"[\s-]", "", one["postcode"])
    return [f"{name} {said[name]!r}, not {wanted[name]!r}" for name in wanted if said[name] != wanted[name]]


def address(party: Party) -> dict[str, str]:
    return {
        "name": party.name or party.company,
        "company": party.company,
        "street": words(party.address1, party.address2),
        "city": party.city,
        "region": party.region,
        "postcode": party.postcode,
        "country": party.country,
        "phone": digits(party.phone),
    }


def words(*texts: str | None) -> str:
    return " ".join(" ".join(text for text in texts if text).split())


def digits(text: str) -> str:
    """Return a number's digits; North America's without the 1 that some carriers leave out."""
    found = re.sub(r"\D", "", text)
    return found[1:] if len(found) == 11 and found.startswith("1") else found
