"""`python -m integrations.sandbox.vtex`: start the practice VTEX and print where it listens."""

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

from integrations.sandbox.vtex.app import make_app
from integrations.sandbox.vtex.world import SEEDED, World


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m integrations.sandbox.vtex", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes any free port")
    parser.add_argument("--exit-with-parent", action="store_true", help="end when the starting process is gone")
    parser.add_argument("--patience", type=float, default=5.0, help="seconds that the app may take; the true store: 5")
    return parser.parse_args()


def _watch_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(0)


def main() -> NoReturn:
    given = _arguments()
    server = make_server(given.host, given.port, make_app(World(patience_s=given.patience)), threaded=True)

    def stop(_signal: int, _frame: FrameType | None) -> None:
        # `shutdown` waits for the serving loop, which this thread is running: another one must ask for it.
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    if given.exit_with_parent:
        threading.Thread(target=_watch_parent, args=(os.getppid(),), daemon=True).start()
    keys = {name: {"key": key, "token": token} for name, (key, token) in SEEDED.items()}
    sys.stdout.write(json.dumps({"url": f"http://{given.host}:{server.server_port}", "accounts": keys}) + "\n")
    sys.stdout.flush()
    server.serve_forever()
    server.server_close()
    os._exit(0)


if __name__ == "__main__":
    main()
