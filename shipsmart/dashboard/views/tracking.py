"""Parcels that nobody has scanned for too long, and what carriers said in codes that we cannot read."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from shipsmart.dashboard.access import require_member
from shipsmart.tracking import queries

PAGE = 50


@require_GET
@require_member
def parcels(request: Any) -> HttpResponse:
    silent = queries.silent_shipments(request.merchant)
    page = Paginator(silent, PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "codes": queries.unread_codes(request.merchant)}
    return render(request, "dashboard/tracking/list.html", context)
