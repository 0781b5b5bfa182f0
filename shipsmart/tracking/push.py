"""Carriers that tell of scans by themselves: subscribed while a parcel travels, believed only that something happened.

What a carrier pushes is no scan to us: it makes us ask at once, over the line whose answers we trust. So a forged or
repeated message costs one question at most, and polls of subscribed parcels become a safety net once a day.
"""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from shipsmart.inbox import lanes, wake
from shipsmart.inbox.leases import State
from shipsmart.ports import IntegrationError, provider, provides
from shipsmart.shipments.models import Shipment
from shipsmart.tracking.models import Tracker

logger = logging.getLogger(__name__)
TIMEOUT_S = 10.0
RENEW_BEFORE = timedelta(days=1)
SAFETY_NET_S = 24 * 3600.0


def wanted(shipment: Shipment) -> bool:
    """Return whether the merchant has switched push on for the account and the carrier offers it."""
    account = shipment.account
    return bool(account and account.settings.get("push") and provides(shipment.carrier, "push"))


def subscribed_until(tracker: Tracker, shipment: Shipment, now: datetime) -> datetime | None:
    """Return until when the carrier will tell of the parcel, subscribed anew where that is needed; None: it will not.

    A carrier that refuses or fails is asked again with the next poll; polls go on as without it. One that tells of
    all parcels of an account needs no subscription: its last message says until when it may be relied on.
    """
    if not wanted(shipment):
        return None
    if not provides(shipment.carrier, "subscriptions"):
        return tracker.pushed_until
    if tracker.pushed_until and tracker.pushed_until - now > RENEW_BEFORE:
        return tracker.pushed_until
    numbers = dict.fromkeys([shipment.waybill, *(p.carrier_number for p in shipment.parcels.all() if p.carrier_number)])
    try:
        return provider(shipment.carrier, "subscriptions").subscribe(
            shipment.account.ref(), tuple(numbers), timeout_s=TIMEOUT_S
        )
    except IntegrationError as error:
        logger.warning("no push for %s: %s", shipment.waybill, error)
        return tracker.pushed_until


def interval_s(poll_s: float, pushed_until: datetime | None, now: datetime) -> float:
    """Return seconds until the next poll: once a day where the carrier tells by itself, never past its last word."""
    if pushed_until is None or pushed_until <= now:
        return poll_s
    return max(poll_s, min(SAFETY_NET_S, (pushed_until - now).total_seconds()))


def nudge(*, account_id: int, number: str, told_until: datetime | None = None) -> int:
    """Have the parcels of an account with this waybill or parcel number asked after at once; return how many.

    `told_until`: until when the message shows that the carrier tells of them; None where a subscription says so.
    """
    named = Q(shipment__waybill=number) | Q(shipment__parcels__carrier_number=number)
    trackers = Tracker.objects.filter(named, state=State.NEW, shipment__account_id=account_id)
    now = timezone.now()
    proven = {"pushed_until": told_until} if told_until else {}
    # A row under lease is being asked after right now; its own end puts it off, so it is left alone.
    count = Tracker.objects.filter(pk__in=trackers.values("pk"), lease="").update(due=now, **proven)
    if count:
        transaction.on_commit(lambda: wake.up(lanes.TRACKING), robust=True)
    return count
