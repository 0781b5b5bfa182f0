"""The merchant's pages: connect an account, see whether all is in place, renew the key, leave."""

import logging
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from integrations.storefronts.vtex import codes, configuration, installing, links, oauth
from integrations.storefronts.vtex.forms import KeyForm, TermsForm
from integrations.storefronts.vtex.manifest import KEY
from integrations.storefronts.vtex.proof_views import ClientForm
from shipsmart.core.errors import ShipSmartError
from shipsmart.dashboard import throttle
from shipsmart.dashboard.access import actor_of, require_owner, sealed
from shipsmart.inbox import operations as inbox
from shipsmart.merchants.models import AuditEntry, Connection
from shipsmart.ports import IntegrationError

log = logging.getLogger(__name__)
NEEDED = (
    codes.VIEW_ORDER,
    codes.LIST_ORDERS,
    codes.CHANGE_ORDER,
    codes.INVOICE,
    codes.CANCEL,
    codes.FEED,
    codes.CONFIGURATION,
    codes.CATALOG,
    codes.LOGISTICS,
)


@require_GET
@require_owner
def start(request: Any) -> HttpResponse:
    """Give the owner a link to use now or to send to whoever administers the VTEX account."""
    path = links.make(request.merchant, actor_of(request))
    return render(request, "vtex/start.html", {"path": path, "link": settings.PUBLIC_URL + path, "needed": NEEDED})


@require_http_methods(["GET", "POST"])
def form(request: HttpRequest, signed: str) -> HttpResponse:
    """Take account and key from the holder of a link, try the key, and name what it lacks."""
    try:
        link = links.opened(signed)
    except links.BadLink:
        return sealed(render(request, "vtex/connect.html", {"invalid": True}, status=410))
    connected = link.used()
    if connected:
        return sealed(render(request, "vtex/connected.html", {"connection": connected}))
    given = KeyForm(request.POST or None)
    context = {"form": given, "merchant": link.merchant, "needed": NEEDED}
    if request.method == "POST" and given.is_valid() and _connected(request, link, given, context):
        return redirect(request.path)
    status = 422 if request.method == "POST" else 200
    return sealed(render(request, "vtex/connect.html", context, status=status))


def _connected(request: HttpRequest, link: links.Link, given: KeyForm, context: dict[str, Any]) -> bool:
    """Try the key and connect; False with what is wrong on the form or in `context`."""
    address = throttle.client_address(request)
    if minutes := throttle.minutes_to_wait(link.nonce, address):
        given.add_error(None, _("Too many attempts. Try again in %(minutes)s minutes.") % {"minutes": minutes})
        return False
    try:
        missing = installing.probe(given.key())
        if missing:
            context["missing"] = missing
            return False
        installing.connect(given.key(), merchant=link.merchant, actor=link.actor)
    except installing.BelongsToAnother:
        given.add_error("account", _("This account is connected to another merchant; disconnect it there first."))
    except IntegrationError as error:
        throttle.note_failure(link.nonce, address)
        given.add_error(None, _words(error))
    else:
        return True
    return False


def _words(error: IntegrationError) -> str:
    if error.code == "reauthorise":
        return _("VTEX does not know this key and token for this account. Check all three.")
    log.warning("trying a key of VTEX failed: %s", error)
    return _("VTEX did not answer as it should. Check the account's name, or try again in a minute.")


def _row(request: Any, pk: int) -> Connection:
    return get_object_or_404(Connection, pk=pk, merchant=request.merchant, storefront=KEY)


@require_GET
@require_owner
def store(request: Any, pk: int) -> HttpResponse:
    row = _row(request, pk)
    shown = {name: row.settings.get(name) for name in ("when_unknown", "answer") if row.settings.get(name)}
    shown["sellers"] = " ".join(row.settings.get("sellers", ()))
    context = {"connection": row, "form": TermsForm(initial=shown), "loader": _loader(row)}
    context |= {"oauth_form": ClientForm(), "redirect_uri": oauth.redirect_uri()}
    context["oauth_client"] = row.credentials.get("oauth_client_id", "")
    return render(request, "vtex/store.html", context)


def _loader(connection: Connection) -> str:
    """Return what the merchant puts into Admin, Checkout, Code: it loads our script."""
    address = f"{settings.PUBLIC_URL}{static('vtex/checkout6-custom.js')}"
    terms = f"{settings.PUBLIC_URL}/vtex/terms/{connection.account}"
    return (
        "(function () {\n"
        '  var script = document.createElement("script");\n'
        f'  script.src = "{address}";\n'
        '  script.dataset.choice = "true"; // "false": the shopper never chooses who pays\n'
        f'  script.dataset.terms = "{terms}"; // your markets say where they may\n'
        "  document.head.appendChild(script);\n"
        "})();"
    )


@require_POST
@require_owner
def terms(request: Any, pk: int) -> HttpResponse:
    """Store the merchant's choices; the one that VTEX must know is put into the account by the worker."""
    row, given = _row(request, pk), TermsForm(request.POST)
    if not given.is_valid():
        return render(
            request, "vtex/store.html", {"connection": row, "form": given, "loader": _loader(row)}, status=422
        )
    with transaction.atomic():
        row = Connection.objects.select_for_update().get(pk=row.pk)
        row.settings = {**row.settings, **given.cleaned_data}
        row.save(update_fields=["settings"])
        AuditEntry.objects.note(
            row.merchant, actor=actor_of(request), action="store.terms", target=str(row), **given.cleaned_data
        )
        inbox.send(kind=installing.SET_UP, key=f"vtex.terms:{row.pk}", payload={"connection": row.pk}, again=True)
    messages.success(request, _("Saved."))
    return redirect("vtex_connect:store", pk=row.pk)


@require_POST
@require_owner
def check(request: Any, pk: int) -> HttpResponse:
    """Look now whether all of ours is in place and the key has its rights; put back what is not."""
    row = _row(request, pk)
    try:
        found = installing.look_again(row)
    except ShipSmartError as error:
        messages.error(request, str(error))
    else:
        _say(request, found)
    return redirect("vtex_connect:store", pk=row.pk)


def _say(request: Any, found: configuration.Found) -> None:
    """Say what a look found; somebody else's tax service in our place is told by the page itself."""
    if found.missing:
        messages.success(request, _("What was missing was put back."))
    elif not found.foreign:
        messages.success(request, _("Everything is in place."))


@require_POST
@require_owner
def renew(request: Any, pk: int) -> HttpResponse:
    row = _row(request, pk)
    try:
        installing.rotate(row, actor=actor_of(request))
    except ShipSmartError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The token was renewed; the old one no longer works."))
    return redirect("vtex_connect:store", pk=row.pk)


@require_POST
@require_owner
def leave(request: Any, pk: int) -> HttpResponse:
    installing.disconnect(_row(request, pk), actor=actor_of(request))
    messages.success(request, _("Everything of ours is being taken out of the account."))
    return redirect("dashboard:settings_store")
