"""The page on which the merchant says where HS code and origin stand, and sees what would be read."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from integrations.storefronts.vtex import fields
from integrations.storefronts.vtex.manifest import KEY
from integrations.storefronts.vtex.sku_mapping import WEIGHT_UNITS
from shipsmart.core.errors import ShipSmartError
from shipsmart.dashboard.access import actor_of, require_owner
from shipsmart.merchants.models import Connection


class FieldsForm(forms.Form):
    hs = forms.ChoiceField(label=gettext_lazy("HS code or NCM"), required=False)
    origin = forms.ChoiceField(label=gettext_lazy("Country of origin"), required=False)
    weight_unit = forms.ChoiceField(
        label=gettext_lazy("Unit of weights"), choices=[(unit, unit) for unit in WEIGHT_UNITS]
    )

    def __init__(self, *args: Any, names: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("hs", "origin"):
            kept = self.initial.get(name)  # stays to be chosen where none of the sample's goods has it
            shown = [*names, *([kept] if kept and kept not in names else [])]
            self.fields[name].choices = [("", _("usual names")), *((one, one) for one in shown)]


@require_http_methods(["GET", "POST"])
@require_owner
def page(request: Any, pk: int) -> HttpResponse:
    """Show what the kept names or chosen ones (`action` preview) would read; keep them (POST)."""
    row = get_object_or_404(Connection, pk=pk, merchant=request.merchant, storefront=KEY)
    try:
        skus = fields.sample(row)
    except ShipSmartError as error:
        messages.error(request, str(error))
        return redirect("vtex_connect:store", pk=row.pk)
    found = fields.found(skus)
    kept = row.settings.get(fields.SETTING)
    initial = kept if kept is not None else fields.suggested(found)
    names = [one.name for one in found]
    given = FieldsForm(request.POST or None, names=names, initial={"weight_unit": "g", **initial})
    if request.method == "POST" and request.POST.get("action") != "preview" and given.is_valid():
        fields.choose(row, given.cleaned_data, actor=actor_of(request))
        messages.success(request, _("Saved. The catalogue is being read again."))
        return redirect("vtex_connect:fields", pk=row.pk)
    chosen = given.cleaned_data if given.is_bound and given.is_valid() else {"weight_unit": "g", **initial}
    context = {"connection": row, "form": given, "found": found, "preview": fields.read(skus, chosen)}
    return render(request, "vtex/fields.html", context, status=422 if given.errors else 200)
