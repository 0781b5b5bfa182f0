"""What VTEX asks at the checkout."""

import logging

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET

from integrations.kit.incoming import Refused, raw_body
from integrations.storefronts.vtex.callers import connection_of, error_answer
from integrations.storefronts.vtex.codes import alpha_2
from integrations.storefronts.vtex.manifest import KEY
from integrations.storefronts.vtex.mapping import CONTENT_TYPE, BadCart
from integrations.storefronts.vtex.tax import NoAnswer, answer
from shipsmart.merchants.models import Connection
from shipsmart.quotes.snapshot import snapshot_for

log = logging.getLogger(__name__)
MAX_BYTES = 1024 * 1024


@csrf_exempt
def tax(request: HttpRequest, token: str) -> HttpResponse:
    """Answer the tax service, or with a 4xx/5xx on which VTEX stops the order unless told to go on."""
    try:
        connection = connection_of(request, token, header="Authorization", kept="authorization_sha256")
        body = raw_body(request, max_bytes=MAX_BYTES)
        return HttpResponse(answer(connection, body), content_type=CONTENT_TYPE)
    except Refused as refusal:
        return error_answer(refusal)
    except BadCart as error:
        return error_answer(Refused(400, error.code, error.message))
    except NoAnswer as error:
        log.warning("%s", error)
        return error_answer(Refused(503, error.code, error.message))


@require_GET
@cache_control(public=True, max_age=300)
def terms(_request: HttpRequest, account: str, country: str) -> HttpResponse:
    """Tell the checkout script whether the shopper chooses who pays duties in a country (alpha-3)."""
    rows = Connection.objects.select_related("merchant").filter(storefront=KEY, status=Connection.Status.ACTIVE)
    merchant = get_object_or_404(rows, account=account).merchant
    both = snapshot_for(merchant).market(alpha_2(country)).offer_both
    # The script runs on the store's own pages, whatever their address is.
    return JsonResponse({"both": both}, headers={"Access-Control-Allow-Origin": "*"})
