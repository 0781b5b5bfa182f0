"""The first page: what needs a hand, how it goes, and what is left to set up."""

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from shipsmart.dashboard import queries
from shipsmart.dashboard.access import require_member
from shipsmart.dashboard.chart import bars
from shipsmart.dashboard.setup import checklist
from shipsmart.dashboard.shares import shares
from shipsmart.merchants import privacy

DAYS = 30


@require_GET
@require_member
def home(request: Any) -> HttpResponse:
    now, merchant = timezone.now(), request.merchant
    counts = queries.tab_counts(merchant)
    tasks = checklist(merchant)
    month_ago = now - timedelta(days=DAYS)
    context = {
        "counts": counts,
        "delivered": queries.delivered_since(merchant, now - timedelta(days=7)),
        "chart": bars(queries.orders_per_day(merchant, today=now.date(), days=DAYS)),
        "shares": shares(queries.quote_sources(merchant, month_ago)),
        "p95_ms": queries.quote_p95_ms(merchant, month_ago),
        "deadline_ms": merchant.quote_deadline_ms,
        "tasks": tasks,
        "copies": [copy for copy in privacy.copies(merchant) if copy.there and not copy.handed_out],
        "stores": [row for row in merchant.connections.order_by("pk") if row.needs_a_hand],
        "done": sum(task.done for task in tasks),
    }
    return render(request, "dashboard/home.html", context)
