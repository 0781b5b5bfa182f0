"""HTML to PDF through xhtml2pdf, which here reads no file and no address and gives the same bytes for the same page."""

import io
import re
from collections.abc import Callable
from functools import cache

from django.utils.safestring import SafeString
from xhtml2pdf import pisa
from xhtml2pdf.config.resources import ResourceAccessPolicy

from shipsmart.core.errors import ShipSmartError
from shipsmart.documents import default_css, plain_rows  # noqa: F401 - teach the engine speed
from shipsmart.documents.apps import set_up_reportlab

set_up_reportlab()
PAGE_OBJECT = re.compile(rb"/Type\s*/Page\b(?!s)")


class RenderingFailed(ShipSmartError):  # noqa: N818 - the name is part of the interface
    """The engine refused a page or ran over its limits."""

    code = "rendering_failed"


@cache
def _policy() -> ResourceAccessPolicy:
    return ResourceAccessPolicy.server(None, allow_remote=False)


def html_to_pdf(html: SafeString, *, title: str) -> tuple[bytes, int]:
    """Return the PDF of an escaped page and its number of pages; raises RenderingFailed."""
    out = io.BytesIO()
    try:
        result = pisa.CreatePDF(str(html), dest=out, encoding="utf-8", resource_policy=_policy())
    except Exception as error:
        raise RenderingFailed(f"the paper {title} could not be rendered: {error}", title=title) from error
    pdf = out.getvalue()
    if result.err or not pdf.startswith(b"%PDF"):
        raise RenderingFailed(f"the paper {title} could not be rendered", title=title, errors=result.err)
    return pdf, count_pages(pdf)


def render_sheets(compose: Callable[[float], tuple[SafeString, int]], *, title: str) -> tuple[bytes, int]:
    """Return the PDF of a page whose sheets were planned beforehand, and its number of pages.

    `compose` gives the page and its planned sheets for a share of the height of a sheet. Some scripts set higher lines
    than planned, so that a sheet runs over: then it is composed again with less on each. Raises RenderingFailed.
    """
    for share in (1.0, 0.88, 0.75, 0.6):
        html, planned = compose(share)
        pdf, pages = html_to_pdf(html, title=title)
        if pages == planned:
            return pdf, pages
    raise RenderingFailed(f"{title}: planned {planned} pages, printed {pages}", planned=planned, pages=pages)


def count_pages(pdf: bytes) -> int:
    """Return the number of page objects of a PDF that our own engines wrote (they leave page objects uncompressed)."""
    return len(PAGE_OBJECT.findall(pdf))
