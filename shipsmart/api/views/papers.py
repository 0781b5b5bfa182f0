from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from shipsmart.api import papers
from shipsmart.api.base import Endpoint
from shipsmart.api.bodies import json_response, raw_body, read_object
from shipsmart.api.schema import FILE, answers, body, ref

ZIP = "application/zip"


class Papers(Endpoint):
    @extend_schema(
        operation_id="write_papers",
        tags=["papers"],
        summary="Every paper a shipment needs, or the reasons why it gets none",
        request=body("Shipment"),
        responses={
            **answers(
                ref("Papers"),
                {
                    400: "The shipment cannot be read; details.field names the place.",
                    413: "The body is too large.",
                    422: "A zip file was asked for and the shipment is blocked: see details.blocked.",
                },
            ),
            (200, ZIP): FILE,
        },
    )
    def post(self, request: Request) -> HttpResponse:
        released = papers.make_papers(request.auth.merchant, read_object(raw_body(request._request), exact=True))
        if ZIP not in request.META.get("HTTP_ACCEPT", ""):
            return json_response(papers.as_json(released))
        response = HttpResponse(papers.as_zip(released), content_type=ZIP)
        response["Content-Disposition"] = 'attachment; filename="papers.zip"'
        return response
