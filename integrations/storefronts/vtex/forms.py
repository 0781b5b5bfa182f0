import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from integrations.storefronts.vtex import client


class KeyForm(forms.Form):
    """An account and an API key of it. `clean_account` takes a pasted address too."""

    account = forms.CharField(
        label=_("Account name"),
        max_length=200,
        help_text=_("The name before .myvtex.com."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false", "placeholder": "mystore"}),
    )
    app_key = forms.CharField(
        label=_("Application key (appKey)"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "placeholder": "vtexappkey-…"}),
    )
    app_token = forms.CharField(
        label=_("Application token (appToken)"),
        max_length=500,
        help_text=_("Stored encrypted and not shown again."),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    def clean_account(self) -> str:
        try:
            return client.account_name(self.cleaned_data["account"])
        except client.NotAnAccount as error:
            raise ValidationError(_("Give the account's name, for example mystore.")) from error

    def key(self) -> client.Key:
        values: dict[str, Any] = self.cleaned_data
        return client.Key(values["account"], values["app_key"].strip(), values["app_token"].strip())


class TermsForm(forms.Form):
    """What happens when the duties of a cart cannot be computed, and which shape of answer the account reads."""

    when_unknown = forms.ChoiceField(
        label=_("When duties cannot be computed"),
        choices=[
            ("closed", _("stop the order")),
            ("open", _("let the order go on without them (duties due on delivery)")),
        ],
    )
    answer = forms.ChoiceField(
        label=_("Shape of the tax answer"),
        choices=[("object", _("object (usual)")), ("array", _("list (as in VTEX's newer documentation)"))],
    )
    sellers = forms.CharField(
        label=_("Other sellers that are yours"),
        required=False,
        max_length=500,
        help_text=_(
            "IDs of hubs whose goods you send yourself, apart by blanks. What other sellers send is not taxed."
        ),
    )

    def clean_sellers(self) -> list[str]:
        names = sorted(set(self.cleaned_data["sellers"].replace(",", " ").split()) - {"1"})
        if any(not re.fullmatch(r"[A-Za-z0-9_-]{1,60}", name) for name in names):
            raise ValidationError(_("A seller's ID has letters, digits, - and _ only."))
        return names
