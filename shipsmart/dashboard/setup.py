"""What is left to set up before a merchant can sell abroad with us."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shipsmart.catalog.models import Variant
from shipsmart.merchants.models import Connection, Market, Merchant, TaxRegistration
from shipsmart.quotes.models import Quote
from shipsmart.rating.models import Box, CarrierAccount, TableRate


@dataclass(frozen=True)
class Task:
    key: str
    title: str | Promise
    why: str | Promise
    url_name: str
    done: bool
    argument: str = ""


TASKS: tuple[tuple[str, str | Promise, str | Promise, str, str], ...] = (
    (
        "address",
        _("Complete your company's address"),
        _("It is printed on every invoice and label."),
        "settings_identity",
        "",
    ),
    ("store", _("Connect your store"), _("Carts and orders come from there."), "settings_store", ""),
    ("products", _("Bring in your products"), _("They come with the store, or from a CSV file."), "products", ""),
    (
        "customs_data",
        _("Give every product an HS code, origin and weight"),
        _("Without them there is no duty figure and no customs paper."),
        "products",
        "",
    ),
    ("carrier", _("Add a carrier account"), _("Labels are billed to your own account."), "settings_carriers", ""),
    ("box", _("Tell us your boxes"), _("The carrier's price depends on the size."), "settings_section", "boxes"),
    (
        "fallback",
        _("Fill the fallback table"),
        _("Shoppers see these prices when no carrier answers."),
        "settings_section",
        "table",
    ),
    (
        "markets",
        _("Choose DDP or DAP for your markets"),
        _("Who pays duty and tax: you at the checkout, or the shopper at the door."),
        "settings_section",
        "markets",
    ),
    (
        "registrations",
        _("Enter your tax registrations"),
        _("With IOSS or UK VAT, import tax is collected at the checkout."),
        "settings_section",
        "taxes",
    ),
    ("quote", _("See a first quote"), _("Put something in your store's cart and ship it abroad."), "quotes", ""),
)


def checklist(merchant: Merchant) -> list[Task]:
    """Return the tasks in the order to do them; two queries."""
    done = _done(merchant)
    return [Task(key, title, why, url, done[key], argument) for key, title, why, url, argument in TASKS]


def _done(merchant: Merchant) -> dict[str, bool]:
    mine = {"merchant": OuterRef("pk")}
    found = (
        Merchant.objects.filter(pk=merchant.pk)
        .annotate(
            has_store=Exists(Connection.objects.filter(**mine, status=Connection.Status.ACTIVE)),
            has_products=Exists(Variant.objects.filter(**mine)),
            has_gaps=Exists(Variant.objects.lacking_customs_data().filter(**mine)),
            has_carrier=Exists(CarrierAccount.objects.filter(**mine, active=True)),
            has_box=Exists(Box.objects.filter(**mine)),
            has_fallback=Exists(TableRate.objects.filter(**mine)),
            has_markets=Exists(Market.objects.filter(**mine)),
            has_registrations=Exists(TaxRegistration.objects.filter(**mine)),
            has_quote=Exists(Quote.objects.filter(**mine)),
        )
        .get()
    )
    needed = (merchant.company, merchant.address1, merchant.city, merchant.country, merchant.phone, merchant.email)
    return {
        "address": all(needed),
        "store": found.has_store,
        "products": found.has_products,
        "customs_data": found.has_products and not found.has_gaps,
        "carrier": found.has_carrier,
        "box": found.has_box,
        "fallback": found.has_fallback,
        "markets": found.has_markets,
        "registrations": found.has_registrations,
        "quote": found.has_quote,
    }
