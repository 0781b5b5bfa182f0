"""The floor under landed cost: one destination's arithmetic (Germany, standard entry, euros) in one plain function.

It knows three HS codes and no law, dates, currencies or reasons; the amounts are those of the engine (a test compares).
"""

from collections.abc import Mapping
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

CENT = Decimal("0.01")
VAT = Decimal("0.19")
DUTY = {"610910": Decimal("0.12"), "640399": Decimal("0.08"), "420221": Decimal("0.03")}


def germany(request: Mapping[str, Any]) -> dict[str, Any]:
    """Return totals and the duty and tax of each line, as texts in euros, rounded half up to the cent."""
    freight = Decimal(request["freight"])
    goods = [
        Decimal(line["unit_price"]) * line["quantity"] - Decimal(line.get("discount", 0)) for line in request["lines"]
    ]
    total = sum(goods)
    exact = [freight * part / total for part in goods]
    shares = [part.quantize(CENT, ROUND_DOWN) for part in exact]
    left = int((freight - sum(shares)) / CENT)
    for n in sorted(range(len(goods)), key=lambda n: shares[n] - exact[n])[:left]:
        shares[n] += CENT
    lines, duties, taxes = [], Decimal(0), Decimal(0)
    for line, part, share in zip(request["lines"], goods, shares, strict=True):
        duty = (part + share) * DUTY[line["hs_code"]]
        tax = ((part + share + duty) * VAT).quantize(CENT, ROUND_HALF_UP)
        duty = duty.quantize(CENT, ROUND_HALF_UP)
        duties, taxes = duties + duty, taxes + tax
        lines.append({"line": line["id"], "customs_value": str(part + share), "duty": str(duty), "tax": str(tax)})
    return {
        "goods": str(total),
        "freight": str(freight),
        "customs_value": str(total + freight),
        "duty": str(duties),
        "import_tax": str(taxes),
        "landed_cost": str(total + freight + duties + taxes),
        "lines": lines,
    }
