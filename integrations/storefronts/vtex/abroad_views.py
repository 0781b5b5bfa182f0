"""The four addresses at which VTEX asks the stock abroad. It sends no credentials: the path holds the secret."""

import hmac
import json
import logging
from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from integrations.kit.connections import by_token
from integrations.kit.incoming import Refused, raw_body
from integrations.storefronts.vtex import abroad
from integrations.storefronts.vtex.callers import digest, error_answer
from integrations.storefronts.vtex.manifest import KEY
from integrations.storefronts.vtex.mapping import BadCart
from shipsmart.core.errors import ShipSmartError
from shipsmart.merchants.models import Connection
from shipsmart.stock import operations
from shipsmart.stock.models import Reservation, StockAbroad

log = logging.getLogger(__name__)
MAX_BYTES = 1024 * 1024
View = Callable[..., HttpResponse]


def _asked(view: Callable[..., Any]) -> View:
    """Let in who knows the address, and answer every refusal in one shape."""

    @csrf_exempt
    def inner(request: HttpRequest, token: str, word: str, **values: str) -> HttpResponse:
        try:
            connection, stock = _stock(request, token, word)
            body = raw_body(request, max_bytes=MAX_BYTES)
            return JsonResponse(view(connection, stock, body, **values), safe=False)
        except Refused as refusal:
            return error_answer(refusal)
        except BadCart as error:
            return error_answer(Refused(400, error.code, error.message))
        except ShipSmartError as error:
            log.warning("%s: the stock abroad refused: %s", token[:6], error)
            return error_answer(Refused(409, error.code, error.message))

    return inner


def _stock(request: HttpRequest, token: str, word: str) -> tuple[Connection, StockAbroad]:
    if request.method != "POST":
        raise Refused(405, "method_not_allowed", "ask with POST")
    connection = by_token(KEY, token)
    stock = StockAbroad.objects.filter(connection_id=connection.pk).first() if connection else None
    known = stock.word_sha256 if stock else ""
    if not hmac.compare_digest(known, digest(word)) or connection is None or stock is None:
        raise Refused(404, "not_found", "no stock abroad has this address")
    if connection.status == Connection.Status.UNINSTALLED:
        raise Refused(404, "not_found", "no stock abroad has this address")
    return connection, stock


@_asked
def simulation(connection: Connection, stock: StockAbroad, body: bytes) -> dict[str, Any]:
    return abroad.simulate(connection, stock, abroad.decoded(body, abroad.Simulation))


@_asked
def orders(_connection: Connection, stock: StockAbroad, body: bytes) -> Any:
    """Keep the units of each order; a list is answered by a list, one order by one (VTEX's documents show both)."""
    told = abroad.decoded(body, list[dict[str, Any]] | dict[str, Any])
    several = told if isinstance(told, list) else [told]
    read = [abroad.decoded(json.dumps(one).encode(), abroad.Placement) for one in several]
    if not stock.active:
        raise operations.NotNow("this stock is closed; nothing can be ordered from it")
    kept = [
        operations.reserve(stock, order_id=one.marketplaceOrderId, units=abroad.units_of(one.items)) for one in read
    ]
    answers = [abroad.placed(one, row.number) for one, row in zip(several, kept, strict=True)]
    return answers if isinstance(told, list) else answers[0]


@_asked
def fulfil(_connection: Connection, stock: StockAbroad, _body: bytes, number: str) -> dict[str, Any]:
    """The order is paid: the units may leave. Asked again, the same answer."""
    return _receipt(operations.authorise(stock, number=number))


@_asked
def cancel(_connection: Connection, stock: StockAbroad, _body: bytes, number: str) -> dict[str, Any]:
    return _receipt(operations.cancel(stock, number=number))


def _receipt(row: Reservation | None) -> Mapping[str, Any]:
    if row is None:
        raise Refused(404, "not_found", "no order has this number here")
    return {
        "date": row.changed_at.strftime("%Y-%m-%d %H:%M:%S"),
        "marketplaceOrderId": row.order_id,
        "orderId": row.number,
        "receipt": f"{row.number}-{row.state}",
    }
