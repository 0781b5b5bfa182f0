from typing import Any

from django import forms
from django.contrib.auth import get_user_model, password_validation
from django.utils.translation import gettext_lazy as _

from shipsmart.merchants.models import Member

ROLES = [
    (Member.Role.MEMBER, _("Member: the daily work")),
    (Member.Role.OWNER, _("Owner: settings, team and keys too")),
]


class InviteForm(forms.Form):
    email = forms.EmailField(label=_("E-mail"), max_length=150)
    role = forms.ChoiceField(label=_("Role"), choices=ROLES)

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=Member.Role.choices)


class KeyForm(forms.Form):
    label = forms.CharField(label=_("What is it for?"), max_length=60)


class JoinForm(forms.Form):
    """A new user's password; the name is the invited e-mail address."""

    password = forms.CharField(
        label=_("New password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 10 characters."),
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        password_validation.validate_password(password, get_user_model()(username=self.email, email=self.email))
        return password
