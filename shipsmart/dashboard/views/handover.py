"""The end of the day: a courier for the parcels that wait, and the manifest that goes with them."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from shipsmart.dashboard.access import actor_of, require_member
from shipsmart.dashboard.forms.handover import DayForm, PickUpForm
from shipsmart.dashboard.handover import days, desks, moving
from shipsmart.rating.models import CarrierAccount
from shipsmart.shipments import manifests, pickups
from shipsmart.shipments.handing_over import HandoverRefused
from shipsmart.shipments.handover_models import CourierPickUp, DayManifest

NUMBER_LENGTH = 60
REFUSALS = {
    "shipments": gettext_lazy("Tick at least one parcel that was not asked for already."),
    "closes_at": gettext_lazy("The place must close after the parcels are ready."),
    "day": gettext_lazy("That hour is over: choose a later one."),
    "state": gettext_lazy("It has changed meanwhile; this is how it stands."),
    "number": gettext_lazy("It has no number or no account here: cancel it in the carrier's own portal."),
}


@require_GET
@require_member
def handover(request: Any) -> HttpResponse:
    """The whole page, or for htmx the part that moves."""
    if request.htmx and not request.htmx.boosted:
        return render(request, "dashboard/handover/_days.html", _days(request))
    return _page(request, desks(request.merchant))


@require_POST
@require_member
def handover_pickup(request: Any, pk: int) -> HttpResponse:
    """Ask for a courier; what cannot be asked stands on the form with the reason."""
    account = _account(request, pk)
    form = PickUpForm(request.POST, account=account)
    if form.is_valid():
        try:
            row = pickups.ask(account, _ticked(request), wish=form.wish(), actor=actor_of(request))
        except HandoverRefused as refusal:
            field = refusal.details.get("field", "")
            form.add_error(field if field in form.fields else None, _why(refusal))
        else:
            n = row.items.count()
            text = ngettext(
                "A courier is asked for: %(n)d parcel.", "A courier is asked for: %(n)d parcels.", n
            )  # fmt: skip
            messages.success(request, text % {"n": n})
            return redirect("dashboard:handover")
    return _page(request, desks(request.merchant, bound=form, ticked=_ticked(request)), status=422)


@require_POST
@require_member
def handover_close(request: Any, pk: int) -> HttpResponse:
    """Close the manifest of the ticked parcels."""
    account = _account(request, pk)
    form = DayForm(request.POST, account=account)
    if not form.is_valid():
        messages.error(request, f"{form.fields['day'].label}: {form.errors['day'][0]}")
        return redirect("dashboard:handover")
    day = form.cleaned_data["day"]
    try:
        row = manifests.close(account, _ticked(request), mail_on=day, actor=actor_of(request))
    except HandoverRefused as refusal:
        messages.error(request, _why(refusal))
    else:
        n = row.items.count()
        text = ngettext(
            "The manifest is being closed: %(n)d parcel.", "The manifest is being closed: %(n)d parcels.", n
        )
        messages.success(request, text % {"n": n})
    return redirect("dashboard:handover")


@require_POST
@require_member
def handover_action(request: Any, kind: str, pk: int, action: str) -> HttpResponse:
    """Call a courier off, or note what the carrier's portal says about a call without an answer."""
    model, operations = (CourierPickUp, pickups) if kind == "pickup" else (DayManifest, manifests)
    row = get_object_or_404(model._default_manager.filter(merchant=request.merchant), pk=pk)
    number = " ".join(request.POST.get("number", "").replace("\x00", "").split())[:NUMBER_LENGTH]
    try:
        if action == "cancel":
            pickups.cancel(row, actor_of(request))
        else:
            operations.note_answer(row, booked=action == "booked", number=number, actor=actor_of(request))
    except HandoverRefused as refusal:
        messages.error(request, _why(refusal))
    else:
        messages.success(request, _("The courier is being called off.") if action == "cancel" else _("Saved."))
    return redirect("dashboard:handover")


def _account(request: Any, pk: int) -> CarrierAccount:
    accounts = CarrierAccount.objects.select_related("merchant").filter(merchant=request.merchant, active=True)
    return get_object_or_404(accounts, pk=pk)


def _ticked(request: Any) -> list[int]:
    return [int(pk) for pk in request.POST.getlist("shipment") if pk.isascii() and pk.isdigit() and len(pk) < 19]


def _why(refusal: HandoverRefused) -> str:
    known = REFUSALS.get(refusal.details.get("field", ""))
    return str(known) if known else _("That did not work: %(reason)s") % {"reason": refusal}


def _days(request: Any) -> dict[str, Any]:
    found = days(request.merchant)
    return {"days": found, "moving": moving(found)}


def _page(request: Any, found: list[Any], *, status: int = 200) -> HttpResponse:
    context = {"desks": found, **_days(request)}
    return render(request, "dashboard/handover/list.html", context, status=status)
