"""`manage.py landedcost`: quote, batch, explain, verify, replay, revise, diff, in the shapes of the contract."""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, BinaryIO, ClassVar, NoReturn, TextIO

from django.core.management.base import BaseCommand
from django.db import OperationalError, ProgrammingError

from shipsmart import rules
from shipsmart.core.errors import InvalidRequest, ShipSmartError
from shipsmart.core.explain import explain
from shipsmart.core.reading import invalid
from shipsmart.quotes import landed, rulebook
from shipsmart.quotes.asking import answer_bytes, answer_of
from shipsmart.quotes.batch import Progress, answers, lines_of, size_of
from shipsmart.quotes.models import Quote
from shipsmart.quotes.operations import recompute
from shipsmart.quotes.radar import differences
from shipsmart.quotes.radar_report import Radar
from shipsmart.quotes.revision_input import revise_json
from shipsmart.quotes.signature import canonical, is_ours, signed_part

MOST_PROCESSES = 64


class Command(BaseCommand):
    help = "Landed cost on the command line; JSON on standard input and output. Exit 2: the request was refused."
    # They load every address and view of the program, which takes longer than the quote; `manage.py check` runs them.
    requires_system_checks: ClassVar[list[str]] = []

    def add_arguments(self, parser: Any) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("quote", help="one request in, one signed answer out")
        batch = verbs.add_parser("batch", help="one request a line in, one answer a line out, in order")
        batch.add_argument("--processes", type=int, default=1, help="cores to use; the order stays")
        batch.add_argument("--progress", action="store_true", help="tell how far it is even where nobody looks")
        verbs.add_parser("explain", help="one request or answer in, its reasoning in plain words out")
        verbs.add_parser("verify", help="one signed answer in: is the signature ours?")
        verbs.add_parser("revise", help="what is refundable when goods come back, or when an order is changed")
        diff = verbs.add_parser(
            "diff", help="what the rulebook in force does to stored quotes: one changed quote a line"
        )
        diff.add_argument("--against", default="", help="hash of the old rulebook; default: the packaged one")
        diff.add_argument("--at", default="", help="as if asked then (ISO 8601 with offset): for a law still to come")
        diff.add_argument("--summary", choices=("text", "json"), help="one account by lane and product instead")
        replay = verbs.add_parser("replay", help="compute a stored quote again and compare byte for byte")
        replay.add_argument("quote_id", nargs="?", help="of a stored checkout quote; without it an answer is read")

    def handle(self, *, verb: str, **options: Any) -> None:
        try:
            self._run(verb, sys.stdin, options)
        except (OperationalError, ProgrammingError) as error:
            message = f"the stored quotes cannot be read ({error}); run `manage.py migrate` and look at DATABASE_URL"
            self._refuse("database_not_ready", message)
        except InvalidRequest as error:
            self._print({"error": error.as_dict()})
            raise SystemExit(2) from error

    def _run(self, verb: str, source: TextIO, options: Mapping[str, Any]) -> None:
        if verb == "batch":
            self._batch(source, processes=options["processes"], progress=options["progress"])
        elif verb == "diff":
            self._diff(against=options["against"], at=options["at"], summary=options["summary"])
        elif verb == "replay":
            self._replay(source, options.get("quote_id"))
        else:
            {
                "quote": self._quote,
                "explain": self._explain,
                "verify": self._verify,
                "revise": self._revise,
            }[verb](source)

    def _quote(self, source: TextIO) -> None:
        found = answer_bytes(_bytes(source).read())
        self._print(found)
        if "error" in found:
            raise SystemExit(2)

    def _batch(self, source: TextIO, *, processes: int, progress: bool) -> None:
        """Answer line by line in constant memory; progress and counts go to standard error."""
        shown = progress or sys.stderr.isatty()
        told = Progress(out=sys.stderr, total_bytes=size_of(source), shown=shown)
        try:
            for answered in answers(lines_of(_bytes(source)), processes=max(1, min(processes, MOST_PROCESSES))):
                self.stdout.write(answered.text.decode())
                told.add(answered)
        except BrokenPipeError as error:
            # Who reads has had enough (`| head`). What is still buffered would fail once more when Python ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise SystemExit(1) from error
        self.stderr.write(told.summary())

    def _explain(self, source: TextIO) -> None:
        given = _json(source.read())
        found = given if "charges" in given else answer_of(given)
        if "error" in found:
            self._print(found)
            raise SystemExit(2)
        self.stdout.write(explain(found))

    def _verify(self, source: TextIO) -> None:
        given = _json(source.read())
        valid = is_ours(canonical(signed_part(given)), str(given.get("signature", "")))
        self._print({"quote_id": given.get("quote_id"), "valid": valid})
        if not valid:
            raise SystemExit(2)

    def _revise(self, source: TextIO) -> None:
        try:
            self._print(revise_json(_json(source.read())))
        except ShipSmartError as error:
            self._print({"error": error.as_dict()})
            raise SystemExit(2) from error

    def _replay(self, source: TextIO, quote_id: str | None) -> None:
        if quote_id is None:
            given = _json(source.read())
            self._compare(given.get("request"), given)
            return
        row = Quote.objects.filter(quote_id=quote_id).first()
        if row is None:
            self._refuse("unknown_quote", f"no quote {quote_id!r} is stored")
        self._report(row.answer_text, recompute(row))

    def _diff(self, *, against: str, at: str, summary: str | None) -> None:
        moment = _moment(at)
        old = rulebook.find(against) if against else rules.current()
        if old is None:
            self._refuse("unknown_rulebook", f"no rulebook of hash {against!r} is on this machine")
        stored = Quote.objects.order_by("pk").values_list("quote_id", "request_text", "answer_text").iterator()
        radar = Radar()
        rows = (
            (json.loads(asked)["request"] | {"id": key}, json.loads(answer) | {"id": key})
            for key, asked, answer in radar.counted(stored)
        )
        for found in differences(rows, old=old, new=rulebook.current(), at=moment):
            radar.add(found)
            if summary is None:
                self.stdout.write(json.dumps(asdict(found), default=str, ensure_ascii=False))
        if summary == "json":
            self._print(radar.as_dict())
        elif summary == "text":
            self.stdout.write(radar.as_text(), ending="")
        self.stderr.write(f"{radar.counts['changed']} quotes change")

    def _compare(self, request: Any, given: Mapping[str, Any]) -> None:
        if not isinstance(request, dict):
            message = "an answer is replayed with its request beside it: add the key `request`, or name a stored quote"
            self._print({"error": {"code": "request_missing", "message": message, "details": {"field": "request"}}})
            raise SystemExit(2)
        book = given.get("rulebook")
        law = rulebook.find(str(book.get("sha256"))) if isinstance(book, dict) else None
        new = landed.answer(request, now=datetime.now(UTC), law=law)
        self._report(canonical(signed_part(given)), signed_part(new))

    def _report(self, old_text: str, new: Mapping[str, Any]) -> None:
        old = json.loads(old_text)
        same = canonical(new) == old_text
        changed = sorted(key for key in old.keys() | new.keys() if old.get(key) != new.get(key))
        books = {"old": old.get("rulebook"), "new": new.get("rulebook")}
        self._print({"same": same, "changed": [] if same else changed, "rulebooks": books})
        if not same:
            raise SystemExit(1)

    def _refuse(self, code: str, message: str) -> NoReturn:
        self._print({"error": {"code": code, "message": message, "details": {}}})
        raise SystemExit(2)

    def _print(self, value: Mapping[str, Any]) -> None:
        self.stdout.write(json.dumps(value, ensure_ascii=False))


def _moment(text: str) -> datetime | None:
    """Return the instant of `--at`, None where it was not given. Raises InvalidRequest."""
    try:
        found = datetime.fromisoformat(text) if text else None
    except ValueError as error:
        raise invalid("at", text, "write an instant like 2026-11-10T12:00:00+01:00") from error
    if found is not None and found.tzinfo is None:
        raise invalid("at", text, "add the offset from UTC, like 2026-11-10T12:00:00+01:00")
    return found


def _json(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise SystemExit(_refused("not_json", f"standard input is not JSON: {error}")) from error
    if not isinstance(value, dict):
        raise SystemExit(_refused("not_an_object", "standard input must hold one JSON object"))
    return value


def _refused(code: str, message: str) -> int:
    sys.stdout.write(json.dumps({"error": {"code": code, "message": message, "details": {}}}) + "\n")
    return 2


def _bytes(source: TextIO) -> BinaryIO:
    """Return standard input as bytes: what is not UTF-8 spoils one line of a batch and not all that follow."""
    raw: BinaryIO | None = getattr(source, "buffer", None)
    return raw if raw is not None else BytesIO(source.read().encode("utf-8", "surrogatepass"))
