from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from shipsmart.api import orders, shapes
from shipsmart.api.base import Endpoint
from shipsmart.api.bodies import json_response
from shipsmart.api.schema import ORDER_FILTERS, answers, ref


class Orders(Endpoint):
    query_keys = orders.QUERY_KEYS

    @extend_schema(
        operation_id="list_orders",
        tags=["orders"],
        summary="Orders, newest first",
        parameters=ORDER_FILTERS,
        responses=answers(ref("OrderPage"), {400: "A parameter cannot be read; details.field names it."}),
    )
    def get(self, request: Request) -> HttpResponse:
        found, following = orders.page_of_orders(self.merchant, request.GET)
        return json_response({"orders": [shapes.order_summary(order) for order in found], "next": following})


class OneOrder(Endpoint):
    @extend_schema(
        operation_id="read_order",
        tags=["orders"],
        summary="An order with its shipments and their tracking events",
        responses=answers(
            ref("Order"), {404: "No such order of this merchant.", 409: "Several orders bear this number."}
        ),
    )
    def get(self, request: Request, reference: str) -> HttpResponse:
        return json_response(shapes.order_detail(orders.find_order(self.merchant, reference)))
