"""What a person has customs told about an order."""

from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from shipsmart.documents.references import LONGEST, Kind, relevant
from shipsmart.merchants.models import Importer
from shipsmart.orders.declaring import can_declare, free_lines
from shipsmart.orders.models import PHONE, Order, OrderLine
from shipsmart.orders.receiver import asked, known

LONGEST_NUMBER = 35  # what carriers' fields hold
REASONS = [
    (Order.ExportReason.SALE, gettext_lazy("Sale")),
    (Order.ExportReason.GIFT, gettext_lazy("Gift")),
    (Order.ExportReason.SAMPLE, gettext_lazy("Sample")),
    (Order.ExportReason.REPAIR, gettext_lazy("Repair")),
]
REFERENCES = {
    "itn": gettext_lazy("AES filing (ITN)"),
    "noeei": gettext_lazy("AES exemption"),
    "mrn": gettext_lazy("Export declaration (MRN)"),
    "nfe_key": gettext_lazy("Key of the NF-e"),
    "permit": gettext_lazy("Licence or certificate"),
    "origin_criterion": gettext_lazy("Origin criterion"),
    "shipped_on": gettext_lazy("Day of shipping"),
    "transhipment": gettext_lazy("Country of transhipment"),
    "terms_of_payment": gettext_lazy("Terms of payment"),
}
HINTS = {"permit": gettext_lazy("For goods that go with one only, or that you looked up and that may go.")}


class DeclarationForm(forms.Form):
    """Only shown, not to be filled in, once a carrier may know of the order.

    `cleaned_data` is what `declare` takes: the references lie together under their name.
    """

    export_reason = forms.ChoiceField(label=gettext_lazy("Why the goods travel"), choices=REASONS)
    insurance = forms.DecimalField(
        label=gettext_lazy("Paid for insurance"),
        min_value=0,
        max_digits=14,
        decimal_places=3,
        help_text=gettext_lazy("In the currency of the order. Customs add it to the value of the goods."),
    )
    importer = forms.ModelChoiceField(
        label=gettext_lazy("Importer of record"),
        queryset=Importer.objects.none(),
        required=False,
        empty_label=gettext_lazy("As set for the country"),
        help_text=gettext_lazy("Without one, whoever receives the parcel."),
    )

    def __init__(self, *args: Any, order: Order, **kwargs: Any) -> None:
        told = {"insurance": f"{order.insurance.normalize():f}", "importer": order.importer_id}
        told |= {"export_reason": order.export_reason, **order.references}
        super().__init__(*args, initial=told, **kwargs)
        self.open = can_declare(order)
        theirs = Importer.objects.filter(merchant=order.merchant).order_by("company", "pk")
        shown = theirs if self.open else theirs.filter(pk=order.importer_id)
        self.fields["importer"].queryset = shown if self.open or order.importer_id else theirs.none()
        kinds = relevant(order.merchant.country, order.country)
        self.references = kinds if self.open else tuple(kind for kind in kinds if kind.key in order.references)
        self.fields |= {kind.key: _reference(kind) for kind in self.references}
        self.receiver = known(order)
        wanted = {key for key in asked(order) if not self.receiver[key]}
        self.fields |= {
            f"receiver_{key}": _of_receiver(key, text, wanted=key in wanted) for key, text in self.receiver.items()
        }
        self.free = free_lines(order)
        self.fields |= {f"value_{line.pk}": _value(line, order.currency) for line in self.free}
        for field in self.fields.values():
            field.disabled = not self.open

    def clean(self) -> dict[str, Any]:
        told = dict(self.cleaned_data)
        references = {kind.key: told.pop(kind.key, "") for kind in self.references}
        receiver = {key: told.pop(f"receiver_{key}", "") for key in self.receiver}
        values = {line.pk: told.pop(f"value_{line.pk}", None) for line in self.free}
        return told | {"references": references, "receiver": receiver, "values": values}


def _of_receiver(key: str, text: str, *, wanted: bool) -> forms.CharField:
    label = gettext("Addressee's phone") if key == PHONE else gettext("Addressee's %(type)s") % {"type": key}
    hint = gettext("Customs there ask for it. Ask the addressee.") if wanted else ""
    return forms.CharField(label=label, initial=text, max_length=LONGEST_NUMBER, required=False, help_text=hint)


def _value(line: OrderLine, currency: str) -> forms.DecimalField:
    hint = gettext("It cost the shopper nothing. Customs want to know what it would cost, in %(currency)s.")
    if line.unit_price:
        hint = gettext("It cost the shopper nothing. Customs want to know what it would cost: %(price)s %(currency)s?")
    return forms.DecimalField(
        label=gettext("Value of one %(title)s") % {"title": line.title},
        initial=line.customs_price and f"{line.customs_price.normalize():f}",
        min_value=0,
        max_digits=14,
        decimal_places=3,
        required=False,
        help_text=hint % {"currency": currency, "price": f"{line.unit_price.normalize():f}"},
    )


def _reference(kind: Kind) -> forms.CharField:
    hint = HINTS.get(kind.key) or gettext("For example: %(example)s") % {"example": kind.example}
    return forms.CharField(label=REFERENCES[kind.key], max_length=LONGEST, required=False, help_text=hint)
