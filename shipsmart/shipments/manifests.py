"""Close the day's manifest (a scan form) once and keep its paper; an unanswered call is left to a person."""

import hashlib
from collections.abc import Iterable
from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from shipsmart.documents.operations import Paper, issue
from shipsmart.inbox import operations as inbox
from shipsmart.inbox.models import OutboundMessage
from shipsmart.inbox.operations import Again, Effects
from shipsmart.ports import IntegrationError, Manifest, ManifestOrder, provider, provides
from shipsmart.rating.models import CarrierAccount
from shipsmart.shipments import handing_over
from shipsmart.shipments.handing_over import HandoverRefused, settle
from shipsmart.shipments.handover_models import DayManifest, ManifestItem
from shipsmart.shipments.handover_models import HandoverState as State
from shipsmart.shipments.labels import pages_of
from shipsmart.shipments.models import Shipment

CAPABILITY = "manifest"
CLOSE, PAPER = "shipments.manifest", "shipments.manifest_paper"
LOOK_AGAIN_S = 10.0
PAPER_WITHIN = timedelta(hours=1)
PRINT_THERE = "the carrier shows its paper no more: print it in the carrier's own portal"


def takes_all(account: CarrierAccount) -> bool:
    """Return whether the carrier closes out all that is open on the account, whatever was ticked."""
    return bool(provider(account.carrier, CAPABILITY).manifest_of_all)


def close(account: CarrierAccount, shipments: Iterable[int], *, mail_on: date, actor: str) -> DayManifest:
    """Return the manifest that is now asked for, for those of the parcels that stand on no other.

    Raises HandoverRefused, also for the second of two clicks.
    """
    if not account.active or not provides(account.carrier, CAPABILITY):
        raise HandoverRefused(f"{account} has no manifests", field="account")
    with transaction.atomic():
        account = handing_over.locked(account)
        whole = takes_all(account)
        rows = handing_over.chosen(account, None if whole else shipments, ManifestItem)
        if not whole:
            handing_over.place_of(rows, account.merchant.party())
        values = {"merchant": account.merchant, "account": account, "carrier": account.carrier, "actor": actor}
        manifest = DayManifest.objects.create(**values, mail_on=mail_on)
        ManifestItem.objects.bulk_create([ManifestItem(handover=manifest, shipment=row) for row in rows])
        inbox.send(kind=CLOSE, key=f"{CLOSE}:{manifest.pk}", payload={"manifest": manifest.pk})
        handing_over.note(manifest, actor, "manifest_asked", parcels=len(rows))
    return manifest


def handle_manifest(message: OutboundMessage) -> Effects | Again | None:
    """Outbound handler "shipments.manifest"."""
    row = _loaded(message)
    if row.state != State.ASKED:
        return None
    if row.account is None:
        return lambda: settle(row, State.REFUSED, message="its carrier account was deleted")
    bought = row.items.filter(shipment__state=Shipment.State.BOUGHT)  # not one whose label was voided meanwhile
    parcels = [item.shipment for item in bought.select_related("shipment").order_by("pk")]
    account, home = row.account.ref(), row.merchant.party()
    sender = home if takes_all(row.account) else handing_over.place_of(parcels, home)
    order = ManifestOrder(waybills=tuple(p.waybill for p in parcels), shipper=sender, mail_on=row.mail_on)
    if not handing_over.began(row):
        return handing_over.unanswered(row)
    try:
        made = provider(row.carrier, CAPABILITY).close_out(account, order, timeout_s=settings.LABEL_TIMEOUT_S)
    except IntegrationError as error:
        return handing_over.not_done(row, error)
    return lambda: _take(row, made)


def _take(row: DayManifest, made: Manifest) -> None:
    settle(row, State.BOOKED, number=made.number)
    if made.waybills:  # what the carrier left out may go on another
        row.items.exclude(shipment__waybill__in=made.waybills).update(open=False)
    handing_over.tell_orders(row, "manifest", f"on the manifest {made.number} of {row.mail_on}")
    if made.document:
        _store(row, made)
    else:
        _look_for_paper(row)


def _look_for_paper(row: DayManifest) -> None:
    inbox.send(kind=PAPER, key=f"{PAPER}:{row.pk}", payload={"manifest": row.pk}, again=True)


def handle_paper(message: OutboundMessage) -> Effects | Again | None:
    """Outbound handler "shipments.manifest_paper": ask for the paper until the carrier has made it."""
    row = _loaded(message)
    if row.state != State.BOOKED or not row.number or row.account is None:
        return None
    carrier = provider(row.carrier, CAPABILITY)
    made = carrier.find_manifest(row.account.ref(), row.number, timeout_s=settings.LABEL_TIMEOUT_S)
    if made and made.document:
        return lambda: _store(row, made)
    if made and row.answered_at and timezone.now() - row.answered_at < PAPER_WITHIN:
        return Again(LOOK_AGAIN_S)
    return lambda: _say(row, PRINT_THERE)


def _store(row: DayManifest, made: Manifest) -> None:
    content = made.document
    digest, pages = hashlib.sha256(content).hexdigest(), pages_of(content)
    paper = Paper(kind="manifest", number=made.number, content=content, sha256=digest, pages=pages)
    snapshot = {"waybills": list(row.items.filter(open=True).values_list("shipment__waybill", flat=True))}
    issue(merchant=row.merchant, subject=subject(row), paper=paper, snapshot=snapshot)


def subject(row: DayManifest) -> str:
    return f"manifest:{row.pk}"


def note_answer(row: DayManifest, *, booked: bool, number: str, actor: str) -> None:
    """Write down what a person found at the carrier about a call without an answer; its paper is then asked for.

    Raises HandoverRefused.
    """
    with transaction.atomic():
        row = DayManifest.objects.select_for_update(of=("self",)).select_related("merchant").get(pk=row.pk)
        handing_over.must_be(row, State.UNKNOWN)
        settle(row, State.BOOKED if booked else State.NOT_BOOKED, number=number if booked else "")
        handing_over.note(row, actor, "manifest_noted", booked=booked, number=number)
        if booked and number:
            _look_for_paper(row)


def given_up(message: OutboundMessage, text: str) -> None:
    handing_over.give_up(_loaded(message), text)


def paper_given_up(message: OutboundMessage, text: str) -> None:
    _say(_loaded(message), f"{PRINT_THERE} ({text})")


def _say(row: DayManifest, text: str) -> None:
    DayManifest.objects.filter(pk=row.pk).update(message=text[:500])


def _loaded(message: OutboundMessage) -> DayManifest:
    return DayManifest.objects.select_related("account", "merchant").get(pk=message.payload["manifest"])
