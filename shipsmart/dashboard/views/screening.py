"""Names that resemble a denied party: a person clears or blocks each, with a reason that is kept."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from shipsmart.compliance import operations
from shipsmart.compliance.models import ScreeningHit
from shipsmart.core.errors import ShipSmartError
from shipsmart.dashboard.access import actor_of, require_member
from shipsmart.shipments.screening import decide

PAGE = 50


@require_GET
@require_member
def hit_list(request: Any) -> HttpResponse:
    rows = ScreeningHit.objects.for_merchant(request.merchant).select_related("decided_by")
    decided = request.GET.get("tab") == "decided"
    shown = rows.exclude(decision=ScreeningHit.Decision.OPEN).order_by("-decided_at") if decided else rows.open()
    page = Paginator(shown if decided else shown.order_by("-score", "pk"), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "decided": decided,
        "watch": operations.watch(request.merchant),
        "open": rows.open().count(),
    }
    return render(request, "dashboard/screening/list.html", context)


@require_POST
@require_member
def hit_decide(request: Any, pk: int, decision: str) -> HttpResponse:
    hit = get_object_or_404(ScreeningHit.objects.for_merchant(request.merchant), pk=pk)
    reason = request.POST.get("reason", "")
    try:
        count = decide(hit, decision, by=request.user, actor=actor_of(request), reason=reason)
    except ShipSmartError:
        messages.error(request, _("Write why you decide so: the reason is kept with the decision."))
    else:
        going_on = ngettext(
            "%(count)d order that waited for it goes on.", "%(count)d orders that waited for it go on.", count
        )
        messages.success(request, " ".join([_("The decision is kept."), going_on % {"count": count} if count else ""]))
    return redirect("dashboard:screening")
