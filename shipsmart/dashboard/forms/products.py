from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from shipsmart.catalog.models import Variant
from shipsmart.dashboard import customs_data, proofs
from shipsmart.dashboard.declarations import EXAMPLE


class CustomsDataForm(forms.Form):
    """What customs, packers and airlines ask about a product. The first four may wait, but not at the border."""

    all_matter = True  # no "(optional)" beside the names

    hs_code = forms.CharField(label=_("HS code"), required=False, max_length=20)
    origin = forms.CharField(label=_("Country of origin"), required=False, max_length=20)
    weight_g = forms.CharField(label=_("Weight of one unit (g)"), required=False, max_length=20)
    customs_description = forms.CharField(label=_("Customs description"), required=False, max_length=300)
    length_mm = forms.CharField(label=_("Length of one unit (mm)"), required=False, max_length=20)
    width_mm = forms.CharField(label=_("Width (mm)"), required=False, max_length=20)
    height_mm = forms.CharField(label=_("Height (mm)"), required=False, max_length=20)
    dangerous = forms.CharField(
        label=_("Dangerous in the air"),
        required=False,
        max_length=60,
        help_text=_(
            "Lithium batteries and the like; empty for all other goods. Carriers that refuse it are not asked."
        ),
    )
    proofs = forms.CharField(
        label=_("Proofs of origin"),
        required=False,
        max_length=2000,
        help_text=_("Agreements under which you can prove the origin, by destination: their duty is charged then."),
    )

    def __init__(self, data: Any = None, *, variant: Variant) -> None:
        super().__init__(data, initial=customs_data.typed(variant), prefix=f"v{variant.pk}")
        self.variant = variant
        widgets = {name: bound.widget for name, bound in self.fields.items()}
        widgets["hs_code"].attrs |= {"inputmode": "numeric", "placeholder": "6109.10"}
        widgets["origin"].attrs |= {"placeholder": "PT", "autocapitalize": "characters"}
        widgets["weight_g"].attrs |= {"inputmode": "numeric", "placeholder": "250"}
        widgets["customs_description"].attrs |= {"placeholder": str(_("Men's knitted cotton T-shirt"))}

        for name in customs_data.SIDES:
            widgets[name].attrs |= {"inputmode": "numeric"}
        widgets["dangerous"].attrs |= {"placeholder": EXAMPLE, "autocapitalize": "characters"}
        widgets["proofs"].attrs |= {"placeholder": proofs.EXAMPLE}

    def _clean(self, name: str) -> Any:
        return customs_data.CLEANERS[name](self.cleaned_data[name])

    def clean_hs_code(self) -> str:
        return self._clean("hs_code")

    def clean_origin(self) -> str:
        return self._clean("origin")

    def clean_weight_g(self) -> int:
        return self._clean("weight_g")

    def clean_length_mm(self) -> int:
        return self._clean("length_mm")

    def clean_width_mm(self) -> int:
        return self._clean("width_mm")

    def clean_height_mm(self) -> int:
        return self._clean("height_mm")

    def clean_dangerous(self) -> dict[str, Any] | None:
        return self._clean("dangerous")

    def clean_proofs(self) -> dict[str, str]:
        return self._clean("proofs")

    def clean(self) -> dict[str, Any]:
        """Two sides without the third say nothing to whoever packs."""
        values = super().clean() or {}
        given = [name for name in customs_data.SIDES if values.get(name)]
        if given and len(given) < len(customs_data.SIDES):
            for name in set(customs_data.SIDES) - set(given) - set(self.errors):
                self.add_error(name, _("Give all three sides, or none."))
        try:
            proofs.check_origin(values.get("proofs") or {}, values.get("origin", ""))
        except ValidationError as refusal:
            self.add_error("proofs", refusal)
        return values

    def clean_customs_description(self) -> str:
        """An old description that was left as it was does not stop the other fields from being mended."""
        if self.cleaned_data["customs_description"] == self.variant.customs_description:
            return self.variant.customs_description
        return self._clean("customs_description")
