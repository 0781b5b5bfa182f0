"""Reads behind the page of the end of the day."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from shipsmart.dashboard.forms.handover import DayForm, PickUpForm
from shipsmart.documents.models import Document
from shipsmart.merchants.models import Merchant
from shipsmart.ports import provides
from shipsmart.rating.models import CarrierAccount
from shipsmart.shipments import manifests, pickups
from shipsmart.shipments.handing_over import waiting
from shipsmart.shipments.handover_models import (
    CourierPickUp,
    DayManifest,
    Handover,
    HandoverState,
    ManifestItem,
    PickUpItem,
)
from shipsmart.shipments.models import Shipment

SHOWN_FOR = timedelta(days=7)
MOVING = (HandoverState.ASKED, HandoverState.CANCELLING)


@dataclass(frozen=True)
class Desk:
    """One carrier account with its parcels that wait, each with whether it is ticked."""

    account: CarrierAccount
    form: DayForm
    parcels: tuple[tuple[Shipment, bool], ...]
    courier: bool
    manifest: bool
    takes_all: bool


@dataclass(frozen=True)
class Done:
    """A courier or a manifest of the last days, with its paper."""

    row: Any
    courier: bool
    paper: Document | None
    cancellable: bool

    @property
    def kind(self) -> str:
        return "pickup" if self.courier else "manifest"


def desks(merchant: Merchant, *, bound: PickUpForm | None = None, ticked: Collection[int] = ()) -> list[Desk]:
    """Return the accounts that send couriers or take manifests. `bound`: a form to mend, with what was ticked."""
    accounts = (
        CarrierAccount.objects.filter(merchant=merchant, active=True)
        .select_related("merchant")
        .order_by("carrier", "pk")
    )
    wanted = [row for row in accounts if any(provides(row.carrier, what) for what in ("pickups", "manifest"))]
    return [_desk(row, bound if bound and bound.account == row else None, ticked) for row in wanted]


def _desk(account: CarrierAccount, bound: PickUpForm | None, ticked: Collection[int]) -> Desk:
    courier, manifest = provides(account.carrier, pickups.CAPABILITY), provides(account.carrier, manifests.CAPABILITY)
    couriers = PickUpItem.objects.filter(shipment=OuterRef("pk"), open=True, handover__closes_at__gte=timezone.now())
    listed = ManifestItem.objects.filter(shipment=OuterRef("pk"), open=True)
    rows = waiting(account).annotate(with_courier=Exists(couriers), on_manifest=Exists(listed)).select_related("order")
    left = [row for row in rows if courier or not row.on_manifest]
    return Desk(
        account=account,
        form=bound or (PickUpForm if courier else DayForm)(account=account),
        parcels=tuple((row, row.pk in ticked if bound else _waits(row, courier, manifest)) for row in left),
        courier=courier,
        manifest=manifest,
        takes_all=manifest and manifests.takes_all(account),
    )


def _waits(row: Any, courier: bool, manifest: bool) -> bool:
    return (courier and not row.with_courier) or (manifest and not row.on_manifest)


def days(merchant: Merchant) -> list[Done]:
    """Return what was asked for in the last days and what is still open, newest first."""
    since = Q(created_at__gte=timezone.now() - SHOWN_FOR)
    couriers = _recent(CourierPickUp, merchant, since | Q(closes_at__gte=timezone.now()))
    closed = _recent(DayManifest, merchant, since)
    subjects = [manifests.subject(row) for row in closed]
    papers = Document.objects.filter(merchant=merchant, subject__in=subjects, kind="manifest").order_by("version")
    latest = {paper.subject: paper for paper in papers}
    found = [Done(row, True, None, _cancellable(row)) for row in couriers]
    found += [Done(row, False, latest.get(manifests.subject(row)), False) for row in closed]
    return sorted(found, key=lambda one: one.row.created_at, reverse=True)


def _recent(model: type[Handover], merchant: Merchant, which: Q) -> list[Any]:
    open_ones = Q(state__in=[HandoverState.UNKNOWN, *MOVING])
    rows = model._default_manager.filter(which | open_ones, merchant=merchant).select_related("account")
    return list(rows.annotate(parcels=Count("items")))


def _cancellable(row: CourierPickUp) -> bool:
    return bool(row.state == HandoverState.BOOKED and row.number and row.account and row.closes_at > timezone.now())


def moving(rows: list[Done]) -> bool:
    """Return whether the page must look again by itself."""
    return any(one.row.state in MOVING for one in rows)
