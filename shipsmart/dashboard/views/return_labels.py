"""The parcel in which goods come back: its waybill and its label, typed and uploaded by the merchant."""

from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shipsmart.core.errors import ShipSmartError
from shipsmart.dashboard.access import actor_of, require_member
from shipsmart.dashboard.forms.way_back import WayBackForm
from shipsmart.dashboard.reading import Unreadable, one_line
from shipsmart.returns import buying, operations
from shipsmart.returns.models import Return

MAX_BYTES = 5 * 1024 * 1024
PDF = b"%PDF-"


@require_POST
@require_member
def return_label(request: Any, pk: int) -> HttpResponse:
    """Note the parcel that comes back, and hand its label to the store."""
    returned = get_object_or_404(Return.objects.for_merchant(request.merchant), pk=pk)
    try:
        _note(request, returned)
    except ShipSmartError as refusal:
        messages.error(request, _("That did not work: %(reason)s") % {"reason": refusal})
    else:
        messages.success(request, _("The parcel is noted; the store tells the shopper."))
    return redirect("dashboard:return", pk=pk)


@require_POST
@require_member
def buy_return_label(request: Any, pk: int) -> HttpResponse:
    """Have the carrier sell a label for the way back; what speaks against it is shown with what to mend."""
    returned = get_object_or_404(Return.objects.for_merchant(request.merchant), pk=pk)
    form = WayBackForm(request.POST, returned=returned)
    if not form.is_valid():
        wrong = next(iter(form.errors.items()))
        messages.error(request, f"{form.fields[wrong[0]].label}: {wrong[1][0]}")
        return redirect("dashboard:return", pk=pk)
    told = form.cleaned_data
    try:
        buying.ask(
            returned,
            account=told["account"],
            service=told["service"],
            parcel=form.parcel(),
            actor=actor_of(request),
        )
    except ShipSmartError as refusal:
        messages.error(request, _("That did not work: %(reason)s") % {"reason": refusal})
    else:
        messages.success(request, _("The label is being bought."))
    return redirect("dashboard:return", pk=pk)


def _note(request: Any, returned: Return) -> None:
    waybill = request.POST.get("waybill", "").strip()
    if not (waybill.isascii() and waybill.isalnum() and len(waybill) <= 40):
        raise Unreadable(_("Waybill: only letters and digits, at most 40"))
    link = request.POST.get("tracking_url", "").strip()
    if link and (urlsplit(link).scheme != "https" or len(link) > 500):
        raise Unreadable(_("Tracking page: an address that begins with https://, at most 500 characters"))
    stored = _stored(request, returned, waybill)
    values = {"carrier": one_line(request.POST.get("carrier", ""), most=30), "waybill": waybill, "tracking_url": link}
    try:
        operations.label_bought(returned, **values, label_file=stored)
    except ShipSmartError:
        if stored:
            default_storage.delete(stored)
        raise


def _stored(request: Any, returned: Return, waybill: str) -> str:
    """Return where the uploaded label was put, "" when none was chosen."""
    upload = request.FILES.get("label")
    if upload is None:
        return ""
    content = upload.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES or not content.startswith(PDF):
        raise Unreadable(_("Label: a PDF of at most 5 MB"))
    name = f"returns/{returned.merchant_id}/{returned.pk}/{waybill}.pdf"
    stored: str = default_storage.save(name, ContentFile(content))
    return stored
