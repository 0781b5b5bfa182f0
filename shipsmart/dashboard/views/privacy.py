"""The copy of what is held of a shopper, for the merchant to hand out."""

from pathlib import PurePosixPath
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from shipsmart.dashboard.access import actor_of, require_owner
from shipsmart.merchants import privacy
from shipsmart.merchants.models import AuditEntry


@require_POST
@require_owner
def privacy_copy(request: Any, pk: int) -> HttpResponse:
    """Download a copy; that it was taken is noted, and the reminder goes."""
    entry = get_object_or_404(AuditEntry, pk=pk, merchant=request.merchant, action=privacy.EXPORTED)
    try:
        file = privacy.hand_out(entry, actor=actor_of(request))
    except privacy.Erased as gone:
        messages.error(request, str(gone))
        return redirect("dashboard:settings_store")
    return FileResponse(file, as_attachment=True, filename=PurePosixPath(entry.data["file"]).name)
