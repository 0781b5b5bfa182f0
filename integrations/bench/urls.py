"""The product's addresses and the floor they are measured against: a view that returns a fixed JSON body."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

BODY = b'{"rates":[]}'


@csrf_exempt
def empty(_: HttpRequest) -> HttpResponse:
    return HttpResponse(BODY, content_type="application/json")


urlpatterns = [
    # Below this prefix requests skip the middleware, as the rate callback does: the strictest floor for it.
    path("shopify/rates/bench/empty", empty),
    path("bench/empty", empty),
    path("", include("shipsmart.urls")),
]
