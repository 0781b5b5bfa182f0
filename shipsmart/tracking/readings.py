"""Codes that no table knows: a person says what they mean, and the scans that carried them are read again."""

from collections.abc import Mapping

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from shipsmart.core.errors import ShipSmartError
from shipsmart.inbox import operations as inbox
from shipsmart.inbox.models import OutboundMessage
from shipsmart.inbox.operations import Effects
from shipsmart.merchants.models import AuditEntry, Merchant
from shipsmart.ports import CarrierEvent, Milestone
from shipsmart.tracking.models import CodeReading, TrackingEvent

# No scan of a carrier means these: they are ours.
NEVER_SCANNED = (Milestone.LABEL_CREATED, Milestone.EXPIRED, Milestone.UNKNOWN)
MEANINGS = tuple(milestone for milestone in Milestone if milestone not in NEVER_SCANNED)


class NoSuchCode(ShipSmartError):  # noqa: N818 - the name says what it is
    """A reading for a code that none of the merchant's scans carried, or of a meaning that no scan has."""

    code = "no_such_code"


def read_as(merchant: Merchant, *, carrier: str, code: str, milestone: str, actor: str) -> CodeReading:
    """Keep what a code means on the merchant's parcels, with a trace, and have its scans read again by a worker."""
    if milestone not in MEANINGS:
        known = ", ".join(MEANINGS)
        raise NoSuchCode(f"{milestone!r} is no step that a scan can mean: choose one of {known}")
    with transaction.atomic():
        scan = _carriers(merchant, carrier, code).order_by("-pk").first()
        if scan is None:
            raise NoSuchCode(f"none of your parcels with {carrier} has an unread scan {code!r}")
        before = CodeReading.objects.filter(merchant=merchant, carrier=carrier, code=code).first()
        values = {"milestone": milestone, "actor": actor, "decided_at": timezone.now(), "text": scan.text}
        row, _ = CodeReading.objects.update_or_create(merchant=merchant, carrier=carrier, code=code, defaults=values)
        _trace(row, actor, [before.milestone if before else "", milestone])
    return row


def forget(row: CodeReading, *, actor: str) -> None:
    """Take a reading back: its scans are unread again, and the parcels stand where their other scans put them."""
    with transaction.atomic():
        _trace(row, actor, [row.milestone, ""])
        row.delete()


def _trace(row: CodeReading, actor: str, change: list[str]) -> None:
    target = f"{row.carrier} {row.code}"
    AuditEntry.objects.note(row.merchant, actor=actor, action="tracking_code.read", target=target, milestone=change)
    payload = {"merchant": row.merchant_id, "carrier": row.carrier, "code": row.code}
    inbox.send(kind="tracking.reread", key=f"tracking.reread:{row.pk}:{timezone.now():%y%m%d%H%M%S%f}", payload=payload)


def readings_of(merchant: Merchant, carrier: str) -> Mapping[str, str]:
    """Return code → milestone of what people said of a carrier's codes."""
    return dict(CodeReading.objects.filter(merchant=merchant, carrier=carrier).values_list("code", "milestone"))


def handle_reread(message: OutboundMessage) -> Effects:
    """Outbound handler "tracking.reread": bring the scans of one code in line with what it means now."""
    return lambda: _reread(**message.payload)


def _reread(merchant: int, carrier: str, code: str) -> None:
    from shipsmart.tracking import operations  # noqa: PLC0415 - it asks us for readings

    owner = Merchant.objects.get(pk=merchant)
    meaning = Milestone(readings_of(owner, carrier).get(code, Milestone.UNKNOWN))
    rows = _carriers(owner, carrier, code).select_related("shipment__order", "shipment__merchant")
    touched = {}
    for row in rows:
        event = CarrierEvent(row.at, row.code, row.text, row.place, row.country, meaning)
        read = operations.located(event, row.shipment).milestone
        if row.milestone == read:
            continue
        row.milestone, row.by_hand = read, meaning != Milestone.UNKNOWN
        row.save(update_fields=["milestone", "by_hand"])
        touched[row.shipment_id] = row.shipment
        if row.by_hand:
            operations.owe_the_store(row)
    for shipment in touched.values():
        operations.move_on(shipment)


def _carriers(merchant: Merchant, carrier: str, code: str) -> QuerySet[TrackingEvent]:
    ours = TrackingEvent.objects.filter(shipment__merchant=merchant, shipment__carrier=carrier, code=code)
    return ours.filter(Q(milestone=Milestone.UNKNOWN) | Q(by_hand=True))
