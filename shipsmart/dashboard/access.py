"""Who may see what: every page of the dashboard goes through one of these decorators.

They put `request.member` (with its merchant loaded) and `request.merchant` on the request; views scope every query by
that merchant, so another merchant's rows are simply not found.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control

from shipsmart.merchants.models import Member, Merchant

SESSION_KEY = "merchant_id"

# Every script and style comes from our own files. An embedded page (the store's integration sets its own policy
# before we do) keeps what it was given.
# The one inline style let through is the empty text (that is its hash): htmx sets it when it puts focus back.
POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-hashes' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='; "
    "img-src 'self' data: https:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


class MemberRequest(HttpRequest):
    """A request that has passed `require_member`."""

    member: Member
    memberships: list[Member]
    merchant: Merchant
    htmx: Any


class View(Protocol):
    def __call__(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse: ...


def memberships_of(request: HttpRequest) -> list[Member]:
    """Return the signed-in user's memberships: that of the merchant chosen in this session first, else the oldest."""
    found = list(Member.objects.filter(user=request.user).select_related("merchant").order_by("pk"))
    chosen = request.session.get(SESSION_KEY)
    return sorted(found, key=lambda member: member.merchant_id != chosen)


def member_of(request: HttpRequest) -> Member | None:
    """Return the membership that the signed-in user works under now, or None without any."""
    return next(iter(memberships_of(request)), None)


def require_member(view: View) -> Callable[..., HttpResponse]:
    """Let members in; send strangers to the log-in and users without a merchant to a page that says what to do."""

    @login_required
    @wraps(view)
    def inner(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        memberships = memberships_of(request)
        if not memberships:
            return sealed(render(request, "dashboard/no_membership.html", status=403))
        request.memberships, request.member = memberships, memberships[0]
        request.merchant = request.member.merchant
        return sealed(view(request, *args, **kwargs))

    return inner


def require_owner(view: View) -> Callable[..., HttpResponse]:
    """Let owners in; a member sees who can do this instead."""

    @require_member
    @wraps(view)
    def inner(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.member.is_owner:
            return owners_only(request)
        return view(request, *args, **kwargs)

    return inner


def owners_only(request: MemberRequest) -> HttpResponse:
    owners = Member.objects.filter(merchant=request.merchant, role=Member.Role.OWNER).select_related("user")
    return render(request, "dashboard/owners_only.html", {"owners": owners}, status=403)


def sealed(response: HttpResponse) -> HttpResponse:
    """Set the headers of a private page: never cached by others, nothing loaded from elsewhere."""
    response.headers.setdefault("Content-Security-Policy", POLICY)
    patch_cache_control(response, private=True, no_cache=True)
    return response


def actor_of(request: HttpRequest) -> str:
    """Return the name that timelines and the audit trail show."""
    return request.user.get_username()
