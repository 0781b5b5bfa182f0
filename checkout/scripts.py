"""The widget's files as they are served: read once per process, named by their content."""

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag

WIDGET_DIR = Path(__file__).resolve().parent / "widget"
# A fixed address is asked for again after five minutes; an address that carries the version never changes.
SHORT = "public, max-age=300, stale-while-revalidate=86400"
FOR_GOOD = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Script:
    content: bytes
    packed: bytes
    version: str


@cache
def widget_script() -> Script:
    return _read(WIDGET_DIR / "landed-cost.js")


@cache
def words_scripts() -> dict[str, Script]:
    """Return the translations by language; English is inside the widget itself."""
    return {path.stem: _read(path) for path in sorted((WIDGET_DIR / "words").glob("*.js"))}


def _read(path: Path) -> Script:
    content = lean(path.read_text("utf-8")).encode()
    packed = gzip.compress(content, compresslevel=9, mtime=0)
    return Script(content, packed, hashlib.sha256(content).hexdigest()[:16])


def serve(request: HttpRequest, script: Script) -> HttpResponse:
    """Return the script, or 304 when the browser has it. `?v=` with the present version may be kept for good."""
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    etag = quote_etag(f"{script.version}-gz" if packed else script.version)
    response = HttpResponse(script.packed if packed else script.content, content_type="text/javascript; charset=utf-8")
    if packed:
        response["Content-Encoding"] = "gzip"
    response["Vary"] = "Accept-Encoding"
    response["Cache-Control"] = FOR_GOOD if request.GET.get("v") == script.version else SHORT
    response["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=response)


def lean(source: str) -> str:
    """Return a script without indentation, blank lines and comment lines: a sixth less to load, and no build step."""
    lines = (line.strip() for line in source.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith(("//", "/**"))) + "\n"
