"""What customs ask about goods of one order."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shipsmart.dashboard.customs_data import CLEANERS
from shipsmart.dashboard.declarations import EXAMPLE, written
from shipsmart.orders.models import OrderLine


class OrderLineForm(forms.Form):
    """`cleaned_data` is what `correct` takes."""

    all_matter = True

    description = forms.CharField(label=_("Customs description"), required=False, max_length=255)
    hs_code = forms.CharField(label=_("HS code"), required=False, max_length=20)
    origin = forms.CharField(label=_("Country of origin"), required=False, max_length=20)
    weight_g = forms.CharField(label=_("Weight of one unit (g)"), required=False, max_length=20)
    dangerous = forms.CharField(label=_("Dangerous in the air"), required=False, max_length=60)

    def __init__(self, data: Any = None, *, line: OrderLine) -> None:
        typed = {"description": line.description, "hs_code": line.hs_code, "origin": line.origin}
        typed |= {"weight_g": str(line.weight_g or ""), "dangerous": written(line.dangerous)}
        super().__init__(data, initial=typed)
        self.line = line
        hints = {"hs_code": "6109.10", "origin": "PT", "weight_g": "250", "dangerous": EXAMPLE}
        for name, hint in hints.items():
            self.fields[name].widget.attrs |= {"placeholder": hint}

    def clean_description(self) -> str:
        """An old description that was left as it was does not stop the other fields from being mended."""
        text: str = self.cleaned_data["description"]
        return text if text == self.line.description else CLEANERS["customs_description"](text)

    def clean_hs_code(self) -> str:
        return str(CLEANERS["hs_code"](self.cleaned_data["hs_code"]))

    def clean_origin(self) -> str:
        return str(CLEANERS["origin"](self.cleaned_data["origin"]))

    def clean_weight_g(self) -> int:
        return int(CLEANERS["weight_g"](self.cleaned_data["weight_g"]))

    def clean_dangerous(self) -> dict[str, Any] | None:
        declared: dict[str, Any] | None = CLEANERS["dangerous"](self.cleaned_data["dangerous"])
        return declared
