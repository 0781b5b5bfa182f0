"""What is asked before parcels are handed over: the day, and for a courier when and where."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_location
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from shipsmart.dashboard.templatetags.pages import here
from shipsmart.rating.models import CarrierAccount
from shipsmart.shipments.handover_models import CourierPickUp
from shipsmart.shipments.pickups import PickUpWish
from shipsmart.shipments.place_time import zone_of, zones_of


class DayForm(forms.Form):
    """The day by the clock of the place; that of the last courier's where the country alone does not tell it."""

    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, data: Any = None, *, account: CarrierAccount) -> None:
        super().__init__(data, prefix=f"a{account.pk}")
        self.account, now = account, timezone.now()
        couriers = CourierPickUp.objects.for_merchant(account.merchant)
        self.country = account.merchant.country
        self.known = zone_of(self.country, now)
        self.last = couriers.filter(account=account).first() or couriers.first()
        self.zone = self.known or (self.last.zone if self.last else "")
        self.today = now.astimezone(ZoneInfo(self.zone or "UTC")).date()
        self.fields["day"].initial = self.today
        self.fields["day"].widget.attrs["min"] = self.today.isoformat()


def _clock() -> forms.TimeInput:
    return forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class PickUpForm(DayForm):
    """`wish` is what the carrier is asked; times are those of the place."""

    zone = forms.ChoiceField(label=_("Time zone of the place"))
    ready_from = forms.TimeField(label=_("Parcels ready from"), widget=_clock())
    closes_at = forms.TimeField(label=_("Place closes at"), widget=_clock())
    location = forms.CharField(
        label=_("Where the parcels are"),
        max_length=80,
        required=False,
        help_text=_("For example: reception. Some carriers demand it."),
    )
    instructions = forms.CharField(label=_("Note for the courier"), max_length=200, required=False)

    def __init__(self, data: Any = None, *, account: CarrierAccount) -> None:
        super().__init__(data, account=account)
        if self.known:
            del self.fields["zone"]
        else:
            zones = zones_of(self.country)
            self.fields["zone"].choices = [("", "–"), *sorted(((z, _place(z)) for z in zones), key=lambda row: row[1])]
            self.fields["zone"].initial = self.zone
        if self.last:
            told = {"ready_from": self.last.ready_there.time(), "closes_at": self.last.closes_there}
            self.initial = told | {"location": self.last.location}

    def clean(self) -> dict[str, Any]:
        told = self.cleaned_data
        ready, closes = told.get("ready_from"), told.get("closes_at")
        if ready and closes and closes <= ready:
            self.add_error("closes_at", _("The place must close after the parcels are ready."))
        return told

    def wish(self) -> PickUpWish:
        told = self.cleaned_data
        zone = told.get("zone") or self.known
        return PickUpWish(
            ready_at=datetime.combine(told["day"], told["ready_from"], tzinfo=ZoneInfo(zone)),
            closes_at=told["closes_at"],
            zone=zone,
            location=told["location"],
            instructions=told["instructions"],
        )


def _place(zone: str) -> str:
    """Return the zone's city as the reader calls it."""
    return str(get_timezone_location(zone, locale=here(), return_city=True))
