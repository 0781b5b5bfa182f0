"""What may be set for a carrier account besides credentials: words for the names that manifests list in SETTINGS."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shipsmart.ports import manifests

Text = str | Promise
LABEL_FORMATS = (("pdf", _("PDF, 4 × 6 inches")), ("zpl", _("ZPL, for label printers")))
DHL_HOURS = r"[+-](?:0\d|1[0-4]):(?:00|15|30|45)"


@dataclass(frozen=True)
class Setting:
    """One field of the form. `kind`: text, flag, number, codes (a list), choice; `pattern`: how a text must look."""

    key: str
    label: Text
    hint: Text = ""
    kind: str = "text"
    choices: tuple[tuple[str, Text], ...] = field(default=())
    pattern: str = ""
    needed: bool = False  # nothing works without it

    def form_field(self) -> forms.Field:
        words: dict[str, Any] = {"label": self.label, "help_text": self.hint, "required": self.needed}
        if self.kind == "flag":
            return forms.BooleanField(**words)
        if self.kind == "number":
            return forms.IntegerField(min_value=1, max_value=100_000, **words)
        if self.kind == "choice":
            return forms.ChoiceField(choices=self.choices, **words)
        if self.pattern:
            return forms.RegexField(f"^(?:{self.pattern})$", max_length=100, **words)
        return forms.CharField(max_length=300 if self.kind == "codes" else 100, **words)

    def shown(self, stored: Any) -> Any:
        """Return a stored value as the form shows it."""
        return " ".join(map(str, stored)) if isinstance(stored, list | dict) else stored

    def taken(self, typed: Any) -> Any:
        """Return what was typed as the adapters read it."""
        return list(dict.fromkeys(typed.replace(",", " ").split())) if self.kind == "codes" else typed


_ALL = (
    Setting(
        "duties_account",
        _("Account that duties are billed to"),
        _("The carrier bills duty and tax of DDP parcels here. Empty: the account above."),
    ),
    Setting(
        "duties_account_country",
        _("Country of that account"),
        _("Two letters. Only if it is another country than yours."),
        pattern="[A-Z]{2}",
    ),
    Setting("duties_account_postcode", _("Postcode of that account"), _("Only if the carrier asks for it.")),
    Setting(
        "insure",
        _("Insure every parcel for the value of its goods"),
        _("The carrier's own insurance; its price is part of what shoppers see and of what the label costs."),
        kind="flag",
    ),
    Setting(
        "paperless",
        _("Send customs papers electronically (paperless trade)"),
        _("Only if your contract has it: the carrier then makes the invoice and sends it ahead to customs."),
        kind="flag",
    ),
    Setting(
        "own_invoice",
        _("Send our own commercial invoice to the carrier"),
        _(
            "Uploaded after the label is bought, so that customs read the invoice you keep here. Your contract must "
            "allow it; DHL Express takes it ten minutes after the booking and only with paperless trade."
        ),
        kind="flag",
    ),
    Setting(
        "push",
        _("The carrier tells of scans by itself"),
        _("Save first, then enter the address and credential below in the carrier's portal. We then ask once a day."),
        kind="flag",
    ),
    Setting(
        "push_country",
        _("Country of the portal's contract"),
        _("Two letters. Empty: US."),
        pattern="[A-Z]{2}",
    ),
    Setting("label_format", _("Labels as"), _("What your printer takes."), kind="choice", choices=LABEL_FORMATS),
    Setting(
        "tracking_per_minute",
        _("Questions about parcels a minute"),
        _("How often we may ask where parcels are. Empty: 60. Lower it when the carrier says “too many requests”."),
        kind="number",
    ),
    Setting(
        "volumetric_divisor",
        _("Volumetric divisor (cm³ per kg)"),
        _("Only if your contract names another than the carrier's price list."),
        kind="number",
    ),
    Setting(
        "gmt_offset",
        _("Hours from Greenwich where parcels are handed over"),
        _("For example +01:00 or -05:00. Empty: +00:00."),
        pattern=DHL_HOURS,
    ),
    Setting(
        "return_services",
        _("Services of your contract for returns"),
        _("The carrier's codes with blanks between them. Empty: none."),
        kind="codes",
    ),
    Setting(
        "pickup_type",
        _("How parcels reach the carrier"),
        kind="choice",
        choices=(
            ("USE_SCHEDULED_PICKUP", _("A courier comes every day")),
            ("CONTACT_FEDEX_TO_SCHEDULE", _("A courier comes when asked")),
            ("DROPOFF_AT_FEDEX_LOCATION", _("We bring them")),
        ),
    ),
    Setting(
        "crid",
        _("Customer registration ID (CRID)"),
        _("Labels cannot be bought without it."),
        pattern=r"\d{1,15}",
        needed=True,
    ),
    Setting("mid", _("Mailer ID (MID)"), _("Labels cannot be bought without it."), pattern=r"\d{6}|\d{9}", needed=True),
    Setting("manifest_mid", _("Mailer ID for manifests"), _("Only if it is another one."), pattern=r"\d{6}|\d{9}"),
    Setting(
        "account_type",
        _("Kind of payment account"),
        kind="choice",
        choices=(("EPS", "EPS"), ("PERMIT", "PERMIT"), ("METER", "METER")),
    ),
    Setting(
        "price_type",
        _("Prices"),
        kind="choice",
        choices=(("COMMERCIAL", _("Commercial")), ("RETAIL", _("Retail")), ("NSA", _("Contract"))),
    ),
    Setting(
        "ddp_services",
        _("Services that deliver duty paid"),
        _("The carrier's codes with blanks between them: the service decides who pays duty."),
        kind="codes",
    ),
    Setting(
        "services",
        _("Service codes of your contract"),
        _("With blanks between them, for example 03220 03298. Empty: SEDEX and PAC."),
        kind="codes",
    ),
    Setting("manifest_carrier", _("Carrier's name for manifests"), _("Only if the account holds several carriers.")),
    Setting(
        "tracking_url",
        _("Address of your tracking page"),
        _("{waybill} stands for the number. Empty: shoppers see none."),
    ),
)
FIELDS: Mapping[str, Setting] = {setting.key: setting for setting in _ALL}


def settings_of(carrier: str) -> tuple[Setting, ...]:
    """Return the fields that a carrier's manifest lists, in its order; one without words here shows its own name."""
    names: tuple[str, ...] = getattr(manifests().get(carrier), "SETTINGS", ())
    return tuple(FIELDS.get(name) or Setting(name, name) for name in names)
