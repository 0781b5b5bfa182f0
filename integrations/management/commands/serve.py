"""`manage.py serve`: the production server for how this installation is set."""

import os
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = (
        "Serve on PORT: with Redis granian beside Celery workers (make worker), without it one process that works too."
    )

    def handle(self, **_: Any) -> None:
        call_command("migrate", verbosity=0, interactive=False)
        binaries = Path(sys.executable).parent
        if settings.EMBEDDED:
            command = [str(binaries / "gunicorn"), "-c", "python:shipsmart.gunicorn_conf", "shipsmart.wsgi:application"]
        else:
            command = [
                str(binaries / "granian"),
                "--interface", "wsgi",
                "--host", "0.0.0.0",  # noqa: S104 - a server serves; nginx or a firewall stands before it
                "--port", str(settings.PORT),
                "--workers", "2",
                "--blocking-threads", "16",  # a checkout may wait for carriers that hang; the next must not wait for it
                "--respawn-failed-workers",
                "--no-ws",
                "--log-level", "warning",
                "shipsmart.wsgi:application",
            ]  # fmt: skip
        sys.stdout.flush()
        os.execv(command[0], command)  # noqa: S606 - our own command line, no shell
