"""From the JSON object of a shipment to its snapshot: types, limits and references between parts are checked here.

What is merely missing (an HS code, a phone) is read as empty: the compliance gate names all of that at once.
"""

from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from shipsmart.core.codes import CURRENCIES
from shipsmart.documents import values
from shipsmart.documents.reading import Reader, ShipmentInvalid, clean_text, decimals

INCOTERMS = frozenset({"EXW", "FCA", "FAS", "FOB", "CFR", "CIF", "CPT", "CIP", "DAP", "DPU", "DDP"})
EXPORT_REASONS = frozenset({"sale", "gift", "sample", "return", "repair"})
MOST_LINES = 5_000
MOST_PARCELS = 999
# All descriptions together, in half a minute of printing; a letter beyond ASCII takes some four times as long to set.
MOST_LETTERS = 1_000_000
BEYOND_ASCII = 4
ZERO = Decimal(0)


def parse_shipment(data: dict[str, Any]) -> values.PaperShipment:
    """Return the snapshot of a shipment described by a JSON object.

    Amounts are texts (or whole numbers, or `Decimal`), never floats. Raises ShipmentInvalid naming every field with
    unknown keys, wrong types, texts over their limit, control characters and references to parcels that are not there.
    """
    read = Reader(data)
    currency = read.choice("currency", CURRENCIES)
    parcels = read.many("parcels", _parcel, limit=MOST_PARCELS)
    shipment = values.PaperShipment(
        reference=read.text("reference", limit=100, required=True),
        invoice_number=read.text("invoice_number", limit=60),
        invoice_date=read_day(read, "invoice_date"),
        incoterm=read.choice("incoterm", INCOTERMS),
        currency=currency,
        export_reason=read.choice("export_reason", EXPORT_REASONS, upper=False),
        carrier=read.text("carrier", limit=60, required=True),
        service=read.text("service", limit=100),
        waybill=_waybill(read),
        shipper=read.one("shipper", read_party, required=True),
        consignee=read.one("consignee", read_party, required=True),
        importer=read.one("importer", read_party),
        seller=read.one("seller", read_party),
        parcels=parcels,
        lines=_lines(read, parcels),
        freight=_charge(read, "freight", currency),
        insurance=_charge(read, "insurance", currency),
        discount=_charge(read, "discount", currency),
        other_charges=_charge(read, "other_charges", currency),
        references=_references(read),
        collected=read.one("collected", _collected),
    )
    read.done()
    read.finish()
    return shipment


def read_party(read: Reader) -> values.Party:
    party = values.Party(
        name=read.text("name"),
        company=read.text("company"),
        address1=read.text("address1"),
        address2=read.text("address2"),
        city=read.text("city", limit=100),
        region=read.text("region", limit=100),
        postcode=read.text("postcode", limit=20),
        country=read.text("country", limit=2).upper(),
        phone=read.text("phone", limit=40),
        email=read.text("email", limit=254),
        tax_ids=read.many("tax_ids", _tax_id, limit=20, required=False),
    )
    read.done()
    return party


def _tax_id(read: Reader) -> values.TaxId:
    tax_id = values.TaxId(
        type=read.text("type", limit=20, required=True).upper(),
        number=read.text("number", limit=60),
        country=read.text("country", limit=2).upper(),
    )
    read.done()
    return tax_id


def _parcel(read: Reader) -> values.Parcel:
    parcel = values.Parcel(
        id=str(read.whole("id")) if isinstance(read.raw("id"), int) else read.text("id", limit=60, required=True),
        weight_g=read.whole("weight_g"),
        length_mm=read.whole("length_mm"),
        width_mm=read.whole("width_mm"),
        height_mm=read.whole("height_mm"),
    )
    read.done()
    return parcel


def _lines(read: Reader, parcels: tuple[values.Parcel, ...]) -> tuple[values.PaperLine, ...]:
    ids = [parcel.id for parcel in parcels]
    if len(set(ids)) != len(ids):
        read.note(ShipmentInvalid("two parcels have the same id: give each its own", field="parcels"))
    lines: tuple[values.PaperLine, ...] = read.many("lines", lambda item: _line(item, ids), limit=MOST_LINES)
    letters = sum(len(line.description) * (1 if line.description.isascii() else BEYOND_ASCII) for line in lines)
    if letters > MOST_LETTERS:
        message = f"descriptions of {len(lines)} lines are too long together: shorten them, or make two shipments"
        read.note(ShipmentInvalid(message, field="lines", reason="text_too_long", limit=MOST_LETTERS))
    return lines


def _line(read: Reader, parcel_ids: list[str]) -> values.PaperLine:
    raw = read.raw("parcel")
    parcel = str(raw) if isinstance(raw, int) else read.text("parcel", limit=60)
    if not parcel and len(parcel_ids) == 1:
        parcel = parcel_ids[0]
    if parcel not in parcel_ids and parcel_ids:
        message = f"{parcel!r} is the id of no parcel: name the one the goods lie in"
        read.note(ShipmentInvalid(message, field=read.field("parcel")))
    line = values.PaperLine(
        sku=read.text("sku", limit=100),
        description=read.text("description", limit=1000),
        hs_code=read.text("hs_code", limit=20),
        origin=read.text("origin", limit=2).upper(),
        quantity=read.whole("quantity", limit=1_000_000, required=True, least=1) or 0,
        unit_price=read.amount("unit_price"),
        net_weight_g=read.whole("net_weight_g"),
        parcel=parcel,
        national_code=read.text("national_code", limit=20),
        preference=read.text("preference", limit=40),
        dangerous_goods=read.one("dangerous_goods", _dangerous_goods),
    )
    read.done()
    return line


def _dangerous_goods(read: Reader) -> values.DangerousGoods:
    goods = values.DangerousGoods(
        un=read.text("un", limit=10),
        packing_instruction=read.text("packing_instruction", limit=20),
        watt_hours=read.amount("watt_hours"),
        count=read.whole("count"),
    )
    read.done()
    return goods


def _collected(read: Reader) -> values.Collected:
    collected = values.Collected(
        scheme=read.text("scheme", limit=60),
        duty=read.amount("duty", default=ZERO) or ZERO,
        import_tax=read.amount("import_tax", default=ZERO) or ZERO,
        fees=read.amount("fees", default=ZERO) or ZERO,
        currency=read.choice("currency", CURRENCIES),
        quote_id=read.text("quote_id", limit=100),
    )
    read.done()
    return collected


def _waybill(read: Reader) -> str:
    """Return the waybill number; only what a Code 128 on a label can carry and a scanner can read."""
    number = read.text("waybill", limit=30)
    if not (number.isascii() and number.isprintable()):
        message = "may hold ASCII characters only: it is printed as a barcode"
        read.note(ShipmentInvalid(message, field="waybill", reason="barcode_unencodable"))
    return number


def _charge(read: Reader, key: str, currency: str) -> Decimal:
    amount = read.amount(key, default=ZERO) or ZERO
    if currency and decimals(amount.normalize()) > values.minor_digits(currency):
        message = f"is {amount}; {currency} has {values.minor_digits(currency)} decimals: round it"
        read.note(ShipmentInvalid(message, field=read.field(key)))
    return amount


def read_day(read: Reader, key: str) -> date | None:
    text = read.text(key, limit=10)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        read.note(ShipmentInvalid(f"is {text!r}, which is no date like 2026-11-22", field=read.field(key)))
        return None


def _references(read: Reader) -> tuple[tuple[str, str], ...]:
    value = read.raw("references") or {}
    if not isinstance(value, dict) or len(value) > 50:
        read.note(ShipmentInvalid("must be an object with at most 50 keys", field="references"))
        return ()
    pairs = [read.attempt(partial(_reference, key, text), default=("", "")) for key, text in value.items()]
    return tuple(sorted((name, text) for name, text in pairs if text))


def _reference(key: str, text: object) -> tuple[str, str]:
    name = clean_text(key, field="references", limit=40)
    return name, clean_text(text, field=f"references.{name}", limit=200)
