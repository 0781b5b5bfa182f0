"""Money that went back: VTEX refunds an input invoice by itself, whoever wrote it. Pure: no network, no database."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from integrations.storefronts.vtex.codes import OWN_SELLER
from integrations.storefronts.vtex.fulfilment import fulfilment_id, refunded
from integrations.storefronts.vtex.order_mapping import amount, moment, store_order
from shipsmart.ports import StoreRefund, StoreRefunds

Node = Mapping[str, Any]


def told(node: Node, *, known: Collection[str], sellers: Collection[str] = (OWN_SELLER,)) -> StoreRefunds | None:
    """Return the refunds of an order that are not `known`, and its goods; None when there is nothing new.

    What an invoice gives back beyond its goods is of the delivery, prepaid duty and tax included.
    """
    new = [package for package in refunded(node) if _id(node, package) not in known]
    if not new:
        return None
    order = store_order(node, quote_id="", terms="", sellers=sellers)
    goods = tuple(line for line in order.lines if line.requires_shipping)
    return StoreRefunds(sold=goods, refunds=tuple(_refund(node, package, order.currency) for package in new))


def _id(node: Node, package: Node) -> str:
    return fulfilment_id(str(node["orderId"]), str(package["invoiceNumber"]))


def _refund(node: Node, package: Node, currency: str) -> StoreRefund:
    units: dict[str, int] = {}
    goods = Decimal(0)
    for row in package["items"]:
        item = node["items"][int(row["itemIndex"])]
        line = str(item.get("uniqueId") or item["id"])
        units[line] = units.get(line, 0) + int(row["quantity"])
        goods += amount(row["price"]) * int(row["quantity"])
    whole = amount(package["invoiceValue"])
    goods = min(goods, whole)
    return StoreRefund(
        external_id=_id(node, package),
        refunded_at=moment(package["issuanceDate"]),
        currency=currency,
        lines=units,
        goods=goods,
        shipping=whole - goods,
        duties=Decimal(0),
    )
