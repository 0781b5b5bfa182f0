"""Carrier accounts and the store connection."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shipsmart.dashboard.access import require_member, require_owner
from shipsmart.dashboard.carrier_accounts import can_be_tested, carriers, hook_of, try_connection
from shipsmart.dashboard.changes import remove, save_form
from shipsmart.dashboard.forms.carriers import CarrierForm
from shipsmart.merchants import privacy
from shipsmart.merchants.models import Connection
from shipsmart.rating.models import CarrierAccount


@require_GET
@require_member
def carrier_list(request: Any) -> HttpResponse:
    accounts = CarrierAccount.objects.filter(merchant=request.merchant).defer("credentials").order_by("carrier", "pk")
    context = {"accounts": [(account, can_be_tested(account.carrier)) for account in accounts], "carriers": carriers()}
    return render(request, "dashboard/settings/carriers.html", context)


@require_http_methods(["GET", "POST"])
@require_owner
def carrier_new(request: Any, carrier: str) -> HttpResponse:
    if carrier not in carriers():
        raise Http404
    return _edit(request, carrier=carrier, account=None)


@require_http_methods(["GET", "POST"])
@require_owner
def carrier_edit(request: Any, pk: int) -> HttpResponse:
    account = get_object_or_404(CarrierAccount, pk=pk, merchant=request.merchant)
    return _edit(request, carrier=account.carrier, account=account)


def _edit(request: Any, *, carrier: str, account: CarrierAccount | None) -> HttpResponse:
    form = CarrierForm(request.POST or None, instance=account, merchant=request.merchant, carrier=carrier)
    if request.method == "POST" and form.is_valid():
        save_form(request, form, action="carrier.changed" if account else "carrier.added")
        messages.success(request, _("Saved. Press “Test connection” to see whether it works."))
        return redirect("dashboard:settings_carriers")
    context = {"form": form, "account": account, "carrier": carrier, "hook": hook_of(account)}
    status = 422 if request.method == "POST" else 200
    return render(request, "dashboard/settings/carrier.html", context, status=status)


@require_POST
@require_owner
def carrier_remove(request: Any, pk: int) -> HttpResponse:
    remove(request, get_object_or_404(CarrierAccount, pk=pk, merchant=request.merchant), action="carrier.removed")
    messages.success(request, _("Removed."))
    return redirect("dashboard:settings_carriers")


@require_POST
@require_member
def carrier_test(request: Any, pk: int) -> HttpResponse:
    account = get_object_or_404(CarrierAccount.objects.select_related("merchant"), pk=pk, merchant=request.merchant)
    result = try_connection(account)
    if request.htmx:
        return render(request, "dashboard/settings/_test.html", {"result": result})
    (messages.success if result.worked else messages.error)(request, result.message)
    return redirect("dashboard:settings_carriers")


@require_GET
@require_member
def store(request: Any) -> HttpResponse:
    connections = Connection.objects.filter(merchant=request.merchant).defer("credentials").order_by("pk")
    page = {
        "connections": connections,
        "shopify_install_url": settings.SHOPIFY_INSTALL_URL,
        "copies": privacy.copies(request.merchant),
    }
    return render(request, "dashboard/settings/store.html", page)
