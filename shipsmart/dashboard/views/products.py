"""Products and what customs must know of them: list, edit, CSV out and in."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shipsmart.catalog.hinted import answer_hint, hints_of
from shipsmart.catalog.models import Variant
from shipsmart.dashboard import products_csv
from shipsmart.dashboard.access import actor_of, require_member
from shipsmart.dashboard.customs_data import save_customs_data
from shipsmart.dashboard.forms.products import CustomsDataForm
from shipsmart.dashboard.stakes import by_money_at_risk
from shipsmart.merchants.models import Merchant
from shipsmart.orders.models import Order
from shipsmart.sheets.writing import MEDIA_TYPE, write

PAGE = 50


def _variants(merchant: Merchant) -> QuerySet[Variant]:
    rows = Variant.objects.for_merchant(merchant).select_related("product", "merchant")
    return rows.prefetch_related("classifications").order_by("product__title", "title", "pk")


@require_GET
@require_member
def product_list(request: Any) -> HttpResponse:
    everything = _variants(request.merchant)
    lacking = everything.lacking_customs_data()
    only_gaps = request.GET.get("gaps") == "1"
    text = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    rows = lacking if only_gaps else everything
    if text:
        rows = rows.filter(Q(product__title__icontains=text) | Q(title__icontains=text) | Q(sku__icontains=text))
    context = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "total": everything.count(),
        "gaps": lacking.count(),
        "only_gaps": only_gaps,
        "text": text,
    }
    partial = request.htmx and not request.htmx.boosted
    return render(request, "dashboard/products/_list.html" if partial else "dashboard/products/list.html", context)


@require_http_methods(["GET", "POST"])
@require_member
def product(request: Any, pk: int) -> HttpResponse:
    """Edit one variant: as a row of the list under htmx, as a page of its own without."""
    variant = get_object_or_404(_variants(request.merchant), pk=pk)
    form = CustomsDataForm(request.POST or None, variant=variant)
    if request.method == "POST" and form.is_valid():
        save_customs_data(variant, form.cleaned_data, actor=actor_of(request))
        return _saved(request, pk)
    status = 422 if request.method == "POST" else 200
    waiting = Order.objects.for_merchant(request.merchant).filter(state=Order.State.NEEDS_DATA, lines__variant=variant)
    context = {
        "variant": variant,
        "form": form,
        "next": _next(request),
        "hints": [] if request.htmx else hints_of(variant),
        "siblings": variant.product.variants.count() > 1,
        "waiting": [] if request.htmx else waiting.distinct()[:10],
    }
    template = "dashboard/products/_row_form.html" if request.htmx else "dashboard/products/edit.html"
    return render(request, template, context, status=status)


@require_POST
@require_member
def product_hint(request: Any, pk: int) -> HttpResponse:
    """Keep what a person says of goods that the text hints at."""
    variant = get_object_or_404(_variants(request.merchant), pk=pk)
    kind, said = request.POST.get("kind", ""), request.POST.get("present", "")
    if said not in ("yes", "no"):
        messages.error(request, _("Say yes or no."))
        return redirect("dashboard:product", pk)
    try:
        everywhere = request.POST.get("everywhere") == "1"
        count = answer_hint(variant, kind=kind, present=said == "yes", actor=actor_of(request), everywhere=everywhere)
    except ValidationError:
        messages.error(request, _("The text no longer hints at this; look at the page again."))
    else:
        text = ngettext("Kept for %(n)d variant.", "Kept for %(n)d variants.", count)
        messages.success(request, text % {"n": count})
    return redirect("dashboard:product", pk)


@require_GET
@require_member
def product_row(request: Any, pk: int) -> HttpResponse:
    """Return the row as it stands: what "Cancel" puts back."""
    variant = get_object_or_404(_variants(request.merchant), pk=pk)
    return render(request, "dashboard/products/_row.html", {"variant": variant})


def _saved(request: Any, pk: int) -> HttpResponse:
    if request.htmx:
        variant = get_object_or_404(_variants(request.merchant), pk=pk)
        return render(request, "dashboard/products/_row.html", {"variant": variant, "saved": True})
    messages.success(request, _("Saved."))
    return redirect(_next(request) or reverse("dashboard:products"))


def _next(request: Any) -> str:
    """Return where the reader came from, if that is a page of ours."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    return target if url_has_allowed_host_and_scheme(target, allowed_hosts=None) else ""


@require_GET
@require_member
def export(request: Any, kind: str) -> HttpResponse | StreamingHttpResponse:
    """Send products, only those with gaps (`gaps=1`), or the review queue (`queue=1`), as `csv` or `xlsx`."""
    if request.GET.get("queue") == "1":
        columns, name = products_csv.QUEUE_COLUMNS, "review"
        rows = products_csv.queue_rows(by_money_at_risk(request.merchant).iterator(chunk_size=500))
    else:
        columns, name = products_csv.COLUMNS, "products"
        variants = _variants(request.merchant)
        variants = variants.lacking_customs_data() if request.GET.get("gaps") == "1" else variants
        rows = products_csv.rows_of(variants.iterator(chunk_size=500))
    response: HttpResponse | StreamingHttpResponse
    if kind == "xlsx":
        response = HttpResponse(write(columns, rows, title=name), content_type=MEDIA_TYPE)
    else:
        response = StreamingHttpResponse(products_csv.as_csv(columns, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response


@require_http_methods(["GET", "POST"])
@require_member
def import_csv(request: Any) -> HttpResponse:
    if request.method == "GET":
        return render(request, "dashboard/products/import.html", {"columns": products_csv.COLUMNS})
    upload = request.FILES.get("file")
    if upload is None:
        sheet = products_csv.Sheet(bad=[products_csv.BadCell(0, "", _("Choose a file first."))])
    else:
        sheet = products_csv.read(upload.read(products_csv.MAX_BYTES + 1))
    changed = products_csv.take_in(request.merchant, sheet, actor=actor_of(request))
    if sheet.bad:
        context = {"columns": products_csv.COLUMNS, "bad": sorted(sheet.bad, key=lambda cell: cell.line)}
        return render(request, "dashboard/products/import.html", context, status=422)
    text = ngettext("%(n)d of %(rows)d row changed something.", "%(n)d of %(rows)d rows changed something.", changed)
    messages.success(request, text % {"n": changed, "rows": len(sheet.rows)})
    return redirect("dashboard:products")
