from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shipsmart.catalog.models import Variant
from shipsmart.dashboard import customs_data


class CustomsDataForm(forms.Form):
    """The four things customs ask about a product. Each may wait, but none is optional at the border."""

    all_matter = True  # no "(optional)" beside the names

    hs_code = forms.CharField(label=_("HS code"), required=False, max_length=20)
    origin = forms.CharField(label=_("Country of origin"), required=False, max_length=20)
    weight_g = forms.CharField(label=_("Weight of one unit (g)"), required=False, max_length=20)
    customs_description = forms.CharField(label=_("Customs description"), required=False, max_length=300)

    def __init__(self, data: Any = None, *, variant: Variant) -> None:
        values = customs_data.current(variant)
        super().__init__(data, initial=values | {"weight_g": values["weight_g"] or ""}, prefix=f"v{variant.pk}")
        self.variant = variant
        widgets = {name: bound.widget for name, bound in self.fields.items()}
        widgets["hs_code"].attrs |= {"inputmode": "numeric", "placeholder": "6109.10"}
        widgets["origin"].attrs |= {"placeholder": "PT", "autocapitalize": "characters"}
        widgets["weight_g"].attrs |= {"inputmode": "numeric", "placeholder": "250"}
        widgets["customs_description"].attrs |= {"placeholder": str(_("Men's knitted cotton T-shirt"))}

    def _clean(self, name: str) -> Any:
        return customs_data.CLEANERS[name](self.cleaned_data[name])

    def clean_hs_code(self) -> str:
        return self._clean("hs_code")

    def clean_origin(self) -> str:
        return self._clean("origin")

    def clean_weight_g(self) -> int:
        return self._clean("weight_g")

    def clean_customs_description(self) -> str:
        """An old description that was left as it was does not stop the other fields from being mended."""
        if self.cleaned_data["customs_description"] == self.variant.customs_description:
            return self.variant.customs_description
        return self._clean("customs_description")
