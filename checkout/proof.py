"""What a shopper paid ahead for an order: a page to show at the door. It names no IOSS number: that is for customs."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from checkout.language import Language
from shipsmart.orders.models import Order

CHARGES = ("duty", "import_tax", "fees")
SCHEMES = {
    "EU_IOSS": "IOSS",
    "GB_VAT": "UK VAT",
    "NO_VOEC": "VOEC",
    "AU_GST": "GST (AU)",
    "NZ_GST": "GST (NZ)",
    "SG_GST_OVR": "GST OVR (SG)",
    "CH_VAT": "MWST / TVA (CH)",
    "BR_REMESSA_CONFORME": "Remessa Conforme",
}


@dataclass(frozen=True)
class Row:
    title: str
    amount: str


@dataclass(frozen=True)
class Reason:
    title: str
    rate: str
    amount: str


@dataclass(frozen=True)
class Proof:
    rows: tuple[Row, ...]
    total: str
    scheme: str
    reasons: tuple[Reason, ...]


def proof_of(order: Order, language: Language) -> Proof | None:
    """Return what was collected, each amount as stored with the order; None when nothing was collected."""
    collected = order.collected
    if not collected:
        return None
    currency = collected.get("currency") or order.currency
    amounts = {key: Decimal(str(collected[key])) for key in CHARGES if collected.get(key) is not None}
    return Proof(
        rows=tuple(Row(language.words["proof"][key], language.money(amounts[key], currency)) for key in amounts),
        total=language.money(sum(amounts.values(), Decimal(0)), currency),
        scheme=SCHEMES.get(collected.get("scheme") or "", ""),
        reasons=tuple(
            _reason(charge, quote.currency, language) for quote in order.quotes for charge in quote.answer["charges"]
        ),
    )


def _reason(charge: dict[str, Any], currency: str, language: Language) -> Reason:
    amount = language.money(Decimal(charge["quote_amount"]), currency)
    return Reason(charge["name"], charge["rate"], amount)
