"""Cursors: the place after the last row shown, so that pages neither skip nor repeat a row when new ones come in."""

import base64
import binascii
from datetime import datetime

from shipsmart.api.errors import Refused


def cursor_after(moment: datetime, row_id: int) -> str:
    return base64.urlsafe_b64encode(f"{moment.isoformat()}|{row_id}".encode()).decode().rstrip("=")


def read_cursor(text: str) -> tuple[datetime, int]:
    """Return moment and row of a cursor that `cursor_after` made. Raises Refused 400."""
    try:
        plain = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
        moment, _, row_id = plain.partition("|")
        found = datetime.fromisoformat(moment), int(row_id)
    except (ValueError, binascii.Error) as error:
        raise Refused(400, "bad_cursor", "cursor is none of ours; start again without one", field="cursor") from error
    if found[0].tzinfo is None or not 0 < found[1] < 2**63:
        raise Refused(400, "bad_cursor", "cursor is none of ours; start again without one", field="cursor")
    return found


def read_limit(text: str, *, default: int = 50, most: int = 100) -> int:
    """Return how many rows a page may have. Raises Refused 400."""
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and 1 <= int(text) <= most):
        raise Refused(400, "bad_parameter", f"limit must be a whole number from 1 to {most}", field="limit")
    return int(text)
