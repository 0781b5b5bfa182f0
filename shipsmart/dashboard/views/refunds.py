"""Pay back for a return: first what would go back, then the click."""

from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from shipsmart.core.errors import ShipSmartError
from shipsmart.dashboard.access import actor_of, require_member
from shipsmart.dashboard.reading import Unreadable, one_line
from shipsmart.returns import refunding
from shipsmart.returns.models import RefundInstruction, Return
from shipsmart.returns.queries import suggested_refund
from shipsmart.returns.refunding import Choice

TICKS = ("goods", "charges", "freight", "fees", "notify")
FIRST = {"goods": "1", "charges": "1", "notify": "1"}


@require_http_methods(["GET", "POST"])
@require_member
def refund(request: Any, pk: int) -> HttpResponse:
    """Show what would go back; a POST is the merchant's click on what was shown."""
    returned = get_object_or_404(_rows(request), pk=pk)
    if request.method == "POST":
        return _pay_back(request, returned)
    choice = _choice(request.GET if request.GET.get("seen") else FIRST)
    try:
        seen = refunding.preview(returned, choice)
    except ShipSmartError as refusal:
        return _page(request, returned, choice, wrong=str(refusal))
    return _page(request, returned, choice, seen=seen)


def _rows(request: Any) -> Any:
    rows = Return.objects.for_merchant(request.merchant).select_related("order__quote", "order__connection", "merchant")
    return rows.prefetch_related("lines__order_line", "claims")


def _choice(said: QueryDict | dict[str, str]) -> Choice:
    ticked = {name: bool(said.get(name)) for name in TICKS}
    return Choice(**ticked, note=one_line(said.get("note", ""), most=200))


def _page(
    request: Any, returned: Return, choice: Choice, *, seen: refunding.Preview | None = None, wrong: str = ""
) -> HttpResponse:
    today = timezone.now().date()
    context = {
        "returned": returned,
        "choice": choice,
        "ticks": [name for name in TICKS if getattr(choice, name)],
        "seen": seen,
        "whole": _whole(returned),
        "key": uuid4(),
        "claims": [(claim, claim.is_late(today)) for claim in returned.claims.all()],
        "wrong": wrong,
    }
    return render(request, "dashboard/returns/refund.html", context, status=422 if wrong else 200)


def _whole(returned: Return) -> Any:
    """Return all that could go back, freight and fees included; None when it cannot be told."""
    try:
        return suggested_refund(returned, with_freight=True, with_fees=True)
    except ShipSmartError:
        return None


def _pay_back(request: Any, returned: Return) -> HttpResponse:
    choice = _choice(request.POST)
    try:
        key, expected = _clicked(request.POST)
        row = refunding.pay_back(returned, choice, key=key, expected=expected, actor=actor_of(request))
    except ShipSmartError as refusal:
        return _again(request, returned, choice, str(refusal))
    messages.success(
        request, _("The refund of %(sum)s is on its way.") % {"sum": f"{row.paid_back} {row.pay_currency}"}
    )
    return redirect("dashboard:return", pk=returned.pk)


def _again(request: Any, returned: Return, choice: Choice, wrong: str) -> HttpResponse:
    """Show what would go back now beside what went wrong."""
    try:
        seen = refunding.preview(returned, choice)
    except ShipSmartError:
        seen = None
    return _page(request, returned, choice, seen=seen, wrong=wrong)


def _clicked(said: QueryDict) -> tuple[UUID, Decimal]:
    try:
        key, expected = UUID(said.get("key", "")), Decimal(said.get("expected", ""))
    except (ValueError, InvalidOperation) as error:
        raise _incomplete() from error
    if not expected.is_finite():
        raise _incomplete()
    return key, expected


def _incomplete() -> Unreadable:
    return Unreadable(_("The page was not complete: look at what would go back, and press the button there"))


@require_POST
@require_member
def refund_action(request: Any, pk: int, action: str) -> HttpResponse:
    """Settle a refund of which nobody knows whether it was made."""
    row = get_object_or_404(RefundInstruction.objects.filter(order__merchant=request.merchant), pk=pk)
    try:
        if action == "again":
            refunding.try_again(row, actor=actor_of(request))
            messages.success(request, _("We look in the store first, and try again only if it is not there."))
        else:
            refunding.write_off(row, actor=actor_of(request))
            messages.success(request, _("Noted: the refund was not made."))
    except ShipSmartError as refusal:
        messages.error(request, _("That did not work: %(reason)s") % {"reason": refusal})
    return redirect("dashboard:return", pk=row.returned_id) if row.returned_id else redirect("dashboard:returns")
