"""The estimate for a storefront's own pages, asked through Shopify's app proxy and signed by it for us.

Source: https://shopify.dev/docs/apps/build/online-store/app-proxies/authenticate-app-proxies
"""

import hashlib
import hmac
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from checkout import estimates, reading
from checkout.answers import never_an_exception
from checkout.errors import Refused
from checkout.limits import check_rate
from integrations.storefronts.shopify import shop as shops
from integrations.storefronts.shopify.incoming import Refused as BadBody
from integrations.storefronts.shopify.incoming import raw_body

QUERY_AGE_S = 90
# What Shopify adds to the shopper's own query; the rest is ours.
ADDED = ("shop", "path_prefix", "timestamp", "logged_in_customer_id", "signature")

Query = Mapping[str, Sequence[str]]


def proxy_signature(secret: str, query: Query) -> str:
    """Return the hexadecimal signature of a proxied query: sorted `name=value` with nothing between them.

    Values of a repeated name are joined by commas. `signature` itself is left out.
    """
    pairs = sorted(f"{name}={','.join(values)}" for name, values in query.items() if name != "signature")
    return hmac.new(secret.encode(), "".join(pairs).encode(), hashlib.sha256).hexdigest()


def checked_query(query: Query) -> dict[str, str]:
    """Return the query as single values. Raises Refused (401) unless Shopify signed it within the last 90 seconds.

    A repeated name is refused although it can be signed: which of its values counts would be a matter of luck.
    """
    if any(len(values) != 1 for values in query.values()):
        raise Refused("a name stands twice in the query", code="repeated_name")
    pairs = {name: values[0] for name, values in query.items()}
    given = pairs.get("signature", "").encode()
    # A list, so that all secrets are tried and the time taken does not tell which one fits.
    fits = [hmac.compare_digest(proxy_signature(secret, query).encode(), given) for secret in shops.secrets()]
    if not any(fits):
        raise Refused("the signature of the query does not fit", code="bad_signature", status=401)
    stamp = pairs.get("timestamp", "")
    if not (stamp.isascii() and stamp.isdigit()) or abs(time.time() - int(stamp[:12])) > QUERY_AGE_S:
        raise Refused(f"the query is not from the last {QUERY_AGE_S} seconds", code="too_old", status=401)
    return pairs


@csrf_exempt
@never_an_exception
def estimate(request: HttpRequest) -> HttpResponse:
    """Answer as /checkout/estimate does, for the shop that Shopify names; the page's own word for it must agree."""
    if request.method not in ("GET", "POST"):
        return HttpResponseNotAllowed(["GET", "POST"])
    signed = checked_query(dict(request.GET.lists()))
    asked = _asked(request, signed)
    connection = estimates.find_connection(asked.shop)
    _limit(request, asked.shop, signed["signature"])
    response = JsonResponse(estimates.make_estimate(connection, asked))
    response["Cache-Control"] = "no-store"
    return response


def _asked(request: HttpRequest, signed: Mapping[str, str]) -> reading.EstimateRequest:
    shop = signed.get("shop", "")
    if request.method == "GET":
        own = {name: value for name, value in signed.items() if name not in ADDED}
        return reading.from_query({**own, "shop": shop})
    try:
        asked = reading.from_body(raw_body(request))
    except BadBody as error:
        raise Refused(error.message, code=error.code, status=error.status) from error
    # The body is not signed: it may say what is in the cart, never whose shop is asked.
    if asked.shop != shop:
        raise Refused("the page names another shop than its address", code="wrong_shop", field="shop")
    return replace(asked, shop=shop)


def _limit(request: HttpRequest, shop: str, signature: str) -> None:
    """Count per shopper, whose address Shopify forwards first, and per signed address, which the forwarding is not."""
    shopper = request.headers.get("X-Forwarded-For", "").split(",")[0].strip()[:45]
    check_rate(request, shop=f"{shop}|{shopper}")
    check_rate(request, shop=f"{shop}|{signature}")
