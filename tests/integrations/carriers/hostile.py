"""Answers that no carrier should give, by name; for every adapter and every operation."""

import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from tests.integrations.kit.naughty_server import Heard, Reply

JSON = {"Content-Type": "application/json"}
ERRORS_WITH_200 = {
    "errors": [{"code": "INTERNAL.ERROR", "message": "please try again"}],
    "response": {"errors": [{"code": "1", "message": "please try again"}]},
    "error": {"code": "1", "message": "please try again", "errors": []},
    "msgs": ["tente novamente"],
    "detail": "please try again",
}
RUBBISH: dict[str, Reply] = {
    "null": Reply(body=b"null", headers=JSON),
    "empty object": Reply(body=b"{}", headers=JSON),
    "empty list": Reply(body=b"[]", headers=JSON),
    "list of nulls": Reply(body=b"[null, null]", headers=JSON),
    "text": Reply(body=b'"ok"', headers=JSON),
    "number": Reply(body=b"17", headers=JSON),
    "true": Reply(body=b"true", headers=JSON),
    "no body": Reply(body=b"", headers=JSON),
    "no content": Reply(status=204, body=b""),
    "page": Reply(body=b"<html><h1>Maintenance</h1></html>", headers={"Content-Type": "text/html"}),
    "page said to be JSON": Reply(body=b"<!doctype html><p>Maintenance", headers=JSON),
    "half a document": Reply(body=b'{"products": [{"productCode": "P", "pr', headers=JSON),
    "half a gzip": Reply(body=gzip.compress(bytes(range(256)))[:200], headers={"Content-Encoding": "gzip"}),
    "not the gzip it says": Reply(body=b'{"ok": 1}', headers={"Content-Encoding": "gzip", **JSON}),
    "too much": Reply(body=gzip.compress(b" " * 1_000_000, 1), headers={"Content-Encoding": "gzip"}),
    "too deep": Reply(body=b"[" * 50_000, headers=JSON),
    "not a number": Reply(body=b'{"output": NaN, "products": Infinity}', headers=JSON),
    "UTF-16": Reply(body='{"output": "ü"}'.encode("utf-16"), headers=JSON),
    "Latin-1": Reply(body='{"output": "ü"}'.encode("latin-1"), headers=JSON),
    "errors with 200": Reply(body=json.dumps(ERRORS_WITH_200).encode(), headers=JSON),
    "wrong types": Reply(
        body=json.dumps(
            dict.fromkeys(
                ("products", "shipments", "output", "trackResponse", "RateResponse", "ShipmentResponse", "rateOptions",
                 "labelMetadata", "orders", "createdOrders", "objetos", "VoidShipmentResponse", "trackingEvents"),
                5,
            )
        ).encode(),
        headers=JSON,
    ),
    "redirect to itself": Reply(status=302, headers={"Location": ""}),
    "redirect elsewhere": Reply(status=307, headers={"Location": "http://127.0.0.1:9/"}),
    "drop": Reply(drop=True),
    "reset": Reply(reset=True),
    "page with 500": Reply(status=500, body=b"<h1>oops</h1>"),
    "null with 503": Reply(status=503, body=b"null"),
}  # fmt: skip
# Answers after which a purchase surely did not happen.
REFUSALS = {"redirect to itself", "redirect elsewhere"}
TOKEN_ENDS = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%S")
TOKENS = {
    "/oauth/token": {"access_token": "t", "expires_in": "3600"},
    "/oauth2/v3/token": {"access_token": "t", "expires_in": "3600"},
    "/payments/v3/payment-authorization": {"paymentAuthorizationToken": "t"},
    "/token/v1/autentica/cartaopostagem": {"token": "t", "expiraEm": TOKEN_ENDS},
}


def answering(reply: Callable[[], Reply]) -> Callable[[Heard], Reply]:
    """Return the behaviour of a carrier that gives good tokens and `reply()` to everything else."""

    def behave(heard: Heard) -> Reply:
        token = next((body for end, body in TOKENS.items() if heard.path.split("?")[0].endswith(end)), None)
        return reply() if token is None else Reply(body=json.dumps(token).encode(), headers=JSON)

    return behave
