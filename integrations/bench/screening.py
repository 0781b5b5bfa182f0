"""One party against 30,000 listed names, with what is found and what is found wrongly.

The names are ours: a labelled set (screening_labelled.csv: the same party exactly, under an alias, with its words in
another order, in another script or spelling) among made-up ones of many languages. Everyday names must raise no alarm.
"""

import csv
import random
import time
from functools import cache
from itertools import product
from pathlib import Path

from integrations.bench.measure import Result, median_of, short
from shipsmart.compliance.screening.matching import Listed, NameIndex

LABELLED = Path(__file__).parent / "screening_labelled.csv"
NAMES = 30_000
GIVEN = """Abdul Ahmad Aleksei Ali Amir Andrei Boris Carlos Chen Dmitri Fatima Feng Hassan Hussein Ibrahim Igor Ismail
Ivan Jamal Jin Jorge Juan Karim Khalid Kim Leila Mahmoud Maria Mehdi Mikhail Mohammed Natalia Nikolai Olga Omar
Park Pavel Ri Said Sergei Tariq Tatiana Viktor Vladimir Wei Xin Yusuf Zahra"""
SYLLABLES = """al bar cha dov el far gul har iv jan kaz lem mir nov oz pet qas rud shev tol um var wal yaz zad rok
sin tan vel"""
EVERYDAY_GIVEN = """Anna Ben Chloe Daniel Emma Felix Grace Hannah Jack Laura Lucas Marie Noah Oliver Paula Ruth Sofia
Thomas Yuki Zoe"""
EVERYDAY_FAMILY = """Baker Becker Dubois Evans Fischer Garcia Hughes Jansen Jones Keller Lopez Martin Moreau Murphy
Novak Rossi Silva Smith Tanaka Taylor Walker Weber Wilson Wright Young"""


def party() -> list[Result]:
    """Return milliseconds a party, the share found of the labelled set, and alarms on everyday names."""
    index, parties = filled(NAMES), [written for _, written, _ in labelled()] + everyday()[:60]
    setup = f"{len(parties)} parties, {len(index.listed)} listed names, one thread, CPU time"
    found = [is_found(index, listed, written) for listed, written, _ in labelled()]
    alarms = [name for name in everyday() if index.search(name)]
    return [
        Result("screening.party", median_of(lambda: milliseconds(index, parties)), "ms", setup=setup),
        Result("screening.slowest", short(max(milliseconds(index, [name]) for name in parties)), "ms", setup=setup),
        Result("screening.recall", short(sum(found) / len(found)), "share", setup=f"{len(found)} labelled parties"),
        Result("screening.false_alarms", len(alarms), "parties", setup=f"of {len(everyday())} everyday names"),
    ]


def milliseconds(index: NameIndex, parties: list[str]) -> float:
    """Return the CPU time a party takes."""
    start = time.thread_time()
    for name in parties:
        index.search(name)
    return (time.thread_time() - start) / len(parties) * 1000


@cache
def labelled() -> list[tuple[str, str, str]]:
    """Return listed name, the way it is written on an order, and what differs."""
    with LABELLED.open(encoding="utf-8", newline="") as file:
        return [(row["listed"], row["written"], row["kind"]) for row in csv.DictReader(file)]


def everyday() -> list[str]:
    return [" ".join(pair) for pair in product(EVERYDAY_GIVEN.split(), EVERYDAY_FAMILY.split())]


def is_found(index: NameIndex, listed: str, written: str) -> bool:
    return listed in (match.listed.name for match in index.search(written))


@cache
def filled(count: int) -> NameIndex:
    """Return an index of so many names: the labelled ones among made-up ones, the same each time."""
    names = list(dict.fromkeys(listed for listed, _, _ in labelled()))
    rng, syllables, given = random.Random(11), SYLLABLES.split(), GIVEN.split()  # noqa: S311 - names, no secrets
    while len(names) < count:
        family = "".join(rng.choices(syllables, k=rng.choice((2, 2, 3)))).title()
        names.append(" ".join([*rng.sample(given, rng.choice((1, 2, 2))), family]))
    return NameIndex(Listed("un", f"B{number}", name) for number, name in enumerate(names))
