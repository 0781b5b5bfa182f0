"""Quotes that became no order are removed after a while. One behind an order stays; so does one that was asked for
over the API, whose order we may not see."""

from datetime import timedelta

from django.utils import timezone

from shipsmart.inbox import upkeep
from shipsmart.quotes.models import Quote

KEEP = timedelta(days=60)


def unused_quotes() -> int:
    before = timezone.now() - KEEP
    return upkeep.remove(Quote.objects.filter(created_at__lt=before, orders__isnull=True).exclude(price_source="api"))
