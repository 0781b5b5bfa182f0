"""What a person has customs told about an order."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from shipsmart.merchants.models import Importer
from shipsmart.orders.declaring import can_declare
from shipsmart.orders.models import Order

REASONS = [
    (Order.ExportReason.SALE, gettext_lazy("Sale")),
    (Order.ExportReason.GIFT, gettext_lazy("Gift")),
    (Order.ExportReason.SAMPLE, gettext_lazy("Sample")),
    (Order.ExportReason.REPAIR, gettext_lazy("Repair")),
]


class DeclarationForm(forms.Form):
    """Only shown, not to be filled in, once a carrier may know of the order."""

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
        super().__init__(*args, initial=told | {"export_reason": order.export_reason}, **kwargs)
        self.open = can_declare(order)
        theirs = Importer.objects.filter(merchant=order.merchant).order_by("company", "pk")
        shown = theirs if self.open else theirs.filter(pk=order.importer_id)
        self.fields["importer"].queryset = shown if self.open or order.importer_id else theirs.none()
        for field in self.fields.values():
            field.disabled = not self.open
