"""`python -m integrations.sandbox.shopify`: start the practice Shopify and print where it listens."""

import argparse
import json
import os
import signal
import sys
import threading
import time
from types import FrameType
from typing import NoReturn

from werkzeug.serving import make_server

from integrations.sandbox.shopify.app import make_app, make_world
from integrations.sandbox.shopify.config import DEFAULT_SCOPES, SEEDED_SHOPS, Config


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m integrations.sandbox.shopify", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes any free port")
    parser.add_argument("--app-url", required=True, help="where the app answers, without a slash at the end")
    parser.add_argument("--client-id", required=True)
    parser.add_argument("--client-secret", required=True)
    parser.add_argument("--compliance-url", help="default: <app-url>/shopify/webhooks/compliance")
    parser.add_argument("--scopes", default=",".join(DEFAULT_SCOPES), help="granted on a managed install")
    parser.add_argument("--shop", action="append", default=[], help="open one more shop of this name")
    parser.add_argument("--time-scale", type=float, default=1.0, help="how many times faster webhook retries come")
    parser.add_argument("--no-rate-cache", action="store_true", help="ask the carrier service each time")
    parser.add_argument("--routing-delay", type=float, default=0.4, help="seconds from order to fulfilment order")
    parser.add_argument("--callback-currency", choices=("shop", "presentment"), default="shop")
    parser.add_argument(
        "--restore-rate", type=float, default=100.0, help="API points a second; the bucket is 20 times it"
    )
    parser.add_argument("--exit-with-parent", action="store_true", help="end when the starting process is gone")
    return parser.parse_args()


def _config(given: argparse.Namespace) -> Config:
    app_url = given.app_url.rstrip("/")
    return Config(
        app_url=app_url,
        client_id=given.client_id,
        client_secret=given.client_secret,
        compliance_url=given.compliance_url or f"{app_url}/shopify/webhooks/compliance",
        scopes=tuple(scope.strip() for scope in given.scopes.split(",") if scope.strip()),
        shops=tuple(dict.fromkeys((*SEEDED_SHOPS, *given.shop))),
        time_scale=given.time_scale,
        rate_cache=not given.no_rate_cache,
        routing_delay_s=given.routing_delay,
        callback_currency=given.callback_currency,
        restore_rate=given.restore_rate,
    )


def _watch_parent(parent: int) -> None:
    """End this process when the one that started it is gone, however it went."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(0)


def main() -> NoReturn:
    given = _arguments()
    world = make_world(_config(given))
    server = make_server(given.host, given.port, make_app(world), threaded=True)
    world.own_url = f"http://{given.host}:{server.server_port}"
    world.deliveries.start()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        # `shutdown` waits for the serving loop, which this thread is running: another one must ask for it.
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    if given.exit_with_parent:
        threading.Thread(target=_watch_parent, args=(os.getppid(),), daemon=True).start()
    sys.stdout.write(json.dumps({"url": world.own_url}) + "\n")
    sys.stdout.flush()
    server.serve_forever()
    world.deliveries.stop()
    server.server_close()
    # Threads that still wait for a hanging app would hold up an ordinary exit until their time is up.
    os._exit(0)


if __name__ == "__main__":
    main()
