"""Proofs of origin as people type them: "GB: EU-UK, CA: CETA"."""

import re
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from shipsmart.core.codes import customs_union
from shipsmart.quotes import preferences

EXAMPLE = "GB: EU-UK, CA: CETA"
NOTHING = "none"  # in a spreadsheet, where an empty cell leaves things as they are
MOST, LONGEST = 40, 60


def clean_proofs(text: str) -> dict[str, str]:
    """Return destination (`EU` or a country) → agreement. Raises ValidationError naming the part that is wrong."""
    parts = [part.strip() for part in re.split(r"[,;\n]", text) if part.strip()]
    if [part.lower() for part in parts] in ([], [NOTHING]):
        return {}
    if len(parts) > MOST:
        raise ValidationError(_("At most %(count)d proofs of origin.") % {"count": MOST})
    return dict(_proof(part) for part in parts)


def _proof(part: str) -> tuple[str, str]:
    place, _colon, agreement = (piece.strip() for piece in part.partition(":"))
    destination = customs_union(place.upper())
    if not agreement or len(agreement) > LONGEST or destination not in preferences.destinations():
        raise ValidationError(
            _("“%(part)s”: write destination and agreement, for example %(example)s.")
            % {"part": part[:80], "example": EXAMPLE}
        )
    if not preferences.is_known(agreement, destination, origin="", at=timezone.now()):
        raise ValidationError(_unknown(agreement, destination, ""))
    return destination, agreement


def check_origin(proofs: Mapping[str, str], origin: str) -> None:
    """Raise ValidationError for an agreement that does not cover goods made in a country."""
    for destination, agreement in proofs.items():
        if origin and not preferences.is_known(agreement, destination, origin=origin, at=timezone.now()):
            raise ValidationError(_unknown(agreement, destination, origin))


def _unknown(agreement: str, destination: str, origin: str) -> str:
    known = ", ".join(preferences.agreements_into(destination, origin=origin, at=timezone.now())) or _("none")
    return _("No agreement “%(name)s” covers these goods into %(place)s. Known here: %(known)s.") % {
        "name": agreement,
        "place": destination,
        "known": known,
    }


def written(proofs: Mapping[str, Any]) -> str:
    """Return stored proofs as they are typed."""
    return ", ".join(f"{destination}: {agreement}" for destination, agreement in proofs.items())
