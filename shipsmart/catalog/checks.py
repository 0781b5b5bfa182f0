"""What Django's `check` says of the catalogue's settings."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from shipsmart.catalog.engines import NoModel, model_folder


@register
def model_of_meaning(**_: Any) -> list[CheckMessage]:
    """`CLASSIFY_MODEL` names a model that is there."""
    if not settings.CLASSIFY_MODEL:
        return []
    try:
        model_folder(settings.CLASSIFY_MODEL)
    except NoModel as error:
        return [Error(f"CLASSIFY_MODEL: {error}", hint="Leave it empty to classify by words alone.", id="catalog.E001")]
    return []
