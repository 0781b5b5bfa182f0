"""What UPS Track Alert tells us: who calls is checked, the message kept, the parcel asked after in the background."""

import hashlib
import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from integrations.carriers.ups import push
from integrations.carriers.ups.manifest import KEY
from integrations.kit.incoming import Refused, raw_body
from shipsmart.inbox import operations as inbox
from shipsmart.inbox.models import InboundEvent
from shipsmart.inbox.operations import Effects
from shipsmart.ports import IntegrationError
from shipsmart.tracking.push import nudge

LARGEST_MESSAGE = 64 * 1024


@csrf_exempt
@require_POST
def track_alert(request: HttpRequest, account_id: int) -> HttpResponse:
    """Keep a message and say so. A caller without the account's credential leaves no trace in the database."""
    try:
        _check_caller(request, account_id)
        text = _readable(raw_body(request, max_bytes=LARGEST_MESSAGE))
    except Refused as refusal:
        return JsonResponse({"error": refusal.code, "message": refusal.message}, status=refusal.status)
    digest = hashlib.sha256(f"{account_id}\n{text}".encode()).hexdigest()  # UPS gives its messages no id
    inbox.receive(source=KEY, topic="track_alert", dedup_key=digest, account=str(account_id), headers={}, body=text)
    return JsonResponse({"received": True})


def _check_caller(request: HttpRequest, account_id: int) -> None:
    shown = request.headers.get(push.HEADER, "") or request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not push.is_ours(account_id, shown):
        raise Refused(401, "wrong_credential", "the credential is not the one of this account")


def _readable(body: bytes) -> str:
    try:
        text = body.decode("utf-8")
        push.number_in(json.loads(text))
    except (ValueError, RecursionError, IntegrationError) as error:
        raise Refused(400, "bad_message", "no Track Alert message in JSON and UTF-8") from error
    return text.replace("\x00", "")


def handle(event: InboundEvent) -> Effects | None:
    """Inbound handler "ups": ask after the parcel at once."""
    message: Any = json.loads(event.body)
    return lambda: _nudge(int(event.account), push.number_in(message))


def _nudge(account_id: int, number: str) -> None:
    nudge(account_id=account_id, number=number)
