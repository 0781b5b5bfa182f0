import hashlib

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from shipsmart.api import operations
from shipsmart.api.base import Endpoint
from shipsmart.api.bodies import json_response, raw_body, read_object
from shipsmart.api.errors import Refused
from shipsmart.api.schema import CARRIER, IDEMPOTENCY_KEY, TEXT, answers, body, ref
from shipsmart.core.explain import explain

LANDED_COST = ["landed cost"]
UNKNOWN_QUOTE = {404: "No such quote of this merchant."}


class Quotes(Endpoint):
    query_keys = frozenset(("carrier",))

    @extend_schema(
        operation_id="make_landed_cost_quote",
        tags=LANDED_COST,
        summary="The landed cost of a cart, with its reasons, signed and stored",
        parameters=[CARRIER, IDEMPOTENCY_KEY],
        request=body("LandedCostRequest"),
        responses=answers(
            ref("LandedCostAnswer"),
            {
                400: "The request cannot be read; details.field names the place.",
                409: "The Idempotency-Key was used with another request.",
                413: "The body is too large.",
                422: "The sums are too large to be stored.",
            },
        ),
    )
    def post(self, request: Request) -> HttpResponse:
        raw = raw_body(request._request)
        carrier = _carrier(request.GET.get("carrier", ""))
        answer, repeated = operations.make_quote(
            self.merchant, read_object(raw), carrier=carrier, once=_once(request, raw, carrier)
        )
        response = json_response(answer)
        if repeated:
            response["Idempotent-Replayed"] = "true"
        return response


class StoredQuote(Endpoint):
    @extend_schema(
        operation_id="read_landed_cost_quote",
        tags=LANDED_COST,
        summary="A stored quote, as it was answered",
        responses=answers(ref("LandedCostAnswer"), UNKNOWN_QUOTE),
    )
    def get(self, request: Request, quote_id: str) -> HttpResponse:
        return json_response(operations.answer_of(operations.find_quote(self.merchant, quote_id)))


class Explanation(Endpoint):
    @extend_schema(
        operation_id="explain_landed_cost_quote",
        tags=LANDED_COST,
        summary="The reasoning of a stored quote, in plain words",
        responses=answers(TEXT, UNKNOWN_QUOTE, media_type="text/plain"),
    )
    def get(self, request: Request, quote_id: str) -> HttpResponse:
        row = operations.find_quote(self.merchant, quote_id)
        return HttpResponse(explain(row.answer), content_type="text/plain; charset=utf-8")


class Verification(Endpoint):
    @extend_schema(
        operation_id="verify_landed_cost_answer",
        tags=LANDED_COST,
        summary="Whether an answer bears our signature and was not altered",
        request=body("SignedAnswer"),
        responses=answers(ref("Verified"), {400: "The body is no JSON object.", 413: "The body is too large."}),
    )
    def post(self, request: Request) -> HttpResponse:
        answer = read_object(raw_body(request._request))
        return json_response({"quote_id": answer.get("quote_id"), "valid": operations.verify(answer)})


class Replay(Endpoint):
    @extend_schema(
        operation_id="replay_landed_cost_quote",
        tags=LANDED_COST,
        summary="Compute a stored quote again and compare byte for byte",
        request=None,
        responses=answers(ref("Replayed"), UNKNOWN_QUOTE),
    )
    def post(self, request: Request, quote_id: str) -> HttpResponse:
        return json_response(operations.replay(operations.find_quote(self.merchant, quote_id)))


class Revision(Endpoint):
    @extend_schema(
        operation_id="revise_landed_cost_quote",
        tags=LANDED_COST,
        summary="What a return gives back, or an edit changes, under the law of the original day",
        request=body("RevisionRequest"),
        responses=answers(
            ref("Revision"),
            {
                400: "The request cannot be read, or it asks for what was never sold; details.field names the place.",
                413: "The body is too large.",
                **UNKNOWN_QUOTE,
            },
        ),
    )
    def post(self, request: Request) -> HttpResponse:
        return json_response(operations.revise(self.merchant, read_object(raw_body(request._request))))


def _carrier(text: str) -> str:
    if len(text) > 30 or not text.replace("_", "a").isalnum() and text:
        raise Refused(400, "bad_parameter", "carrier is a key like dhl_express", field="carrier")
    return text


def _once(request: Request, raw: bytes, carrier: str) -> operations.Once | None:
    key = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if key is None:
        return None
    if not 0 < len(key) <= 255 or not (key.isascii() and key.isprintable()):
        message = "Idempotency-Key is 1 to 255 printable ASCII characters"
        raise Refused(400, "bad_idempotency_key", message, field="Idempotency-Key")
    return operations.Once(key, hashlib.sha256(carrier.encode() + b"\n" + raw).hexdigest())
