"""What VTEX calls. The path carries a token of the connection; the header proves that VTEX knows the other half."""

import hashlib
import hmac
import logging

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from integrations.kit.connections import by_token
from integrations.kit.incoming import Refused, raw_body
from integrations.storefronts.vtex.manifest import KEY
from integrations.storefronts.vtex.mapping import CONTENT_TYPE, BadCart
from integrations.storefronts.vtex.tax import NoAnswer, answer
from shipsmart.merchants.models import Connection

log = logging.getLogger(__name__)
MAX_BYTES = 1024 * 1024


def digest(authorization: str) -> str:
    """Return what is kept of the authorisation header: enough to know it again, nothing to leak."""
    return hashlib.sha256(authorization.encode()).hexdigest()


@csrf_exempt
def tax(request: HttpRequest, token: str) -> HttpResponse:
    """Answer the tax service, or with a 4xx/5xx on which VTEX stops the order unless told to go on."""
    try:
        connection = _connection(request, token)
        body = raw_body(request, max_bytes=MAX_BYTES)
        return HttpResponse(answer(connection, body), content_type=CONTENT_TYPE)
    except Refused as refusal:
        return _error(refusal.status, refusal.code, refusal.message)
    except BadCart as error:
        return _error(400, error.code, error.message)
    except NoAnswer as error:
        log.warning("%s", error)
        return _error(503, error.code, error.message)


def _connection(request: HttpRequest, token: str) -> Connection:
    if request.method != "POST":
        raise Refused(405, "method_not_allowed", "ask with POST")
    connection = by_token(KEY, token)
    if connection is None or connection.status == Connection.Status.UNINSTALLED:
        raise Refused(404, "not_found", "no store has this address")
    kept = str(connection.settings.get("authorization_sha256", ""))
    given = digest(request.headers.get("Authorization", ""))
    if not kept or not hmac.compare_digest(kept, given):
        raise Refused(401, "bad_authorization", "the Authorization header is not the one of the tax configuration")
    return connection


def _error(status: int, code: str, message: str) -> HttpResponse:
    return JsonResponse({"error": code, "message": message}, status=status)
