"""`manage.py bench`: how fast it is, each figure beside its floor measured in the same run."""

import json
import sys
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from integrations.bench import suite
from integrations.bench.load import LoadFailed
from integrations.bench.measure import Result


class Command(BaseCommand):
    help = "Run the benchmarks (about three minutes); the names of the results do not change."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object on standard output")
        parser.add_argument("--only", metavar="NAME", action="append", help="a name, or its part before the point")

    def handle(self, *, json: bool, only: list[str] | None, **_: Any) -> None:
        found = []
        try:
            for result in self._run(_chosen(only or [])):
                found.append(result)
        except LoadFailed as error:
            raise CommandError(str(error)) from error
        self._tell(found, as_json=json)

    def _run(self, names: frozenset[str]) -> Any:
        started = time.monotonic()
        for result in suite.run(names):
            self.stderr.write(f"{time.monotonic() - started:4.0f} s  {result.name} {result.value:g} {result.unit}")
            yield result

    def _tell(self, found: list[Result], *, as_json: bool) -> None:
        rows = [result.as_dict() for result in found]
        if as_json:
            self.stdout.write(json.dumps({"results": rows}))
            return
        for row in rows:
            self.stdout.write(_line(row))
        sys.stdout.flush()


def _chosen(only: list[str]) -> frozenset[str]:
    if not only:
        return frozenset(suite.NAMES)
    found = {name for name in suite.NAMES for wanted in only if name == wanted or name.startswith(f"{wanted}.")}
    if not found:
        raise CommandError(f"no benchmark is named {', '.join(only)}; known are {', '.join(suite.NAMES)}")
    return frozenset(found)


def _line(row: dict[str, Any]) -> str:
    beside = f"{row['against']} {row['against_value']:g}, ratio {row['ratio']:g}" if row["against"] else ""
    return f"{row['name']:26} {row['value']:>10g} {row['unit']:16} {beside:36} {row['setup']}"
