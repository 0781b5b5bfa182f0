"""What UPS Track Alert tells us: who calls is checked, the parcel asked after in the background."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from integrations.carriers.ups import push
from integrations.carriers.ups.manifest import KEY
from integrations.kit import pushes
from shipsmart.inbox.models import InboundEvent
from shipsmart.inbox.operations import Effects


def _is_ours(account_id: int, request: HttpRequest, _body: bytes) -> bool:
    shown = request.headers.get(push.HEADER, "") or request.headers.get("Authorization", "").removeprefix("Bearer ")
    return push.is_ours(account_id, shown)


SOURCE = pushes.Source(KEY, _is_ours, lambda message: [push.number_in(message)])


@csrf_exempt
@require_POST
def track_alert(request: HttpRequest, account_id: int) -> HttpResponse:
    return pushes.take(request, account_id, SOURCE)


def handle(event: InboundEvent) -> Effects | None:
    """Inbound handler "ups": ask after the parcel at once."""
    return pushes.work(event, SOURCE)
