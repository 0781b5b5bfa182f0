"""What we ask of carriers around the waybill: pick-ups, the day's manifest, our invoice sent ahead, the way back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Protocol

from shipsmart.ports.carriers import CarrierAccountRef, Label, LabelOrder
from shipsmart.ports.values import ParcelSpec, Party


@dataclass(frozen=True)
class PickUpShipment:
    """One waybill that the courier is to collect."""

    waybill: str
    service: str
    parcels: tuple[ParcelSpec, ...]
    consignee: Party


@dataclass(frozen=True)
class PickUpOrder:
    """Everything a carrier must know to send a courier.

    `ready_at` is aware and in the time zone of the place; `closes_at` is the same day there. `location` says where the
    courier finds the parcels ("reception").
    """

    reference: str
    address: Party
    ready_at: datetime
    closes_at: time
    shipments: tuple[PickUpShipment, ...]
    location: str = ""
    instructions: str = ""


@dataclass(frozen=True)
class PickUp:
    """A booked pick-up. `details` holds what the carrier wants to hear again when it is cancelled."""

    number: str
    on: date
    details: Mapping[str, str] = field(default_factory=dict)
    cost: Decimal | None = None
    currency: str = ""


@dataclass(frozen=True)
class ManifestOrder:
    """The day's parcels to hand over together. Carriers without a choice take all that is open on the account."""

    waybills: tuple[str, ...]
    shipper: Party
    mail_on: date


@dataclass(frozen=True)
class Manifest:
    """A closed list of parcels and its paper to be scanned; `document` is empty while the carrier still makes it."""

    number: str
    document: bytes
    waybills: tuple[str, ...] = ()


class CarrierPickUps(Protocol):
    """capability "pickups"."""

    def book_pickup(self, account: CarrierAccountRef, order: PickUpOrder, *, timeout_s: float) -> PickUp:
        """Send a courier. An unanswered call leaves the outcome unknown: ask the carrier before repeating."""

    def cancel_pickup(self, account: CarrierAccountRef, pickup: PickUp, *, timeout_s: float) -> None: ...


class CarrierManifests(Protocol):
    """capability "manifest"."""

    manifest_of_all: bool  # the carrier closes out all that is open on the account, whatever it is told

    def close_out(self, account: CarrierAccountRef, order: ManifestOrder, *, timeout_s: float) -> Manifest: ...

    def find_manifest(self, account: CarrierAccountRef, number: str, *, timeout_s: float) -> Manifest | None:
        """Return a manifest made before, or None when the carrier shows none again."""


class CarrierReturns(Protocol):
    """capability "return_labels"."""

    def buy_return_label(self, account: CarrierAccountRef, order: LabelOrder, *, timeout_s: float) -> Label:
        """Buy a label for the way back: the shopper is `order.shipper`, the merchant `order.consignee` and payer."""


@dataclass(frozen=True)
class InvoiceUpload:
    """Our own invoice for a waybill that is booked, for customs to read before the parcel is there.

    `booked_at` is aware; `ships_on` is the day that the booking named; `content` is a PDF.
    """

    waybill: str
    service: str
    number: str
    content: bytes = field(repr=False)
    booked_at: datetime
    ships_on: date
    ship_from: str
    ship_to: str


class CarrierInvoices(Protocol):
    """capability "invoice_upload". Uploading the same invoice again replaces it or adds a copy: harmless."""

    invoice_taken_after_s: float  # how long after the booking the carrier takes it

    def upload_invoice(self, account: CarrierAccountRef, invoice: InvoiceUpload, *, timeout_s: float) -> None: ...
