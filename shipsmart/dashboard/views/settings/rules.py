"""Price rules: their order, one rule, and the simulator. Members read and try, owners change."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shipsmart.catalog.models import Variant
from shipsmart.core.errors import ShipSmartError
from shipsmart.dashboard.access import require_member, require_owner
from shipsmart.dashboard.changes import record, remove, save_form
from shipsmart.dashboard.forms.rules import SHORT, RuleForm, SimulatorForm
from shipsmart.dashboard.simulator import simulate
from shipsmart.rating.rule_models import PriceRule


@require_GET
@require_member
def rule_list(request: Any) -> HttpResponse:
    rules = PriceRule.objects.for_merchant(request.merchant)
    return render(request, "dashboard/settings/rules.html", {"rules": rules, "effects": SHORT})


@require_http_methods(["GET", "POST"])
@require_owner
def rule(request: Any, pk: int | None = None) -> HttpResponse:
    """Add a rule (no `pk`) or edit one."""
    mine = PriceRule.objects.for_merchant(request.merchant)
    instance = get_object_or_404(mine, pk=pk) if pk else None
    initial = {} if pk else {"currency": request.merchant.currency}
    form = RuleForm(request.POST or None, instance=instance, merchant=request.merchant, initial=initial)
    if request.method == "POST" and form.is_valid():
        save_form(request, form, action=f"rules.{'changed' if pk else 'added'}")
        messages.success(request, _("Saved."))
        return redirect("dashboard:settings_rules")
    status = 422 if request.method == "POST" else 200
    return render(request, "dashboard/settings/rule.html", {"form": form, "pk": pk}, status=status)


@require_POST
@require_owner
def rule_move(request: Any, pk: int, way: str) -> HttpResponse:
    row = get_object_or_404(PriceRule.objects.for_merchant(request.merchant), pk=pk)
    with transaction.atomic():
        if row.move(up=way == "up"):
            record(request, action="rules.moved", target=str(row), way=way)
    return redirect("dashboard:settings_rules")


@require_POST
@require_owner
def rule_remove(request: Any, pk: int) -> HttpResponse:
    mine = PriceRule.objects.for_merchant(request.merchant)
    remove(request, get_object_or_404(mine, pk=pk), action="rules.removed")
    messages.success(request, _("Removed."))
    return redirect("dashboard:settings_rules")


@require_GET
@require_member
def simulator(request: Any) -> HttpResponse:
    """Show what a cart would be offered; everything stands in the address, so that it can be shared and repeated."""
    asked = "country" in request.GET
    initial = None if asked else _example(request.merchant)
    form = SimulatorForm(request.GET if asked else None, merchant=request.merchant, initial=initial)
    founds, problem = (), ""
    if asked and form.is_valid():
        try:
            founds = simulate(request.merchant, form.ship_to(), form.lines, currency=form.currency)
        except ShipSmartError as error:
            problem = str(error)
    context = {"form": form, "founds": founds, "problem": problem}
    return render(request, "dashboard/settings/simulator.html", context, status=422 if asked and form.errors else 200)


def _example(merchant: Any) -> dict[str, str]:
    """Return a cart to begin with: the first product that has a SKU and a weight."""
    first = Variant.objects.for_merchant(merchant).exclude(sku="").exclude(weight_g=0).order_by("pk").first()
    return {"country": "DE" if merchant.country != "DE" else "FR", "goods": f"{first.sku} 1" if first else ""}
