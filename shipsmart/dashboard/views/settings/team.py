"""The team and the API keys: owners only."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shipsmart.dashboard import invitations
from shipsmart.dashboard.access import actor_of, require_member, require_owner
from shipsmart.dashboard.changes import record
from shipsmart.dashboard.forms.team import InviteForm, KeyForm, RoleForm
from shipsmart.merchants.models import ApiKey, Member


@require_GET
@require_member
def team(request: Any) -> HttpResponse:
    return _team(request, InviteForm())


def _team(request: Any, form: InviteForm, *, status: int = 200, **more: Any) -> HttpResponse:
    members = Member.objects.filter(merchant=request.merchant).select_related("user").order_by("role", "user__username")
    context = {"members": members, "form": form, "roles": Member.Role.choices} | more
    return render(request, "dashboard/settings/team.html", context, status=status)


@require_POST
@require_owner
def invite(request: Any) -> HttpResponse:
    """Show the link once; the owner passes it on."""
    form = InviteForm(request.POST)
    if not form.is_valid():
        return _team(request, form, status=422)
    email, role = form.cleaned_data["email"], form.cleaned_data["role"]
    if Member.objects.filter(merchant=request.merchant, user__username__iexact=email).exists():
        form.add_error("email", _("This person is in the team already."))
        return _team(request, form, status=422)
    token = invitations.invite(request.merchant, email=email, role=role, actor=actor_of(request))
    link = request.build_absolute_uri(reverse("dashboard:join", args=[token]))
    return _team(request, InviteForm(), link=link, invited=email)


@require_POST
@require_owner
def change_role(request: Any, pk: int) -> HttpResponse:
    form = RoleForm(request.POST)
    member = get_object_or_404(Member.objects.select_related("user"), pk=pk, merchant=request.merchant)
    if form.is_valid() and form.cleaned_data["role"] != member.role:
        with transaction.atomic():
            if _is_last_owner(member):
                messages.error(request, _("A shop needs an owner: make somebody else one first."))
                return redirect("dashboard:settings_team")
            before, member.role = member.role, form.cleaned_data["role"]
            member.save(update_fields=["role"])
            record(request, action="team.role", target=member.user.get_username(), role=[before, member.role])
        messages.success(request, _("Saved."))
    return redirect("dashboard:settings_team")


@require_POST
@require_owner
def remove_member(request: Any, pk: int) -> HttpResponse:
    member = get_object_or_404(Member.objects.select_related("user"), pk=pk, merchant=request.merchant)
    with transaction.atomic():
        if _is_last_owner(member):
            messages.error(request, _("A shop needs an owner: make somebody else one first."))
            return redirect("dashboard:settings_team")
        name = member.user.get_username()
        member.delete()
        record(request, action="team.removed", target=name)
    messages.success(request, _("Removed."))
    return redirect("dashboard:home" if name == actor_of(request) else "dashboard:settings_team")


def _is_last_owner(member: Member) -> bool:
    """Locks the owners' rows, so that two owners cannot leave at the same moment."""
    owners = Member.objects.select_for_update().filter(merchant_id=member.merchant_id, role=Member.Role.OWNER)
    return [owner.pk for owner in owners] == [member.pk]


@require_http_methods(["GET", "POST"])
@require_owner
def keys(request: Any) -> HttpResponse:
    """List the keys; POST makes one, which is shown in this answer and never again."""
    form, made = KeyForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            made = ApiKey.make(request.merchant, form.cleaned_data["label"])
            record(request, action="key.made", target=form.cleaned_data["label"])
        form = KeyForm()
    found = ApiKey.objects.filter(merchant=request.merchant).order_by("-created_at")
    status = 422 if form.errors else 200
    return render(request, "dashboard/settings/keys.html", {"keys": found, "form": form, "made": made}, status=status)


@require_POST
@require_owner
def revoke_key(request: Any, pk: int) -> HttpResponse:
    key = get_object_or_404(ApiKey, pk=pk, merchant=request.merchant)
    with transaction.atomic():
        if ApiKey.objects.filter(pk=pk, revoked_at=None).update(revoked_at=timezone.now()):
            record(request, action="key.revoked", target=str(key))
    messages.success(request, _("The key does not work any more."))
    return redirect("dashboard:settings_keys")
