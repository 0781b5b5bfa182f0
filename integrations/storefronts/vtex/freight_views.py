"""The page on which a price list becomes a rate table: choose, look at what changes, upload, undo."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from integrations.storefronts.vtex import freights
from integrations.storefronts.vtex.manifest import KEY
from integrations.storefronts.vtex.zones import BadZone, Zone, read
from shipsmart.core.errors import ShipSmartError
from shipsmart.dashboard.access import actor_of, require_owner
from shipsmart.merchants.models import Connection
from shipsmart.rating.models import TableRate


class FreightForm(forms.Form):
    carrier_id = forms.CharField(
        label=gettext_lazy("Shipping policy"), max_length=100, help_text=gettext_lazy("Its ID in VTEX, under Shipping.")
    )
    service = forms.ChoiceField(label=gettext_lazy("Service of the price list"))
    countries = forms.RegexField(
        r"^\s*[A-Za-z]{2}(?:[\s,]+[A-Za-z]{2})*\s*$",
        label=gettext_lazy("Countries"),
        max_length=900,
        help_text=gettext_lazy("Two letters each, for example DE FR US."),
    )

    zones = forms.CharField(
        label=gettext_lazy("Zones"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "Postcodes that cost more, one range a line, with the extra price and days: US 99501 99950 12.00 4"
        ),
    )

    def __init__(self, *args: Any, connection: Connection, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = TableRate.objects.filter(merchant=connection.merchant).order_by("service")
        services = dict(rows.values_list("service", "service_name"))
        self.fields["service"].choices = list(services.items())

    def clean_zones(self) -> tuple[Zone, ...]:
        try:
            return read(self.cleaned_data["zones"])
        except BadZone as error:
            raise forms.ValidationError(str(error)) from error

    def clean_countries(self) -> list[str]:
        return sorted(set(self.cleaned_data["countries"].upper().replace(",", " ").split()))


@require_http_methods(["GET", "POST"])
@require_owner
def freight(request: Any, pk: int) -> HttpResponse:
    """Show what an upload would change (GET); upload or undo it (POST)."""
    row = get_object_or_404(Connection, pk=pk, merchant=request.merchant, storefront=KEY)
    if request.POST.get("action") == "undo":
        return _undone(request, row)
    given = FreightForm((request.POST or request.GET) or None, connection=row)
    context: dict[str, Any] = {"connection": row, "form": given}
    if given.is_bound and given.is_valid():
        try:
            if request.method == "POST":
                return _uploaded(request, row, given)
            context["plan"] = freights.plan(row, **given.cleaned_data)
        except ShipSmartError as error:
            given.add_error(None, str(error))
    context["undo"] = freights.undoable(row)
    return render(request, "vtex/freight.html", context, status=422 if given.errors else 200)


def _uploaded(request: Any, row: Connection, given: FreightForm) -> HttpResponse:
    made = freights.plan(row, **given.cleaned_data)
    freights.upload(row, made, actor=actor_of(request))
    count = len(made.rows)
    messages.success(request, _("Uploaded: %(count)s rows changed. VTEX shows them in a while.") % {"count": count})
    return redirect("vtex_connect:freight", pk=row.pk)


def _undone(request: Any, row: Connection) -> HttpResponse:
    """Undo needs the policy only: the price list or the countries may be others by now."""
    try:
        count = freights.undo(row, carrier_id=request.POST.get("carrier_id", ""), actor=actor_of(request))
    except ShipSmartError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Undone: %(count)s rows are as they were.") % {"count": count})
    return redirect("vtex_connect:freight", pk=row.pk)
