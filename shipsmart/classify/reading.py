"""What a product's text says: which kinds of product, which facts, which words. No judgement yet."""

import re
from dataclasses import dataclass, field

from shipsmart.classify.folding import stem, telling, words
from shipsmart.classify.phrases import Found, Phrases
from shipsmart.classify.thesaurus import LANGUAGES, Kind, Name

# After these words a title says what the product is for, not what it is.
FOR = frozenset(
    ["for", "para", "with", "com", "con", "compatible", "compativel", "from", "fit", "without", "sem", "sin"]
)
AND = frozenset(["and", "e", "y", "or", "ou", "o"])
WEIGHTS = {"title": 1.0, "category": 0.8, "description": 0.3}
AFTER_FOR = 0.35
FOREIGN = 0.3  # a name of another language than the text's
TOKENS = {"title": 80, "category": 40, "description": 240}
_PARTS = re.compile(r">|/|\|")
# How publishers' price lists and school tenders write a title: year of the programme, title, year of the edition.
_BETWEEN_YEARS = re.compile(r"(?:19|20)\d\d\s?-.*-\s?(?:19|20)\d\d$")
_LETTERS = re.compile(r"[^\W\d_]+")
_PUBLISHED = """
    colecao coleção isbn paperback hardcover novela livro romance edicao edição editora
"""
_SENTENCE = """
    o a e que de do da um uma meu minha quero nao não the my who what how when el mi se
"""
PUBLISHED = frozenset(_PUBLISHED.split())
SENTENCE = frozenset(_SENTENCE.split())
# Facts that only a product's own words may give: a description speaks of many things.
# A name beside one of these may be of another thing: bread bag, laptop case, cheese machine, capa de sofa.
_ALTERING = """
    machine machinery bag case lamp cover holder stand stopper clip part rack box maker tool kit accessory
    filter tube handle cutter cleaner organizer mold brush pen sticker dispenser hook strap charger cable
    battery motor pump flyer model game toy costume film paper oil powder extract seed plant label frame mount
    tray bottle container lid cap protector adapter controller sensor light wheel blade refill replacement spare
    imitation artificial fake pattern print electric frozen maquina capa porta suporte peca acessorio filtro
    caixa saco bolsa kit cabo bateria motor bomba brinquedo fantasia oleo po extrato semente rotulo moldura
    tampa protetor adaptador controle sensor luz lamina refil reposicao eletrico congelado funda soporte pieza
    accesorio caja bolso cargador juguete disfraz aceite polvo semilla etiqueta marco tapa electrico
"""
ALTERING = frozenset(stem(word) for word in _ALTERING.split())
GROUPS = {"metal": ("stainless", "steel", "castiron", "aluminium", "copper", "zinc")}  # any of them is the wider fact
WEAR = {"men", "women", "kid", "baby"}


@dataclass(frozen=True)
class Item:
    """What a shop tells of a product; all but the title may be missing.

    `ncm` is a code its invoice bore; `group` is the same for all variants of a product of one merchant.
    """

    title: str
    description: str = ""
    category: str = ""
    material: str = ""
    language: str = ""
    ncm: str = ""
    group: str = ""


@dataclass
class Mention:
    """How strongly a kind is named, by which words, in which fields; `start` is its first word there in the title."""

    weight: float
    phrase: str
    places: dict[str, float]
    start: int = 99
    only_for: bool = True


@dataclass
class Reading:
    """The kinds found, the facts, all words and those to search by; `length` counts the telling words of the title."""

    kinds: dict[Kind, Mention] = field(default_factory=dict)
    facts: frozenset[str] = frozenset()
    fact_words: dict[str, str] = field(default_factory=dict)
    text: frozenset[str] = frozenset()
    search: list[tuple[str, float]] = field(default_factory=list)
    title: frozenset[str] = frozenset()
    length: int = 0
    described: bool = False
    department: list[str] = field(default_factory=list)
    work: float = 0.0


def read(item: Item, *, kinds: Phrases[Name], facts: Phrases[str]) -> Reading:
    reading = Reading(described=bool(item.category.strip() or item.material.strip()))
    fields = {
        "title": words(item.title)[: TOKENS["title"]],
        "category": _category(item.category),
        "description": words(item.description)[: TOKENS["description"]],
    }
    for name, tokens in fields.items():
        _take_kinds(reading, kinds.find(tokens), tokens=tokens, place=name, language=item.language[:2].lower())
    reading.title = frozenset(fields["title"])
    reading.length = len(telling(fields["title"]))
    reading.facts = _facts(reading, fields, words(item.material), facts)
    reading.department = words(item.category)[: 2 * TOKENS["category"]]
    reading.work = _like_a_work(item, reading)
    reading.text = frozenset(word for tokens in fields.values() for word in tokens)
    weights: dict[str, float] = {}
    for name, tokens in fields.items():
        for word in telling(tokens):
            weights[word] = max(weights.get(word, 0.0), WEIGHTS[name])
    reading.search = sorted(weights.items(), key=lambda pair: -pair[1])
    return reading


def _like_a_work(item: Item, reading: Reading) -> float:
    """Return how much the title reads like one of a book: between two years, words of publishing, a sentence."""
    if _BETWEEN_YEARS.match(item.title.strip()):
        return 1.0
    tokens = _LETTERS.findall(item.title.casefold())
    if PUBLISHED & set(tokens):
        return 0.5
    sentence = sum(word in SENTENCE for word in tokens)
    return 0.3 if not reading.kinds and not item.category and sentence >= 2 else 0.0


def _category(text: str) -> list[str]:
    """Return the words of the last two different levels: the first ones name a department."""
    levels = [words(part) for part in _PARTS.split(text) if part.strip()]
    different = [level for n, level in enumerate(levels) if level not in levels[:n]]
    return [word for level in different[-2:] for word in level][: TOKENS["category"]]


def _take_kinds(reading: Reading, found: list[Found[Name]], *, tokens: list[str], place: str, language: str) -> None:
    cut = next((n for n, word in enumerate(tokens) if word in FOR and n > 0), len(tokens))
    for match in found:
        strength = WEIGHTS[place] * (1.0 + 0.5 * (match.length - 1))
        if place != "category" and match.start > cut:
            strength *= AFTER_FOR
        for name in match.meanings:
            foreign = language in LANGUAGES and language not in name.languages
            weight = strength * (FOREIGN if foreign else 1.0)
            before = reading.kinds.setdefault(name.kind, Mention(0.0, match.phrase, {}))
            # A second mention says less than the first, but title and category together say more.
            again = 0.25 if place in before.places else 0.7
            before.weight = max(before.weight, weight) + again * min(before.weight, weight)
            before.phrase = max(before.phrase, match.phrase, key=len)
            before.places[place] = max(before.places.get(place, 0.0), weight)
            before.only_for = before.only_for and (place == "category" or match.start > cut)
            if place == "title":
                before.start = min(before.start, match.start)


def _facts(reading: Reading, fields: dict[str, list[str]], material: list[str], facts: Phrases[str]) -> frozenset[str]:
    said: dict[str, str] = {}
    for place, tokens in (("material", material), *fields.items()):
        for match in facts.find(tokens):
            for fact in match.meanings:
                if place == "description" and fact in WEAR and WEAR & said.keys():
                    continue
                said.setdefault(fact, match.phrase)
    if {"men", "women"} <= said.keys():
        del said["men"]  # HS chapters 61 and 62, note 9: what is for either is classified as women's
    for wider, narrow in GROUPS.items():
        if first := next((fact for fact in narrow if fact in said), None):
            said[wider] = said[first]
    reading.fact_words = said
    return frozenset(said)
