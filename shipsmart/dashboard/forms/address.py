"""Where a parcel goes, as a person corrects it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shipsmart.dashboard.forms.orders import LONGEST_NUMBER
from shipsmart.orders.address import LONGEST, parts_of
from shipsmart.orders.models import PHONE, Order
from shipsmart.orders.receiver import known

LABELS = {
    "name": _("Name"),
    "company": _("Company"),
    "address1": _("Address"),
    "address2": _("Address, second line"),
    "district": _("District (bairro)"),
    "postcode": _("Postcode"),
    "city": _("City"),
    "region": _("State or region"),
}


class AddressForm(forms.Form):
    """`cleaned_data` is what `correct_address` takes."""

    all_matter = True

    def __init__(self, data: Any = None, *, order: Order) -> None:
        parts = parts_of(order)
        super().__init__(data, initial={**parts, PHONE: known(order)[PHONE]})
        for part in parts:
            self.fields[part] = forms.CharField(label=LABELS[part], max_length=LONGEST, required=False)
        self.fields[PHONE] = forms.CharField(label=_("Phone"), max_length=LONGEST_NUMBER, required=False)
