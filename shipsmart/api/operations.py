"""Landed cost for callers of the API: computed, signed, stored; a key with the same body asks only once."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from shipsmart.api.errors import Refused
from shipsmart.api.models import IdempotentQuote
from shipsmart.core.money import minor_unit
from shipsmart.merchants.models import Merchant
from shipsmart.ports import Incoterm
from shipsmart.quotes import landed
from shipsmart.quotes.breakdown import charges_total
from shipsmart.quotes.models import Quote
from shipsmart.quotes.operations import recompute
from shipsmart.quotes.revision_input import UnknownQuote, revise_json
from shipsmart.quotes.signature import canonical, is_ours, sign, signed_part
from shipsmart.quotes.snapshot import snapshot_for

KEPT_FOR = timedelta(hours=24)
MOST = Decimal(10) ** 11  # what a stored quote can hold, in any currency


@dataclass(frozen=True)
class Once:
    """An Idempotency-Key and the hash of everything it was sent with."""

    key: str
    body_sha256: str


def make_quote(
    merchant: Merchant, request: Mapping[str, Any], *, carrier: str = "", once: Once | None = None
) -> tuple[dict[str, Any], bool]:
    """Return the signed answer and whether it was given before.

    The merchant's fee rules for every carrier are applied, and those of `carrier` when one is named. Raises
    InvalidRequest; Refused 409 when the idempotency key was used with another body, 422 for sums beyond storing.
    """
    earlier = _earlier(merchant, once) if once else None
    if earlier:
        return answer_of(earlier), True
    row = _computed(merchant, request, carrier)
    if once is None:
        row.save(force_insert=True)
        return answer_of(row), False
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            _remember(merchant, once, row)
    except IntegrityError:  # the same key came twice at once: the other one was first
        earlier = _earlier(merchant, once)
        if earlier is None:
            raise
        return answer_of(earlier), True
    return answer_of(row), False


def _earlier(merchant: Merchant, once: Once) -> Quote | None:
    found = IdempotentQuote.objects.filter(merchant=merchant, key=once.key).select_related("quote").first()
    if found is None or found.created_at < timezone.now() - KEPT_FOR:
        return None
    if found.body_sha256 != once.body_sha256:
        message = "this Idempotency-Key was used with another request in the last 24 hours; take a new one"
        raise Refused(409, "idempotency_key_reused", message, key=once.key)
    return found.quote


def _remember(merchant: Merchant, once: Once, row: Quote) -> None:
    IdempotentQuote.objects.filter(merchant=merchant, created_at__lt=timezone.now() - KEPT_FOR).delete()
    IdempotentQuote.objects.create(merchant=merchant, key=once.key, body_sha256=once.body_sha256, quote=row)


def _computed(merchant: Merchant, request: Mapping[str, Any], carrier: str) -> Quote:
    country = _country(request)
    fees = [fee for fee in snapshot_for(merchant).rating.fees if _applies(fee, carrier, country)]
    answer = landed.answer(request, now=timezone.now(), fees=fees, origins=True)
    # The moment is part of what is stored: a replay years later must not take the law of that later day.
    asked = {**request, "at": answer["at"]}
    echoed = asked.pop("id", None)
    answer.pop("id", None)
    return _row(merchant, {"request": asked, "fees": fees, "id": echoed}, answer, carrier)


def _country(request: Mapping[str, Any]) -> str:
    place = request.get("ship_to")
    return str(place.get("country")) if isinstance(place, dict) else ""


def _applies(fee: Mapping[str, str], carrier: str, country: str) -> bool:
    return fee["carrier"] in ("", carrier) and fee["country"] in ("", country)


def _row(merchant: Merchant, asked: Mapping[str, Any], answer: Mapping[str, Any], carrier: str) -> Quote:
    request, currency = asked["request"], answer["totals"]["currency"]
    freight = Decimal(answer["totals"]["freight"]).quantize(minor_unit(currency))
    charges, incoterm = charges_total(answer), answer["incoterm"]
    if max(freight, charges, Decimal(answer["totals"]["goods"])) >= MOST:
        raise Refused(422, "amount_too_large", f"sums of {MOST} {currency} and more cannot be stored; split the cart")
    text = canonical(answer)
    return Quote(
        merchant=merchant,
        checkout=secrets.token_hex(10),
        fingerprint="",
        country=_country(request),
        currency=currency,
        incoterm=incoterm,
        service_code="",
        service_name="",
        carrier=carrier,
        carrier_service="",
        freight=freight,
        charges=charges,
        price=freight + charges if incoterm == Incoterm.DDP else freight,
        price_source="api",
        status=answer["status"],
        request_text=canonical(asked),
        answer_text=text,
        signature=sign(text),
    )


def find_quote(merchant: Merchant, quote_id: str) -> Quote:
    """Return a merchant's stored quote, from a checkout or from the API. Raises Refused 404."""
    row = Quote.objects.filter(merchant=merchant, quote_id=quote_id).first()
    if row is None:
        raise Refused(404, "unknown_quote", f"no quote {quote_id[:60]!r} is stored", quote_id=quote_id[:60])
    return row


def answer_of(row: Quote) -> dict[str, Any]:
    """Return a stored answer as it was given, with the id its request bore, its quote id and its signature."""
    echoed = json.loads(row.request_text).get("id")
    head = {} if echoed is None else {"id": echoed}
    return {**head, **row.answer, "quote_id": row.quote_id, "signature": row.signature}


def revise(merchant: Merchant, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a return gives back or an edit changes, under the original law: the shape of `landedcost revise`.

    Raises Refused 404 for a quote that is not this merchant's, and whatever names a wrong field.
    """
    try:
        return revise_json(given, quotes=Quote.objects.filter(merchant=merchant))
    except UnknownQuote as error:
        raise Refused(404, error.code, error.message, **error.details) from error


def verify(answer: Mapping[str, Any]) -> bool:
    """Return whether an answer is, to the last byte, one that this installation signed."""
    return is_ours(canonical(signed_part(answer)), str(answer.get("signature", "")))


def replay(row: Quote) -> dict[str, Any]:
    """Return whether computing a stored quote again gives the same bytes and, if not, what differs."""
    new, old = recompute(row), row.answer
    same = canonical(new) == row.answer_text
    changed = sorted(key for key in old.keys() | new.keys() if old.get(key) != new.get(key))
    return {
        "quote_id": row.quote_id,
        "same": same,
        "changed": [] if same else changed,
        "rulebooks": {"old": old.get("rulebook"), "new": new.get("rulebook")},
    }
