"""The page of a store's returns: begin one, and have VTEX refund what was inspected."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from integrations.storefronts.vtex import returning
from integrations.storefronts.vtex.manifest import KEY
from shipsmart.core.errors import ShipSmartError
from shipsmart.dashboard.access import actor_of, require_owner
from shipsmart.merchants.models import Connection
from shipsmart.orders.models import Order
from shipsmart.returns.models import Reason, Return
from shipsmart.returns.queries import suggested_refund

REASONS = (
    (Reason.CHANGED_MIND, gettext_lazy("Changed their mind")),
    (Reason.SIZE, gettext_lazy("Does not fit")),
    (Reason.DEFECTIVE, gettext_lazy("Defective")),
    (Reason.NOT_AS_DESCRIBED, gettext_lazy("Not as described")),
    (Reason.WRONG_ITEM, gettext_lazy("Wrong item")),
    (Reason.REFUSED, gettext_lazy("Refused at the door")),
    (Reason.OTHER, gettext_lazy("Other")),
)


class OrderForm(forms.Form):
    order = forms.CharField(label=gettext_lazy("Order"), max_length=80, help_text=gettext_lazy("Its number in VTEX."))


class UnitsForm(forms.Form):
    reason = forms.ChoiceField(label=gettext_lazy("Reason"), choices=REASONS)

    def __init__(self, *args: Any, order: Order, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for line in order.lines.all():
            title = line.title or line.sku
            self.fields[f"units_{line.external_id}"] = forms.IntegerField(
                label=title, min_value=0, max_value=line.quantity, initial=0, required=False
            )

    def units(self) -> dict[str, int]:
        values = self.cleaned_data
        return {name.removeprefix("units_"): n for name, n in values.items() if name.startswith("units_") and n}


@require_http_methods(["GET", "POST"])
@require_owner
def page(request: Any, pk: int) -> HttpResponse:
    """Show the returns (GET, with the order that a new one is of); begin or invoice one (POST)."""
    row = get_object_or_404(Connection, pk=pk, merchant=request.merchant, storefront=KEY)
    asked = OrderForm(request.GET or None)
    found = _order(row, asked) if asked.is_bound else None
    units = UnitsForm(request.POST or None, order=found) if found else None
    if request.method == "POST":
        try:
            if _done(request, row, found, units):
                return redirect("vtex_connect:store_returns", pk=row.pk)
        except ShipSmartError as error:
            messages.error(request, str(error))
    context = {"connection": row, "asked": asked, "order": found, "form": units, "returns": _shown(row)}
    wrong = asked.errors or (units and units.errors)
    return render(request, "vtex/returns.html", context, status=422 if wrong else 200)


def _order(row: Connection, asked: OrderForm) -> Order | None:
    if not asked.is_valid():
        return None
    found = Order.objects.filter(connection=row, external_id=asked.cleaned_data["order"].strip()).first()
    if found is None:
        asked.add_error("order", _("There is no order of this number here."))
    return found


def _done(request: Any, row: Connection, found: Order | None, units: UnitsForm | None) -> bool:
    if request.POST.get("invoice"):
        returned = get_object_or_404(Return, pk=request.POST["invoice"], order__connection=row)
        returning.invoice(returned, actor=actor_of(request))
        messages.success(request, _("VTEX is told; it refunds the shopper."))
        return True
    if found is None or units is None or not units.is_valid():
        return False
    returning.begin(found, units=units.units(), reason=units.cleaned_data["reason"], actor=actor_of(request))
    messages.success(request, _("The return has begun; go on with it under Returns."))
    return True


def _shown(row: Connection) -> list[dict[str, Any]]:
    shown = []
    for returned in returning.of(row)[:100]:
        try:
            parts = suggested_refund(returned)
        except ShipSmartError:  # no quote says what was collected: the page then shows no sum
            parts = None
        shown.append({"row": returned, "parts": parts, "ready": returned.state == Return.State.INSPECTED})
    return shown
