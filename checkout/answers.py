"""HTTP around the public endpoints: any origin may ask, no cookie counts, every refusal is JSON with its reason."""

import logging
from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from checkout.errors import Refused
from shipsmart.core.errors import ShipSmartError

log = logging.getLogger(__name__)
View = Callable[..., HttpResponse]


def public(*methods: str, headers: str = "Content-Type") -> Callable[[View], View]:
    """Make a view answer every origin: CORS, pre-flight, no CSRF (it neither reads nor sets cookies).

    `headers`: those that a page may send along.
    """

    def decorate(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def answer(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponse:
            if request.method == "OPTIONS":
                response = HttpResponse(status=204)
            elif request.method not in methods:
                response = HttpResponseNotAllowed([*methods, "OPTIONS"])
            else:
                response = view(request, *args, **kwargs)
            return _open(response, methods, headers)

        return answer

    return decorate


def never_an_exception(view: View) -> View:
    """Answer a refusal with its status, anything else with a 503 that says to try again: the checkout stays."""

    @wraps(view)
    def answer(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Refused as error:
            return refusal(error)
        except ShipSmartError as error:
            log.warning("no estimate: %s (%s)", error, error.code)
            return refusal(Refused("this cannot be estimated", code=error.code, status=422))
        except Exception:
            log.exception("the estimate failed")
            message = "the estimate failed here; try again"
            return refusal(Refused(message, code="unavailable", status=503, retry_after_s=2))

    return answer


def refusal(error: Refused) -> HttpResponse:
    response = JsonResponse({"error": error.as_dict()}, status=error.status)
    if error.retry_after_s:
        response["Retry-After"] = str(error.retry_after_s)
    response["Cache-Control"] = "no-store"
    return response


def _open(response: HttpResponse, methods: tuple[str, ...], headers: str) -> HttpResponse:
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Allow-Methods"] = ", ".join((*methods, "OPTIONS"))
    response["Access-Control-Allow-Headers"] = headers
    response["Access-Control-Expose-Headers"] = "Retry-After"
    response["Access-Control-Max-Age"] = "86400"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
