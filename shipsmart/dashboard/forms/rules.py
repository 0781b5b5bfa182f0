"""The forms of price rules and of their simulator."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shipsmart.catalog.models import Variant
from shipsmart.dashboard.customs_data import clean_country
from shipsmart.dashboard.forms.base import CountriesField, RowForm, TagsField, WordsField, clean_currency
from shipsmart.merchants.models import Merchant
from shipsmart.ports import Party
from shipsmart.quotes.values import CheckoutLine
from shipsmart.rating.rule_models import PriceRule
from shipsmart.rating.rules import Action, RuleInvalid

ACTIONS = (
    (Action.FREE.value, gettext_lazy("Free shipping")),
    (Action.PRICE.value, gettext_lazy("Fixed price")),
    (Action.ADD.value, gettext_lazy("Amount on top (negative takes off)")),
    (Action.PERCENT.value, gettext_lazy("Per cent on top (negative takes off)")),
    (Action.HIDE.value, gettext_lazy("Hide the service")),
    (Action.RENAME.value, gettext_lazy("Rename the service")),
)
# The same in few words, for the list of rules.
SHORT = {
    Action.FREE.value: gettext_lazy("Free shipping"),
    Action.PRICE.value: gettext_lazy("Fixed price"),
    Action.ADD.value: gettext_lazy("On top"),
    Action.PERCENT.value: gettext_lazy("On top"),
    Action.HIDE.value: gettext_lazy("Hide the service"),
    Action.RENAME.value: gettext_lazy("Rename the service"),
}
MOST_LINES = 50
_LINE = re.compile(r"(?P<sku>.+?)(?:[\s×x*;,]+(?P<n>[0-9]{1,4}))?", re.IGNORECASE)


class RuleForm(RowForm):
    """A percentage is typed as per cent: 10 means 0.10."""

    effect = forms.ChoiceField(label=gettext_lazy("What it does"), choices=ACTIONS)
    value = forms.DecimalField(
        label=gettext_lazy("Amount or per cent"),
        required=False,
        decimal_places=2,
        max_digits=10,
        help_text=gettext_lazy("Free, hide and rename need none."),
    )
    countries = CountriesField(
        label=gettext_lazy("Only to these countries"),
        required=False,
        help_text=gettext_lazy("Codes with blanks between them, for example DE FR. Empty: everywhere."),
    )
    services = WordsField(
        label=gettext_lazy("Only these carriers or services"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("For example ups dhl_express:P. Empty: all."),
    )
    skus = WordsField(
        label=gettext_lazy("Only carts with these SKUs"),
        required=False,
        max_length=1000,
        help_text=gettext_lazy("One of them is enough; TEE* is all that begin with TEE. Empty: every cart."),
    )

    tags = TagsField(
        label=gettext_lazy("Only carts with these tags"),
        required=False,
        max_length=1000,
        help_text=gettext_lazy("The store's tags with commas between them; one is enough. Empty: every cart."),
    )

    class Meta:
        model = PriceRule
        fields: ClassVar = [
            *("name", "effect", "value", "currency", "text"),
            *("countries", "services", "skus", "tags", "incoterm"),
            *("goods_from", "goods_below", "weight_from_g", "weight_below_g", "last", "active"),
        ]
        labels: ClassVar = {
            "name": gettext_lazy("Name of the rule"),
            "currency": gettext_lazy("Currency"),
            "text": gettext_lazy("New name of the service"),
            "incoterm": gettext_lazy("Only under these terms"),
            "goods_from": gettext_lazy("Goods from"),
            "goods_below": gettext_lazy("Goods below"),
            "weight_from_g": gettext_lazy("Weight from (g)"),
            "weight_below_g": gettext_lazy("Weight below (g)"),
            "last": gettext_lazy("The last: no later rule touches a price that this one changed"),
            "active": gettext_lazy("In use"),
        }
        help_texts: ClassVar = {
            "currency": gettext_lazy("Of the amounts in this rule."),
            "goods_from": gettext_lazy("The value of the whole cart, this amount included."),
            "goods_below": gettext_lazy("This amount not included."),
            "weight_from_g": gettext_lazy("All parcels together, boxes included."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["value"] = self._stored() if self.instance.pk else ""

    def _stored(self) -> str:
        """Return the value as it was typed; nothing where it says nothing."""
        if self.instance.effect not in (Action.PRICE, Action.ADD, Action.PERCENT):
            return ""
        typed = self.instance.value * (100 if self.instance.effect == Action.PERCENT else 1)
        return f"{typed.normalize():f}"

    def clean_currency(self) -> str:
        code: str = self.cleaned_data["currency"]
        return clean_currency(code) if code else ""

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        typed, action = values.get("value"), values.get("effect")
        silent = typed is None if action == Action.PRICE else not typed  # a fixed price may be 0
        if action in (Action.PRICE, Action.ADD, Action.PERCENT) and silent and "value" not in self.errors:
            self.add_error("value", _("Say how much."))
        values["value"] = (typed or Decimal(0)) / (100 if action == Action.PERCENT else 1)
        for low, high in (("goods_from", "goods_below"), ("weight_from_g", "weight_below_g")):
            least, below = values.get(low), values.get(high)
            if least is not None and below is not None and below <= least:
                self.add_error(high, _("Must be more than “from”."))
        return values

    def _post_clean(self) -> None:
        super()._post_clean()
        if self.errors:
            return
        try:
            self.instance.rule()
        except RuleInvalid:
            field, text = self._complaint()
            self.add_error(field, text)

    def _complaint(self) -> tuple[str, str]:
        """Return the field to mend and what to do, in the reader's language."""
        action = self.instance.effect
        if action == Action.RENAME:
            return "text", _("Give the new name.")
        if action == Action.PERCENT:
            return "value", _("Not more than all can be taken off.")
        if action == Action.PRICE and self.instance.value < 0:
            return "value", _("A price cannot be negative.")
        return "currency", _("This rule holds an amount: name its currency.")

    def save(self, commit: bool = True) -> PriceRule:
        if not self.instance.pk:
            self.instance.position = PriceRule.objects.for_merchant(self.instance.merchant).count() + 1
        return super().save(commit)


class SimulatorForm(forms.Form):
    """A cart as a person types it: a SKU and a number on each line."""

    country = forms.CharField(label=gettext_lazy("Country"), max_length=2)
    postcode = forms.CharField(label=gettext_lazy("Postcode"), max_length=20, required=False)
    goods = forms.CharField(
        label=gettext_lazy("Goods"),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        max_length=3000,
        help_text=gettext_lazy("One SKU on each line, then how many: TEE-M 2"),
    )

    def __init__(self, *args: Any, merchant: Merchant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.merchant = merchant
        self.lines: tuple[CheckoutLine, ...] = ()
        self.currency = merchant.currency

    def clean_country(self) -> str:
        return clean_country(self.cleaned_data["country"])

    def clean_goods(self) -> str:
        text: str = self.cleaned_data["goods"]
        wanted = _quantities([line.strip() for line in text.splitlines() if line.strip()])
        found = Variant.objects.for_merchant(self.merchant).filter(sku__in=list(wanted)).order_by("pk")
        known = {variant.sku: variant for variant in found}
        strange = [sku for sku in wanted if sku not in known]
        if strange:
            raise ValidationError(_("No product has the SKU %(sku)s.") % {"sku": ", ".join(strange[:5])})
        currencies = {variant.currency for variant in known.values()}
        if len(currencies) > 1:
            raise ValidationError(_("These goods are priced in several currencies; take those of one."))
        self.currency = currencies.pop()
        self.lines = tuple(
            CheckoutLine(known[sku].external_id, n, known[sku].price, sku=sku) for sku, n in wanted.items()
        )
        return text

    def ship_to(self) -> Party:
        values = self.cleaned_data
        return Party(country=values["country"], postcode=values["postcode"])


def _quantities(lines: Sequence[str]) -> dict[str, int]:
    wanted: dict[str, int] = {}
    for line in lines[:MOST_LINES]:
        read = _LINE.fullmatch(line)
        if read:
            wanted[read["sku"]] = wanted.get(read["sku"], 0) + int(read["n"] or 1)
    return {sku: n for sku, n in wanted.items() if n}
