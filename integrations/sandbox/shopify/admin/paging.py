"""Relay pages over lists in memory."""

import base64
from typing import Any

from graphql import GraphQLError

_MOST = 250


def _cursor(item: Any, index: int) -> str:
    key = getattr(item, "serial", index)
    return base64.b64encode(f'{{"last_id":{key},"last_value":"{key}"}}'.encode()).decode()


def _error(message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": "BAD_REQUEST"})


def _check(first: int | None, last: int | None) -> None:
    if first is None and last is None:
        raise _error("you must provide one of first or last")
    if first is not None and last is not None:
        raise _error("providing both first and last is not supported")
    for name, count in (("first", first), ("last", last)):
        if count is not None and not 0 <= count <= _MOST:
            raise _error(f"{name} must be between 0 and {_MOST}, got {count}")


def _position(cursors: list[str], cursor: str) -> int:
    try:
        return cursors.index(cursor)
    except ValueError:
        raise _error("Invalid cursor for current pagination sort.") from None


def page(
    items: list[Any],
    *,
    first: int | None = None,
    last: int | None = None,
    after: str | None = None,
    before: str | None = None,
    reverse: bool = False,
) -> dict[str, Any]:
    """Return a connection. Raises GraphQLError when neither or both of `first` and `last` are given, or over 250."""
    _check(first, last)
    ordered = items[::-1] if reverse else items
    cursors = [_cursor(item, index) for index, item in enumerate(ordered)]
    start = _position(cursors, after) + 1 if after else 0
    end = _position(cursors, before) if before else len(ordered)
    if first is not None:
        low, high = start, min(end, start + first)
    else:
        low, high = max(start, end - (last or 0)), end
    shown, marks = ordered[low:high], cursors[low:high]
    return {
        "nodes": shown,
        "edges": [{"cursor": mark, "node": item} for mark, item in zip(marks, shown, strict=True)],
        "page_info": {
            "has_next_page": high < len(ordered),
            "has_previous_page": low > 0,
            "start_cursor": marks[0] if marks else None,
            "end_cursor": marks[-1] if marks else None,
        },
    }
