"""How sure a suggestion is: a logistic scale over the evidence, fitted on labelled products (see README)."""

import math
import tomllib
from dataclasses import astuple, dataclass
from pathlib import Path

LONG_TITLE = 0.5  # of twenty telling words
ONE_RIVAL = 0.25  # another heading named beside the best
FILE = Path(__file__).parent / "data" / "calibration.toml"


@dataclass(frozen=True)
class Evidence:
    """What speaks for the first candidate and what against it.

    `share` of likelihood among all candidates, `margin` over the second, share of its whole `heading`; how strongly our
    dictionary `named` it; `told`: the text answered what decides between the codes of its kind; `agrees`: the search by
    words prefers the same heading; `both` title and category name it; `mixed`: the text names materials that lead to
    different codes; `rivals`: other headings the dictionary found (1 is four or more); `altered`: a word such as *case*
    or *machine* stands outside the name and may make another thing of it; `covered`: share of the title's telling words
    that the name makes up; `length` of the title (1 is twenty telling words or more); `described`: category or material
    came with it; `given` by the shop.
    """

    share: float
    margin: float
    heading: float
    named: float
    told: bool
    agrees: bool
    both: bool
    mixed: bool
    rivals: float
    altered: bool
    covered: float
    length: float
    described: bool
    given: bool

    @property
    def plain(self) -> bool:
        """Whether a short title with category or material answers what decides its code, and hardly anything else."""
        return self.told and self.described and not self.mixed and self.rivals <= ONE_RIVAL and self.length < LONG_TITLE

    @property
    def declared(self) -> bool:
        """Whether the shop gave the code and the text speaks for the same."""
        return self.given and (self.named > 0 or self.agrees)

    def features(self) -> tuple[float, ...]:
        return (1.0, *(float(value) for value in astuple(self)))


@dataclass(frozen=True)
class Scale:
    """Weights of the features in their order, and the confidence from which a machine decides or a person looks."""

    weights: tuple[float, ...]
    accept: float
    declared: float
    review: float

    def probability(self, evidence: Evidence) -> float:
        total = sum(w * f for w, f in zip(self.weights, evidence.features(), strict=True))
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))

    def decision(self, evidence: Evidence, sure: float) -> str:
        """Return `accept` only for plain titles and for codes given that the text bears out.

        Longer and undescribed titles were wrong too often at every confidence asked for (see README).
        """
        if (evidence.plain and sure >= self.accept) or (evidence.declared and sure >= self.declared):
            return "accept"
        return "review" if sure >= self.review else "abstain"


def load_scale(path: Path = FILE) -> Scale:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    return Scale(tuple(data["weights"].values()), data["accept"], data["declared"], data["review"])
