"""Which products may go to which destination, what the others lack, and the questions that decide national digits."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from shipsmart.catalog.models import Product, Variant
from shipsmart.catalog.national_codes import complete, destinations, outcome_for
from shipsmart.catalog.nomenclatures import table_for
from shipsmart.catalog.operations import answer_question
from shipsmart.catalog.readiness import LACKS, lacking, readiness
from shipsmart.classify.national import DIGITS, authority
from shipsmart.dashboard.access import actor_of, require_member
from shipsmart.dashboard.customs_words import LACK_WORDS

PAGE = 25


@require_http_methods(["GET", "POST"])
@require_member
def readiness_list(request: Any) -> HttpResponse:
    if request.method == "POST":
        return _find(request) if "find" in request.POST else _answer(request)
    offered = sorted({*destinations(request.merchant), *DIGITS})
    country = authority(request.GET.get("country", "")[:2]) or (destinations(request.merchant) or ["US"])[0]
    country = country if country in offered else offered[0]
    lack = request.GET.get("lack", "") if request.GET.get("lack", "") in LACKS else ""
    everything = Variant.objects.for_merchant(request.merchant).select_related("product", "suggestion")
    everything = everything.prefetch_related("classifications", "hint_answers").order_by(
        "product__title", "title", "pk"
    )
    page = Paginator(lacking(everything, lack, country) if lack else everything, PAGE).get_page(request.GET.get("page"))
    rows = [readiness(variant, country) for variant in page]
    context = {
        "page": page,
        "rows": rows,
        "country": country,
        "countries": offered,
        "lack": lack,
        "tabs": [(name, LACK_WORDS[name], lacking(everything, name, country).count()) for name in LACKS],
        "total": everything.count(),
        "only_hs": country in DIGITS and table_for(country) is None,
        "certain": [row.variant.pk for row in rows if row.national.code and "national" in row.lacks],
    }
    return render(request, "dashboard/products/readiness.html", context)


def _answer(request: Any) -> HttpResponse:
    """Keep the answer to the question that stands; one that was not asked, or no longer is, changes nothing."""
    country = authority(request.POST.get("country", "")[:2])
    pk = request.POST.get("variant", "")
    rows = Variant.objects.for_merchant(request.merchant).select_related("product").prefetch_related("classifications")
    variant = get_object_or_404(rows, pk=pk if pk.isascii() and pk.isdigit() and len(pk) < 19 else 0)
    asked = outcome_for(variant, country).question
    value = request.POST.get("answer", "")
    if asked is None or asked.key != request.POST.get("key") or value not in {option.value for option in asked.options}:
        messages.error(request, _("Choose one of the answers shown; the question may have changed meanwhile."))
    else:
        product = Product.objects.get(pk=variant.product_id)
        answer_question(product, key=asked.key, value=value, actor=actor_of(request))
        messages.success(request, _("Kept for “%(product)s”, for every destination.") % {"product": product.title})
    return _back(request)


def _find(request: Any) -> HttpResponse:
    """Store the national codes that are certain by now: a market or a nomenclature came after the HS code."""
    country = authority(request.POST.get("country", "")[:2])
    picked = [pk for pk in request.POST.getlist("find")[:PAGE] if pk.isascii() and pk.isdigit() and len(pk) < 19]
    for variant in Variant.objects.for_merchant(request.merchant).filter(pk__in=picked):
        complete(variant, [country])
    messages.success(request, _("The national digits that are certain are kept."))
    return _back(request)


def _back(request: Any) -> HttpResponse:
    kept = {name: request.POST.get(name, "")[:20] for name in ("country", "lack", "page")}
    query = urlencode({name: value for name, value in kept.items() if value})
    return redirect(f"{reverse('dashboard:products_readiness')}?{query}")
