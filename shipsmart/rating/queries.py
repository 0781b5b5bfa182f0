"""A merchant's carrier accounts, boxes, price list, fee rules and price rules, read at once."""

import logging

from django.db.models import QuerySet

from shipsmart.merchants.models import Merchant
from shipsmart.rating.models import Box, CarrierAccount, FeeRule, TableRate
from shipsmart.rating.rule_models import PriceRule
from shipsmart.rating.rules import RateRule, RuleInvalid
from shipsmart.rating.values import AccountSnapshot, BoxSize, RatingSnapshot, TableRow

__all__ = ["RatingSnapshot", "account_of", "active_accounts", "boxes_of", "rules_of", "snapshot", "table_rows_of"]
log = logging.getLogger(__name__)


def snapshot(merchant: Merchant) -> RatingSnapshot:
    """Return frozen copies of everything `gather` and `pack` need. Five queries."""
    return RatingSnapshot(
        accounts=tuple(map(account_of, active_accounts(merchant))),
        boxes=boxes_of(merchant),
        table=table_rows_of(merchant),
        fees=tuple(map(_fee, FeeRule.objects.filter(merchant=merchant).order_by("pk"))),
        rules=rules_of(merchant),
    )


def active_accounts(merchant: Merchant) -> QuerySet[CarrierAccount]:
    return CarrierAccount.objects.filter(merchant=merchant, active=True).order_by("pk")


def boxes_of(merchant: Merchant) -> tuple[BoxSize, ...]:
    return tuple(map(_box, Box.objects.filter(merchant=merchant).order_by("pk")))


def table_rows_of(merchant: Merchant) -> tuple[TableRow, ...]:
    """Return the merchant's price list, for each weight the lightest and cheapest row first."""
    return tuple(map(_row, TableRate.objects.filter(merchant=merchant).order_by("max_weight_g", "price", "pk")))


def rules_of(merchant: Merchant) -> tuple[RateRule, ...]:
    """Return the merchant's active price rules in their order. One that makes no sense is logged and left out: a
    checkout does not go blank over it."""
    found = []
    for row in PriceRule.objects.for_merchant(merchant).active():
        try:
            found.append(row.rule())
        except RuleInvalid:
            log.exception("price rule %s of merchant %s is left out", row.pk, merchant.pk)
    return tuple(found)


def account_of(row: CarrierAccount) -> AccountSnapshot:
    """Return a frozen copy of an account."""
    return AccountSnapshot(
        id=row.pk,
        carrier=row.carrier,
        number=row.number,
        label=row.label,
        credentials=dict(row.credentials),
        settings=dict(row.settings),
        services=tuple(row.services),
        sender_countries=tuple(row.sender_countries),
    )


def _box(row: Box) -> BoxSize:
    return BoxSize(
        name=row.name,
        length_mm=row.length_mm,
        width_mm=row.width_mm,
        height_mm=row.height_mm,
        tare_g=row.tare_g,
        max_weight_g=row.max_weight_g,
    )


def _row(row: TableRate) -> TableRow:
    return TableRow(
        service=row.service,
        service_name=row.service_name,
        max_weight_g=row.max_weight_g,
        price=row.price,
        currency=row.currency,
        countries=tuple(row.countries),
        days_from=row.days_from,
        days_to=row.days_to,
        fallback_only=row.fallback_only,
        stands_for=row.stands_for,
        sender_countries=tuple(row.sender_countries),
        by_post=row.by_post,
    )


def _fee(row: FeeRule) -> dict[str, str]:
    return {
        "carrier": row.carrier,
        "country": row.country,
        "name": row.name,
        "percent": str(row.percent),
        "minimum": str(row.minimum),
        "flat": str(row.flat),
        "currency": row.currency,
    }
