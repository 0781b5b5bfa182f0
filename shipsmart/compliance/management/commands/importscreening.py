"""Take an official list of denied parties into force."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from shipsmart.compliance.models import ScreeningList
from shipsmart.compliance.operations import import_list
from shipsmart.core.errors import ShipSmartError


class Command(BaseCommand):
    help = "Import a list of denied parties as its publisher gives it; known parties are screened again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--list", required=True, dest="source", choices=ScreeningList.Source.values)
        parser.add_argument("--alt", type=Path, help="ALT.CSV with the aliases of an OFAC list")
        parser.add_argument("--force", action="store_true", help="even if it is much shorter than the list in force")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            alternates = options["alt"].read_bytes() if options["alt"] else b""
            content = options["file"].read_bytes()
            done = import_list(options["source"], content, alternates=alternates, force=options["force"])
        except (ShipSmartError, OSError) as error:
            raise CommandError(str(error)) from error
        answer = {
            "list": done.edition.source,
            "published": done.edition.published.isoformat() if done.edition.published else None,
            "names": done.edition.name_count,
            "sha256": done.edition.sha256,
            "new": done.is_new,
            "parties_screened_again": done.parties,
            "new_hits": done.new_hits,
        }
        self.stdout.write(json.dumps(answer))
