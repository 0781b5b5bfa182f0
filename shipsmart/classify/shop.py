"""What web shops sell: how common a code is, which chapters a department means, what is mistaken for what.

Three tables of our own: `common.csv` (weight 1 to 4, codes), `departments.csv` (words of a shop's category, chapters
from the likeliest on), `rivals.csv` (a heading or code, what the same listing may be instead, and why).
"""

import csv
from dataclasses import dataclass
from pathlib import Path

from shipsmart.classify.folding import words
from shipsmart.classify.phrases import Phrases

DATA = Path(__file__).parent / "data"
# What an article is when nothing but its material is known.
RESIDUAL = {"plastic": "392690", "silicone": "392690", "textile": "630790", "steel": "732690", "stainless": "732690",
            "aluminium": "761699", "copper": "741980", "wood": "442199", "bamboo": "442191", "rubber": "401699",
            "glass": "702000", "ceramic": "691490", "paper": "482390", "leather": "420500", "stone": "711620",
            "marble": "680299", "synthetic": "630790", "cotton": "630790", "basemetal": "711719",
            "zinc": "790700"}  # fmt: skip
CHAPTERS = {"plastic": "39", "silicone": "39", "rubber": "40", "leather": "42", "wood": "44", "bamboo": "44",
            "paper": "48", "ceramic": "69", "porcelain": "69", "glass": "70", "steel": "73", "stainless": "73",
            "castiron": "73", "copper": "74", "aluminium": "76", "marble": "68"}  # fmt: skip


@dataclass(frozen=True)
class Shop:
    """`common`: code to weight; `departments`: words to chapters; `rivals`: heading or code to codes."""

    common: dict[str, int]
    departments: Phrases[tuple[str, ...]]
    rivals: dict[str, tuple[tuple[str, ...], str]]

    def rivals_of(self, hs_code: str) -> tuple[tuple[str, ...], str]:
        return self.rivals.get(hs_code) or self.rivals.get(hs_code[:4]) or ((), "")

    def chapters(self, tokens: list[str]) -> dict[str, float]:
        """Return the chapters that a category speaks for: 1 for the likeliest, less for the ones after it."""
        found: dict[str, float] = {}
        for match in self.departments.find(tokens):
            for chapters in match.meanings:
                for place, chapter in enumerate(chapters):
                    found[chapter] = max(found.get(chapter, 0.0), 1.0 / (1 + 0.5 * place))
        return found


def load_shop(folder: Path = DATA) -> Shop:
    common = {code: int(row["weight"]) for row in _rows(folder / "common.csv") for code in row["codes"].split()}
    departments = Phrases(
        (words(term), tuple(row["chapters"].split()))
        for row in _rows(folder / "departments.csv")
        for term in row["words"].split(";")
    )
    rivals = {row["prefix"]: (tuple(row["rivals"].split()), row["why"]) for row in _rows(folder / "rivals.csv")}
    return Shop(common, departments, rivals)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
