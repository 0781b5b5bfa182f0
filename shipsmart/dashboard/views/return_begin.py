"""Begin a return for an order: which units come back, and why."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from shipsmart.core.errors import ShipSmartError
from shipsmart.dashboard import labels
from shipsmart.dashboard.access import actor_of, require_member
from shipsmart.dashboard.reading import one_line, whole_number
from shipsmart.orders.models import Order
from shipsmart.ports import StoreReturnLine, provides
from shipsmart.returns import beginning
from shipsmart.returns.models import Reason


@require_http_methods(["GET", "POST"])
@require_member
def begin_return(request: Any, pk: int) -> HttpResponse:
    """Show what may come back, or begin the return; a refusal keeps what was typed."""
    order = get_object_or_404(Order.objects.for_merchant(request.merchant).select_related("connection"), pk=pk)
    try:
        left = beginning.returnable(order)
        if request.method == "POST":
            made = beginning.begin(
                order, _rows(request, order), actor=actor_of(request), key=request.POST.get("key", "")
            )
            messages.success(request, _("The return is begun."))
            return redirect("dashboard:return", pk=made.pk)
    except ShipSmartError as refusal:
        if request.method == "GET":
            messages.error(request, _("That did not work: %(reason)s") % {"reason": refusal})
            return redirect("dashboard:order", pk=order.pk)
        return _page(request, order, _left(order), wrong=str(refusal))
    return _page(request, order, left)


def _left(order: Order) -> dict[str, int]:
    try:
        return beginning.returnable(order)
    except ShipSmartError:
        return {}


def _page(request: Any, order: Order, left: dict[str, int], wrong: str = "") -> HttpResponse:
    said = request.POST
    rows = [
        {
            "line": line,
            "left": left.get(line.external_id, 0),
            "units": said.get(f"units-{line.pk}", "0"),
            "reason": said.get(f"reason-{line.pk}", Reason.CHANGED_MIND),
            "note": said.get(f"note-{line.pk}", ""),
        }
        for line in order.lines.all()
    ]
    context = {
        "order": order,
        "rows": rows,
        "any_left": any(row["left"] for row in rows),
        "reasons": [(code, text) for code, (text, _tone) in labels.RETURN_REASONS.items()],
        "told": bool(order.connection) and provides(order.channel, "returns_begun"),
        "key": said.get("key") or get_random_string(24),
        "wrong": wrong,
    }
    return render(request, "dashboard/returns/new.html", context, status=422 if wrong else 200)


def _rows(request: Any, order: Order) -> list[StoreReturnLine]:
    found = []
    for line in order.lines.all():
        units = whole_number(request.POST.get(f"units-{line.pk}") or "0", name=line.title)
        reason, note = request.POST.get(f"reason-{line.pk}", ""), request.POST.get(f"note-{line.pk}", "")
        if units:
            found.append(StoreReturnLine("", line.external_id, units, reason, one_line(note, most=200)))
    return found
