"""The log of every landed cost that a checkout was answered with."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from shipsmart.dashboard.access import require_member
from shipsmart.dashboard.labels import PRICE_SOURCES, QUOTE_STATUS
from shipsmart.dashboard.reasoning import reasoning
from shipsmart.quotes.models import Quote
from shipsmart.quotes.signature import is_ours

PAGE = 50


@require_GET
@require_member
def quote_list(request: Any) -> HttpResponse:
    rows = Quote.objects.filter(merchant=request.merchant).defer("request_text", "answer_text")
    chosen = {
        "price_source": _one_of(request.GET.get("source"), PRICE_SOURCES),
        "status": _one_of(request.GET.get("status"), QUOTE_STATUS),
        "country": request.GET.get("country", "")[:2].upper(),
    }
    rows = rows.filter(**{name: value for name, value in chosen.items() if value})
    text = request.GET.get("q", "").replace("\x00", "").strip()[:60]
    if text:
        rows = rows.filter(Q(quote_id__iexact=text) | Q(checkout=text) | Q(service_name__icontains=text))
    context = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "chosen": chosen,
        "text": text,
        "narrowed": bool(text or any(chosen.values())),
        "sources": [(code, words) for code, (words, _tone) in PRICE_SOURCES.items()],
        "statuses": [(code, words) for code, (words, _tone) in QUOTE_STATUS.items()],
    }
    partial = request.htmx and not request.htmx.boosted
    return render(request, "dashboard/quotes/_list.html" if partial else "dashboard/quotes/list.html", context)


def _one_of(value: str | None, known: Any) -> str:
    return value if value in known else ""


@require_GET
@require_member
def quote_detail(request: Any, quote_id: str) -> HttpResponse:
    quote = get_object_or_404(Quote.objects.select_related("connection"), merchant=request.merchant, quote_id=quote_id)
    siblings = (
        Quote.objects.filter(merchant=request.merchant, checkout=quote.checkout)
        .exclude(pk=quote.pk)
        .defer("request_text", "answer_text")
    )
    context = {
        "quote": quote,
        "reasoning": reasoning(quote),
        "siblings": siblings,
        "orders": quote.orders.filter(merchant=request.merchant),
        "genuine": is_ours(quote.answer_text, quote.signature),
    }
    return render(request, "dashboard/quotes/detail.html", context)
