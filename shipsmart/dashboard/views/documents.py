"""Papers: served as they were issued, to members of their merchant only."""

from typing import Any

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from shipsmart.dashboard.access import require_member
from shipsmart.documents.models import Document

# Opened in the browser; anything else (a printer's ZPL) is downloaded, so that no paper can run as a page.
SHOWN = {"application/pdf", "image/png", "image/jpeg"}
ENDINGS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg", "application/zpl": "zpl"}


@require_GET
@require_member
def document(request: Any, pk: int) -> HttpResponse:
    paper = get_object_or_404(Document, pk=pk, merchant=request.merchant)
    try:
        content = paper.file.open("rb")
    except FileNotFoundError as error:
        raise Http404(_("The file of this paper is missing from the store of files.")) from error
    name = get_valid_filename(f"{paper.kind}-{paper.number}-v{paper.version}")
    ending = ENDINGS.get(paper.media_type, "bin")
    return FileResponse(
        content,
        as_attachment=paper.media_type not in SHOWN,
        filename=f"{name}.{ending}",
        content_type=paper.media_type,
    )
