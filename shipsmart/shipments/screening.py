"""A decision on a name that resembles a denied party, and the orders that waited for it."""

from typing import Any

from django.db import transaction
from django.db.models import Q

from shipsmart.compliance import operations as compliance
from shipsmart.compliance.models import ScreeningHit
from shipsmart.merchants.models import AuditEntry
from shipsmart.orders.models import Order
from shipsmart.shipments.operations import try_all_again

NAMED = 80  # letters of a name that the gate's message shows


def decide(hit: ScreeningHit, decision: str, *, by: Any, actor: str, reason: str) -> int:
    """Clear or block a hit and have the orders that waited for a cleared name tried again; return how many.

    Raises DecisionInvalid without a reason. An order that has other faults, or another hit, stands still again.
    """
    with transaction.atomic():
        compliance.decide(hit, decision, by=by, reason=reason)
        AuditEntry.objects.note(hit.merchant, actor=actor, action=f"screening.{decision}", target=str(hit)[:200])
        waiting = _waiting_for(hit) if decision == ScreeningHit.Decision.CLEARED else []
        if waiting:
            try_all_again(waiting, actor)
    return len(waiting)


def _waiting_for(hit: ScreeningHit) -> list[Order]:
    named = Q(shopper=hit.subject) | Q(reason__contains=hit.subject[:NAMED])
    return list(Order.objects.for_merchant(hit.merchant).filter(named, state=Order.State.NEEDS_DATA))
