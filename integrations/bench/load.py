"""Load on an HTTP server, from a process of its own: `wrk` where it is installed, else a client of ours.

`python -m integrations.bench.load` reads a Load as JSON on standard input and prints what came of it.
"""

import http.client
import itertools
import json
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Load:
    """The same POST again and again. `rate`: so many a second, however long answers take (None: as fast as they come).
    `numbered`: a header that bears another number each time, after `prefix`. `varied`: a text in the body that another
    number, from `first` on, stands for each time. `turns`: bodies with headers of their own, sent one after the other
    and again from the start."""

    url: str
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)
    connections: int = 16
    seconds: float = 2.0
    rate: float | None = None
    numbered: str = ""
    prefix: str = ""
    varied: str = ""
    first: int = 0
    turns: Sequence[tuple[str, Mapping[str, str]]] = ()

    def headers_of(self, turn: int) -> dict[str, str]:
        own = self.turns[turn % len(self.turns)][1] if self.turns else {}
        numbered = {self.numbered: f"{self.prefix}{turn}"} if self.numbered else {}
        return {**self.headers, **own, **numbered}

    def body_of(self, turn: int) -> str:
        if self.turns:
            return self.turns[turn % len(self.turns)][0]
        return self.body.replace(self.varied, str(self.first + turn)) if self.varied else self.body


class LoadFailed(Exception):
    """Some requests were not answered with 2xx; figures about them would mean nothing."""


def throughput(load: Load) -> float:
    """Return answers per second. Raises LoadFailed when one was no 2xx."""
    found = _wrk(load) if shutil.which("wrk") else _own(load)
    if found["errors"] or not found["requests"]:
        raise LoadFailed(f"{load.url}: {found['errors']} of {found['requests']} requests failed")
    return float(found["requests"] / found["seconds"])


def latencies(load: Load) -> dict[str, float]:
    """Return p50, p99 and max in milliseconds, each from the moment the request was due. Raises LoadFailed."""
    found = _own(load)
    if found["errors"] or not found["requests"]:
        raise LoadFailed(f"{load.url}: {found['errors']} of {found['requests']} requests failed")
    return dict(found["ms"])


def client_name() -> str:
    return "wrk" if shutil.which("wrk") else "threads"


def _own(load: Load) -> dict[str, Any]:
    command = [sys.executable, "-m", "integrations.bench.load"]
    text = json.dumps(asdict(load))
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=True)  # noqa: S603
    return dict(json.loads(done.stdout))


_SCRIPT = """
local n = {first}
wrk.method = "POST"
wrk.body = {body}
{headers}
request = function()
  n = n + 1
  {number}
  return wrk.format()
end
done = function(summary)
  local e = summary.errors
  local failed = e.status + e.connect + e.read + e.write + e.timeout
  io.write(string.format("RESULT %d %d %d\\n", summary.requests, summary.duration, failed))
end
"""


def _wrk(load: Load) -> dict[str, Any]:
    headers = "\n".join(f"wrk.headers[ {_lua(name)} ] = {_lua(value)}" for name, value in load.headers.items())
    number = f"wrk.headers[ {_lua(load.numbered)} ] = {_lua(load.prefix)} .. n" if load.numbered else ""
    if load.varied:
        before, _, after = load.body.partition(load.varied)
        number += f"\n  wrk.body = {_lua(before)} .. n .. {_lua(after)}"
    if load.turns:
        number += "\n  local turn = turns[ n % #turns + 1 ]\n  wrk.body = turn.body"
        number += "\n  for name, value in pairs(turn.headers) do wrk.headers[ name ] = value end"
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(f"local turns = {{ {_turns(load)} }}\n")
        script.write(_SCRIPT.format(body=_lua(load.body), headers=headers, number=number, first=load.first))
        script.flush()
        command = ["wrk", "-t1", f"-c{load.connections}", f"-d{load.seconds:.0f}s", "-s", script.name, load.url]
        done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    line = next((line for line in done.stdout.splitlines() if line.startswith("RESULT ")), "")
    if not line:
        raise LoadFailed(f"wrk said {(done.stderr or done.stdout)[-300:]!r}")
    requests, microseconds, errors = map(int, line.split()[1:])
    return {"requests": requests, "seconds": microseconds / 1e6, "errors": errors}


def _turns(load: Load) -> str:
    """Return the bodies and headers of the turns as items of a table."""
    named = ((body, ", ".join(f"[ {_lua(k)} ] = {_lua(v)}" for k, v in own.items())) for body, own in load.turns)
    return ",\n".join(f"{{ body = {_lua(body)}, headers = {{ {own} }} }}" for body, own in named)


def _lua(text: str) -> str:
    return "[==[" + text + "]==]"


class _Client:
    """Threads that share a count of requests; each keeps its connection open."""

    def __init__(self, load: Load) -> None:
        self.load, self.address = load, urlsplit(load.url)
        self.turns = itertools.count()
        self.took: list[float] = []
        self.errors = 0
        self.started = time.perf_counter()

    def run(self) -> dict[str, Any]:
        threads = [threading.Thread(target=self._work) for _ in range(self.load.connections)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        seconds = time.perf_counter() - self.started
        took = sorted(self.took)
        ms = {"p50": took[len(took) // 2], "p99": took[int(len(took) * 0.99)], "max": took[-1]} if took else {}
        return {"requests": len(took) + self.errors, "seconds": seconds, "errors": self.errors, "ms": ms}

    def _work(self) -> None:
        line = http.client.HTTPConnection(self.address.hostname or "", self.address.port, timeout=60)
        while True:
            turn = next(self.turns)
            due = self.started + turn / self.load.rate if self.load.rate else time.perf_counter()
            if due >= self.started + self.load.seconds:
                break
            time.sleep(max(0.0, due - time.perf_counter()))
            self._ask(line, turn, due)
        line.close()

    def _ask(self, line: http.client.HTTPConnection, turn: int, due: float) -> None:
        try:
            line.request("POST", self.address.path, self.load.body_of(turn), self.load.headers_of(turn))
            answer = line.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            line.close()
            self.errors += 1
            return
        if answer.status // 100 == 2:
            self.took.append((time.perf_counter() - due) * 1000)
        else:
            self.errors += 1


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_Client(Load(**json.load(sys.stdin))).run()))


__all__ = ["Load", "LoadFailed", "client_name", "latencies", "throughput"]
