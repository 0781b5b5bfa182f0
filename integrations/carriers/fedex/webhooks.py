"""What FedEx's Advanced Integrated Visibility tells us: the signature is checked, the parcels asked after."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from integrations.carriers.fedex import push
from integrations.carriers.fedex.manifest import KEY
from integrations.kit import pushes
from shipsmart.inbox.models import InboundEvent
from shipsmart.inbox.operations import Effects


def _is_ours(account_id: int, request: HttpRequest, body: bytes) -> bool:
    return push.is_ours(account_id, body, request.headers.get(push.HEADER, ""))


SOURCE = pushes.Source(KEY, _is_ours, push.numbers_in, push.SHOWS_FOR)


@csrf_exempt
@require_POST
def visibility(request: HttpRequest, account_id: int) -> HttpResponse:
    return pushes.take(request, account_id, SOURCE)


def handle(event: InboundEvent) -> Effects | None:
    """Inbound handler "fedex": ask after the parcels at once."""
    return pushes.work(event, SOURCE)
