"""The embedded default's server: one process, threads, and the worker beside them (read by `manage.py serve`)."""

import threading
from typing import Any

from django.conf import settings

bind = f"0.0.0.0:{settings.PORT}"
workers = 1
worker_class = "gthread"
threads = 32  # a thread that waits for a slow client costs little; eight of those stopped every checkout
timeout = 60
STALLED_AFTER_S = 10
graceful_timeout = 30
accesslog = None
errorlog = "-"
control_socket_disable = True


def post_worker_init(worker: Any) -> None:
    """Start the drainer in the process that serves, after the fork: never on an import."""
    # Imported here: this file is read before the fork, by the arbiter too.
    from shipsmart.inbox.drainer import Drainer  # noqa: PLC0415

    worker.drainer = Drainer().start()
    threading.current_thread().name = "web"


def pre_request(_worker: Any, req: Any) -> None:
    """Let go of a client that stalls in the middle of its request body: gunicorn would hold the thread for ever."""
    req.unreader.sock.settimeout(STALLED_AFTER_S)


def worker_exit(_server: Any, worker: Any) -> None:
    if hasattr(worker, "drainer"):
        worker.drainer.stop(timeout_s=20)
