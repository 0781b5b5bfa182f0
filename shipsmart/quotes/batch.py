"""A batch: one request a line in, one answer a line out, in order and in constant memory, on one core or several."""

import multiprocessing
import multiprocessing.pool
import os
import stat
import time
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import BinaryIO, NamedTuple, TextIO

import msgspec

from shipsmart.quotes import rulebook
from shipsmart.quotes.asking import answer_bytes, refusal

CHUNK = 100  # lines that travel to a process together
AHEAD = 4  # chunks under way per process: enough to keep it busy, few enough to keep memory flat
LONGEST_LINE = 4 * 1024 * 1024


class Answered(NamedTuple):
    """One line out: its JSON text, whether it is an error, and how many bytes of input it took."""

    text: bytes
    refused: bool
    taken: int


def answers(lines: Iterable[bytes], *, processes: int = 1) -> Iterator[Answered]:
    """Return the answer of each line, in order; blank lines have none, a bad line has an error."""
    asked = (line for line in lines if not line.isspace())
    if processes <= 1:
        return map(_answered, asked)
    return _spread(asked, processes)


def lines_of(source: BinaryIO) -> Iterator[bytes]:
    """Return the lines of a stream; of a line longer than `LONGEST_LINE` only so much that it can be refused."""
    while line := source.readline(LONGEST_LINE + 1):
        yield line
        while len(line) > LONGEST_LINE and not line.endswith(b"\n"):
            line = source.readline(LONGEST_LINE + 1)


def _answered(line: bytes) -> Answered:
    if len(line) > LONGEST_LINE:
        found = refusal("line_too_long", f"a request has at most {LONGEST_LINE} bytes; split the cart")
    else:
        found = answer_bytes(line)
    return Answered(msgspec.json.encode(found), "error" in found, len(line))


def _many(lines: list[bytes]) -> list[Answered]:
    return [_answered(line) for line in lines]


def _spread(asked: Iterator[bytes], processes: int) -> Iterator[Answered]:
    rulebook.current()  # read once, before the processes part: they share its memory
    waiting: deque[multiprocessing.pool.AsyncResult[list[Answered]]] = deque()
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        for chunk in iter(lambda: list(islice(asked, CHUNK)), []):
            waiting.append(pool.apply_async(_many, (chunk,)))
            if len(waiting) >= AHEAD * processes:
                yield from waiting.popleft().get()
        yield from chain.from_iterable(result.get() for result in waiting)


class Progress:
    """A line on standard error that tells how far a batch is; silent where nobody looks."""

    EVERY_S = 0.2
    WIDTH = 30

    def __init__(self, *, out: TextIO, total_bytes: int | None, shown: bool) -> None:
        self.out = out
        self.total = total_bytes
        self.shown = shown
        self.count = self.refused = self.taken = 0
        self.started = time.monotonic()
        self.told = 0.0

    def add(self, answered: Answered) -> None:
        self.count += 1
        self.refused += answered.refused
        self.taken += answered.taken
        if self.shown and self.count % 20 == 0 and time.monotonic() - self.told >= self.EVERY_S:
            self.told = time.monotonic()
            self.out.write(f"\r{self._bar()}\x1b[K")
            self.out.flush()

    def summary(self) -> str:
        spent = time.monotonic() - self.started
        clear = "\r\x1b[K" if self.shown else ""
        return f"{clear}{self.count} answered, {self.refused} refused, {spent:.1f} s"

    def _bar(self) -> str:
        spent = time.monotonic() - self.started
        counts = f"{self.count} answered, {self.refused} refused, {self.count / spent:.0f} a second"
        if not self.total:
            return counts
        share = min(self.taken / self.total, 1.0)
        full = int(share * self.WIDTH)
        left = spent / share - spent if share else 0
        return f"[{'#' * full}{'.' * (self.WIDTH - full)}] {share:4.0%}  {counts}, {left:.0f} s left"


def size_of(source: object) -> int | None:
    """Return how many bytes a redirected file holds; None for a pipe or a terminal."""
    try:
        return _regular_size(source.fileno())  # type: ignore[attr-defined]
    except (AttributeError, OSError, ValueError):
        return None


def _regular_size(descriptor: int) -> int | None:
    found = os.fstat(descriptor)
    return found.st_size if stat.S_ISREG(found.st_mode) else None
