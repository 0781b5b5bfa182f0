"""What the settings forms share: rows belong to a merchant, codes are checked, widgets fit phones."""

from typing import Any

from babel.numbers import list_currencies
from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shipsmart.compliance.tax_ids import is_well_formed
from shipsmart.dashboard.customs_data import clean_country
from shipsmart.merchants.models import Merchant
from shipsmart.ports import TaxId

UNIONS = ("EU", "XI")  # issuers of numbers that are no countries: the Union, Northern Ireland for VAT
TWICE = {NON_FIELD_ERRORS: {"unique_together": gettext_lazy("There is a row for this already; edit that one.")}}


def clean_currency(text: str) -> str:
    """Return a currency code that exists (ISO 4217)."""
    code = text.strip().upper()
    if code not in list_currencies():
        raise ValidationError(
            _("“%(value)s” is no currency code. Use three letters, for example EUR.") % {"value": text[:20]}
        )
    return code


class CodesMixin:
    """Cleans the fields `country` and `currency` wherever a form has them."""

    cleaned_data: dict[str, Any]

    def clean_country(self) -> str:
        return clean_country(self.cleaned_data["country"])

    def clean_currency(self) -> str:
        return clean_currency(self.cleaned_data["currency"])


class WordsField(forms.CharField):
    """Codes with blanks or commas between them; a list in Python."""

    def prepare_value(self, value: Any) -> Any:
        return " ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:
        return list(dict.fromkeys(str(value or "").replace(",", " ").split()))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class TagsField(WordsField):
    """Tags with commas between them, for a tag may hold blanks; a list in Python."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:
        return list(dict.fromkeys(tag.strip() for tag in str(value or "").split(",") if tag.strip()))


class RowForm(CodesMixin, forms.ModelForm):
    """A row of a merchant's settings; "once per merchant" is checked here, before the database refuses."""

    def __init__(self, *args: Any, merchant: Merchant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.merchant = merchant

    def _get_validation_exclusions(self) -> set[str]:
        return super()._get_validation_exclusions() - {"merchant"}


class CountriesField(forms.CharField):
    """Country codes with blanks or commas between them; a list in Python."""

    def prepare_value(self, value: Any) -> Any:
        return " ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:
        codes = [clean_country(word) for word in str(value or "").replace(",", " ").split()]
        return list(dict.fromkeys(codes))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class TaxIdsField(forms.CharField):
    """Tax numbers, one a line: kind, number and, where it is not in the number, the issuer. Mappings in Python."""

    widget = forms.Textarea(attrs={"rows": 3})

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        return "\n".join(f"{row['type']} {row['number']} {row.get('country', '')}".strip() for row in value)

    def to_python(self, value: Any) -> list[dict[str, str]]:
        lines = [line.split() for line in str(value or "").replace("\x00", "").splitlines() if line.split()]
        return [_tax_id(words) for words in lines]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


def _tax_id(words: list[str]) -> dict[str, str]:
    if len(words) not in (2, 3):
        raise ValidationError(
            _("“%(line)s”: write the kind, the number without blanks and perhaps the country.")
            % {"line": " ".join(words)[:60]}
        )
    kind, number = words[0].upper(), words[1].upper()
    country = words[2].upper() if len(words) > 2 else ""
    if country not in UNIONS:
        country = clean_country(country)
    if not is_well_formed(TaxId(kind, number, country)):
        raise ValidationError(_("This is not how a %(kind)s number looks; check its digits.") % {"kind": kind[:20]})
    return {"type": kind, "number": number, "country": country}
