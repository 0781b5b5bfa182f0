"""Every refusal in one shape: `{"error": {"code", "message", "details"}}`."""

import json
import logging
import math
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from rest_framework.exceptions import APIException

from shipsmart.core.errors import ShipSmartError

log = logging.getLogger(__name__)


class Refused(ShipSmartError):
    """A request that is answered with `status` (4xx)."""

    def __init__(self, status: int, code: str, message: str, **details: Any) -> None:
        super().__init__(message, code=code, **details)
        self.status = status


def error_response(status: int, error: ShipSmartError) -> HttpResponse:
    text = json.dumps({"error": error.as_dict()}, ensure_ascii=True, default=str)
    return HttpResponse(text, status=status, content_type="application/json")


def answer_error(error: Exception, context: dict[str, Any]) -> HttpResponse:
    """Return the answer to anything a view of the API raised; what nobody expected is logged here, once."""
    if isinstance(error, Refused):
        return error_response(error.status, error)
    if isinstance(error, ShipSmartError):
        return error_response(400, error)
    if isinstance(error, Http404):
        return error_response(404, ShipSmartError("there is nothing at this address", code="not_found"))
    if isinstance(error, PermissionDenied):
        return error_response(403, ShipSmartError("this key may not do that", code="permission_denied"))
    if isinstance(error, APIException):
        return _framework_error(error)
    log.error("the API failed at %s", context["request"].path, exc_info=error)
    message = "something failed here; the failure was recorded, try again"
    return error_response(500, ShipSmartError(message, code="internal_error"))


def _framework_error(error: APIException) -> HttpResponse:
    """Return what the framework itself refuses: no key, wrong method, too many requests."""
    code = error.get_codes() if isinstance(error.get_codes(), str) else error.default_code
    details = {}
    wait_s = getattr(error, "wait", None)
    if wait_s is not None:
        details["retry_after_s"] = math.ceil(wait_s)
    response = error_response(error.status_code, ShipSmartError(str(error.detail), code=code, **details))
    if wait_s is not None:
        response["Retry-After"] = str(math.ceil(wait_s))
    if getattr(error, "auth_header", None):
        response["WWW-Authenticate"] = error.auth_header
    return response


def not_found(request: HttpRequest, **_: str) -> HttpResponse:
    """Answer addresses under the API that are none, in the API's own shape."""
    message = f"{request.path[:200]} is no address of this API; its description is at /api/v1/schema"
    return error_response(404, ShipSmartError(message, code="not_found"))
