"""What flies together under one master air waybill: what manifest, air waybill and bag labels are made from.

Frozen like the snapshot of a shipment: `parse_consignment(as_dict(consignment))` gives the same consignment back.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from shipsmart.core.codes import CURRENCIES
from shipsmart.documents.identifiers import is_air_waybill, is_sscc
from shipsmart.documents.parsing import read_day, read_party
from shipsmart.documents.reading import Reader, ShipmentInvalid
from shipsmart.documents.values import Party

MOST_BAGS = 999
MOST_PARCELS = 20_000


@dataclass(frozen=True, slots=True)
class ConsignedParcel:
    """One parcel on the manifest, as its own papers describe it."""

    waybill: str
    consignee: str
    city: str
    country: str
    contents: str
    pieces: int
    weight_g: int
    value: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Bag:
    """A bag or pallet (`unit`) with its SSCC, its gross weight and the parcels in it."""

    sscc: str
    unit: str
    gross_weight_g: int
    parcels: tuple[ConsignedParcel, ...]


@dataclass(frozen=True, slots=True)
class Consignment:
    """Bags from one consignor to one consignee abroad; airports are IATA codes of three letters."""

    reference: str
    air_waybill: str
    day: date | None
    flight: str
    departure: str
    destination: str
    consignor: Party
    consignee: Party
    agent: str
    bags: tuple[Bag, ...]

    @property
    def parcels(self) -> tuple[ConsignedParcel, ...]:
        return tuple(parcel for bag in self.bags for parcel in bag.parcels)

    @property
    def gross_weight_g(self) -> int:
        return sum(bag.gross_weight_g for bag in self.bags)

    @property
    def values(self) -> dict[str, Decimal]:
        """Return the declared value in each currency: values of different currencies are not added."""
        totals: dict[str, Decimal] = {}
        for parcel in self.parcels:
            totals[parcel.currency] = totals.get(parcel.currency, Decimal(0)) + parcel.value
        return dict(sorted(totals.items()))


def parse_consignment(data: dict[str, Any]) -> Consignment:
    """Return the consignment of a JSON object; raises ShipmentInvalid naming every field that cannot be read.

    The air waybill and each SSCC must have their check digits, and a bag must weigh no less than its parcels.
    """
    read = Reader(data)
    consignment = Consignment(
        reference=read.text("reference", limit=60, required=True),
        air_waybill=read.text("air_waybill", limit=12, required=True),
        day=read_day(read, "day"),
        flight=read.text("flight", limit=10),
        departure=_airport(read, "departure"),
        destination=_airport(read, "destination"),
        consignor=read.one("consignor", read_party, required=True),
        consignee=read.one("consignee", read_party, required=True),
        agent=read.text("agent"),
        bags=read.many("bags", _bag, limit=MOST_BAGS),
    )
    if consignment.air_waybill and not is_air_waybill(consignment.air_waybill):
        message = f"{consignment.air_waybill!r} is no IATA air waybill: three digits, seven, and their rest of seven"
        read.note(ShipmentInvalid(message, field="air_waybill"))
    codes = [bag.sscc for bag in consignment.bags]
    if len(set(codes)) != len(codes):
        read.note(ShipmentInvalid("two bags have the same SSCC: give each its own", field="bags"))
    if len(consignment.parcels) > MOST_PARCELS:
        read.note(ShipmentInvalid(f"hold more than {MOST_PARCELS} parcels: make two consignments", field="bags"))
    read.done()
    read.finish()
    return consignment


def _airport(read: Reader, key: str) -> str:
    code = read.text(key, limit=3, required=True).upper()
    if code and not (len(code) == 3 and code.isascii() and code.isalpha()):
        read.note(ShipmentInvalid(f"is {code!r}, which is no airport of three letters", field=key))
    return code


def _bag(read: Reader) -> Bag:
    bag = Bag(
        sscc=read.text("sscc", limit=18, required=True),
        unit=read.choice("unit", frozenset({"bag", "pallet"}), upper=False),
        gross_weight_g=read.whole("gross_weight_g", required=True, least=1) or 0,
        parcels=read.many("parcels", _parcel, limit=MOST_PARCELS),
    )
    if bag.sscc and not is_sscc(bag.sscc):
        message = f"{bag.sscc!r} is no SSCC of 18 digits with its check digit"
        read.note(ShipmentInvalid(message, field=read.field("sscc")))
    weight_g = sum(parcel.weight_g for parcel in bag.parcels)
    if bag.gross_weight_g and weight_g > bag.gross_weight_g:
        message = f"is {bag.gross_weight_g} g, but the parcels weigh {weight_g} g: weigh it again"
        read.note(ShipmentInvalid(message, field=read.field("gross_weight_g"), reason="weights_do_not_add_up"))
    read.done()
    return bag


def _parcel(read: Reader) -> ConsignedParcel:
    parcel = ConsignedParcel(
        waybill=read.text("waybill", limit=30, required=True),
        consignee=read.text("consignee", required=True),
        city=read.text("city", limit=100, required=True),
        country=read.text("country", limit=2, required=True).upper(),
        contents=read.text("contents", limit=1000, required=True),
        pieces=read.whole("pieces", required=True, least=1) or 0,
        weight_g=read.whole("weight_g", required=True, least=1) or 0,
        value=read.amount("value", default=Decimal(0)) or Decimal(0),
        currency=read.choice("currency", CURRENCIES),
    )
    read.done()
    return parcel
