"""The demo's processes: practice partners, web server, workers. Each is really its own process, ended with the demo."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import requests
from django.conf import settings

READY_WITHIN_S = 60


class DemoFailed(Exception):
    """A step of the demo did not do what it must."""


class Processes:
    """Child processes by name; leaving the context ends them all."""

    def __init__(self, logs: Path) -> None:
        self._stack = ExitStack()
        self._logs = logs
        logs.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> "Processes":
        # Ended from outside (a closed terminal, a stopped container), the children must end too and free their ports.
        for name in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, lambda number, _: sys.exit(128 + number))
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def start(
        self, name: str, arguments: list[str], *, env: Mapping[str, str] | None = None, announces: bool = False
    ) -> Any:
        """Start `python <arguments>`; with `announces` wait for a line of JSON on its standard output and return it."""
        log = self._stack.enter_context((self._logs / f"{name}.log").open("w"))
        child = subprocess.Popen(  # noqa: S603 - our own commands
            [sys.executable, *arguments],
            stdout=subprocess.PIPE if announces else log,
            stderr=log,
            env={**os.environ, **(env or {})},
            cwd=settings.BASE_DIR,
            start_new_session=True,  # Ctrl-C reaches the demo alone, which ends the app before its partners
        )
        self._stack.callback(_end, child)
        return _announcement(name, child) if announces else child


def _announcement(name: str, child: subprocess.Popen[bytes]) -> Any:
    assert child.stdout is not None  # noqa: S101 - Popen was asked for a pipe
    ready, _, _ = select.select([child.stdout], [], [], READY_WITHIN_S)
    line = child.stdout.readline() if ready else b""
    if not line:
        raise DemoFailed(f"{name} did not start within {READY_WITHIN_S} s; see var/demo/logs/{name}.log")
    return json.loads(line)


def _end(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)  # a server's workers too: an orphan would keep the port
        child.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def check_free(port: int) -> None:
    """Raise DemoFailed when something listens on `port` already: it would answer in the app's place."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise DemoFailed(f"port {port} is taken; end what listens there, or choose: PORT=8001 make demo") from error


def wait_until_up(url: str, child: subprocess.Popen[bytes]) -> None:
    """Return when `url` answers; raise DemoFailed when the process ends or stays silent."""
    until = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < until:
        if child.poll() is not None:
            break
        try:
            if requests.get(url, timeout=2).ok:
                return
        except requests.RequestException:
            time.sleep(0.1)
    raise DemoFailed(f"{url} did not come up within {READY_WITHIN_S} s; see var/demo/logs/web.log")
