"""The queue of products whose HS code nobody has decided: the ones with most money at risk first, accepted in bulk."""

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

from shipsmart.catalog.asking import waiting
from shipsmart.catalog.classifying import undecided
from shipsmart.catalog.models import CodeDecision, Suggestion, Variant
from shipsmart.catalog.national_codes import destinations
from shipsmart.catalog.operations import decide_code
from shipsmart.catalog.undoing import undo
from shipsmart.dashboard.access import actor_of, require_member
from shipsmart.dashboard.customs_data import clean_hs_code
from shipsmart.dashboard.reading import ids
from shipsmart.dashboard.stakes import by_money_at_risk
from shipsmart.dashboard.views.national import asked_of
from shipsmart.merchants.models import Merchant

PAGE, LONG_PAGE = 25, 100
LAST = "codes_decided"  # in the session: the decisions of the last time, to ask about and to take back


@require_http_methods(["GET", "POST"])
@require_member
def code_review(request: Any) -> HttpResponse:
    if request.method == "POST":
        return _undo(request) if "undo" in request.POST else _decide(request)
    if request.htmx and not request.htmx.boosted:
        return render(request, "dashboard/products/_progress.html", _progress(request.merchant))
    return _show(request)


def _progress(merchant: Merchant) -> dict[str, int]:
    return {
        "total": Variant.objects.for_merchant(merchant).count(),
        "classified": Suggestion.objects.filter(variant__merchant=merchant).count(),
    }


def _show(request: Any, *, status: int = 200) -> HttpResponse:
    """Show a page of the queue; what was ticked, chosen and typed in a form that could not be taken is there again."""
    long = request.GET.get("long") == "1"
    just = CodeDecision.objects.standing(request.merchant).filter(pk__in=request.session.get(LAST, []))
    decided = Variant.objects.filter(pk__in=just.values("variant"))
    page = Paginator(by_money_at_risk(request.merchant), LONG_PAGE if long else PAGE).get_page(request.GET.get("page"))
    picked = set(ids(request.POST.getlist("pick")))
    for suggestion in page:
        suggestion.ticked = suggestion.pk in picked
        suggestion.typed = request.POST.get(f"typed-{suggestion.pk}", "")
        suggestion.choice = request.POST.get(f"code-{suggestion.pk}") or suggestion.best
    context = {
        "page": page,
        **_progress(request.merchant),
        "long": long,
        "just": len(just),
        "asked": asked_of(request.merchant, decided),
        "open_national": waiting(request.merchant, destinations(request.merchant)).count(),
    }
    return render(request, "dashboard/products/review.html", context, status=status)


def _decide(request: Any) -> HttpResponse:
    """Take the chosen code of each product that was ticked; all of them or none."""
    rows = undecided(request.merchant).filter(pk__in=ids(request.POST.getlist("pick")))
    rows = list(rows.select_related("variant__merchant"))
    reason = request.POST.get("reason", "").replace("\x00", "").strip()
    try:
        with transaction.atomic():
            for suggestion in rows:
                code = _chosen(request, suggestion)
                decide_code(suggestion.variant, code=code, actor=actor_of(request), reason=reason)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return _show(request, status=422)
    if rows:
        of_these = CodeDecision.objects.standing(request.merchant).filter(variant__in=[s.variant_id for s in rows])
        last = {decision.variant_id: decision.pk for decision in of_these.filter(country="")}
        request.session[LAST] = list(last.values())
    text = ngettext("%(n)d code is decided.", "%(n)d codes are decided.", len(rows))
    messages.success(request, text % {"n": len(rows)})
    return redirect("dashboard:products_review")


def _chosen(request: Any, suggestion: Suggestion) -> str:
    typed = request.POST.get(f"typed-{suggestion.pk}", "").strip()
    code = clean_hs_code(typed or request.POST.get(f"code-{suggestion.pk}", "") or suggestion.best)
    if not code:
        raise ValidationError(_("Choose or type a code for “%(product)s”.") % {"product": suggestion.variant})
    return code


def _undo(request: Any) -> HttpResponse:
    """Take back what was decided the last time; what somebody has decided again since stays."""
    done = undo(request.merchant, request.session.pop(LAST, []), actor=actor_of(request))
    text = ngettext("%(n)d code is taken back.", "%(n)d codes are taken back.", done.taken_back)
    messages.success(request, text % {"n": done.taken_back})
    if done.stay:
        text = ngettext(
            "%(n)d code stays: it was decided again since.",
            "%(n)d codes stay: they were decided again since.",
            done.stay,
        )
        messages.warning(request, text % {"n": done.stay})
    return redirect("dashboard:products_review")
