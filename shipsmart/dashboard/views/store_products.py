"""The catalogue between us and a store: read it whole, and write back the codes that a person decided."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Max, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from shipsmart.catalog.models import Classification, Variant
from shipsmart.dashboard.access import actor_of, require_member
from shipsmart.merchants.models import Connection, Merchant
from shipsmart.ports import provider, provides, title_of

PAGE = 50
MOST_AT_ONCE = 1000  # variants of one approval: each is a message of its own


def _connections(merchant: Merchant) -> QuerySet[Connection]:
    return Connection.objects.filter(merchant=merchant, status=Connection.Status.ACTIVE).order_by("pk")


def _connection(request: Any, pk: int, capability: str) -> Connection:
    connection = get_object_or_404(_connections(request.merchant).select_related("merchant"), pk=pk)
    if not provides(connection.storefront, capability):
        raise Http404
    return connection


def decided(connection: Connection) -> QuerySet[Variant]:
    """Return the store's variants with a code that a person decided or locked, the latest decision first."""
    by_person = Q(classifications__locked=True) | Q(classifications__source=Classification.Source.PERSON)
    rows = Variant.objects.filter(by_person, merchant=connection.merchant, product__connection=connection)
    rows = rows.annotate(decided_at=Max("classifications__decided_at")).order_by("-decided_at", "pk")
    return rows.select_related("product").prefetch_related("classifications")


@require_GET
@require_member
def store_list(request: Any) -> HttpResponse:
    """Every connected store that can do either."""
    rows = [_card(connection) for connection in _connections(request.merchant)]
    context = {"cards": [card for card in rows if card["imports"] or card["writes"]]}
    return render(request, "dashboard/products/stores.html", context)


def _card(connection: Connection) -> dict[str, Any]:
    imports = provides(connection.storefront, "catalogue_import")
    writes = provides(connection.storefront, "codes")
    return {
        "connection": connection,
        "imports": imports,
        "progress": provider(connection.storefront, "catalogue_import").progress(connection) if imports else None,
        "writes": writes,
        "decided": decided(connection).count() if writes else 0,
    }


@require_GET
@require_member
def import_progress(request: Any, pk: int) -> HttpResponse:
    """The part of the page that moves, for htmx."""
    connection = _connection(request, pk, "catalogue_import")
    return render(request, "dashboard/products/_store_import.html", {"card": _card(connection)})


@require_POST
@require_member
def import_action(request: Any, pk: int, action: str) -> HttpResponse:
    connection = _connection(request, pk, "catalogue_import")
    work = provider(connection.storefront, "catalogue_import")
    if action == "start":
        work.start(connection, actor=actor_of(request))
        messages.success(request, _("The import goes on in the background; you may close this page."))
    else:
        work.cancel(connection, actor=actor_of(request))
        messages.success(request, _("The import ends with the step it is at; what was read stays."))
    return redirect("dashboard:products_store")


@require_GET
@require_member
def code_list(request: Any, pk: int) -> HttpResponse:
    """What would be written: nothing is ticked beforehand that a person has not decided."""
    connection = _connection(request, pk, "codes")
    page = Paginator(decided(connection), PAGE).get_page(request.GET.get("page"))
    told = provider(connection.storefront, "codes").told(connection, page.object_list)
    context = {
        "connection": connection,
        "page": page,
        "total": page.paginator.count,
        "most": MOST_AT_ONCE,
        "told": told,
    }
    return render(request, "dashboard/products/store_codes.html", context)


@require_POST
@require_member
def codes_approve(request: Any, pk: int) -> HttpResponse:
    """Have the ticked variants' codes written to the store, or the latest decided of all."""
    connection = _connection(request, pk, "codes")
    rows = decided(connection)
    if "all" not in request.POST:
        ticked = [int(one) for one in request.POST.getlist("variant") if one.isascii() and one.isdigit()]
        rows = rows.filter(pk__in=[one for one in ticked if one < 2**63])
    count = provider(connection.storefront, "codes").approve(connection, rows[:MOST_AT_ONCE], actor=actor_of(request))
    if count:
        text = ngettext(
            "The codes of %(n)d product are being written to %(store)s.",
            "The codes of %(n)d products are being written to %(store)s.",
            count,
        )
        messages.success(request, text % {"n": count, "store": title_of(connection.storefront)})
    else:
        messages.error(request, _("Tick at least one product first."))
    return redirect("dashboard:products_store_codes", pk=connection.pk)
