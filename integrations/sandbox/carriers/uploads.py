"""Invoices that shippers sent ahead to the practice carriers."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import Any

from .world import World

KIND = "upload"


class NoPaper(ValueError):
    """What was sent is no PDF in base64."""


@dataclass(frozen=True)
class Upload:
    """A file with the waybill it belongs to ("" as long as it belongs to none)."""

    carrier: str
    number: str
    waybill: str
    content: bytes

    def as_dict(self) -> dict[str, Any]:
        return {"carrier": self.carrier, "number": self.number, "waybill": self.waybill,
                "sha256": hashlib.sha256(self.content).hexdigest()}  # fmt: skip


def pdf(text: str) -> bytes:
    """Return the file sent as base64. Raises NoPaper."""
    try:
        content = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise NoPaper(str(error)) from error
    return checked(content)


def checked(content: bytes) -> bytes:
    if not content.startswith(b"%PDF"):
        raise NoPaper("the file is no PDF")
    return content


def keep(world: World, upload: Upload) -> None:
    world.note_paper(KIND, upload)


def find(world: World, carrier: str, number: str) -> Upload | None:
    return next((u for u in world.papers(KIND) if (u.carrier, u.number) == (carrier, number)), None)
