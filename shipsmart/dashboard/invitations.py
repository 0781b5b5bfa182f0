"""Invitations: a signed link that the owner passes on. It works once, for one e-mail address, for a week."""

import secrets
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.core import signing
from django.db import transaction

from shipsmart.core.errors import ShipSmartError
from shipsmart.merchants.models import AuditEntry, Member, Merchant

SALT = "shipsmart.dashboard.invitation"
WEEK_S = 7 * 24 * 3600


class InvitationInvalid(ShipSmartError):
    """The link is not ours, too old, used or withdrawn."""

    code = "invitation_invalid"


@dataclass(frozen=True)
class Invitation:
    merchant: Merchant
    email: str
    role: str
    nonce: str


def invite(merchant: Merchant, *, email: str, role: str, actor: str) -> str:
    """Return the token of a new invitation; the audit trail knows that it was made."""
    nonce = secrets.token_hex(8)
    AuditEntry.objects.note(merchant, actor=actor, action="team.invited", target=email, role=role, nonce=nonce)
    values = {"merchant": merchant.pk, "email": email, "role": role, "nonce": nonce}
    return signing.dumps(values, salt=SALT, compress=True)


def read(token: str) -> Invitation:
    """Return what the token grants; raises InvitationInvalid."""
    try:
        values = signing.loads(token, salt=SALT, max_age=WEEK_S)
        merchant = Merchant.objects.get(pk=values["merchant"])
    except (signing.BadSignature, Merchant.DoesNotExist) as error:
        raise InvitationInvalid("this invitation is not valid any more; ask for a new one") from error
    trail = AuditEntry.objects.for_merchant(merchant).filter(data__nonce=values["nonce"])
    if list(trail.values_list("action", flat=True)) != ["team.invited"]:
        raise InvitationInvalid("this invitation was used or withdrawn; ask for a new one")
    return Invitation(merchant, values["email"], values["role"], values["nonce"])


def accept(token: str, *, user: object) -> Member:
    """Make the user a member. A second use, even at the same moment, is refused. Raises InvitationInvalid."""
    with transaction.atomic():
        merchant_id = read(token).merchant.pk
        Merchant.objects.select_for_update().get(pk=merchant_id)
        invitation = read(token)  # again, now that nobody else can use it
        member, _new = Member.objects.get_or_create(
            merchant=invitation.merchant, user=user, defaults={"role": invitation.role}
        )
        AuditEntry.objects.note(
            invitation.merchant,
            actor=invitation.email,
            action="team.joined",
            target=invitation.email,
            role=member.role,
            nonce=invitation.nonce,
        )
    return member


def account_for(email: str) -> object | None:
    """Return the user who already has this e-mail address as name, if any."""
    return get_user_model().objects.filter(username__iexact=email).first()
