from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from shipsmart.dashboard.carrier_accounts import credentials_of, has_number
from shipsmart.dashboard.carrier_settings import settings_of
from shipsmart.dashboard.forms.base import TWICE, CountriesField, RowForm
from shipsmart.rating.models import CarrierAccount


class CarrierForm(RowForm):
    """An account with a carrier. Stored credentials are never sent back: an empty field keeps what is stored."""

    offered = forms.CharField(
        label=_("Only these services"),
        required=False,
        max_length=300,
        help_text=_("The carrier's codes with blanks between them. Empty: all."),
    )

    sender_countries = CountriesField(
        label=_("Leaves from"),
        required=False,
        help_text=_("Countries where the goods lie that this account sends, for example US. Empty: all your places."),
    )

    class Meta:
        model = CarrierAccount
        fields: ClassVar = ["label", "number", "offered", "sender_countries", "active"]
        error_messages = TWICE
        labels: ClassVar = {"label": _("Name"), "number": _("Account number"), "active": _("In use")}

    def __init__(self, *args: Any, carrier: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.carrier = carrier
        self.initial["offered"] = " ".join(self.instance.services or [])
        self.asked = credentials_of(carrier)
        for credential in self.asked:
            self.fields[f"credential_{credential.key}"] = self._field(credential)
        self.settings = settings_of(carrier)
        for setting in self.settings:
            self.initial[f"setting_{setting.key}"] = setting.shown((self.instance.settings or {}).get(setting.key, ""))
            self.fields[f"setting_{setting.key}"] = setting.form_field()
        self.fields["number"].required = has_number(carrier)
        if not has_number(carrier):
            self.fields["number"].help_text = _("Only to tell two accounts apart.")

    def _field(self, credential: Any) -> forms.CharField:
        stored = bool(self.instance.pk and self.instance.credentials.get(credential.key))
        widget = forms.PasswordInput if credential.secret else forms.TextInput
        return forms.CharField(
            label=credential.label,
            required=not stored,
            max_length=500,
            help_text=_("Stored encrypted and not shown again. Empty: keep it.") if stored else _("Stored encrypted."),
            widget=widget(attrs={"autocomplete": "off", "spellcheck": "false"}),
        )

    def _get_validation_exclusions(self) -> set[str]:
        return super()._get_validation_exclusions() - {"carrier"}

    def save(self, commit: bool = True) -> CarrierAccount:
        self.instance.services = list(dict.fromkeys(self.cleaned_data["offered"].replace(",", " ").split()))
        typed = {c.key: self.cleaned_data[f"credential_{c.key}"] for c in self.asked}
        given = {key: value for key, value in typed.items() if value}
        self.instance.credentials = {**self.instance.credentials, **given}
        plain = {s.key: s.taken(self.cleaned_data[f"setting_{s.key}"]) for s in self.settings}
        kept = {key: value for key, value in (self.instance.settings or {}).items() if key not in plain}
        self.instance.settings = kept | {key: value for key, value in plain.items() if value}
        return super().save(commit)
