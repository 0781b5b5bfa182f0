"""Orders: the list, one order, and what a person can do with it."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from shipsmart.core.errors import ShipSmartError
from shipsmart.dashboard import queries
from shipsmart.dashboard.access import actor_of, require_member
from shipsmart.dashboard.batches import unlabelled
from shipsmart.dashboard.comparison import compare
from shipsmart.dashboard.forms.orders import DeclarationForm
from shipsmart.dashboard.reasoning import reasoning
from shipsmart.dashboard.timeline import crosses_border, steps, timeline
from shipsmart.documents.models import Document
from shipsmart.orders.declaring import NotDeclarable, declare
from shipsmart.orders.models import Order, OrderLine
from shipsmart.returns.models import Refund
from shipsmart.shipments.models import Shipment
from shipsmart.shipments.operations import given_up_steps
from shipsmart.shipments.void import NOT_HANDED_OVER

PAGE = 50
TAB_NAMES = {
    "all": gettext_lazy("All"),
    "ready": gettext_lazy("Ready"),
    "needs-data": gettext_lazy("Needs data"),
    "on-hold": gettext_lazy("On hold"),
    "exceptions": gettext_lazy("Exceptions"),
    "shipped": gettext_lazy("Shipped"),
    "delivered": gettext_lazy("Delivered"),
    "returned": gettext_lazy("Returned"),
    "cancelled": gettext_lazy("Cancelled"),
}
# What a button does: the operation, loaded when it is pressed, and what we say when it worked.
ACTIONS = {
    "hold": ("shipsmart.orders.operations.hold", gettext_lazy("The order is on hold.")),
    "release": ("shipsmart.orders.operations.release", gettext_lazy("The order goes on.")),
    "abandon": (
        "shipsmart.shipments.operations.abandon",
        gettext_lazy("The old waybill is given up; another is bought."),
    ),
    "void": ("shipsmart.shipments.operations.void_label", gettext_lazy("The label is being voided.")),
    "try-again": ("shipsmart.shipments.operations.try_again", gettext_lazy("We try again now.")),
}


@require_GET
@require_member
def order_list(request: Any) -> HttpResponse:
    filters = queries.OrderFilters.read(request.GET)
    page = Paginator(queries.orders(request.merchant, filters), PAGE).get_page(request.GET.get("page"))
    counts = queries.tab_counts(request.merchant)
    context = {
        "page": page,
        "filters": filters,
        "tabs": [(slug, name, counts[slug]) for slug, name in TAB_NAMES.items()],
        "total": counts["all"],
        "unlabelled": unlabelled(request.merchant, filters).count(),
        **queries.choices(request.merchant),
    }
    partial = request.htmx and not request.htmx.boosted
    return render(request, "dashboard/orders/_list.html" if partial else "dashboard/orders/list.html", context)


@require_GET
@require_member
def order_detail(request: Any, pk: int) -> HttpResponse:
    order = get_object_or_404(_whole(request.merchant), pk=pk)
    context = _shown(request, order, DeclarationForm(order=order))
    return render(request, "dashboard/orders/detail.html", context)


def _shown(request: Any, order: Order, declaration: DeclarationForm) -> dict[str, Any]:
    shipments = list(order.shipments.all())
    papers = Document.objects.filter(
        merchant=request.merchant, subject__in=[f"shipment:{shipment.pk}" for shipment in shipments]
    ).order_by("kind", "-version")
    by_subject: dict[str, list[Document]] = {}
    for paper in papers:
        by_subject.setdefault(paper.subject, []).append(paper)
    return {
        "order": order,
        "declaration": declaration,
        "shipments": [(shipment, by_subject.get(f"shipment:{shipment.pk}", [])) for shipment in shipments],
        "reasonings": [(quote, reasoning(quote)) for quote in order.quotes],
        "comparison": compare(order),
        "timeline": timeline(order, shipments),
        "steps": steps(order, shipments),
        "crosses_border": crosses_border(shipments),
        "can": possible_actions(order, shipments),
        "refunds": _refunds(order),
    }


def _refunds(order: Order) -> list[Refund]:
    """Return the order's refunds; each stands in the timeline, so most orders need no query."""
    told = any(event.kind == "refunded" for event in order.events.all())
    return list(order.refunds.select_related("returned")) if told else []


def _whole(merchant: Any) -> Any:
    lines = OrderLine.objects.select_related("variant")
    shipments = Shipment.objects.select_related("account").prefetch_related("parcels", "attempts", "tracking_events")
    return (
        Order.objects.for_merchant(merchant)
        .select_related("quote", "connection", "merchant")
        .prefetch_related(
            "events", "returns", "consignments__quote", Prefetch("lines", lines), Prefetch("shipments", shipments)
        )
    )


def possible_actions(order: Order, shipments: list[Shipment]) -> set[str]:
    """Return which buttons make sense now; the operations check again."""
    state = Order.State
    found = set()
    if order.state in (state.RECEIVED, state.NEEDS_DATA, state.READY):
        found.add("hold")
    if order.state == state.ON_HOLD:
        found.add("release")
        if any(shipment.state == Shipment.State.UNKNOWN for shipment in shipments):
            found.add("abandon")
    if order.state == state.LABELLED and any(s.milestone in NOT_HANDED_OVER for s in shipments):
        found.add("void")
    if order.state in (state.SHIPPED, state.DELIVERED, state.RETURNED):
        found.add("return")
    stuck = any(shipment.state in queries.STUCK for shipment in shipments) or given_up_steps(order).exists()
    if order.state == state.NEEDS_DATA or (stuck and order.state not in (state.ON_HOLD, state.CANCELLED)):
        found.add("try-again")
    return found


@require_POST
@require_member
def order_declare(request: Any, pk: int) -> HttpResponse:
    """Take down what customs are told of the order; a refusal stands on its page with the reason."""
    order = get_object_or_404(_whole(request.merchant), pk=pk)
    form = DeclarationForm(request.POST, order=order)
    if form.is_valid():
        try:
            declare(order, actor=actor_of(request), **form.cleaned_data)
        except NotDeclarable as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("dashboard:order", pk=order.pk)
    return render(request, "dashboard/orders/detail.html", _shown(request, order, form), status=422)


@require_POST
@require_member
def order_action(request: Any, pk: int, action: str) -> HttpResponse:
    """Call one operation and show the order again; a refusal is shown with its reason."""
    order = get_object_or_404(Order.objects.for_merchant(request.merchant), pk=pk)
    operation, done = ACTIONS[action]
    try:
        import_string(operation)(order, actor_of(request))
    except ShipSmartError as refusal:
        messages.error(request, _("That did not work: %(reason)s") % {"reason": refusal})
    else:
        messages.success(request, done)
    return redirect("dashboard:order", pk=order.pk)
