"""The settings that are lists of rows: which model, which form, which columns, and what to say when there are none."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shipsmart.core.codes import SALES_TAX
from shipsmart.dashboard.forms import sections as forms
from shipsmart.dashboard.templatetags.pages import carrier_name, country_name, grams, money
from shipsmart.merchants.models import Hub, Importer, Market, TaxRegistration
from shipsmart.quotes import rulebook
from shipsmart.rating.models import Box, FeeRule, TableRate

Text = str | Promise
Column = tuple[Text, Callable[[Any], str]]


@dataclass(frozen=True)
class Section:
    slug: str
    title: Text
    lead: Text
    empty: Text
    add: Text
    model: type[models.Model]
    form: type[forms.RowForm]
    columns: tuple[Column, ...]
    order: tuple[str, ...] = ("pk",)


def _yes(value: bool) -> str:
    return _("yes") if value else _("no")


def _lane(row: TableRate) -> str:
    there = " ".join(row.countries) or _("everywhere")
    return f"{' '.join(row.sender_countries)} → {there}" if row.sender_countries else there


def _size(box: Box) -> str:
    return f"{box.length_mm} × {box.width_mm} × {box.height_mm} mm"


def _fee(rule: FeeRule) -> str:
    share = f"{rule.percent * 100:.2f} %"
    parts = [share, f"≥ {money(rule.minimum, rule.currency)}"] if rule.minimum else [share]
    return ", ".join(parts) + (f" + {money(rule.flat, rule.currency)}" if rule.flat else "")


def _local_rates(row: TaxRegistration) -> str:
    """Return whether a table of local sales taxes serves a registration in a state."""
    kind, _sign, state = row.scheme.partition(":")
    book, rule, now = rulebook.current(), f"us/sales_tax_{state.lower()}", timezone.now()
    law = book.rules.get(rule) if kind == SALES_TAX else None
    if law is None or not law.on(now).fields.get("local"):
        return "–"
    table = book.local_table(rule, now)
    if table is None:
        return _("not imported, the state alone is charged")
    return _("imported, in force from %(day)s") % {"day": date_format(table.effective, "j M Y")}


SECTIONS: Mapping[str, Section] = {
    "markets": Section(
        slug="markets",
        title=gettext_lazy("Markets"),
        lead=gettext_lazy("Where you sell, and who pays duty and tax there."),
        empty=gettext_lazy("No market yet: every country is sold to under DDP until you say otherwise."),
        add=gettext_lazy("Add a market"),
        model=Market,
        form=forms.MarketForm,
        columns=(
            (gettext_lazy("Country"), lambda row: country_name(row.country) or _("Everywhere else")),
            (gettext_lazy("Terms"), lambda row: row.incoterm + (" + DAP" if row.offer_both else "")),
            (gettext_lazy("We sell there"), lambda row: _yes(row.active)),
        ),
        order=("country",),
    ),
    "taxes": Section(
        slug="taxes",
        title=gettext_lazy("Tax registrations"),
        lead=gettext_lazy("Numbers that go onto customs papers, and the schemes that let you collect import tax."),
        empty=gettext_lazy("No registration yet. Without one, import tax is paid by the carrier or at the door."),
        add=gettext_lazy("Add a registration"),
        model=TaxRegistration,
        form=forms.TaxForm,
        columns=(
            (gettext_lazy("Kind"), lambda row: row.kind),
            (gettext_lazy("Number"), lambda row: row.number),
            (gettext_lazy("Country"), lambda row: country_name(row.country) or "–"),
            (gettext_lazy("Scheme"), lambda row: row.scheme.replace("_", " ") or "–"),
            (gettext_lazy("Local sales tax"), _local_rates),
        ),
        order=("kind", "country"),
    ),
    "importers": Section(
        slug="importers",
        title=gettext_lazy("Importers of record"),
        lead=gettext_lazy("Who answers to customs abroad, where it is not the shopper: a firm of yours, or an agent."),
        empty=gettext_lazy("No importer yet: every parcel is imported by whoever receives it."),
        add=gettext_lazy("Add an importer"),
        model=Importer,
        form=forms.ImporterForm,
        columns=(
            (gettext_lazy("Company"), lambda row: row.company),
            (gettext_lazy("Imports into"), lambda row: country_name(row.imports_into) or _("only where chosen")),
            (gettext_lazy("Tax numbers"), lambda row: ", ".join(f"{i['type']} {i['number']}" for i in row.tax_ids)),
        ),
        order=("company", "imports_into"),
    ),
    "hubs": Section(
        slug="hubs",
        title=gettext_lazy("Hubs"),
        lead=gettext_lazy(
            "Other places your goods leave from. Freight, duty and tax are those from there, and so are the papers."
        ),
        empty=gettext_lazy("No hub yet: everything leaves from your own address."),
        add=gettext_lazy("Add a hub"),
        model=Hub,
        form=forms.HubForm,
        columns=(
            (gettext_lazy("Name"), lambda row: row.name),
            (gettext_lazy("Place"), lambda row: f"{row.postcode} {row.city}, {country_name(row.country)}".strip()),
            (gettext_lazy("Product tags"), lambda row: ", ".join(row.tags) or "–"),
        ),
        order=("name",),
    ),
    "boxes": Section(
        slug="boxes",
        title=gettext_lazy("Boxes"),
        lead=gettext_lazy("What you pack in. Carriers price the box, not the goods."),
        empty=gettext_lazy("No box yet. Add the ones you use most; we pick the smallest that fits."),
        add=gettext_lazy("Add a box"),
        model=Box,
        form=forms.BoxForm,
        columns=(
            (gettext_lazy("Name"), lambda row: row.name),
            (gettext_lazy("Inner size"), _size),
            (gettext_lazy("Empty"), lambda row: grams(row.tare_g)),
            (gettext_lazy("Carries"), lambda row: grams(row.max_weight_g)),
        ),
        order=("name",),
    ),
    "table": Section(
        slug="table",
        title=gettext_lazy("Fallback table"),
        lead=gettext_lazy("Your own prices: shown when no carrier answers in time, so that a checkout is never empty."),
        empty=gettext_lazy("No row yet. One row for everywhere is enough to begin with."),
        add=gettext_lazy("Add a row"),
        model=TableRate,
        form=forms.TableRateForm,
        columns=(
            (gettext_lazy("Service"), lambda row: row.service_name),
            (gettext_lazy("Countries"), _lane),
            (gettext_lazy("Up to"), lambda row: grams(row.max_weight_g)),
            (gettext_lazy("Price"), lambda row: money(row.price, row.currency)),
            (gettext_lazy("Days"), lambda row: f"{row.days_from}–{row.days_to}"),
            (gettext_lazy("Only as fallback"), lambda row: _yes(row.fallback_only)),
        ),
        order=("service_name", "max_weight_g", "price"),
    ),
    "fees": Section(
        slug="fees",
        title=gettext_lazy("Carrier fees"),
        lead=gettext_lazy("What carriers charge you for paying duty ahead; it becomes part of the landed cost."),
        empty=gettext_lazy("No fee yet. Look for “disbursement” or “duty tax paid” in your carrier's price list."),
        add=gettext_lazy("Add a fee"),
        model=FeeRule,
        form=forms.FeeForm,
        columns=(
            (gettext_lazy("Name"), lambda row: row.name),
            (gettext_lazy("Carrier"), lambda row: carrier_name(row.carrier) or _("every carrier")),
            (gettext_lazy("Country"), lambda row: country_name(row.country) or _("everywhere")),
            (gettext_lazy("Fee"), _fee),
        ),
        order=("name",),
    ),
}
