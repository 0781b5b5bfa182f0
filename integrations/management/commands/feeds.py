"""`manage.py feeds`: import official tariffs, exchange rates and local sales taxes, list what is in force, undo."""

import json
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from integrations.feeds import attempts, operations, store
from integrations.feeds.operations import Imported, Wishes
from integrations.feeds.reading import Progress
from shipsmart import rules
from shipsmart.core.errors import ShipSmartError
from shipsmart.quotes import rulebook

BAR = 30
FIRST_DAY = "first day in force (default: today; of rates and sales taxes, the first day in the file)"


class Command(BaseCommand):
    help = "Import official tariffs, nomenclatures, exchange rates and local sales taxes; show or undo imports."

    def add_arguments(self, parser: Any) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        for name, kinds in (
            ("tariff", operations.TARIFFS),
            ("rates", operations.RATES),
            ("nomenclature", operations.NOMENCLATURES),
            ("salestax", operations.SALES_TAXES),
        ):
            action = actions.add_parser(name, help=f"import one of: {', '.join(kinds)}")
            action.add_argument("kind", choices=sorted(kinds))
            action.add_argument("file", type=Path, help="the file as published (for uk, xi and sst a folder of them)")
            action.add_argument("--effective", type=date.fromisoformat, help=FIRST_DAY)
            action.add_argument("--title", default="", help="how answers name the source")
            action.add_argument("--url", default="", help="where the file was published")
            action.add_argument("--dry-run", action="store_true", help="read and report, change nothing")
            action.add_argument("--json", action="store_true", help="print the whole report as JSON")
            if name == "tariff":
                action.add_argument("--merge", action="store_true", help="change only the codes that the file names")
        actions.add_parser("list", help="show the releases in force")
        actions.add_parser("undo", help="go back to the rulebook before the last import")

    def handle(self, *, action: str, **options: Any) -> None:
        try:
            if action == "list":
                self._list()
            elif action == "undo":
                number = store.undo(rulebook.folder())
                self.stdout.write(f"generation {number} is in force" if number else "the packaged rulebook is in force")
            else:
                self._show(_recorded(action, options), as_json=options["json"])
        except ShipSmartError as error:
            raise CommandError(error.message, returncode=2) from error

    def _show(self, done: Imported, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(done.report.as_dict() | {"generation": done.generation}, ensure_ascii=False))
            return
        self.stdout.write(done.report.as_text(), ending="")
        state = "nothing was changed" if done.generation is None else f"generation {done.generation} is in force"
        self.stdout.write(f"  {state}")

    def _list(self) -> None:
        root = rulebook.folder()
        number = rulebook.in_force(root)
        book = rulebook.build(rules.current(), root, number)
        self.stdout.write(f"generation {number}, version {book.version}, SHA-256 {book.sha256}")
        for one in rulebook.releases(root, number):
            about = one.about
            laid = " over the table before it" if about["merge"] else ""
            self.stdout.write(f"  {about['kind']} {about['name']} from {about['effective']}{laid}: {about['title']}")


def _recorded(action: str, options: dict[str, Any]) -> Imported:
    """Import and remember how it ended, so that `doctor` can tell of a download that fails every night."""
    feed = f"{action} {options['kind']}"
    try:
        done = _import(action, options)
    except ShipSmartError as error:
        if not options["dry_run"]:
            attempts.record(rulebook.folder(), feed, at=timezone.now(), problem=error.message)
        raise
    if not options["dry_run"]:
        attempts.record(rulebook.folder(), feed, at=timezone.now())
    return done


def _import(action: str, options: dict[str, Any]) -> Imported:
    wishes = Wishes(
        effective=options["effective"],
        merge=options.get("merge", False),
        title=options["title"],
        url=options["url"],
        dry_run=options["dry_run"],
    )
    if action == "rates":
        return operations.import_rates(options["kind"], options["file"], wishes=wishes)
    if action == "salestax":
        return operations.import_local_rates(options["kind"], options["file"], wishes=wishes, progress=_bar())
    work = operations.import_tariff if action == "tariff" else operations.import_nomenclature
    return work(options["kind"], options["file"], wishes=wishes, today=timezone.now().date(), progress=_bar())


def _bar() -> Progress:
    """Return a progress bar on standard error; silent where nobody watches."""
    if not sys.stderr.isatty():
        return lambda _done, _total: None
    last = 0.0

    def show(done: int, total: int) -> None:
        nonlocal last
        finished = done >= total
        if finished or time.monotonic() - last > 0.1:
            last = time.monotonic()
            share = min(done / total, 1.0) if total else 1.0
            filled = int(share * BAR)
            sys.stderr.write(f"\r[{'#' * filled}{'.' * (BAR - filled)}] {share:4.0%}{chr(10) if finished else ''}")
            sys.stderr.flush()

    return show
