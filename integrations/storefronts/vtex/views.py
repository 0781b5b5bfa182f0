"""What VTEX asks at the checkout."""

import logging

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from integrations.kit.incoming import Refused, raw_body
from integrations.storefronts.vtex.callers import connection_of, error_answer
from integrations.storefronts.vtex.mapping import CONTENT_TYPE, BadCart
from integrations.storefronts.vtex.tax import NoAnswer, answer

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
