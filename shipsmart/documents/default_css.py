"""xhtml2pdf's own default style sheet, read once for all pages: it never changes, and reading it takes 3 ms of a paper.

A page's own CSS is read with each page: its `@page` rules set up the page's frames while they are read.
"""

from typing import Any

from xhtml2pdf import parser
from xhtml2pdf.context import pisaContext

_read = pisaContext._parseCSSSource
_held: dict[str, Any] = {}


def _read_once(context: Any, text: str, source: Any) -> Any:
    if source is not parser.DEFAULT_CSS_SOURCE:
        return _read(context, text, source)
    if text not in _held:
        _held[text] = _read(context, text, source)
    return _held[text]


# The engine offers no other door to the sheet it has read.
pisaContext._parseCSSSource = _read_once
