"""The queue of products whose HS code nobody has decided: the ones with most money at risk first, accepted in bulk."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import DecimalField, Exists, ExpressionWrapper, F, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from shipsmart.catalog.classifying import undecided
from shipsmart.catalog.models import Classification, Suggestion, Variant
from shipsmart.catalog.operations import decide_code
from shipsmart.dashboard.access import actor_of, require_member
from shipsmart.dashboard.customs_data import clean_hs_code
from shipsmart.merchants.models import Merchant
from shipsmart.orders.models import OrderLine

PAGE = 25
AMOUNT = DecimalField(max_digits=24, decimal_places=4)


def by_money_at_risk(merchant: Merchant) -> QuerySet[Suggestion]:
    """Return undecided suggestions; risk is the price, times what was sold and one, times how unsure the code is.

    A product whose code in use is the one suggested first is left out: there is nothing to decide.
    """
    agreed = Classification.objects.filter(
        variant=OuterRef("variant"), country="", code__startswith=OuterRef("first_suggested")
    )
    lines = OrderLine.objects.filter(variant=OuterRef("variant")).order_by().values("variant")
    sold = Coalesce(Subquery(lines.annotate(n=Sum("quantity")).values("n")), Value(0))
    rows = undecided(merchant).select_related("variant__merchant").prefetch_related("variant__classifications")
    risk = ExpressionWrapper(
        F("variant__price") * (F("sold") + 1) * (Decimal(1) - F("confidence")), output_field=AMOUNT
    )
    rows = rows.annotate(first_suggested=KT("candidates__0__hs_code")).exclude(Exists(agreed))
    return rows.annotate(sold=sold).annotate(risk=risk).order_by("-risk", "pk")


@require_http_methods(["GET", "POST"])
@require_member
def code_review(request: Any) -> HttpResponse:
    if request.method == "POST":
        return _decide(request)
    total = Variant.objects.for_merchant(request.merchant).count()
    context = {
        "page": Paginator(by_money_at_risk(request.merchant), PAGE).get_page(request.GET.get("page")),
        "total": total,
        "classified": Suggestion.objects.filter(variant__merchant=request.merchant).count(),
    }
    return render(request, "dashboard/products/review.html", context)


def _decide(request: Any) -> HttpResponse:
    """Take the chosen code of each product that was ticked; all of them or none."""
    picked = [pk for pk in request.POST.getlist("pick") if pk.isascii() and pk.isdigit() and len(pk) < 19]
    rows = undecided(request.merchant).filter(pk__in=picked).select_related("variant__merchant")
    reason = request.POST.get("reason", "").replace("\x00", "").strip()
    try:
        with transaction.atomic():
            for suggestion in rows:
                code = _chosen(request, suggestion)
                decide_code(suggestion.variant, code=code, actor=actor_of(request), reason=reason)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        done = len(rows)
        text = ngettext("%(n)d code is decided.", "%(n)d codes are decided.", done)
        messages.success(request, text % {"n": done})
    return redirect(reverse("dashboard:products_review"))


def _chosen(request: Any, suggestion: Suggestion) -> str:
    typed = request.POST.get(f"typed-{suggestion.pk}", "").strip()
    code = clean_hs_code(typed or request.POST.get(f"code-{suggestion.pk}", "") or suggestion.best)
    if not code:
        raise ValidationError(_("Choose or type a code for “%(product)s”.") % {"product": suggestion.variant})
    return code
