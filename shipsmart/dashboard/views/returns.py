"""Returns and the duty that may come back with them."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from shipsmart.core.errors import ShipSmartError
from shipsmart.dashboard.access import actor_of, require_member
from shipsmart.dashboard.forms.way_back import WayBackForm
from shipsmart.documents.models import Document
from shipsmart.ports import page_of, provides
from shipsmart.returns import buying, operations, queries, refunding
from shipsmart.returns.models import Claim, RefundInstruction, Return

PAGE = 50


@require_GET
@require_member
def return_list(request: Any) -> HttpResponse:
    """Returns that are not through yet, or all; beside them the claims with their deadlines."""
    everything = request.GET.get("tab") == "all"
    rows = Return.objects.for_merchant(request.merchant) if everything else queries.open_returns(request.merchant)
    page = Paginator(rows.select_related("order").prefetch_related("lines"), PAGE).get_page(request.GET.get("page"))
    today = timezone.now().date()
    claims = [(claim, claim.is_late(today)) for claim in queries.open_claims(request.merchant)[:PAGE]]
    return render(request, "dashboard/returns/list.html", {"page": page, "everything": everything, "claims": claims})


@require_GET
@require_member
def return_detail(request: Any, pk: int) -> HttpResponse:
    found = get_object_or_404(_whole(request), pk=pk)
    today = timezone.now().date()
    context = {
        "returned": found,
        "next": operations.NEXT.get(found.state, ()),
        "suggested": _suggested(found),
        "claims": [(claim, claim.is_late(today)) for claim in found.claims.all()],
        "may_refund": refunding.may_refund(found),
        "refund_open": refunding.open_instruction(found.order),
        "instructions": [row for row in found.refund_instructions.all() if row.state != RefundInstruction.State.DONE],
        "told": bool(found.order.connection) and provides(found.order.channel, "returns_told"),
        "store_page": page_of(found.order.channel, "returns") if found.order.connection else "",
        "may_label": found.state in (Return.State.APPROVED, Return.State.ON_ITS_WAY),
        "way_back": WayBackForm(returned=found),
        "purchase": found.purchases.first(),
        "papers": Document.objects.filter(merchant=request.merchant, subject=buying.subject(found)).order_by("kind"),
    }
    return render(request, "dashboard/returns/detail.html", context)


def _whole(request: Any) -> Any:
    rows = Return.objects.for_merchant(request.merchant).select_related("order__quote", "order__connection")
    return rows.prefetch_related("lines__order_line", "refunds", "claims", "refund_instructions")


def _suggested(returned: Return) -> Any:
    """Return the refund that the quote suggests; None when it cannot be told, and the page then says so."""
    try:
        return queries.suggested_refund(returned)
    except ShipSmartError:
        return None


@require_POST
@require_member
def return_action(request: Any, pk: int, action: str) -> HttpResponse:
    """Call one operation and show the return again; a refusal is shown with its reason."""
    found = get_object_or_404(Return.objects.for_merchant(request.merchant), pk=pk)
    try:
        said = _act(request, found, action)
    except ShipSmartError as refusal:
        messages.error(request, _("That did not work: %(reason)s") % {"reason": refusal})
    else:
        messages.success(request, said)
    return redirect("dashboard:return", pk=pk)


def _act(request: Any, returned: Return, action: str) -> str:
    actor = actor_of(request)
    if action == "approve":
        operations.approve(returned, actor=actor)
        return _("The return is approved.")
    if action == "decline":
        operations.decline(returned, actor=actor, note=request.POST.get("note", "").strip())
        return _("The return is declined.")
    if action == "receive":
        operations.receive(returned, actor=actor)
        return _("The goods are here. Look at them and note what you accept.")
    if action == "close":
        operations.close(returned, actor=actor)
        return _("The return is closed.")
    accepted = {line.pk: _units(request, line) for line in returned.lines.all()}
    condition = {line.pk: request.POST.get(f"condition-{line.pk}", "").strip() for line in returned.lines.all()}
    restock = {line.pk for line in returned.lines.all() if request.POST.get(f"restock-{line.pk}")}
    operations.inspect(returned, actor=actor, accepted=accepted, condition=condition, restock=restock)
    return _("The inspection is noted.")


def _units(request: Any, line: Any) -> int:
    given = request.POST.get(f"accepted-{line.pk}", "").strip()
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        raise ShipSmartError(
            _("%(title)s: say how many units you accept, from 0 to %(most)d")
            % {"title": line.order_line.title, "most": line.quantity}
        )
    return int(given)


@require_POST
@require_member
def claim_action(request: Any, pk: int, action: str) -> HttpResponse:
    claim = get_object_or_404(Claim.objects.filter(returned__merchant=request.merchant), pk=pk)
    try:
        if action == "file":
            operations.file_claim(claim, actor=actor_of(request), reference=request.POST.get("reference", "").strip())
        else:
            operations.settle_claim(claim, actor=actor_of(request), paid=action == "paid")
    except ShipSmartError as refusal:
        messages.error(request, _("That did not work: %(reason)s") % {"reason": refusal})
    return redirect("dashboard:return", pk=claim.returned_id)
