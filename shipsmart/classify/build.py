"""Make `data/nomenclature.csv` again from the published schedules.

    python -m shipsmart.classify.build --hts HTS_PATHS.csv --ncm NCM_PATHS.csv --hs HARMONIZED.csv --taric TARIC.csv

With `--taric` (European Commission, reuse under Decision 2011/833/EU: `code`, `hier`, `path`, `hs6`) the national lines
of `data/national/` are made too: of each HS code the national codes and the words that part them, shortened.

What goes in: the US schedule flattened to paths (US International Trade Commission, public domain: columns `hts`,
`code`, `path`, `hs6`), the Brazilian one (Receita Federal, an official act: `ncm`, `hs6`, `path`) and the list of
HS 2022 codes (datasets/harmonized-system, PDDL: `hscode`, `description`, `level`). What comes out: one row
for each code with
the words to search by, folded and each once, and the endings of its national codes.
"""

import argparse
import csv
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from shipsmart.classify.folding import telling, words
from shipsmart.classify.national import LONGEST, parted
from shipsmart.classify.nomenclature import COLUMNS, FILE

LAST = "980000"  # the list ends with a code of its own for goods not specified


def rows_of(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def once(texts: list[str], *, but: frozenset[str] = frozenset()) -> str:
    found = dict.fromkeys(word for text in texts for word in telling(words(text)) if word not in but)
    return " ".join(found)


def endings(codes: set[str], length: int) -> str:
    """Return the national digits after the sixth of the codes that a declaration may bear."""
    full = {code for code in codes if len(code) == length}
    if length == 10:
        full |= {code + "00" for code in codes if len(code) == 8 and not any(c.startswith(code) for c in full)}
    return " ".join(sorted(code[6:] for code in full))


def heading(paths: list[str], *, or_else: str) -> str:
    """Return the words of the law that all lines under a code share, shortened: what a person reads as the reason."""
    levels = [path.rstrip(":").split(" > ") for path in paths]
    shared = []
    for names in zip(*levels, strict=False):
        if len(set(names)) > 1:
            break
        shared.append(names[0].strip(" :"))
    parts = shared if len(shared) < 3 else [shared[0], shared[-1]]
    text = " > ".join(part if len(part) <= LONGEST else part[:LONGEST].rsplit(" ", 1)[0] + " ..." for part in parts)
    return text or or_else[: 2 * LONGEST]


def build(*, hts: Path, ncm: Path, hs: Path) -> list[dict[str, str]]:
    """Return the rows of the table, one for each HS code at six digits."""
    english, portuguese = defaultdict(list), defaultdict(list)
    american, brazilian = defaultdict(set), defaultdict(set)
    for row in rows_of(hts):
        english[row["hs6"]].append(row["path"])
        american[row["hs6"]].add(row["code"])
    for row in rows_of(ncm):
        portuguese[row["hs6"]].append(row["path"])
        brazilian[row["hs6"]].add(row["ncm"])
    made = []
    for row in rows_of(hs):
        code = row["hscode"]
        if row["level"] != "6" or code > LAST:
            continue
        title = telling(words(row["description"]))
        own = frozenset(title)
        made.append(
            {
                "hs_code": code,
                "text": heading(english[code], or_else=row["description"]),
                "title": " ".join(dict.fromkeys(title)),
                "english": once(english[code], but=own),
                "portuguese": once(portuguese[code]),
                "br": endings(brazilian[code], 8),
                "us": endings(american[code], 10),
            }
        )
    return made


def lines_of_hts(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the ten-digit lines; one of eight digits without any below it bears two zeros (HTS general note 3(f))."""
    rows = [(row["code"], row["path"]) for row in rows_of(path) if len(row["code"]) >= 8]
    full = {code for code, _ in rows if len(code) == 10}
    above = {code[:8] for code in full}
    yield from ((code, text) for code, text in rows if code in full)
    yield from ((code + "00", text) for code, text in rows if len(code) == 8 and code not in above)


def lines_of_taric(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the lines without another below them."""
    rows = [(row["code"], int(row["hier"]), row["path"]) for row in rows_of(path)]
    inner = {code[:size] for code, level, _ in rows for size in (4, 6, 8) if size < level}
    yield from ((code, text) for code, level, text in rows if level >= 4 and (level > 8 or code[:level] not in inner))


def write_national(folder: Path, *, hts: Path, ncm: Path, taric: Path) -> None:
    brazilian = ((row["ncm"], row["path"]) for row in rows_of(ncm))
    for name, rows in (("us", lines_of_hts(hts)), ("br", brazilian), ("eu", lines_of_taric(taric))):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(("code", "levels"))
            writer.writerows(parted(rows))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("hts", "ncm", "hs"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--taric", type=Path)
    parser.add_argument("--out", type=Path, default=FILE)
    asked = parser.parse_args()
    if asked.taric:
        write_national(FILE.parent / "national", hts=asked.hts, ncm=asked.ncm, taric=asked.taric)
    with asked.out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(build(hts=asked.hts, ncm=asked.ncm, hs=asked.hs))


if __name__ == "__main__":
    main()
