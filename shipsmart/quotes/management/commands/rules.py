"""`manage.py rules check`: which values of the law are old or broken; `rules coverage`: how wide the tariffs are."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from shipsmart.classify.thesaurus import read_kinds
from shipsmart.quotes import rulebook
from shipsmart.rules.check import check, problems, report
from shipsmart.rules.coverage import coverage, table

SUBHEADING = 6


class Command(BaseCommand):
    help = (
        "check: look through the rulebook; exit 1 when something is wrong, values only grown old are listed. "
        "coverage: of the codes that the classifier knows, how many have a base duty in each place, and how sure."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("verb", choices=["check", "coverage"])

    def handle(self, *, verb: str, **_: Any) -> None:
        if verb == "coverage":
            self.stdout.write(table(coverage(rulebook.current(), codes=_known_codes(), at=timezone.now())))
            return
        findings = check(rulebook.current(), today=timezone.now().date())
        self.stdout.write(report(findings))
        if problems(findings):
            raise SystemExit(1)


def _known_codes() -> set[str]:
    codes = {choice.hs_code for _, kind in read_kinds() for choice in kind.choices}
    return {code for code in codes if len(code) == SUBHEADING}
