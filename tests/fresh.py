"""An empty cache for one test, also where several processes of one run share a Redis."""

import uuid
from typing import Any

from django.core.cache import cache, caches


def fresh_cache(settings: Any) -> None:
    """Let the test see an empty cache. Clearing a shared Redis would empty it for the other processes of the run."""
    caches["process"].clear()
    if settings.EMBEDDED:
        cache.clear()
    else:
        own = settings.CACHES["default"] | {"KEY_PREFIX": uuid.uuid4().hex}
        settings.CACHES = settings.CACHES | {"default": own}
