"""Which credentials a carrier asks for, and how we find out whether they work."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import partial

from django.conf import settings
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from shipsmart.core.errors import ExchangeRateMissing
from shipsmart.ports import (
    CarrierEnquiry,
    CustomsItem,
    Incoterm,
    IntegrationError,
    ParcelSpec,
    Party,
    manifests,
    provider,
    provides,
)
from shipsmart.quotes import landed
from shipsmart.rating.declared import enquiry_for
from shipsmart.rating.models import CarrierAccount

TIMEOUT_S = 8.0


@dataclass(frozen=True)
class Credential:
    key: str
    label: str | Promise
    secret: bool = False


# The words for the names that manifests list in CREDENTIALS.
LABELS: Mapping[str, str | Promise] = {
    "username": gettext_lazy("API user name"),
    "password": gettext_lazy("API password"),
    "client_id": gettext_lazy("Client ID"),
    "client_secret": gettext_lazy("Client secret"),
    "api_key": gettext_lazy("API key"),
    "user": gettext_lazy("User name"),
    "access_code": gettext_lazy("Access code of the API"),
}


def carriers() -> dict[str, str]:
    """Return the carriers that can be chosen: key → name."""
    return {key: module.TITLE for key, module in manifests().items() if module.KIND == "carrier"}


def credentials_of(carrier: str) -> tuple[Credential, ...]:
    """Return the fields of a carrier's credentials as its manifest names them."""
    names: tuple[str, ...] = getattr(manifests().get(carrier), "CREDENTIALS", ())
    return tuple(Credential(name, LABELS.get(name, name), secret=not name.endswith(("name", "_id"))) for name in names)


def can_be_tested(carrier: str) -> bool:
    return provides(carrier, "quotes")


@dataclass(frozen=True)
class Hook:
    """What the merchant enters in the carrier's portal, so that it tells of scans by itself."""

    address: str
    header: str
    secret: str
    signs: bool


def hook_of(account: CarrierAccount | None) -> Hook | None:
    if account is None or not provides(account.carrier, "push"):
        return None
    found = provider(account.carrier, "push").hook(account.pk)
    return Hook(settings.PUBLIC_URL + found.path, found.header, found.secret, found.signs)


def has_number(carrier: str) -> bool:
    """Return whether an account of the carrier has a number of its own; some have a key and nothing else."""
    return bool(getattr(manifests().get(carrier), "HAS_NUMBER", True))


@dataclass(frozen=True)
class Trial:
    worked: bool
    message: str


def try_connection(account: CarrierAccount) -> Trial:
    """Ask the carrier for a price with the stored credentials: nothing is booked, the merchant sees the answer."""
    started = time.monotonic()
    try:
        quotes = provider(account.carrier, "quotes").carrier_quotes(
            account.ref(), _enquiry(account), timeout_s=TIMEOUT_S
        )
    except ExchangeRateMissing as error:
        return Trial(False, str(error))
    except IntegrationError as error:
        said = (
            _("The carrier refused: %(reason)s")
            if error.permanent
            else _("The carrier could not be reached: %(reason)s")
        )
        return Trial(False, said % {"reason": error})
    took_ms = round((time.monotonic() - started) * 1000)
    if not quotes:
        return Trial(
            False, _("The carrier answered in %(ms)d ms, but offers no service for this account.") % {"ms": took_ms}
        )
    text = ngettext(
        "It works: %(n)d service offered in %(ms)d ms.", "It works: %(n)d services offered in %(ms)d ms.", len(quotes)
    )
    return Trial(True, text % {"n": len(quotes), "ms": took_ms})


def _sender(account: CarrierAccount) -> Party:
    """Return a place that the account sends from: the merchant's own address, else a hub."""
    home = account.merchant.party()
    hubs = [hub for hub in account.merchant.hubs.all() if account.serves(hub.country)]
    return hubs[0].party(home) if hubs and not account.serves(home.country) else home


def _consignee(account: CarrierAccount, sender: Party) -> Party:
    """Return a public address abroad; the sender's own for a carrier whose prices are for one country."""
    if getattr(manifests().get(account.carrier), "INLAND", False):
        return sender
    abroad = {"name": "Test", "phone": "+33 1 00 00 00 00"}
    if sender.country == "GB":
        return Party(**abroad, address1="Place du Louvre 4", city="Paris", postcode="75001", country="FR")
    return Party(**abroad, address1="Kingsway 1", city="London", postcode="WC2B 6AN", country="GB")


def _enquiry(account: CarrierAccount) -> CarrierEnquiry:
    """Return a harmless question: one kilogram of printed books. Raises ExchangeRateMissing."""
    sender = _sender(account)
    book = CustomsItem(
        sku="TEST",
        description="Printed book",
        hs_code="490199",
        origin=sender.country,
        quantity=1,
        unit_price=Decimal(20),
        unit_weight_g=900,
    )
    asked = CarrierEnquiry(
        shipper=sender,
        consignee=_consignee(account, sender),
        parcels=(ParcelSpec("TEST", 1000, 300, 200, 100),),
        items=(book,),
        currency=account.merchant.currency,
        goods_value=Decimal(20),
        incoterm=Incoterm.DAP,
        ship_on=timezone.now().date() + timedelta(days=1),
    )
    return enquiry_for(account.carrier, asked, partial(landed.convert, at=timezone.now()))
