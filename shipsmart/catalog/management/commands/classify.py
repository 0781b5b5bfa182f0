"""`manage.py classify < items.jsonl`: one product a line in, one answer a line out, in the same order.

In: `{"id", "title", "description"?, "category"?, "material"?, "language"?, "ncm"?}`. Out: `{"id", "candidates":
[{"hs_code", "confidence", "why"}], "decision"}`; with `--country` also `national_code` (null while more than
one fits), `national_why` and, while an answer is needed, `national_question` (see classify/national.py).
With `--history decided.jsonl` (`{"title", "hs_code", "group"?, "by"?, "at"?}` a line, the oldest first) what a merchant
decided comes first for like products; `group` of an item joins it with the variants of its product.
Restricted goods that the text hints at are `hints`; what would decide between codes is `questions`.
A line that cannot be read gives `{"id", "error": {"code", "message"}}`, the rest goes on, and the exit status is 0.
"""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError

from shipsmart.catalog import engines
from shipsmart.catalog.nomenclatures import table_for
from shipsmart.classify import Answer, Decision, Engine, Item, Memory, engine
from shipsmart.classify.engine import AT_ONCE
from shipsmart.classify.hints import hints
from shipsmart.classify.national import Outcome

MAX_LINE, CHUNK = 2_000_000, 65_536
TEXTS = ("title", "description", "category", "material", "language", "ncm", "group")


class BadItem(ValueError):
    """A line of input is no product; `id` is what could be read of it."""

    def __init__(self, message: str, *, item_id: Any = None) -> None:
        super().__init__(message)
        self.item_id = item_id


class Command(BaseCommand):
    help = "Classify products, one JSON object a line on standard input; one answer a line on standard output."
    requires_system_checks: list[str] = []  # noqa: RUF012

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--country", default="", help="two letters; adds national_code where it is certain")
        parser.add_argument(
            "--semantic", default="", help="folder of MiniLM's files, or `installed`; else CLASSIFY_MODEL"
        )
        parser.add_argument("--history", default="", help="file of the merchant's own decisions, JSON lines")

    def handle(self, *_: Any, **options: Any) -> None:
        country = options["country"].strip().upper()
        source = options.get("stdin") or sys.stdin.buffer
        classifier = _engine(options.get("semantic", ""))
        memory = read_history(options.get("history", ""))
        for answer in answers(source, country=country, memory=memory, classifier=classifier):
            self.stdout.write(json.dumps(answer))
            self.stdout.flush()


def _engine(semantic: str) -> Engine:
    try:
        return engines.with_meaning(semantic) if semantic else engines.classifier()
    except engines.NoModel as error:
        raise CommandError(f"--semantic: {error}") from error


def read_history(path: str) -> Memory | None:
    """Return the decisions of the file; raises CommandError that names the line which is none."""
    if not path:
        return None
    made = []
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"--history {path}: {error}") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            code = "".join(filter(str.isdigit, str(row["hs_code"])))[:6]
            texts = {name: str(row.get(name) or "") for name in ("group", "by", "at")}
            made.append(Decision(title=str(row["title"]), hs_code=code, **texts))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise CommandError(f"--history {path}, line {number}: needs title and hs_code as JSON ({error})") from error
        if code not in engine().nomenclature:
            raise CommandError(f"--history {path}, line {number}: {row['hs_code']!r} is no HS 2022 code")
    return Memory(made)


def answers(
    source: IO[bytes], *, country: str = "", memory: Memory | None = None, classifier: Engine | None = None
) -> Iterator[dict[str, Any]]:
    """Yield an answer for each line that is not blank."""
    classifier = classifier or engine()
    for lines in _lines(source):
        for start in range(0, len(lines), AT_ONCE):
            read = [_read(line) for line in lines[start : start + AT_ONCE] if line.strip()]
            items = [item for _, item in (one for one in read if not isinstance(one, BadItem))]
            answered = iter(classifier.classify_all(items, memory=memory))
            for one in read:
                yield _error(one) if isinstance(one, BadItem) else _answer(next(answered), *one, country=country)


def _lines(source: IO[bytes]) -> Iterator[list[bytes]]:
    """Yield the lines that are there, never waiting for more while one is; one too long is cut off where that shows."""
    rest, cut = b"", False
    while chunk := source.read1(CHUNK):  # type: ignore[attr-defined]  # both standard input and BytesIO have it
        *lines, rest = (rest + chunk).split(b"\n")
        if cut:
            cut, lines, rest = not lines, lines[1:], rest if lines else b""
        if len(rest) > MAX_LINE:
            lines, rest, cut = [*lines, rest], b"", True
        yield lines
    yield [rest]


def _read(line: bytes) -> tuple[Any, Item] | BadItem:
    if len(line) > MAX_LINE:
        return BadItem(f"a line may have {MAX_LINE} bytes; cut the description")
    try:
        return parse(line)
    except BadItem as bad:
        return bad


def parse(line: bytes) -> tuple[Any, Item]:
    """Return the id and the product of a line, or raise BadItem."""
    try:
        data = json.loads(line, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise BadItem(f"no JSON: {error}") from error
    if not isinstance(data, dict):
        raise BadItem("a line must be a JSON object with id and title")
    item_id = data.get("id")
    if isinstance(item_id, list | dict):
        raise BadItem("id must be text or a number")
    texts = {name: "" if data.get(name) is None else data[name] for name in TEXTS}
    wrong = [name for name, value in texts.items() if not isinstance(value, str | int | float)]
    if wrong:
        raise BadItem(f"{', '.join(wrong)} must be text", item_id=item_id)
    if "title" not in data:
        raise BadItem("title is missing", item_id=item_id)
    return item_id, Item(**{name: str(value) for name, value in texts.items()})


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is no number")


def _error(bad: BadItem) -> dict[str, Any]:
    return {"id": bad.item_id, "error": {"code": "bad_item", "message": str(bad)}}


def _answer(answer: Answer, item_id: Any, item: Item, *, country: str) -> dict[str, Any]:
    made: dict[str, Any] = {
        "id": item_id,
        "candidates": [
            {"hs_code": c.hs_code, "confidence": c.confidence, "why": list(c.why)} for c in answer.candidates
        ],
        "decision": answer.decision,
    }
    if answer.questions:
        made["questions"] = list(answer.questions)
    if found := hints(item):
        made["hints"] = [{"kind": hint.kind, "words": hint.words} for hint in found]
    if country:
        best = answer.candidates[0].hs_code if answer.candidates else ""
        outcome = engine().national(best, item, table=table_for(country)) if best else Outcome()
        made["national_code"] = outcome.code or None
        if outcome.why:
            made["national_why"] = list(outcome.why)
        if outcome.question:
            options = [{"value": option.value, "label": option.label} for option in outcome.question.options]
            made["national_question"] = {"key": outcome.question.key, "options": options}
    return made
