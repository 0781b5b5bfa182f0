"""Parcels that nobody has scanned for too long, and what carriers said in codes that we cannot read."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from shipsmart.dashboard.access import actor_of, require_member, require_owner
from shipsmart.dashboard.labels import MILESTONES
from shipsmart.tracking import queries
from shipsmart.tracking.readings import MEANINGS, NoSuchCode, forget, read_as

PAGE = 50


@require_GET
@require_member
def parcels(request: Any) -> HttpResponse:
    silent = queries.silent_shipments(request.merchant)
    page = Paginator(silent, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "codes": queries.unread_codes(request.merchant),
        "readings": request.merchant.code_readings.all(),
        "meanings": [(milestone, MILESTONES[milestone][0]) for milestone in MEANINGS],
    }
    return render(request, "dashboard/tracking/list.html", context)


@require_POST
@require_owner
def code_read(request: Any) -> HttpResponse:
    """Keep what a code means; an empty meaning leaves it as it is."""
    carrier, code, milestone = (request.POST.get(name, "")[:40] for name in ("carrier", "code", "milestone"))
    try:
        row = read_as(request.merchant, carrier=carrier, code=code, milestone=milestone, actor=actor_of(request))
    except NoSuchCode as refusal:
        messages.error(request, _("That did not work: %(reason)s") % {"reason": refusal})
    else:
        text = _("%(code)s now means “%(meaning)s”. Its scans are being read again.")
        messages.success(request, text % {"code": row.code, "meaning": MILESTONES[row.milestone][0]})
    return redirect("dashboard:tracking")


@require_POST
@require_owner
def code_forget(request: Any, pk: int) -> HttpResponse:
    forget(get_object_or_404(request.merchant.code_readings, pk=pk), actor=actor_of(request))
    messages.success(request, _("Removed."))
    return redirect("dashboard:tracking")
