"""`manage.py rules check`: which values of the law were not looked at for a year, or break the schema."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from shipsmart.quotes import rulebook
from shipsmart.rules.check import check, problems, report


class Command(BaseCommand):
    help = "Look through the rulebook. Exit 1 when something is wrong; values only grown old are listed."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("verb", choices=["check"])

    def handle(self, **_: Any) -> None:
        findings = check(rulebook.current(), today=timezone.now().date())
        self.stdout.write(report(findings))
        if problems(findings):
            raise SystemExit(1)
