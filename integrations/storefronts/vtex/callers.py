"""Who calls one of our addresses: the path carries a token of the connection, a header proves the other half."""

import hashlib
import hmac

from django.http import HttpRequest, HttpResponse, JsonResponse

from integrations.kit.connections import by_token
from integrations.kit.incoming import Refused
from integrations.storefronts.vtex.manifest import KEY
from shipsmart.merchants.models import Connection


def digest(word: str) -> str:
    """Return what is kept of a header's word: enough to know it again, nothing to leak."""
    return hashlib.sha256(word.encode()).hexdigest()


def connection_of(request: HttpRequest, token: str, *, header: str, kept: str) -> Connection:
    """Return the account behind an address. Raises Refused. `kept` names the setting that holds the word's digest."""
    if request.method != "POST":
        raise Refused(405, "method_not_allowed", "ask with POST")
    connection = by_token(KEY, token)
    if connection is None or connection.status == Connection.Status.UNINSTALLED:
        raise Refused(404, "not_found", "no store has this address")
    known = str(connection.settings.get(kept, ""))
    given = digest(request.headers.get(header, ""))
    if not known or not hmac.compare_digest(known, given):
        raise Refused(401, "bad_authorization", f"the {header} header is not the one that was configured")
    return connection


def error_answer(refusal: Refused) -> HttpResponse:
    return JsonResponse({"error": refusal.code, "message": refusal.message}, status=refusal.status)
