"""The rate callback: a shopper waits at the checkout while this runs.

Called by the hot path with no session, language or CSRF check in front; one query. What must be kept is written after
the answer has gone. Any 4xx or 5xx makes Shopify show the merchant's backup rates, so nothing is ever blank.
"""

import logging
from collections.abc import Callable

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from integrations.kit.connections import by_token
from integrations.storefronts.shopify.cart import Asked, BadCart, asked, rates_json
from integrations.storefronts.shopify.incoming import Refused, check_signature, header, raw_body
from integrations.storefronts.shopify.manifest import KEY
from shipsmart.merchants.models import AuditEntry, Connection
from shipsmart.quotes.operations import NothingToOffer, fallback_answer, quote_checkout
from shipsmart.quotes.values import CheckoutAnswer, CheckoutCart

log = logging.getLogger(__name__)

ON_THE_WAY_S = 0.5  # of the store's own time limit, kept for the line and for computing
SHORTEST_S = 0.2


class KeptAfterwards(HttpResponse):
    """An answer whose `keep` runs when the server has sent it: WSGI servers call `close` then."""

    def __init__(self, content: bytes, keep: Callable[[], None]) -> None:
        super().__init__(content, content_type="application/json")
        self._keep: Callable[[], None] | None = keep

    def close(self) -> None:
        keep, self._keep = self._keep, None
        try:
            if keep:
                keep()
        except Exception:
            # The shopper has the answer already; a quote that is not kept leaves its order to be matched by hand.
            log.exception("a quote was shown but could not be kept")
        finally:
            super().close()


@csrf_exempt
def rates(request: HttpRequest, token: str) -> HttpResponse:
    """Answer the checkout with ways of delivery, or with a 4xx/5xx that brings up the merchant's backup rates."""
    try:
        connection, question = _asked(request, token)
    except Refused as refusal:
        return _refusal(refusal.status, refusal.code, refusal.message)
    except BadCart as error:
        return _refusal(400, error.code, error.message)
    answer = _answer(connection, question.cart, _deadline_s(request))
    if answer is None:
        return _refusal(503, "no_rates", "nothing can be offered now; use the backup rates")
    shown = rates_json(answer, part=question.part, locale=question.cart.locale)
    return KeptAfterwards(shown, lambda: _keep(connection, question, answer))


def _keep(connection: Connection, question: Asked, answer: CheckoutAnswer) -> None:
    answer.keep_behind()
    # Fees per consignment come once for each part, as carriers charge them: the merchant should know, once a day.
    if question.part and cache.add(f"shopify:split-cart:{connection.pk}", 1, timeout=86_400):
        AuditEntry.objects.note(
            connection.merchant, actor="Shopify", action="store.cart_in_parts", target=str(connection)
        )


def _refusal(status: int, code: str, message: str) -> HttpResponse:
    return JsonResponse({"error": code, "message": message}, status=status)


def _asked(request: HttpRequest, token: str) -> tuple[Connection, Asked]:
    if request.method != "POST":
        raise Refused(405, "method_not_allowed", "ask with POST")
    body = raw_body(request)
    connection = _connection(token)
    if header(request, "Hmac-Sha256") or not connection.settings.get("allow_unsigned_rates"):
        check_signature(request, body)
    if header(request, "Shop-Domain").lower() not in ("", connection.account):
        raise Refused(401, "wrong_shop", "this address belongs to another shop")
    return connection, asked(body, at=timezone.now())


def _connection(token: str) -> Connection:
    connection = by_token(KEY, token)
    if connection is None or connection.status == Connection.Status.UNINSTALLED:
        raise Refused(404, "not_found", "no shop has this address")
    return connection


def _deadline_s(request: HttpRequest) -> float | None:
    """Return what the store's own limit leaves us (X-Shopify-Timeout, milliseconds), or None when it names none."""
    stated = header(request, "Timeout")
    if not (stated.isascii() and stated.isdigit()):
        return None
    return max(int(stated[:9]) / 1000 - ON_THE_WAY_S, SHORTEST_S)


def _answer(connection: Connection, cart: CheckoutCart, deadline_s: float | None) -> CheckoutAnswer | None:
    """Return the quotes; after an unexpected error the merchant's own price list; None when there is nothing at all."""
    try:
        return quote_checkout(connection, cart, deadline_s=deadline_s)
    except NothingToOffer as error:
        log.warning("%s: %s", connection, error)
        return None
    except Exception:
        log.exception("%s: quoting failed, the price list answers", connection)
    return _from_price_list(connection, cart)


def _from_price_list(connection: Connection, cart: CheckoutCart) -> CheckoutAnswer | None:
    try:
        return fallback_answer(connection, cart)
    except Exception as error:  # noqa: BLE001 - the first error was logged whole; the shopper gets the backup rates
        log.error("%s: the price list could not answer either: %s", connection, error)  # noqa: TRY400
        return None
