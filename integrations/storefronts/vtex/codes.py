"""VTEX's codes and names ↔ ours."""

from decimal import Decimal
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


OWN_SELLER = "1"  # what every account calls itself in its own store

# What License Manager calls the rights that our calls need; shown to the merchant when one is missing.
VIEW_ORDER = "View order"
LIST_ORDERS = "List Orders"
CHANGE_ORDER = "Change order workflow status"
INVOICE = "Notify invoice"
CANCEL = "Cancel order"
FEED = "Feed v3 and Hook Admin"
CONFIGURATION = "Save OrderForm Configuration"
CATALOG = "SKUs"
LOGISTICS = "Logistics shipping full access"
RENEW = "Edit API keys"
USERS = "Get paged users"  # only to see the roles of who proves to administer the account
# Predefined roles whose holders decide about an account's users and keys.
# Source: https://help.vtex.com/en/tutorial/predefined-roles--jGDurZKJHvHJS13LnO7Dy
ADMINISTRATORS = frozenset({"Owner (Admin Super)", "User Administrator - RESTRICTED"})

# Status of an order. The merchant may ship from ready-for-handling on; before that the shopper can still cancel.
# Source: https://developers.vtex.com/docs/guides/order-flow
RELEASED = frozenset({"ready-for-handling", "start-handling", "handling", "invoice", "invoiced", "shipped"})
CANCELLED = frozenset({"cancel", "canceled"})
READY, INVOICED = "ready-for-handling", "invoiced"

# What the feed and the hook tell us of. FromWorkflow, as FromOrders with a status in its expression skips events.
FOLLOWED = (
    "payment-approved",
    "window-to-cancel",
    READY,
    "start-handling",
    "handling",
    "invoice",
    INVOICED,
    "request-cancel",
    "cancellation-requested",
    "cancel",
    "canceled",
    "replaced",
)

# Units of measure that say a weight: a pack's weight then follows from the sale itself.
GRAMS = {"g": Decimal(1), "kg": Decimal(1000), "mg": Decimal("0.001"), "lb": Decimal("453.59237"),
         "oz": Decimal("28.349523125")}  # fmt: skip

_OUR_NAMES = frozenset(name for names in _NAMES.values() for name in names.values())


def is_our_tax(name: str) -> bool:
    """Whether a tax row of an order has a name that we give; VTEX puts `taxhub@` or `tax@` before it in price tags."""
    return name.split("@", 1)[-1] in _OUR_NAMES


# A shopper's number as VTEX types it, and what papers call it.
DOCUMENTS = {"cpf": "CPF", "cnpj": "CNPJ", "rut": "RUT", "rfc": "RFC", "nif": "NIF", "dni": "DNI", "nie": "NIE"}

# Carriers as shoppers know them, for `courier`.
COURIERS = {
    "dhl_express": "DHL Express",
    "ups": "UPS",
    "fedex": "FedEx",
    "usps": "USPS",
    "correios": "Correios",
    "royal_mail": "Royal Mail",
}
