"""The values of a shipment as its papers show them: frozen, exact, with totals derived from the lines."""

from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from shipsmart.core.money import minor_unit, round_to


@dataclass(frozen=True, slots=True)
class TaxId:
    type: str
    number: str
    country: str


@dataclass(frozen=True, slots=True)
class Party:
    name: str
    company: str
    address1: str
    address2: str
    city: str
    region: str
    postcode: str
    country: str
    phone: str
    email: str
    tax_ids: tuple[TaxId, ...]

    def tax_id(self, *types: str) -> TaxId | None:
        """Return the first tax id of the given types that has a number."""
        return next((tax_id for tax_id in self.tax_ids if tax_id.type in types and tax_id.number), None)


@dataclass(frozen=True, slots=True)
class Parcel:
    id: str
    weight_g: int | None
    length_mm: int | None
    width_mm: int | None
    height_mm: int | None


@dataclass(frozen=True, slots=True)
class DangerousGoods:
    un: str
    packing_instruction: str
    watt_hours: Decimal | None
    count: int | None


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One kind of goods; `unit_price` and `net_weight_g` are for one unit, `parcel` is the id of its box."""

    sku: str
    description: str
    hs_code: str
    origin: str
    quantity: int
    unit_price: Decimal | None
    net_weight_g: int | None
    parcel: str
    national_code: str
    preference: str
    dangerous_goods: DangerousGoods | None

    @property
    def total_net_weight_g(self) -> int:
        return self.quantity * (self.net_weight_g or 0)


@dataclass(frozen=True, slots=True)
class Collected:
    """What the shopper paid ahead at checkout, and under which scheme."""

    scheme: str
    duty: Decimal
    import_tax: Decimal
    fees: Decimal
    currency: str
    quote_id: str


@dataclass(frozen=True, slots=True)
class PaperShipment:
    reference: str
    invoice_number: str
    invoice_date: date | None
    incoterm: str
    currency: str
    export_reason: str
    carrier: str
    service: str
    waybill: str
    shipper: Party
    consignee: Party
    importer: Party | None
    seller: Party | None
    parcels: tuple[Parcel, ...]
    lines: tuple[PaperLine, ...]
    freight: Decimal
    insurance: Decimal
    discount: Decimal
    other_charges: Decimal
    references: tuple[tuple[str, str], ...]
    collected: Collected | None

    @property
    def importer_of_record(self) -> Party:
        return self.importer or self.consignee

    @property
    def sold_by(self) -> Party:
        return self.seller or self.shipper

    @property
    def goods_total(self) -> Decimal:
        """Return the sum of the rounded line totals, so that the printed lines add up to it."""
        return sum((self.line_total(line) for line in self.lines), Decimal(0))

    @property
    def total(self) -> Decimal:
        return self.goods_total - self.discount + self.freight + self.insurance + self.other_charges

    @property
    def net_weight_g(self) -> int:
        return sum(line.total_net_weight_g for line in self.lines)

    @property
    def gross_weight_g(self) -> int:
        return sum(parcel.weight_g or 0 for parcel in self.parcels)

    def line_total(self, line: PaperLine) -> Decimal:
        """Return quantity times unit price, rounded half up to the currency's minor unit."""
        return round_amount((line.unit_price or Decimal(0)) * line.quantity, self.currency)

    def in_parcel(self, parcel: Parcel) -> tuple[PaperLine, ...]:
        return tuple(line for line in self.lines if line.parcel == parcel.id)

    def reference_of(self, key: str) -> str:
        return dict(self.references).get(key, "")

    @property
    def tax_ids(self) -> tuple[TaxId, ...]:
        """Return the tax ids of every party once, in the order of the parties."""
        parties = (self.shipper, self.sold_by, self.consignee, self.importer_of_record)
        return tuple(dict.fromkeys(tax_id for party in parties for tax_id in party.tax_ids))


def minor_digits(currency: str) -> int:
    """Return the decimals of the currency's minor unit: 2 for EUR, 0 for JPY, 3 for KWD."""
    exponent = minor_unit(currency).as_tuple().exponent
    return max(0, -int(exponent))


def round_amount(amount: Decimal, currency: str) -> Decimal:
    """Return the amount rounded half up to the currency's minor unit."""
    return round_to(amount, minor_unit(currency))


def as_dict(value: Any) -> Any:
    """Return plain JSON values; `parse_shipment(as_dict(shipment))` gives the same shipment back."""
    if isinstance(value, PaperShipment):
        plain = {field.name: as_dict(getattr(value, field.name)) for field in fields(value)}
        return plain | {"references": dict(value.references)}
    if is_dataclass(value):
        return {field.name: as_dict(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [as_dict(item) for item in value]
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else value
