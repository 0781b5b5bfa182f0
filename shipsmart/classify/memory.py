"""What one merchant has decided before, recalled for like products: at once, always first, never another merchant's.

A title is compared by its telling words without colours and sizes: the same words are the same product; most of them,
weighed by how rare they are among the merchant's titles, a near duplicate. The latest decision wins.
"""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from shipsmart.classify.folding import stem, telling, words

NEAR = 0.72  # likeness from which a decided code stands first
_VARYING = """
    black white red blue green yellow pink purple grey gray brown beige orange navy gold silver rose ivory cream khaki
    multicolor colour color size small medium large xs s m l xl xxl xxxl one pair pack preto branco vermelho azul verde
    amarelo rosa roxo cinza marrom bege laranja dourado prateado cor tamanho pequeno medio grande negro blanco rojo
    amarillo morado gris marron naranja dorado plateado talla tam pequeno mediano un und unidade unidad
    pcs new novo nuevo
    turquoise teal burgundy maroon lavender lilac violet magenta coral peach mint olive charcoal bronze taupe mustard
    nude camel indigo aqua fuchsia turquesa vinho lilas violeta menta oliva mostarda grafite caramelo salmao
    burdeos granate lila mostaza celeste fucsia
    2xl 3xl 4xl 5xl 2xs xxxs gg xg pp tamanhos talle talla unico unica onesize
    light dark claro clara escuro escura oscuro oscura
    mm cm dm ml cl dl litre liter litro lt kg gr gram gramme grama gramo mg oz ounce lb lbs inch polegada pulgada
    ft feet gb tb mb mah watt volt
"""
VARYING = frozenset(stem(word) for word in _VARYING.split())


@dataclass(frozen=True)
class Decision:
    """A code a person confirmed for a title, by whom and when in words; `group` joins variants of a product."""

    title: str
    hs_code: str
    by: str = ""
    at: str = ""
    group: str = ""


@dataclass(frozen=True)
class Recalled:
    """A decision and how like its title is, 0 to 1."""

    decision: Decision
    likeness: float


def essence(title: str) -> frozenset[str]:
    """Return what a title says besides colour and size; everything when nothing else is left."""
    found = frozenset(telling(words(title)))
    # A title in another script has no words for us: the same signs are the same title.
    return found - VARYING or found or frozenset(words(title)) or frozenset([" ".join(title.casefold().split())]) - {""}


class Memory:
    """The decisions of one merchant, in the order they were taken."""

    def __init__(self, decisions: Iterable[Decision]) -> None:
        self._all = [(decision, essence(decision.title)) for decision in decisions]
        self._same: dict[frozenset[str], Decision] = {said: decision for decision, said in self._all if said}
        self._groups = {decision.group: decision for decision, _ in self._all if decision.group}
        self._postings: dict[str, list[int]] = {}
        for number, (_, said) in enumerate(self._all):
            for word in said:
                self._postings.setdefault(word, []).append(number)
        count = Counter({word: len(found) for word, found in self._postings.items()})
        self._weights = {word: 1 + math.log((len(self._all) + 1) / found) for word, found in count.items()}

    def recall(self, title: str, *, group: str = "") -> Recalled | None:
        """Return the decision on the same or the likest product, or None when none is near enough."""
        if group and group in self._groups:
            return Recalled(self._groups[group], 1.0)
        said = essence(title)
        if same := self._same.get(said):
            return Recalled(same, 1.0)
        shared: dict[int, float] = {}
        for word in said:
            for number in self._postings.get(word, ()):
                shared[number] = shared.get(number, 0.0) + self._weights[word] ** 2
        if not shared:
            return None
        mine = self._length(said)
        likeness = {n: value / (mine * self._length(self._all[n][1])) for n, value in shared.items()}
        best = max(likeness, key=lambda n: (round(likeness[n], 6), n))
        return Recalled(self._all[best][0], likeness[best]) if likeness[best] >= NEAR else None

    def _length(self, said: frozenset[str]) -> float:
        return math.sqrt(sum(self._weights.get(word, 1 + math.log(len(self._all) + 1)) ** 2 for word in said))
