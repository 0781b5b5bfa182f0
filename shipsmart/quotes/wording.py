"""The few words a shopper reads beside a delivery price, in the language of the checkout."""

from decimal import Decimal
from functools import lru_cache

from babel.numbers import format_currency, get_currency_precision

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

# While a code is only suggested: how far a sum due at the door may lie off, and that what is charged ahead is firm.
_OPEN = {
    "en": ("estimated {} to {} due on delivery", "final price"),
    "de": ("geschätzt {} bis {} bei Zustellung fällig", "Endpreis"),
    "fr": ("estimé de {} à {} à la livraison", "prix définitif"),
    "es": ("entre {} y {} (estimación) a pagar en la entrega", "precio definitivo"),
    "pt": ("de {} a {} (estimativa) a pagar na entrega", "preço final"),
}


def _language(locale: str) -> str:
    language = locale.replace("_", "-").split("-")[0].lower()
    return language if language in _WORDS else "en"


def money(amount: Decimal, currency: str, locale: str) -> str:
    """Return an amount that is not negative as the language writes it, rounded half to even.

    Babel says how amounts of so many digits look; the digits are filled in here, in a tenth of the time.
    """
    digits = f"{amount:.{_places(currency)}f}".replace(".", "")
    return _shape(_language(locale), currency, len(digits)) % tuple(digits)


_places = lru_cache(get_currency_precision)


@lru_cache(maxsize=4096)
def _shape(language: str, currency: str, digits: int) -> str:
    sample = Decimal("1" * digits).scaleb(-_places(currency))
    return format_currency(sample, currency, locale=language).replace("%", "%%").replace("1", "%s")


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


def open_description(text: str, *, low: Decimal, high: Decimal, currency: str, incoterm: Incoterm, locale: str) -> str:
    """Return a description while the code of some goods is only suggested: the band of what the door will ask for.

    Under DDP the sum is charged ahead and stays as it is, whatever the code turns out to be.
    """
    at_door, firm = _OPEN[_language(locale)]
    if incoterm == Incoterm.DDP:
        return f"{text}, {firm}" if text else ""
    return at_door.format(money(low, currency, locale), money(high, currency, locale))
