"""Answers to carts that are asked about again: checkouts ask anew at every step, with a name or a street more.

An answer is given again, with the quotes that were stored for it, as long as nothing that decides it has changed: the
goods, the place, the merchant's settings, the rulebook, the carriers' prices. It is remembered when its quotes stand in
the database, never before, and until the next quarter of an hour: laws and exchange rates change on one, in every time
zone. Kept in the process; a few hundred carts.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace

from shipsmart.ports import CarrierEnquiry
from shipsmart.quotes import rulebook
from shipsmart.quotes.snapshot import MerchantSnapshot
from shipsmart.quotes.values import CheckoutAnswer, CheckoutCart
from shipsmart.rating.values import Gathered
from shipsmart.rules import Rulebook

PERIOD_S = 15 * 60
MOST = 256  # some 80 kB each


@dataclass(frozen=True)
class Remembered:
    """An answer with what it rests on; valid for these very objects only."""

    snapshot: MerchantSnapshot
    law: Rulebook
    enquiry: CarrierEnquiry
    gathered: Gathered
    answer: CheckoutAnswer

    def enquiry_for(self, cart: CheckoutCart) -> CarrierEnquiry:
        """Return what carriers are asked, for the same goods to the same place: the recipient is who asks now."""
        return replace(self.enquiry, consignee=cart.freight_to or cart.ship_to)


_kept: OrderedDict[Hashable, Remembered] = OrderedDict()
_lock = threading.Lock()


def find(connection_id: int, cart: CheckoutCart, snapshot: MerchantSnapshot) -> Remembered | None:
    """Return what was answered to such a cart; its carrier prices are still to be compared with those of now."""
    known = _kept.get(_key(connection_id, cart))
    if known is None or known.snapshot is not snapshot or known.law is not rulebook.current():
        return None
    return known


def remembering(connection_id: int, cart: CheckoutCart, found: Remembered) -> Callable[[], None]:
    """Return what remembers an answer; to be called when its quotes are stored."""
    stored = replace(found, answer=replace(found.answer, keep=_stored_already, keep_behind=_stored_already))

    def remember() -> None:
        with _lock:
            _kept[_key(connection_id, cart)] = stored
            while len(_kept) > MOST:
                _kept.popitem(last=False)

    return remember


def _stored_already() -> None:
    """The quotes of a remembered answer stand in the database."""


def _key(connection_id: int, cart: CheckoutCart) -> Hashable:
    """Return all of a cart that decides its answer: not who the shopper is, but what sort and where."""
    to = cart.ship_to
    place = (to.country, to.region, to.postcode, to.city, bool(to.company), to.tax_ids)
    terms = (cart.currency, cart.discount, cart.locale, cart.share, cart.freight_to, cart.origin)
    return connection_id, place, cart.lines, terms, int(cart.at.timestamp() // PERIOD_S)
