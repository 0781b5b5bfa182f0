"""`manage.py work`: the workers. Celery with beat over Redis; without Redis a drainer of its own."""

import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from shipsmart.inbox.drainer import THREADS, Drainer
from shipsmart.inbox.lanes import LANES


class Command(BaseCommand):
    help = "Run the workers."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--concurrency", type=int, default=4, help="processes (Celery only)")
        parser.add_argument("--lanes", default=",".join(LANES), help="which work to do; default: %(default)s")
        parser.add_argument("--no-beat", action="store_true", help="beat runs elsewhere (compose.yaml)")

    def handle(self, *, concurrency: int, lanes: str, no_beat: bool, **_: Any) -> None:
        if unknown := set(lanes.split(",")) - set(LANES):
            raise CommandError(f"--lanes: {', '.join(sorted(unknown))} unknown; take some of {','.join(LANES)}")
        if settings.EMBEDDED:
            self._drain([lane for lane in THREADS if lane in lanes.split(",")])
            return
        command = [
            str(Path(sys.executable).parent / "celery"), "-A", "shipsmart", "worker",
            "--queues", lanes, "--concurrency", str(concurrency), "--loglevel", "INFO",
            "--without-gossip", "--without-mingle",
        ]  # fmt: skip
        os.execv(command[0], command if no_beat else [*command, "--beat"])  # noqa: S606 - our own command line

    def _drain(self, lanes: list[str]) -> None:
        ended = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: ended.set())
        drainer = Drainer(lanes).start()
        ended.wait()
        drainer.stop()
