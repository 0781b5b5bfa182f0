"""What a person corrects in an address: a street without a number, a state nobody asked for, a postcode of elsewhere.

The store's own address is kept. When it is changed there, what was corrected here is dropped: it was said of another.
"""

from collections.abc import Mapping

from django.db import transaction

from shipsmart.merchants.models import AuditEntry
from shipsmart.orders.declaring import NotDeclarable, can_declare
from shipsmart.orders.models import ADDRESS, PHONE, Order
from shipsmart.orders.receiver import MalformedNumber, known, learnt

LONGEST = 255  # stores bring long ones; what a carrier takes of it, its adapter says
BRAZIL = "BR"


def parts_of(order: Order) -> dict[str, str]:
    """Return the address as the parcel will bear it, by part. A district is told apart in Brazil alone."""
    consignee = order.consignee
    asked = (part for part in ADDRESS if part != "district" or order.country == BRAZIL or consignee.district)
    return {part: getattr(consignee, part) for part in asked}


def correct_address(order: Order, parts: Mapping[str, str], *, actor: str) -> tuple[str, ...]:
    """Write down how the address should read, by part, and the phone. The country stays: duties were worked out for it.

    Returns which parts changed. Raises NotDeclarable, naming the part that cannot be, or because a carrier may know of
    the order already.
    """
    said = {part: " ".join(text.split()) for part, text in parts.items()}
    with transaction.atomic():
        row = Order.objects.select_for_update().get(pk=order.pk)
        _check(row, said)
        before = _shown(row)
        row.receiver = _corrected(row, said)
        changed = tuple(part for part, text in _shown(row).items() if text != before[part])
        if not changed:
            return ()
        row.save(update_fields=["receiver"])
        row.note("address_corrected", "The address was corrected for this parcel", actor=actor, parts=list(changed))
        # Which parts, and not what they say: a trail outlives a shopper who asks to be forgotten.
        AuditEntry.objects.note(
            row.merchant, actor=actor, action="correct_address", target=f"order:{row.pk}", parts=list(changed)
        )
    return changed


def _shown(order: Order) -> dict[str, str]:
    return parts_of(order) | {PHONE: known(order)[PHONE]}


def _corrected(order: Order, said: Mapping[str, str]) -> dict[str, str]:
    try:
        learnt_now = learnt(order, {PHONE: said[PHONE]} if PHONE in said else {})
    except MalformedNumber as malformed:
        raise NotDeclarable(str(malformed), field=PHONE) from None
    kept = {key: text for key, text in learnt_now.items() if key not in said or key == PHONE}
    parts = {part: text for part, text in said.items() if part != PHONE}
    return kept | {part: text for part, text in parts.items() if text != order.ship_to.get(part, "")}


def _check(order: Order, said: Mapping[str, str]) -> None:
    if not can_declare(order):
        raise NotDeclarable("a label is bought or about to be: hold the order first, or void its label")
    for part, text in said.items():
        if part not in (*ADDRESS, PHONE):
            raise NotDeclarable(f"{part!r} is no part of an address that can be corrected", field=part)
        if len(text) > LONGEST:
            raise NotDeclarable(f"{len(text)} letters: give at most {LONGEST}", field=part)
    whole = parts_of(order) | said
    for part, what in (("address1", "street and house number"), ("city", "a city")):
        if not whole[part]:
            raise NotDeclarable(f"nobody delivers without {what}: give it", field=part)
    if not whole["name"] and not whole["company"]:
        raise NotDeclarable("give the name of who receives the parcel, or of the company", field="name")


def moved_in_store(order: Order, ship_to: Mapping[str, object]) -> bool:
    """Whether the store says another address than when it was corrected here."""
    return any(order.ship_to.get(part, "") != ship_to.get(part, "") for part in (*ADDRESS, "country"))


def without_corrections(receiver: Mapping[str, str]) -> dict[str, str]:
    """Return what was learnt of the addressee beside the address."""
    return {key: text for key, text in receiver.items() if key not in ADDRESS}
