"""What a merchant says to have a label for the way back bought."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shipsmart.ports import ParcelSpec, provides, title_of
from shipsmart.rating.models import CarrierAccount
from shipsmart.returns import way_back
from shipsmart.returns.models import Return

MOST_G, MOST_MM = 70_000, 3_000


class WayBackForm(forms.Form):
    """Weight and sides stand as the parcel went out: who packs it lives abroad, and the merchant may know better."""

    all_matter = True

    account = forms.ModelChoiceField(label=_("Carrier"), queryset=CarrierAccount.objects.none(), empty_label=None)
    service = forms.CharField(label=_("Service"), max_length=60, help_text=_("The carrier's own code."))
    weight_g = forms.IntegerField(label=_("Weight of the parcel (g)"), min_value=1, max_value=MOST_G)
    length_mm = forms.IntegerField(label=_("Length (mm)"), min_value=1, max_value=MOST_MM)
    width_mm = forms.IntegerField(label=_("Width (mm)"), min_value=1, max_value=MOST_MM)
    height_mm = forms.IntegerField(label=_("Height (mm)"), min_value=1, max_value=MOST_MM)

    def __init__(self, data: Any = None, *, returned: Return) -> None:
        accounts = CarrierAccount.objects.filter(merchant=returned.merchant, active=True)
        sellers = [row.pk for row in accounts if provides(row.carrier, "return_labels")]
        super().__init__(data, initial=_as_it_went_out(returned, sellers))
        self.fields["account"].queryset = accounts.filter(pk__in=sellers)
        self.fields["account"].label_from_instance = _named
        self.possible = bool(sellers)
        self.home = way_back.home(returned)

    def parcel(self) -> ParcelSpec:
        told = self.cleaned_data
        sides = (told["length_mm"], told["width_mm"], told["height_mm"])
        return ParcelSpec(way_back.PARCEL, told["weight_g"], *sides)


def _named(account: CarrierAccount) -> str:
    title = title_of(account.carrier)
    own = account.label if account.label not in ("", title) else account.number
    return f"{title} {own}".strip()


def _as_it_went_out(returned: Return, sellers: list[int]) -> dict[str, Any]:
    sent = way_back.outbound(returned)
    parcel = sent.parcels.first() if sent else None
    if sent is None or parcel is None:
        return {}
    sides = {name: getattr(parcel, name) for name in ("length_mm", "width_mm", "height_mm")}
    theirs = {"account": sent.account_id, "service": sent.service} if sent.account_id in sellers else {}
    return {"weight_g": parcel.weight_g, **sides, **theirs}
