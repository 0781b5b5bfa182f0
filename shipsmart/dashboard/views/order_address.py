"""The page that corrects where a parcel goes."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from shipsmart.dashboard.access import actor_of, require_member
from shipsmart.dashboard.forms.address import AddressForm
from shipsmart.orders.address import correct_address
from shipsmart.orders.declaring import NotDeclarable
from shipsmart.orders.models import Order

TAXED_BY = {"region", "postcode"}  # parts that taxes there may depend on


@require_member
def order_address(request: Any, pk: int) -> HttpResponse:
    """Show and save the address; a refusal stands at its field."""
    order = get_object_or_404(Order.objects.for_merchant(request.merchant), pk=pk)
    form = AddressForm(request.POST if request.method == "POST" else None, order=order)
    if form.is_valid():
        try:
            changed = correct_address(order, form.cleaned_data, actor=actor_of(request))
        except NotDeclarable as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            _tell(request, order, changed)
            return redirect("dashboard:order", pk=pk)
    status = 422 if form.errors else 200
    return render(request, "dashboard/orders/address.html", {"order": order, "form": form}, status=status)


def _tell(request: Any, order: Order, changed: tuple[str, ...]) -> None:
    if changed and order.state == Order.State.ON_HOLD:
        messages.success(request, _("Saved. Press “Release” to go on with the order."))
    elif changed:
        messages.success(request, _("Saved. Press “Try again” to go on with the order."))
    if order.collected and TAXED_BY & set(changed):
        messages.warning(
            request, _("What was collected was worked out for the old address: see that it still fits the new one.")
        )
