"""The way to VTEX's log-in and back: who administers the account."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from integrations.storefronts.vtex import oauth
from integrations.storefronts.vtex.manifest import KEY
from shipsmart.core.errors import ShipSmartError
from shipsmart.dashboard.access import actor_of, require_owner
from shipsmart.merchants.models import AuditEntry, Connection


class ClientForm(forms.Form):
    oauth_client_id = forms.CharField(label=gettext_lazy("Client ID"), max_length=200)
    oauth_client_secret = forms.CharField(
        label=gettext_lazy("Client secret"),
        max_length=500,
        help_text=gettext_lazy("Stored encrypted and not shown again."),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )


def _row(request: Any, pk: int) -> Connection:
    return get_object_or_404(Connection, pk=pk, merchant=request.merchant, storefront=KEY)


@require_http_methods(["GET", "POST"])
@require_owner
def go(request: Any, pk: int) -> HttpResponse:
    """Keep an OAuth client (POST); send the person to VTEX's log-in (GET).

    Two steps, as our pages' policy lets no form end at another site, not even by way of a redirect.
    """
    row, given = _row(request, pk), ClientForm(request.POST)
    if request.method == "GET":
        return _away(request, row)
    if given.is_valid():
        _keep(row, given, actor_of(request))
        messages.success(request, _("Saved. Now log in at VTEX."))
    else:
        messages.error(request, _("Give the client's ID and its secret."))
    return redirect("vtex_connect:store", pk=pk)


def _away(request: Any, row: Connection) -> HttpResponse:
    try:
        return redirect(oauth.begin(row, request.session))
    except oauth.NotProven as error:
        messages.error(request, str(error))
        return redirect("vtex_connect:store", pk=row.pk)


def _keep(connection: Connection, given: ClientForm, actor: str) -> None:
    with transaction.atomic():
        row = Connection.objects.select_for_update().get(pk=connection.pk)
        row.credentials = {**row.credentials, **{name: text.strip() for name, text in given.cleaned_data.items()}}
        row.save(update_fields=["credentials"])
        AuditEntry.objects.note(row.merchant, actor=actor, action="store.oauth_client", target=str(row))


@require_GET
@require_owner
def back(request: Any) -> HttpResponse:
    """Take the person's code from VTEX and note who it is."""
    try:
        row = _row(request, oauth.pending(request.session, request.GET.get("state", "")))
    except oauth.NotProven as error:
        messages.error(request, str(error))
        return redirect("dashboard:settings_store")
    try:
        if not request.GET.get("code"):
            raise oauth.NotProven(f"VTEX said: {request.GET.get('error', 'nothing')[:100]}")
        found = oauth.prove(row, request.GET["code"][:2000], actor=actor_of(request))
    except ShipSmartError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("%(email)s is known to VTEX for this account.") % {"email": found.email})
    return redirect("vtex_connect:store", pk=row.pk)
