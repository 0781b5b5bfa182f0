"""The page of extras: our prices in the delivery zones and what else a merchant may switch on.

The same page stands in the dashboard, for owners with a log-in, and in App Home, for whoever brings a session token.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from integrations.storefronts.shopify import (
    drafts,
    embedded,
    extras,
    fulfilment_service,
    order_marks,
    service_stock,
    zones,
)
from integrations.storefronts.shopify.app_home import opened
from shipsmart.core.errors import ShipSmartError
from shipsmart.dashboard.access import actor_of, require_owner
from shipsmart.merchants.models import Connection

Action = Callable[[Connection, QueryDict, str], str]


def _add_zones(connection: Connection, given: QueryDict, actor: str) -> str:
    count = zones.add(connection, set(given.getlist("zone")), actor=actor)
    return ngettext("Added to %(count)s zone.", "Added to %(count)s zones.", count) % {"count": count}


def _undo_zones(connection: Connection, _given: QueryDict, actor: str) -> str:
    count = zones.undo(connection, actor=actor)
    return ngettext("Taken out of %(count)s zone.", "Taken out of %(count)s zones.", count) % {"count": count}


def _marks_on(connection: Connection, _given: QueryDict, actor: str) -> str:
    order_marks.switch(connection, on=True, actor=actor)
    return _("Switched on. Orders are marked from their next change on.")


def _marks_off(connection: Connection, _given: QueryDict, actor: str) -> str:
    order_marks.switch(connection, on=False, actor=actor)
    return _("Switched off. Marks on orders stay.")


def _service_on(connection: Connection, _given: QueryDict, actor: str) -> str:
    fulfilment_service.switch(connection, on=True, actor=actor)
    return _("Switched on. Choose ShipSmart as the place where products are kept, in Shopify.")


def _service_off(connection: Connection, _given: QueryDict, actor: str) -> str:
    fulfilment_service.switch(connection, on=False, actor=actor)
    return _("Switched off. Goods kept there stay at a location of yours.")


def _count_stock(connection: Connection, given: QueryDict, actor: str) -> str:
    counted = service_stock.count(connection, given.get("levels", "")[:100_000], actor=actor)
    if fulfilment_service.details(connection)["on"]:
        fulfilment_service.switch(connection, on=True, actor=actor)  # the shop asks us for the stock from now on
    return ngettext("Counted %(count)s SKU.", "Counted %(count)s SKUs.", counted) % {"count": counted}


def _put_in(connection: Connection, given: QueryDict, actor: str) -> str:
    offer = given.get("offer", "").rpartition("|")
    try:
        seen = Decimal(offer[2])
    except InvalidOperation:
        return _("Choose a way of delivery first.")
    chosen = drafts.put_in(connection, given.get("draft", ""), service=offer[0], price=seen, actor=actor)
    said = {"service": chosen.service_name, "price": f"{chosen.price} {chosen.currency}"}
    return _("%(service)s for %(price)s stands in the draft order now.") % said


ACTIONS: Mapping[str, Action] = {
    "zones_add": _add_zones,
    "zones_undo": _undo_zones,
    "marks_on": _marks_on,
    "marks_off": _marks_off,
    "service_on": _service_on,
    "service_off": _service_off,
    "service_stock": _count_stock,
    "draft_price": _put_in,
}


def _shown(connection: Connection, looks: Mapping[str, str]) -> dict[str, Any]:
    """Return what the page shows. `looks`: what is asked of the shop for it, "zones", "drafts", or "draft" with its
    number; nothing is asked for otherwise."""
    found: dict[str, Any] = {
        "connection": connection,
        "marks": order_marks.details(connection),
        "service": fulfilment_service.details(connection),
        "drafts_missing": extras.missing_scopes(connection, drafts.EXTRA),
        "zones_added": connection.settings.get(zones.SETTING) or [],
    }
    for name, ask in LOOKS.items():
        if name in looks:
            try:
                found[name] = ask(connection, looks[name])
            except ShipSmartError as error:
                found[f"{name}_problem"] = error.message
    found["draft_id"] = looks.get("draft", "")
    return found


LOOKS: Mapping[str, Callable[[Connection, str], Any]] = {
    "zones": lambda connection, _given: zones.zones(connection),
    "drafts": lambda connection, _given: drafts.drafts(connection),
    "draft": lambda connection, given: drafts.offers(connection, given[:30]),
}


def _done(connection: Connection, given: QueryDict, actor: str) -> tuple[str, bool]:
    """Do what a button stands for; return what to say and whether it worked."""
    action = ACTIONS.get(given.get("action", ""))
    if action is None:
        return _("This page knows no such action; reload it."), False
    try:
        return action(connection, given, actor), True
    except ShipSmartError as error:
        return error.message, False


@require_http_methods(["GET", "POST"])
@require_owner
def store_extras(request: Any, pk: int) -> HttpResponse:
    """Show the extras of a store to its owner; do what was clicked."""
    connection = get_object_or_404(Connection, pk=pk, merchant=request.merchant, storefront="shopify")
    if request.method == "POST":
        said, worked = _done(connection, request.POST, actor_of(request))
        (messages.success if worked else messages.error)(request, said)
        return redirect("shopify:extras", pk=pk)
    return render(request, "shopify/extras.html", _shown(connection, request.GET.dict()))


@require_GET
def app_extras(request: HttpRequest) -> HttpResponse:
    """Show the extras inside Shopify's admin."""
    return opened(request, lambda connection: ("shopify/app_extras.html", _page(connection)))


def _page(connection: Connection) -> dict[str, Any]:
    page = {"client_id": settings.SHOPIFY_CLIENT_ID, "shop": connection.account, "embedded": True}
    return {**_shown(connection, {}), **page}


@csrf_exempt
@require_POST
def app_extras_act(request: HttpRequest) -> HttpResponse:
    """Do what was clicked in the admin, for the shop whose session token comes along; return the fragment anew."""
    token = embedded.token_from_request(request)
    connection = embedded.merchant_from_request(request)
    if token is None or connection is None:
        return embedded.ask_again()
    page = {"embedded": True}
    looks = {name: given for name, given in request.POST.items() if name in LOOKS}
    if "action" in request.POST:
        page["said"], page["worked"] = _done(connection, request.POST, f"Shopify user {token.user}")
    return render(
        request, "shopify/_extras.html", {**_shown(connection, {} if "action" in request.POST else looks), **page}
    )
