"""Labels of many orders together: start, watch, retry, cancel, print. The work itself is done in the background."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from shipsmart.dashboard import queries
from shipsmart.dashboard.access import actor_of, require_member
from shipsmart.dashboard.batches import unlabelled, view
from shipsmart.shipments import batch_printing, batches
from shipsmart.shipments.batch_models import LabelBatch

PAGE = 50


@require_GET
@require_member
def batch_list(request: Any) -> HttpResponse:
    rows = LabelBatch.objects.for_merchant(request.merchant)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    found = [(batch, batches.progress(batch)) for batch in page]
    return render(request, "dashboard/batches/list.html", {"page": page, "batches": found})


@require_POST
@require_member
def batch_start(request: Any) -> HttpResponse:
    """Start a batch of the orders that were ticked, or of all that the list's filters show."""
    if "all" in request.POST:
        found = unlabelled(request.merchant, queries.OrderFilters.read(request.POST))
        wanted = list(found.values_list("pk", flat=True)[: batches.MOST_ORDERS])
    else:
        wanted = [int(pk) for pk in request.POST.getlist("order") if pk.isascii() and pk.isdigit() and len(pk) < 19]
    try:
        batch = batches.create(request.merchant, wanted, actor=actor_of(request))
    except batches.BatchRefused:
        messages.error(request, _("Tick at least one order of yours."))
        return redirect("dashboard:orders")
    return redirect("dashboard:batch", pk=batch.pk)


@require_GET
@require_member
def batch_detail(request: Any, pk: int) -> HttpResponse:
    """The whole page, or for htmx the part that moves."""
    batch = get_object_or_404(LabelBatch.objects.for_merchant(request.merchant), pk=pk)
    partial = request.htmx and not request.htmx.boosted
    template = "dashboard/batches/_progress.html" if partial else "dashboard/batches/detail.html"
    return render(request, template, {"found": view(batch)})


@require_POST
@require_member
def batch_action(request: Any, pk: int, action: str) -> HttpResponse:
    batch = get_object_or_404(LabelBatch.objects.for_merchant(request.merchant), pk=pk)
    if action == "print":
        batch_printing.ask(batch)
    elif action == "retry":
        n = batches.retry_failed(batch, actor_of(request))
        text = ngettext("%(n)d order is tried again.", "%(n)d orders are tried again.", n)
        messages.success(request, text % {"n": n})
    else:
        n = batches.cancel(batch, actor_of(request))
        text = ngettext(
            "Cancelled: %(n)d order is left alone; what was begun is finished.",
            "Cancelled: %(n)d orders are left alone; what was begun is finished.",
            n,
        )
        messages.success(request, text % {"n": n})
    return redirect("dashboard:batch", pk=batch.pk)
