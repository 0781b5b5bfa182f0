"""The page that takes customs data of one order's goods, where no product can: custom items, products that are gone."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from shipsmart.dashboard.access import actor_of, require_member
from shipsmart.dashboard.forms.order_lines import OrderLineForm
from shipsmart.orders.correcting import correct
from shipsmart.orders.declaring import NotDeclarable
from shipsmart.orders.models import OrderLine


@require_member
def order_line(request: Any, pk: int, line: int) -> HttpResponse:
    """Show and save customs data of a line; for its order alone."""
    row = get_object_or_404(
        OrderLine.objects.select_related("order", "variant"), pk=line, order=pk, order__merchant=request.merchant
    )
    form = OrderLineForm(request.POST if request.method == "POST" else None, line=row)
    if form.is_valid():
        try:
            correct(row, form.cleaned_data, actor=actor_of(request))
        except NotDeclarable as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved. Press “Try again” to go on with the order."))
            return redirect("dashboard:order", pk=pk)
    status = 422 if form.errors else 200
    return render(request, "dashboard/orders/line.html", {"line": row, "order": row.order, "form": form}, status=status)
