"""Run the practice carriers as a process of their own: `python -m integrations.sandbox.carriers --port 0`."""

from __future__ import annotations

import argparse
import json
import logging
import signal
import sys
import threading
from types import FrameType

from werkzeug.serving import WSGIRequestHandler, make_server

from .app import create_app
from .world import World

SILENT_CLIENT_S = 75


class QuietHandler(WSGIRequestHandler):
    """HTTP/1.1, no log, and no patience without end for a client that sends nothing."""

    protocol_version = "HTTP/1.1"
    timeout = SILENT_CLIENT_S

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Stay quiet: what came in is listed under /_practice/requests."""


def main(argv: list[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT; print one JSON line with the base URLs when ready."""
    options = _options(argv)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    world = World(options.time_scale)
    server = make_server(options.host, options.port, create_app(world), threaded=True, request_handler=QuietHandler)

    def stop(_signal: int, _frame: FrameType | None) -> None:
        world.faults.clear()  # lets every hanging request go
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    url = f"http://{options.host}:{server.server_port}"
    bases = {name: f"{url}/{name}" for name in ("ups", "fedex", "usps", "correios", "royal_mail")}
    print(json.dumps({"url": url, "dhl_express": f"{url}/dhl/mydhlapi", **bases}), flush=True)
    server.serve_forever(poll_interval=0.1)
    server.server_close()
    return 0


def _options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="integrations.sandbox.carriers", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: loopback only)")
    parser.add_argument("--port", type=int, default=0, help="port; 0 takes a free one")
    parser.add_argument("--time-scale", type=float, default=1.0, help="practice seconds per real second")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
