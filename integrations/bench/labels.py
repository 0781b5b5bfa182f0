"""Labels with their papers in the background: real workers, real practice carriers, a database of their own."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from django.conf import settings

from integrations.bench.load import LoadFailed
from integrations.bench.measure import Result, short
from integrations.bench.server import services
from integrations.demo.processes import Processes

ORDERS = 1000
WORKERS = 3  # processes: one more than cores, as each waits a third of its time for carriers and the database
LEAST_A_SECOND = 12
SESSION, CPU = 3, slice(11, 15)  # among the fields after the name in /proc/<pid>/stat (man 5 proc)


def batch() -> list[Result]:
    """A batch of held, quoted orders until each has its label and papers; once, for it takes minutes.

    CPU is that of our worker processes until the last paper (their start-up included), as Linux counts it; practice
    carriers, the asking process, database and broker are not ours.
    """
    count = int(os.environ.get("BENCH_LABELS", ORDERS))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="shipsmart-bench-")))
        own = stack.enter_context(services())
        partners = stack.enter_context(Processes(folder / "logs"))
        carriers = partners.start("carriers", ["-m", "integrations.sandbox.carriers", "--port", "0"], announces=True)
        env = _environment(folder, carriers) | own
        merchant = stack.enter_context(_merchant(env, count))
        with Processes(folder / "worker-logs") as ours:
            worker = ours.start("worker", ["manage.py", "work", "--concurrency", str(WORKERS)], env=env)
            found = _told(merchant, "go\n")
            spent = _cpu_s(worker.pid)  # now: one that is slow to stop is killed, and nobody counts its children then
    if found["done"] != count:
        raise LoadFailed(f"{found['done']} of {count} labels were bought: {'; '.join(found['causes'])}")
    kind = "PostgreSQL" if "DATABASE_URL" in own else "SQLite"
    by = "one process of 5 threads" if settings.EMBEDDED else f"Celery over Redis, {WORKERS} processes"
    setup = f"{kind}; {by}; {count} quoted orders of 1 to 4 lines, DHL Express and UPS, invoice and packing list"
    return [
        Result("labels.batch", short(count / found["seconds"]), "labels/s", "figure", LEAST_A_SECOND, setup),
        Result("labels.cpu", short(spent / count * 1000), "ms", setup=f"{setup}; CPU of our workers a label"),
    ]


def _environment(folder: Path, carriers: Mapping[str, str]) -> dict[str, str]:
    return {
        "VAR_DIR": str(folder / "var"),
        "DHL_EXPRESS_BASE_URL": carriers["dhl_express"],
        "UPS_BASE_URL": carriers["ups"],
        "LOG_LEVEL": "ERROR",
    }


@contextmanager
def _merchant(env: Mapping[str, str], count: int) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", "integrations.bench.label_orders", str(count)]
    with subprocess.Popen(  # noqa: S603 - our own command
        command,
        env={**os.environ, **env},
        cwd=settings.BASE_DIR,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as child:
        try:
            _told(child)
            yield child
        finally:
            child.kill()


def _told(child: "subprocess.Popen[str]", word: str = "") -> Any:
    assert child.stdin is not None  # noqa: S101 - Popen was asked for pipes
    assert child.stdout is not None  # noqa: S101
    child.stdin.write(word)
    child.stdin.flush()
    line = child.stdout.readline()
    if not line:
        raise LoadFailed(f"the merchant of the labels ended with {child.wait()}")
    return json.loads(line)


def _cpu_s(session: int) -> float:
    """Return the processor seconds of a session's processes and of their ended children; 0 where there is no /proc."""
    ticks = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has just ended
            values = path.read_text().rpartition(")")[2].split()
            if int(values[SESSION]) == session:
                ticks += sum(map(int, values[CPU]))
    return ticks / os.sysconf("SC_CLK_TCK")
