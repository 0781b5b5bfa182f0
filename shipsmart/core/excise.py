"""Excises by quantity: alcohol by its strength and volume, other goods by weight, volume or piece.

No relief for small consignments frees goods from an excise, so every route charges it.
"""

from decimal import Decimal

from shipsmart.core.cart import Item
from shipsmart.core.errors import MissingQuantity, ShipSmartError
from shipsmart.core.law import Band, Excise
from shipsmart.core.ledger import VALUE, Charge, Ledger
from shipsmart.core.money import round_to


def charge_excises(ledger: Ledger, items: list[Item]) -> None:
    """Book the excises of the lines and leave their sum on each line; what a line does not tell is said."""
    for item in items:
        for excise in item.plan.excises:
            try:
                charge = _charge(ledger, excise, item)
            except ShipSmartError as error:
                ledger.unknown(error.code, item, f"{excise.stamp.name}: {error.message}")
                continue
            ledger.book([charge])
            item.excise += charge.exact


def _charge(ledger: Ledger, excise: Excise, item: Item) -> Charge:
    band = _band(excise, item.line.abv_percent)
    exact = round_to(band.duty.amount(ledger.cart.measured(item)), ledger.minor, excise.mode)
    return Charge("excise", item, excise.stamp, _rate(band, item), VALUE, (item.value,), item.value, exact)


def _band(excise: Excise, abv_percent: Decimal | None) -> Band:
    """Return the band of a strength. Without one only a single open band will do."""
    if len(excise.bands) == 1:
        return excise.bands[0]
    if abv_percent is None:
        raise MissingQuantity("this excise depends on the strength; give abv_percent and volume_ml")
    for band in excise.bands[:-1]:
        bound = band.up_to
        if bound is not None and (abv_percent < bound or (band.inclusive and abv_percent == bound)):
            return band
    return excise.bands[-1]


def _rate(band: Band, item: Item) -> str:
    """Return the rate with what it was charged on, for the base of an excise is no amount of money."""
    line = item.line
    if line.volume_ml is None:
        return band.text
    litres = line.volume_ml * line.quantity / 1000
    strength = "" if line.abv_percent is None else f" at {line.abv_percent.normalize():f}% vol"
    return f"{band.text} on {litres.normalize():f} l{strength}"
