"""Coming into a team through an invitation link."""

from typing import Any

from django.contrib.auth import get_user_model, login
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from shipsmart.dashboard import invitations
from shipsmart.dashboard.access import SESSION_KEY, sealed
from shipsmart.dashboard.forms.team import JoinForm
from shipsmart.dashboard.invitations import Invitation, InvitationInvalid


@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Somebody new chooses a password; somebody with an account logs in with it first. GET changes nothing."""
    try:
        invitation = invitations.read(token)
        return sealed(_join(request, token, invitation))
    except InvitationInvalid:
        return sealed(render(request, "dashboard/join.html", {"invalid": True}, status=410))


def _join(request: HttpRequest, token: str, invitation: Invitation) -> HttpResponse:
    known = invitations.account_for(invitation.email)
    if known is None:
        return _newcomer(request, token, invitation)
    if request.user != known:
        return redirect_to_login(request.path)
    if request.method == "POST":
        return _enter(request, token, known)
    return render(request, "dashboard/join.html", {"invitation": invitation})


def _newcomer(request: HttpRequest, token: str, invitation: Invitation) -> HttpResponse:
    form = JoinForm(request.POST or None, email=invitation.email)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            user = get_user_model().objects.create_user(
                invitation.email, email=invitation.email, password=form.cleaned_data["password"]
            )
            return _enter(request, token, user)
    status = 422 if request.method == "POST" else 200
    return render(request, "dashboard/join.html", {"invitation": invitation, "form": form}, status=status)


def _enter(request: HttpRequest, token: str, user: Any) -> HttpResponse:
    member = invitations.accept(token, user=user)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    request.session[SESSION_KEY] = member.merchant_id
    return redirect("dashboard:home")
