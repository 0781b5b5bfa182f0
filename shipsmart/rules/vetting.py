"""Words, codes and names that a rule may use: a value nobody would ever meet in a cart is a slip of the pen."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from shipsmart.core.codes import COUNTRIES, CURRENCIES, SCHEMES
from shipsmart.core.errors import BadExpression
from shipsmart.core.expression import parse
from shipsmart.rules.compiling import Compiler
from shipsmart.rules.dated import CONFIDENCES, Rule
from shipsmart.rules.fields import BASE_PARTS
from shipsmart.rules.tariff import Tariff

WORDS = {
    "transports": ("courier", "post", "air", "ocean"),
    "buyers": ("consumer", "business"),
    "entries": ("formal", "informal"),
    "limit_basis": ("intrinsic", "goods", "fob", "cif", "retail_60"),
    "limit_scope": ("consignment", "item"),
    "per": ("entry", "parcel", "class", "line"),
    "charge": ("import_tax", "excise", "duty", "additional_duty"),
    "customs_value": ("cif", "fob"),
}
PLACES = ("ship_from", "not_ship_from", "origins", "not_origins")
CODES = ("hs", "only_hs", "not_hs", "excise")
AMOUNTS = ("limit", "above", "value_less", "proof_limit", "formal_above", "amount")


def vet(compiler: Compiler) -> Iterator[tuple[str, str]]:
    """Yield (rule or table, what is wrong with it) for every word, code, currency or name that does not exist."""
    for rule in compiler.rules.values():
        known = _names(compiler, rule)
        for entry in rule.entries + rule.pending:
            for problem in _entry(entry.fields, known, compiler.lists):
                yield rule.id, f"{entry.effective.isoformat()}: {problem}"
    for tariff in compiler.tariffs.values():
        for problem in _table(tariff):
            yield f"tariff/{tariff.name}", problem


def _names(compiler: Compiler, rule: Rule) -> dict[str, set[str]]:
    """Return the routes, taxes and fees that a rule may name: of its place and of the unions that place belongs to."""
    near = [*compiler.rules_of(rule.folder), *compiler.folders[rule.folder]]
    return {kind: {one.stem for one in near if one.kind == kind} for kind in ("route", "tax", "fee")}


def _entry(fields: Mapping[str, Any], known: Mapping[str, set[str]], lists: Mapping[str, object]) -> Iterator[str]:
    for name, allowed in WORDS.items():
        yield from _strange(name, _texts(fields, name), allowed)
    for name in PLACES:
        yield from _strange(name, _texts(fields, name), COUNTRIES | {"XI"})
    # A scheme that no request may name would open its route for nobody.
    yield from _strange("scheme", _texts(fields, "scheme"), SCHEMES)
    for name in CODES:
        yield from (f"{name} names {code!r}: not 2 to 10 digits" for code in _texts(fields, name) if not _is_code(code))
    for name in AMOUNTS:
        yield from _strange(name, _currencies(fields.get(name, "")), CURRENCIES)
    yield from _strange("currency", _texts(fields, "currency"), CURRENCIES)
    for name in ("routes", "not_routes"):
        yield from _strange(name, _texts(fields, name), known["route"])
    parts = BASE_PARTS | {f"{kind}:{stem}" for kind in ("tax", "fee") for stem in known[kind]}
    for name, base in _bases(fields):
        yield from _strange(name, base, parts)
    yield from _strange("taxes", _texts(fields, "taxes"), known["tax"])
    if "what" in fields:
        yield from _strange("tax", _texts(fields, "tax"), known["tax"])
    for name in ("list", "not_list", "doubtful_list"):
        yield from _strange(name, _texts(fields, name), lists.keys())


def _bases(fields: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Yield the bases that a value gives: of itself, or of each tax by name."""
    yield "base", _texts(fields, "base")
    own = fields.get("tax_base", ())
    if not isinstance(own, Mapping):
        yield "tax_base", _texts(fields, "tax_base")
        return
    for tax in own:
        yield f"tax_base.{tax}", _texts(own, tax)


def _texts(fields: Mapping[str, Any], name: str) -> list[str]:
    value = fields.get(name, ())
    return [value] if isinstance(value, str) else [str(one) for one in value]


def _strange(name: str, found: Iterable[str], allowed: Iterable[str]) -> Iterator[str]:
    choices = set(allowed)
    yield from (f"{name} names {one!r}, which does not exist" for one in found if one not in choices)


def _currencies(amount: object) -> list[str]:
    return [word for word in str(amount).split() if len(word) == 3 and word.isalpha() and word not in ("MIN", "MAX")]


def _is_code(code: str) -> bool:
    return 2 <= len(code) <= 10 and code.isascii() and code.isdigit()


def _table(tariff: Tariff) -> Iterator[str]:
    for code, duty in tariff.duties.items():
        if not _is_code(code):
            yield f"{code!r} is no code of 2 to 10 digits"
        try:
            if duty != "?":
                parse((duty or "").removeprefix("~"))
        except BadExpression as error:
            yield f"{code}: {error.message}"
    for code, confidence in tariff.confidence.items():
        yield from (f"{code}: {text}" for text in _strange("confidence", [confidence], CONFIDENCES))
