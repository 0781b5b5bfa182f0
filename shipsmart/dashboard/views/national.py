"""The questions that decide national digits, for all the merchant's destinations, one answer for all of them."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from shipsmart.catalog.asking import Asked, questions, waiting
from shipsmart.catalog.models import Product, Variant
from shipsmart.catalog.national_codes import complete, destinations
from shipsmart.catalog.operations import answer_question
from shipsmart.dashboard.access import actor_of, require_member
from shipsmart.dashboard.reading import ids
from shipsmart.dashboard.stakes import most_money_first
from shipsmart.merchants.models import Merchant

PAGE = 25


@require_http_methods(["GET", "POST"])
@require_member
def national_list(request: Any) -> HttpResponse:
    if request.method == "POST":
        return _keep(request)
    countries = destinations(request.merchant)
    rows = most_money_first(waiting(request.merchant, countries))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    asked, certain = questions(page, countries)
    context = {"page": page, "asked": asked, "certain": certain, "countries": countries}
    return render(request, "dashboard/products/national.html", context)


def _keep(request: Any) -> HttpResponse:
    """Keep every answer that was given; one that fits no question that stands keeps them all back."""
    given = [
        (pk, key, value)
        for name in request.POST.getlist("asked")
        for pk, _sep, key in [name.partition("|")]
        if (value := request.POST.get(f"answer-{name}", ""))
    ]
    try:
        with transaction.atomic():
            for pk, key, value in given:
                _answer(request, pk, key=key, value=value)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return _back(request)
    for variant in Variant.objects.for_merchant(request.merchant).filter(
        pk__in=ids(request.POST.getlist("find"))[:PAGE]
    ):
        complete(variant, destinations(request.merchant))
    if not given:
        messages.info(request, _("Nothing was answered."))
        return _back(request)
    text = ngettext("%(n)d answer is kept.", "%(n)d answers are kept.", len(given))
    messages.success(request, text % {"n": len(given)})
    return _back(request)


def _answer(request: Any, pk: str, *, key: str, value: str) -> None:
    product = Product.objects.filter(merchant=request.merchant, pk__in=ids([pk])).first()
    if product is None:
        raise ValidationError(_("There is no such product in this shop."))
    standing = asked_of(request.merchant, Variant.objects.filter(product=product))
    options = {o.value for one in standing if one.question and one.key == key for o in one.question.options}
    if value not in options:
        text = _("“%(product)s” is no longer asked this, or not with this answer. Look at the page again.")
        raise ValidationError(text % {"product": product.title})
    answer_question(product, key=key, value=value, actor=actor_of(request))


def asked_of(merchant: Merchant, variants: Any) -> list[Asked]:
    """Return the questions that stand for these variants of a merchant."""
    rows = variants.filter(merchant=merchant).select_related("product", "merchant").prefetch_related("classifications")
    return questions([variant for variant in rows if variant.hs_code], destinations(merchant))[0]


def _back(request: Any) -> HttpResponse:
    if request.POST.get("next") == "review":
        return redirect("dashboard:products_review")
    return redirect("dashboard:products_national")
