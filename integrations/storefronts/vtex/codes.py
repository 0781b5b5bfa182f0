"""VTEX's codes and names ↔ ours."""

from functools import lru_cache

import pycountry

# A tax's name is what the shopper reads as a row of the cart; all taxes of one name are added up there.
# VTEX refuses an order whose tax has a bad name (CHK0167), so letters and blanks only.
_NAMES = {
    "en": {
        "duty": "Customs duty",
        "additional_duty": "Additional duty",
        "excise": "Excise duty",
        "import_tax": "Import tax",
        "fee": "Import fees",
    },
    "pt": {
        "duty": "Imposto de importação",
        "additional_duty": "Imposto adicional",
        "excise": "Imposto seletivo",
        "import_tax": "Tributos de importação",
        "fee": "Taxas de importação",
    },
    "es": {
        "duty": "Arancel",
        "additional_duty": "Arancel adicional",
        "excise": "Impuesto especial",
        "import_tax": "Impuesto de importación",
        "fee": "Gastos de importación",
    },
    "de": {
        "duty": "Zoll",
        "additional_duty": "Zusatzzoll",
        "excise": "Verbrauchsteuer",
        "import_tax": "Einfuhrumsatzsteuer",
        "fee": "Einfuhrgebühren",
    },
    "fr": {
        "duty": "Droits de douane",
        "additional_duty": "Droits additionnels",
        "excise": "Accises",
        "import_tax": "Taxe sur les importations",
        "fee": "Frais de douane",
    },
}


def tax_name(kind: str, locale: str) -> str:
    """Return the name of a charge of ours in the language of the sales channel; English where we lack it."""
    return _NAMES.get(locale.replace("_", "-").split("-")[0].lower(), _NAMES["en"])[kind]


@lru_cache(maxsize=300)
def alpha_2(country: str) -> str:
    """Return ISO 3166 alpha-2 for VTEX's alpha-3; "" for a code that is none."""
    found = pycountry.countries.get(alpha_3=country.upper())
    return found.alpha_2 if found else ""
