"""Declarations of dangerous goods as people type them: "UN3481 PI967 II 15.4 Wh 2x"."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from shipsmart.ports import DangerousGoods

EXAMPLE = "UN3481 PI967 II 15.4 Wh 2x"
NOTHING = "none"  # in a spreadsheet, where an empty cell leaves things as they are
SHAPE = re.compile(
    r"^(?P<un>UN[0-9]{4})\s+(?:PI\s?)?(?P<packing>[0-9]{3})(?:\s+(?P<section>IA|IB|II|I))?"
    r"(?:\s+(?P<watt_hours>[0-9]{1,4}(?:[.,][0-9]{1,2})?)\s?WH)?(?:\s+(?P<count>[0-9]{1,3})\s?X)?$"
)


def clean_dangerous(text: str) -> dict[str, Any] | None:
    """Return the declaration as it is stored, None for goods that are not dangerous. Raises ValidationError."""
    words = " ".join(text.upper().split())
    if words in ("", NOTHING.upper()):
        return None
    found = SHAPE.match(words)
    if found is None:
        raise ValidationError(
            _("Write UN number, packing instruction, section, watt-hours and count, for example %(example)s.")
            % {"example": EXAMPLE}
        )
    hours, count = found["watt_hours"], found["count"]
    return DangerousGoods(
        un=found["un"],
        packing_instruction=found["packing"],
        section=found["section"] or "",
        watt_hours=Decimal(hours.replace(",", ".")) if hours else None,
        count=int(count) if count else None,
    ).as_json()


def written(values: Mapping[str, Any] | None) -> str:
    """Return a stored declaration as it is typed; "" for none."""
    goods = DangerousGoods.from_json(values)
    if goods is None:
        return ""
    parts = [goods.un, f"PI{goods.packing_instruction}", goods.section]
    parts += [f"{goods.watt_hours} Wh"] if goods.watt_hours is not None else []
    parts += [f"{goods.count}x"] if goods.count is not None else []
    return " ".join(part for part in parts if part)
