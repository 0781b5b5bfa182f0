"""Settings of a merchant: its identity, and the lists of rows. Members read, owners change."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shipsmart.dashboard.access import owners_only, require_member, require_owner
from shipsmart.dashboard.changes import remove, save_form
from shipsmart.dashboard.forms.sections import IdentityForm
from shipsmart.dashboard.sections import SECTIONS, Section
from shipsmart.merchants.models import AuditEntry, Merchant


def _section(slug: str) -> Section:
    if slug not in SECTIONS:
        raise Http404
    return SECTIONS[slug]


@require_http_methods(["GET", "POST"])
@require_member
def identity(request: Any) -> HttpResponse:
    if request.method == "POST" and not request.member.is_owner:
        return owners_only(request)
    merchant = get_object_or_404(Merchant, pk=request.merchant.pk)  # the frame keeps showing the stored name
    form = IdentityForm(request.POST or None, instance=merchant)
    if not request.member.is_owner:
        for field in form.fields.values():
            field.disabled = True
    if request.method == "POST" and form.is_valid():
        save_form(request, form, action="identity.changed")
        messages.success(request, _("Saved."))
        return redirect("dashboard:settings_identity")
    status = 422 if request.method == "POST" else 200
    return render(request, "dashboard/settings/identity.html", {"form": form}, status=status)


@require_GET
@require_member
def section(request: Any, slug: str) -> HttpResponse:
    kind = _section(slug)
    found = kind.model._default_manager.filter(merchant=request.merchant).order_by(*kind.order)
    rows = [(row.pk, [(title, cell(row)) for title, cell in kind.columns]) for row in found]
    return render(request, "dashboard/settings/section.html", {"section": kind, "rows": rows})


@require_http_methods(["GET", "POST"])
@require_owner
def row(request: Any, slug: str, pk: int | None = None) -> HttpResponse:
    """Add a row (no `pk`) or edit one."""
    kind = _section(slug)
    mine = kind.model._default_manager.filter(merchant=request.merchant)
    instance = get_object_or_404(mine, pk=pk) if pk else None
    initial = {} if pk else {"currency": request.merchant.currency}
    form = kind.form(request.POST or None, instance=instance, merchant=request.merchant, initial=initial)
    if request.method == "POST" and form.is_valid():
        save_form(request, form, action=f"{slug}.{'changed' if pk else 'added'}")
        messages.success(request, _("Saved."))
        return redirect("dashboard:settings_section", slug=slug)
    status = 422 if request.method == "POST" else 200
    context = {"section": kind, "form": form, "pk": pk}
    return render(request, "dashboard/settings/row.html", context, status=status)


@require_POST
@require_owner
def remove_row(request: Any, slug: str, pk: int) -> HttpResponse:
    mine = _section(slug).model._default_manager.filter(merchant=request.merchant)
    remove(request, get_object_or_404(mine, pk=pk), action=f"{slug}.removed")
    messages.success(request, _("Removed."))
    return redirect("dashboard:settings_section", slug=slug)


@require_GET
@require_member
def audit(request: Any) -> HttpResponse:
    entries = AuditEntry.objects.for_merchant(request.merchant)
    page = Paginator(entries, 100).get_page(request.GET.get("page"))
    return render(request, "dashboard/settings/audit.html", {"page": page})
