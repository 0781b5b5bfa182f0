"""The forms of the settings that are lists of rows."""

from decimal import Decimal
from typing import Any, ClassVar

import pycountry
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shipsmart.compliance.tax_ids import is_well_formed
from shipsmart.dashboard.customs_data import clean_country
from shipsmart.dashboard.forms.base import TWICE, UNIONS, CodesMixin, CountriesField, RowForm, TagsField, TaxIdsField
from shipsmart.merchants.models import Hub, Importer, Market, Merchant, TaxRegistration
from shipsmart.ports import TaxId
from shipsmart.rating.models import Box, FeeRule, TableRate

KINDS = (
    *("EORI", "IOSS", "VAT", "VOEC", "GST", "ARN", "ABN", "IRD", "CNPJ", "EIN", "UID", "RFC", "RUT", "PRC"),
    *("REX", "BN", "IEC", "GSTIN", "IE"),  # exporters' numbers, for statements on origin among others
)
SCHEMES = (
    "EU_IOSS",
    "GB_VAT",
    "NO_VOEC",
    "AU_GST",
    "NZ_GST",
    "SG_GST_OVR",
    "CH_VAT",
    "CL_VAT",
    "BR_REMESSA_CONFORME",
    "MX_TMEC_COURIER",
    "MY_LVG",
)


def _schemes() -> list[tuple[Any, Any]]:
    states = sorted(pycountry.subdivisions.get(country_code="US"), key=lambda state: state.name)
    nexus = [(f"US_SALES_TAX:{s.code[3:]}", f"{s.name} ({s.code[3:]})") for s in states if s.type != "Outlying area"]
    plain = [(code, code.replace("_", " ")) for code in SCHEMES]
    return [("", "–"), *plain, (gettext_lazy("US sales tax"), nexus)]


class IdentityForm(CodesMixin, forms.ModelForm):
    class Meta:
        model = Merchant
        fields: ClassVar = [
            *(
                "name",
                "company",
                "signatory",
                "email",
                "phone",
                "address1",
                "address2",
                "district",
                "postcode",
                "city",
                "region",
            ),
            *("country", "currency", "quote_deadline_ms"),
        ]
        labels: ClassVar = {
            "name": gettext_lazy("Name of the shop"),
            "company": gettext_lazy("Legal name"),
            "signatory": gettext_lazy("Who signs the invoices"),
            "email": gettext_lazy("E-mail"),
            "phone": gettext_lazy("Phone"),
            "address1": gettext_lazy("Address"),
            "address2": gettext_lazy("Address, second line"),
            "district": gettext_lazy("District (bairro)"),
            "postcode": gettext_lazy("Postcode"),
            "city": gettext_lazy("City"),
            "region": gettext_lazy("State or region"),
            "country": gettext_lazy("Country"),
            "currency": gettext_lazy("Currency"),
            "quote_deadline_ms": gettext_lazy("A checkout is answered within (ms)"),
        }
        help_texts: ClassVar = {
            "phone": gettext_lazy("Carriers and customs call this number."),
            "district": gettext_lazy("The Correios ask for it in Brazil; nobody else does."),
            "quote_deadline_ms": gettext_lazy("Then your fallback table answers instead of the carriers."),
        }

    def clean_quote_deadline_ms(self) -> int:
        limit: int = self.cleaned_data["quote_deadline_ms"]
        if not 100 <= limit <= 8000:
            raise ValidationError(_("Between 100 and 8,000 ms: stores stop waiting after that."))
        return limit


class MarketForm(RowForm):
    class Meta:
        model = Market
        fields: ClassVar = ["country", "incoterm", "offer_both", "active"]
        error_messages = TWICE
        labels: ClassVar = {
            "country": gettext_lazy("Country"),
            "incoterm": gettext_lazy("Terms"),
            "offer_both": gettext_lazy("Offer DAP beside DDP"),
            "active": gettext_lazy("We sell there"),
        }
        help_texts: ClassVar = {
            "country": gettext_lazy("Empty: every country without a row of its own."),
            "incoterm": gettext_lazy(
                "DDP: duty and tax are paid at your checkout. DAP: the shopper pays them at the door."
            ),
        }


class TaxForm(RowForm):
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=[(kind, kind) for kind in KINDS])
    scheme = forms.ChoiceField(
        label=gettext_lazy("Scheme"),
        required=False,
        choices=_schemes,
        help_text=gettext_lazy("Under which import tax is collected at the checkout. An EORI has none."),
    )

    class Meta:
        model = TaxRegistration
        fields: ClassVar = ["kind", "number", "country", "scheme"]
        error_messages = TWICE
        labels: ClassVar = {"number": gettext_lazy("Number"), "country": gettext_lazy("Country that issued it")}

    def clean_country(self) -> str:
        code: str = self.cleaned_data["country"].strip().upper()
        return code if code in UNIONS else clean_country(code)

    def clean_number(self) -> str:
        number: str = "".join(self.cleaned_data["number"].split()).upper()
        return number

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if {"kind", "number", "country"} <= set(values):
            registration = TaxId(values["kind"], values["number"], values["country"])
            if not is_well_formed(registration):
                self.add_error(
                    "number", _("This is not how a %(kind)s number looks; check its digits.") % {"kind": values["kind"]}
                )
        return values


class ImporterForm(RowForm):
    tax_ids = TaxIdsField(
        label=gettext_lazy("Tax numbers"),
        required=False,
        help_text=gettext_lazy("One a line: kind, number, country that issued it. For example EORI DE123456789012345."),
    )

    class Meta:
        model = Importer
        fields: ClassVar = [
            *("imports_into", "company", "name", "address1", "address2", "postcode", "city", "region", "country"),
            *("phone", "email", "tax_ids"),
        ]
        error_messages = TWICE
        labels: ClassVar = {
            "imports_into": gettext_lazy("Imports into"),
            "company": gettext_lazy("Legal name"),
            "name": gettext_lazy("Contact"),
            "address1": gettext_lazy("Address"),
            "address2": gettext_lazy("Address, second line"),
            "postcode": gettext_lazy("Postcode"),
            "city": gettext_lazy("City"),
            "region": gettext_lazy("State or region"),
            "country": gettext_lazy("Country"),
            "phone": gettext_lazy("Phone"),
            "email": gettext_lazy("E-mail"),
        }
        help_texts: ClassVar = {
            "imports_into": gettext_lazy(
                "Goods you prepay duties for and that go there are declared in this name. Empty: only on orders where "
                "you choose it."
            ),
        }

    def clean_imports_into(self) -> str:
        return clean_country(self.cleaned_data["imports_into"])


class HubForm(RowForm):
    tags = TagsField(
        label=gettext_lazy("Product tags"),
        required=False,
        help_text=gettext_lazy(
            "Products with one of these tags lie here, for stores that do not say where goods lie. Commas between them."
        ),
    )

    class Meta:
        model = Hub
        fields: ClassVar = [
            *("name", "contact", "address1", "address2", "district", "postcode", "city", "region", "country"),
            *("phone", "email", "tags"),
        ]
        error_messages = TWICE
        labels: ClassVar = {
            "name": gettext_lazy("Name"),
            "contact": gettext_lazy("Contact"),
            "address1": gettext_lazy("Address"),
            "address2": gettext_lazy("Address, second line"),
            "district": gettext_lazy("District"),
            "postcode": gettext_lazy("Postcode"),
            "city": gettext_lazy("City"),
            "region": gettext_lazy("State or region"),
            "country": gettext_lazy("Country"),
            "phone": gettext_lazy("Phone"),
            "email": gettext_lazy("E-mail"),
        }
        help_texts: ClassVar = {
            "name": gettext_lazy("For you: it stands on orders, not on labels."),
            "contact": gettext_lazy("Whom a courier asks for there. Empty: your signatory."),
        }

    def clean_country(self) -> str:
        return clean_country(self.cleaned_data["country"])


class BoxForm(RowForm):
    class Meta:
        model = Box
        fields: ClassVar = ["name", "length_mm", "width_mm", "height_mm", "tare_g", "max_weight_g"]
        labels: ClassVar = {
            "name": gettext_lazy("Name"),
            "length_mm": gettext_lazy("Inner length (mm)"),
            "width_mm": gettext_lazy("Inner width (mm)"),
            "height_mm": gettext_lazy("Inner height (mm)"),
            "tare_g": gettext_lazy("Weight of the empty box (g)"),
            "max_weight_g": gettext_lazy("Carries at most (g)"),
        }

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        for name in ("length_mm", "width_mm", "height_mm", "max_weight_g"):
            if values.get(name) == 0:
                self.add_error(name, _("Must be more than 0."))
        return values


class TableRateForm(RowForm):
    countries = CountriesField(
        label=gettext_lazy("Countries"),
        required=False,
        help_text=gettext_lazy("Codes with blanks between them, for example DE FR. Empty: everywhere."),
    )
    sender_countries = CountriesField(
        label=gettext_lazy("Leaves from"),
        required=False,
        help_text=gettext_lazy("Countries where your goods lie, for example NO GB. Empty: wherever they lie."),
    )

    class Meta:
        model = TableRate
        fields: ClassVar = [
            *("service_name", "service", "countries", "sender_countries", "max_weight_g", "price", "currency"),
            *("days_from", "days_to", "stands_for", "by_post", "fallback_only"),
        ]
        labels: ClassVar = {
            "service_name": gettext_lazy("Name at the checkout"),
            "service": gettext_lazy("Code of the service"),
            "max_weight_g": gettext_lazy("Up to (g)"),
            "price": gettext_lazy("Price"),
            "currency": gettext_lazy("Currency"),
            "days_from": gettext_lazy("Days from"),
            "days_to": gettext_lazy("Days to"),
            "stands_for": gettext_lazy("Stands for the carrier service"),
            "by_post": gettext_lazy("Goes by post"),
            "fallback_only": gettext_lazy("Only when no carrier answers"),
        }
        help_texts: ClassVar = {
            "stands_for": gettext_lazy("For example dhl_express:P: shown when DHL does not answer."),
            "by_post": gettext_lazy("Customs treat mail by rules of its own: other limits, CN22 or CN23."),
        }

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if values.get("price") is not None and values["price"] < 0:
            self.add_error("price", _("A price cannot be negative."))
        if (values.get("days_from") or 0) > (values.get("days_to") or 0):
            self.add_error("days_to", _("Must not be before “days from”."))
        return values


class FeeForm(RowForm):
    """The ratio is typed as per cent: 2 means 0.02."""

    share = forms.DecimalField(
        label=gettext_lazy("Per cent of duty and tax"), min_value=0, max_value=100, decimal_places=2, initial=0
    )

    class Meta:
        model = FeeRule
        fields: ClassVar = ["name", "carrier", "country", "share", "minimum", "flat", "currency"]
        labels: ClassVar = {
            "name": gettext_lazy("Name on the breakdown"),
            "carrier": gettext_lazy("Carrier"),
            "country": gettext_lazy("Country"),
            "minimum": gettext_lazy("At least"),
            "flat": gettext_lazy("Plus a fixed amount"),
            "currency": gettext_lazy("Currency"),
        }
        help_texts: ClassVar = {
            "carrier": gettext_lazy("The carrier's key, for example dhl_express. Empty: every carrier."),
            "country": gettext_lazy("Empty: every destination."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["share"] = self.instance.percent * 100

    def save(self, commit: bool = True) -> FeeRule:
        self.instance.percent = self.cleaned_data["share"] / Decimal(100)
        return super().save(commit)
