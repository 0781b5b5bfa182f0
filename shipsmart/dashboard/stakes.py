"""How much money stands behind a product: its price, times what was sold of it and one."""

from decimal import Decimal

from django.db.models import DecimalField, Exists, ExpressionWrapper, F, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce

from shipsmart.catalog.classifying import undecided
from shipsmart.catalog.models import Classification, Suggestion, Variant
from shipsmart.merchants.models import Merchant
from shipsmart.orders.models import OrderLine

AMOUNT = DecimalField(max_digits=24, decimal_places=4)


def units_sold(variant: str) -> Coalesce:
    """Return how many units were sold of the variant that the query's rows name so."""
    lines = OrderLine.objects.filter(variant=OuterRef(variant)).order_by().values("variant")
    return Coalesce(Subquery(lines.annotate(n=Sum("quantity")).values("n")), Value(0))


def by_money_at_risk(merchant: Merchant) -> QuerySet[Suggestion]:
    """Return undecided suggestions; risk is the price, times what was sold and one, times how unsure the code is.

    A product whose code in use is the one suggested first is left out: there is nothing to decide.
    """
    agreed = Classification.objects.filter(
        variant=OuterRef("variant"), country="", code__startswith=OuterRef("first_suggested")
    )
    rows = undecided(merchant).select_related("variant__merchant").prefetch_related("variant__classifications")
    risk = ExpressionWrapper(
        F("variant__price") * (F("sold") + 1) * (Decimal(1) - F("confidence")), output_field=AMOUNT
    )
    rows = rows.annotate(first_suggested=KT("candidates__0__hs_code")).exclude(Exists(agreed))
    return rows.annotate(sold=units_sold("variant")).annotate(risk=risk).order_by("-risk", "pk")


def most_money_first(rows: QuerySet[Variant]) -> QuerySet[Variant]:
    stake = ExpressionWrapper(F("price") * (F("sold") + 1), output_field=AMOUNT)
    return rows.annotate(sold=units_sold("pk")).annotate(stake=stake).order_by("-stake", "pk")
