"""The few words a shopper reads beside a delivery price, in the language of the checkout."""

from decimal import Decimal
from functools import lru_cache

from babel.numbers import format_currency

from shipsmart.ports import Incoterm

# Per language: DDP, DAP, then the words for duty, tax and fees, then what is said of a sum due at the door.
_WORDS = {
    "en": ("duties & taxes paid", "duties & taxes due on delivery", "duty", "tax", "fees", "about {} due on delivery"),
    "de": (
        "inkl. Zoll & Steuern",
        "zzgl. Zoll & Steuern",
        "Zoll",
        "Steuer",
        "Gebühren",
        "etwa {} bei Zustellung fällig",
    ),
    "fr": ("droits et taxes payés", "droits et taxes en sus", "droits", "TVA", "frais", "environ {} à la livraison"),
    "es": (
        "aranceles e impuestos pagados",
        "aranceles e impuestos no incluidos",
        "arancel",
        "impuestos",
        "tasas",
        "unos {} a pagar en la entrega",
    ),
    "pt": (
        "impostos de importação pagos",
        "impostos de importação não incluídos",
        "imposto de importação",
        "tributos",
        "taxas",
        "cerca de {} a pagar na entrega",
    ),
}
_AND = {"en": "incl.", "de": "inkl.", "fr": "dont", "es": "incl.", "pt": "incl."}


def _language(locale: str) -> str:
    language = locale.replace("_", "-").split("-")[0].lower()
    return language if language in _WORDS else "en"


@lru_cache(maxsize=4096)
def money(amount: Decimal, currency: str, locale: str) -> str:
    return format_currency(amount, currency, locale=_language(locale))


def service_name(name: str, incoterm: Incoterm, locale: str, *, taxed: bool) -> str:
    """Return a carrier's service name with who pays duties; plain where nothing is due."""
    if not taxed:
        return name
    words = _WORDS[_language(locale)]
    return f"{name} ({words[0] if incoterm == Incoterm.DDP else words[1]})"


def description(totals: dict[str, Decimal], currency: str, incoterm: Incoterm, locale: str) -> str:
    """Return e.g. "incl. duty €3.00 + tax €19.00", or what will be asked at the door; "" where nothing is due."""
    language = _language(locale)
    words = _WORDS[language]
    due = [(word, totals[key]) for word, key in zip(words[2:5], ("duty", "tax", "fees"), strict=True) if totals[key]]
    if not due:
        return ""
    if incoterm == Incoterm.DAP:
        return words[5].format(money(sum((amount for _, amount in due), Decimal(0)), currency, locale))
    return f"{_AND[language]} " + " + ".join(f"{word} {money(amount, currency, locale)}" for word, amount in due)
