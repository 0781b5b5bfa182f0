"""Messages of carriers that tell of scans by themselves: who calls is checked, the parcels are asked after.

Only the numbers are kept: what a carrier pushes is no scan to us, and may name who signed or show a front door.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from integrations.kit.incoming import Refused, raw_body
from shipsmart.inbox import operations as inbox
from shipsmart.inbox.models import InboundEvent
from shipsmart.inbox.operations import Effects
from shipsmart.ports import IntegrationError
from shipsmart.tracking.push import nudge

LARGEST_MESSAGE = 2 * 1024 * 1024  # a message may carry the photograph of a doorstep


@dataclass(frozen=True)
class Source:
    """How one carrier calls us. `numbers_in` raises IntegrationError for what is no message of its.

    `is_ours(account_id, request, body)` tells the carrier from a stranger. `shows_for`: how long a message proves that
    the carrier will tell of that parcel; None where a subscription of ours says so.
    """

    carrier: str
    is_ours: Callable[[int, HttpRequest, bytes], bool]
    numbers_in: Callable[[Any], Sequence[str]]
    shows_for: timedelta | None = None


def take(request: HttpRequest, account_id: int, source: Source) -> HttpResponse:
    """Keep a message and say so. A caller who cannot prove who he is leaves no trace in the database."""
    try:
        body = _proved(request, account_id, source)
        numbers = _numbers(source, body)
    except Refused as refusal:
        return JsonResponse({"error": refusal.code, "message": refusal.message}, status=refusal.status)
    inbox.receive(
        source=source.carrier,
        topic="scan",
        dedup_key=hashlib.sha256(f"{account_id}\n".encode() + body).hexdigest(),  # none gives its messages an id
        account=str(account_id),
        headers={},
        body=json.dumps({"numbers": numbers}),
    )
    return JsonResponse({"received": True})


def _proved(request: HttpRequest, account_id: int, source: Source) -> bytes:
    body = raw_body(request, max_bytes=LARGEST_MESSAGE)
    if not source.is_ours(account_id, request, body):
        raise Refused(401, "wrong_credential", "the credential or signature is not the one of this account")
    return body


def _numbers(source: Source, body: bytes) -> list[str]:
    try:
        return list(dict.fromkeys(source.numbers_in(json.loads(body.decode("utf-8")))))
    except (ValueError, RecursionError, IntegrationError) as error:
        text = f"no message of {source.carrier} about a parcel, in JSON and UTF-8"
        raise Refused(400, "bad_message", text) from error


def work(event: InboundEvent, source: Source) -> Effects:
    """Ask after the parcels of a kept message at once."""
    message = json.loads(event.body)
    # Releases before this one kept the carrier's whole message.
    numbers = message["numbers"] if "numbers" in message else source.numbers_in(message)

    def effects() -> None:
        until = timezone.now() + source.shows_for if source.shows_for else None
        for number in numbers:
            nudge(account_id=int(event.account), number=number, told_until=until)

    return effects
