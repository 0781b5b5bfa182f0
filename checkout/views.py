from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from checkout import estimates, links, pages, reading, scripts
from checkout.answers import never_an_exception, public
from checkout.errors import Refused
from checkout.language import choose
from checkout.limits import check_rate


@public("GET", "HEAD")
def widget(request: HttpRequest) -> HttpResponse:
    return scripts.serve(request, scripts.widget_script())


@public("GET", "HEAD")
def words(request: HttpRequest, language: str) -> HttpResponse:
    script = scripts.words_scripts().get(language)
    return scripts.serve(request, script) if script else HttpResponseNotFound("no such language\n")


@public("GET", "POST")
@never_an_exception
def estimate(request: HttpRequest) -> HttpResponse:
    asked = reading.from_query(request.GET) if request.method == "GET" else reading.from_body(_body(request))
    try:
        connection = estimates.find_connection(asked.shop)
    except Refused:
        check_rate(request, shop="")  # those who try names out are counted together
        raise
    check_rate(request, shop=connection.account)
    response = JsonResponse(estimates.make_estimate(connection, asked))
    response["Cache-Control"] = "no-store"
    return response


def _body(request: HttpRequest) -> bytes:
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > reading.MAX_BYTES:
        raise Refused(f"the body is over {reading.MAX_BYTES} bytes", code="too_large", status=413)
    return request.read(reading.MAX_BYTES + 1)


@require_safe
def track(request: HttpRequest, token: str) -> HttpResponse:
    return _page(request, "checkout/track.html", lambda: pages.track_page(request, token))


@require_safe
def proof(request: HttpRequest, token: str) -> HttpResponse:
    return _page(request, "checkout/proof.html", lambda: pages.proof_page(request, token))


def _page(request: HttpRequest, template: str, context: Callable[[], dict[str, Any]]) -> HttpResponse:
    """Render a page behind a signed link; it belongs to one shopper and is neither indexed, kept nor told on."""
    try:
        response = render(request, template, context())
    except links.BadLink:
        response = render(request, "checkout/missing.html", pages.common(choose(request)), status=404)
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'"
    return response
