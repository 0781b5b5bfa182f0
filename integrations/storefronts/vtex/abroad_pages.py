"""The page of the stock abroad: switch it on, write down what lies there, send what was ordered."""

import secrets
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from integrations.storefronts.vtex import abroad_parcels
from integrations.storefronts.vtex.callers import digest
from integrations.storefronts.vtex.manifest import KEY
from shipsmart.core.errors import ShipSmartError
from shipsmart.dashboard.access import actor_of, require_owner
from shipsmart.merchants.models import AuditEntry, Connection
from shipsmart.rating.models import TableRate
from shipsmart.stock import operations
from shipsmart.stock.models import Reservation, StockAbroad

SHOWN = 50
WORD = "stock_word"
_COUNTRIES = r"^\s*[A-Za-z]{2}(?:[\s,]+[A-Za-z]{2})*\s*$"


class StockForm(forms.Form):
    seller = forms.RegexField(
        r"^[A-Za-z0-9_-]{1,60}$",
        label=gettext_lazy("Seller ID"),
        help_text=gettext_lazy("As it is registered in VTEX under Marketplace, Sellers; not 1."),
    )
    country = forms.RegexField(
        r"^[A-Za-z]{2}$",
        label=gettext_lazy("Country in which the goods lie"),
        help_text=gettext_lazy("Two letters, for example DE."),
    )
    countries = forms.RegexField(
        _COUNTRIES,
        label=gettext_lazy("Sends to"),
        max_length=900,
        help_text=gettext_lazy("Countries without a customs border in between, two letters each: DE AT."),
    )
    service = forms.ChoiceField(label=gettext_lazy("Service of the price list"))
    levels = forms.CharField(
        label=gettext_lazy("What lies there"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=gettext_lazy("One SKU ID and its number of units a line, for example 101 25."),
    )
    active = forms.BooleanField(label=gettext_lazy("Sell from this stock"), required=False)

    def __init__(self, *args: Any, connection: Connection, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = TableRate.objects.filter(merchant=connection.merchant).order_by("service")
        self.fields["service"].choices = list(dict(rows.values_list("service", "service_name")).items())

    def clean_seller(self) -> str:
        if self.cleaned_data["seller"] == "1":
            raise ValidationError(_("1 is the store itself: give the ID of the seller that stands for the stock."))
        return str(self.cleaned_data["seller"])

    def clean_country(self) -> str:
        return str(self.cleaned_data["country"]).upper()

    def clean_countries(self) -> list[str]:
        return sorted(set(self.cleaned_data["countries"].upper().replace(",", " ").split()))

    def clean_levels(self) -> dict[str, int]:
        found = {}
        for line in filter(None, map(str.strip, self.cleaned_data["levels"].splitlines())):
            sku, _blank, units = line.replace(";", " ").replace(",", " ").partition(" ")
            if not units.strip().isdecimal() or len(sku) > 80 or int(units) > 10_000_000:
                raise ValidationError(
                    _("“%(line)s” is no SKU ID with a number of units; write for example 101 25."),
                    params={"line": line[:60]},
                )
            found[sku] = int(units)
        return found


class SendForm(forms.Form):
    carrier = forms.CharField(label=gettext_lazy("Carrier"), max_length=60)
    waybill = forms.CharField(label=gettext_lazy("Waybill number"), max_length=40)
    tracking_url = forms.URLField(
        label=gettext_lazy("Tracking page"), max_length=500, required=False, assume_scheme="https"
    )


def _row(request: Any, pk: int) -> Connection:
    return get_object_or_404(Connection, pk=pk, merchant=request.merchant, storefront=KEY)


@require_http_methods(["GET", "POST"])
@require_owner
def page(request: Any, pk: int) -> HttpResponse:
    """Show the stock and its orders (GET); write down what it is (POST)."""
    row = _row(request, pk)
    stock = StockAbroad.objects.filter(connection=row).first()
    given = StockForm(request.POST or None, initial=_initial(stock), connection=row)
    if request.method == "POST" and given.is_valid():
        _save(row, given, actor_of(request))
        messages.success(request, _("Saved."))
        return redirect("vtex_connect:abroad", pk=row.pk)
    context = {"connection": row, "form": given, "stock": stock, "send_form": SendForm(auto_id=False)}
    if stock:
        context |= {"reservations": stock.reservations.all()[:SHOWN], "levels": stock.levels.all()}
        word = row.credentials.get(WORD)  # gone with a connection that ended: saving makes a new one
        context["endpoint"] = f"{settings.PUBLIC_URL}/vtex/{row.token}/stock/{word}" if word else ""
    return render(request, "vtex/abroad.html", context, status=422 if given.errors else 200)


def _initial(stock: StockAbroad | None) -> dict[str, Any]:
    if stock is None:
        return {"active": True}
    values = {name: getattr(stock, name) for name in ("seller", "country", "service", "active")}
    return values | {"countries": " ".join(stock.countries)}


def _save(connection: Connection, given: StockForm, actor: str) -> None:
    values = {name: given.cleaned_data[name] for name in ("seller", "country", "countries", "service", "active")}
    with transaction.atomic():
        row = Connection.objects.select_for_update().get(pk=connection.pk)
        word = row.credentials.get(WORD) or secrets.token_urlsafe(32)
        row.credentials = {**row.credentials, WORD: word}
        row.save(update_fields=["credentials"])
        stock, _made = StockAbroad.objects.update_or_create(
            connection=row, defaults={**values, "merchant": row.merchant, "word_sha256": digest(word)}
        )
        AuditEntry.objects.note(row.merchant, actor=actor, action="stock.changed", target=str(stock), **values)
        if given.cleaned_data["levels"]:
            operations.count(stock, given.cleaned_data["levels"], actor=actor)


@require_POST
@require_owner
def step(request: Any, pk: int, number: str) -> HttpResponse:
    """Send an order's parcel, note that it has arrived, or have the store cancel the order."""
    row = get_object_or_404(Reservation, number=number, stock__connection=_row(request, pk))
    try:
        _step(request, row)
    except ShipSmartError as error:
        messages.error(request, str(error))
    return redirect("vtex_connect:abroad", pk=pk)


def _step(request: Any, row: Reservation) -> None:
    action, actor = request.POST.get("action"), actor_of(request)
    if action == "delivered":
        abroad_parcels.arrive(row, actor=actor)
    elif action == "cancel":
        abroad_parcels.refuse(row, reason="the goods are not in the stock abroad")
    else:
        given = SendForm(request.POST)
        if not given.is_valid():
            messages.error(request, _("Give the carrier and the waybill's number; the tracking page is an address."))
            return
        abroad_parcels.send(row, actor=actor, **given.cleaned_data)
    messages.success(request, _("Saved; the store is told."))
