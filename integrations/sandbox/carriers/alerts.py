"""What practice carriers tell by themselves: one message a scan of a parcel, told as well or as badly as asked."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from . import fedex_alert, ups_alert
from .world import Shipment, World

# What may go wrong between a carrier and us.
KINDS = ("in_order", "wrong_order", "twice", "forged", "stranger", "rubbish")
LOOPBACK = ("127.0.0.1", "localhost", "::1")
TIMEOUT_S = 10


@dataclass(frozen=True)
class Teller:
    """How one carrier tells: its messages about a parcel so far, another parcel's, rubbish, and what proves it."""

    messages: Callable[[World, Shipment, str], list[dict[str, Any]]]
    of_a_stranger: Callable[[dict[str, Any]], dict[str, Any]]
    rubbish: tuple[bytes, ...]
    proof: Callable[[bytes, str], dict[str, str]]


_TELLERS = {
    module.CARRIER: Teller(module.messages, module.of_a_stranger, module.RUBBISH, module.proof)
    for module in (ups_alert, fedex_alert)
}


def tell(world: World, *, carrier: str, number: str, url: str, credential: str, kind: str) -> list[int]:
    """Send a message for each scan of a parcel so far; return the statuses that came back.

    Raises ValueError for a parcel that the carrier tells nothing of, another kind than KINDS, and an address off this
    machine.
    """
    if kind not in KINDS:
        raise ValueError(f"kind {kind!r} is none of {', '.join(KINDS)}")
    if urlsplit(url).hostname not in LOOPBACK:
        raise ValueError(f"{url} is not on this machine: practice messages stay here")
    teller, shipment = _TELLERS.get(carrier), world.find(carrier, number)
    if teller is None or shipment is None:
        raise ValueError(f"{carrier} tells nothing of {number}")
    shown = "forged" if kind == "forged" else credential
    bodies = _shaped(teller, teller.messages(world, shipment, number), kind)
    return [_post(url, body, teller.proof(body, shown)) for body in bodies]


def _shaped(teller: Teller, messages: list[dict[str, Any]], kind: str) -> list[bytes]:
    if kind == "rubbish":
        return list(teller.rubbish)
    if kind == "wrong_order":
        messages = messages[::-1]
    if kind == "twice":
        messages = [copy for message in messages for copy in (message, message)]
    if kind == "stranger":
        messages = [teller.of_a_stranger(message) for message in messages]
    return [json.dumps(message).encode() for message in messages]


def _post(url: str, body: bytes, proof: dict[str, str]) -> int:
    headers = {"Content-Type": "application/json", **proof}
    asked = urllib.request.Request(url, data=body, headers=headers, method="POST")  # noqa: S310 - loopback only
    try:
        with urllib.request.urlopen(asked, timeout=TIMEOUT_S) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        return refusal.code
