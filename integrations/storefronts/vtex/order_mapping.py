"""An order of VTEX's OMS ↔ our values. Pure: no network, no database. Amounts come as integer cents.

Source: https://developers.vtex.com/docs/api-reference/orders-api#get-/api/oms/pvt/orders/-orderId-
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from integrations.storefronts.vtex.codes import CANCELLED, DOCUMENTS, OWN_SELLER, RELEASED, alpha_2, is_our_tax
from shipsmart.core.money import minor_unit
from shipsmart.ports import IntegrationError, Party, StoreOrder, StoreOrderLine, TaxId

CENT = Decimal("0.01")
FINE = Decimal("0.001")
Node = Mapping[str, Any]


@dataclass(frozen=True)
class ToldTaxes:
    """The taxes of ours that an order carries: their sum, and the quote that their rows name ("" for none).

    `disputed`: the rows by item and the rows below the total do not add up to the same.
    """

    amount: Decimal
    quote_id: str = ""
    disputed: bool = False


def amount(cents: Any) -> Decimal:
    """Return currency units for VTEX's integer cents (whatever the currency, it counts hundredths)."""
    return Decimal(int(cents or 0)) * CENT


def moment(text: str) -> datetime:
    """Return an aware moment; VTEX writes seven digits of a second."""
    head, dot, tail = text.partition(".")
    if not dot:
        return datetime.fromisoformat(text).astimezone(UTC)
    digits = len(tail) - len(tail.lstrip("0123456789"))
    return datetime.fromisoformat(f"{head}.{tail[: min(digits, 6)]}{tail[digits:]}").astimezone(UTC)


def told_taxes(node: Node) -> ToldTaxes:
    """Return what of ours was charged: read from the items' price tags, checked against the totals."""
    tags = [tag for item in node["items"] for tag in item.get("priceTags") or () if is_our_tax(str(tag["name"]))]
    by_item = sum((amount(tag["value"]) for tag in tags), Decimal(0))
    rows = [row for row in node["totals"] if row["id"] == "CustomTax" and is_our_tax(str(row.get("name") or ""))]
    below = sum((amount(row["value"]) for row in rows), Decimal(0))
    named = {str(tag.get("jurisCode") or "") for tag in tags} - {""}
    return ToldTaxes(
        amount=by_item if tags else below,
        quote_id=named.pop() if len(named) == 1 else "",
        disputed=bool(tags and rows and by_item != below),
    )


def is_seller_order(node: Node) -> bool:
    """Whether the account sends for somebody else's shop (a marketplace): it then is the seller, not the shop."""
    return str(node.get("origin") or "") == "Fulfillment"


def store_order(node: Node, *, quote_id: str, terms: str, sellers: Collection[str] = (OWN_SELLER,)) -> StoreOrder:
    """Return the order in our words. `terms` "DDP" or "" is put behind the service, for a quote that is not found.

    `sellers` are those whose goods are ours to ship: the account itself, and its hubs.

    Raises IntegrationError(permanent=True) naming the field for an order that lacks what every order has.
    """
    try:
        return _store_order(node, quote_id=quote_id, terms=terms, sellers=sellers)
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise IntegrationError(
            f"order {node.get('orderId', '?')} cannot be read: {type(error).__name__} {error}",
            permanent=True,
            code="bad_order",
        ) from error


def _store_order(node: Node, *, quote_id: str, terms: str, sellers: Collection[str]) -> StoreOrder:
    totals = {row["id"]: amount(row["value"]) for row in node["totals"] if row["id"] != "CustomTax"}
    sla = _sla(node)
    return StoreOrder(
        external_id=str(node["orderId"]),
        number=str(node["orderId"]),
        placed_at=moment(node["creationDate"]),
        updated_at=moment(node["lastChange"]),
        currency=node["storePreferencesData"]["currencyCode"],
        ship_to=_party(node),
        lines=tuple(_line(node, item, sellers) for item in node["items"]),
        shipping_code=f"vtex:{sla}:{terms}" if terms else sla,
        shipping_title=sla,
        # The delivery price with what was prepaid on top, as quotes have it: goods and it make the total.
        shipping_paid=totals.get("Shipping", Decimal(0)) + told_taxes(node).amount,
        total_paid=amount(node["value"]),
        paid=node["status"] in RELEASED,
        cancelled_at=_cancelled_at(node),
        quote_id=quote_id,
        locale=str((node.get("clientPreferencesData") or {}).get("locale") or ""),
    )


def _sla(node: Node) -> str:
    shown = (node.get("shippingData") or {}).get("logisticsInfo") or ()
    return next((str(row["selectedSla"]) for row in shown if row.get("selectedSla")), "")


def _cancelled_at(node: Node) -> datetime | None:
    if node["status"] not in CANCELLED:
        return None
    return moment((node.get("cancellationData") or {}).get("CancellationDate") or node["lastChange"])


def _line(node: Node, item: Node, sellers: Collection[str]) -> StoreOrderLine:
    """Return a line; what another seller of the marketplace sends is not ours to ship."""
    quantity, currency = int(item["quantity"]), node["storePreferencesData"]["currencyCode"]
    multiplier = Decimal(str(item.get("unitMultiplier") or 1))
    price = (amount(item["price"]) * multiplier).quantize(FINE, ROUND_HALF_UP)
    paid = line_total(item)
    if paid > price * quantity:  # raised by hand or by a price table: then that is the price
        price = (paid / quantity).quantize(FINE, ROUND_HALF_UP)
    return StoreOrderLine(
        external_id=str(item.get("uniqueId") or item["id"]),
        variant_id=str(item["id"]),
        sku=str(item.get("refId") or item["id"]),
        title=str(item.get("name") or ""),
        quantity=quantity,
        unit_price=price,
        discount=max(price * quantity - paid, Decimal(0)).quantize(minor_unit(currency) / 10),
        requires_shipping=is_seller_order(node) or str(item.get("seller") or OWN_SELLER) in sellers,
    )


def line_total(item: Node) -> Decimal:
    """Return what was paid for a line after discounts, before taxes."""
    total = (item.get("priceDefinition") or {}).get("total")
    if total is not None:
        return amount(total)
    if item.get("sellingPrice") is not None:  # of one unit sold: VTEX has counted the unit multiplier in
        return amount(int(item["sellingPrice"]) * int(item["quantity"]))
    cents = int(item["price"]) * int(item["quantity"]) * Decimal(str(item.get("unitMultiplier") or 1))
    return amount(cents.quantize(Decimal(1), ROUND_HALF_UP))


def _party(node: Node) -> Party:
    address, profile = (node.get("shippingData") or {}).get("address") or {}, node.get("clientProfileData") or {}
    country = alpha_2(str(address.get("country") or ""))
    state = str(address.get("state") or "")
    name = str(address.get("receiverName") or "") or f"{profile.get('firstName') or ''} {profile.get('lastName') or ''}"
    return Party(
        name=name.strip(),
        company=str(profile.get("corporateName") or "") if profile.get("isCorporate") else "",
        address1=_joined(" ", address.get("street"), address.get("number")),
        address2=_joined(", ", address.get("complement"), address.get("neighborhood")),
        city=str(address.get("city") or ""),
        region=state,
        postcode=str(address.get("postalCode") or ""),
        country=country,
        phone=str(profile.get("phone") or ""),
        email=str(profile.get("email") or ""),
        tax_ids=tuple(_tax_ids(profile, country)),
        district=str(address.get("neighborhood") or "").strip(),
    )


def _joined(between: str, *parts: Any) -> str:
    return between.join(str(part).strip() for part in parts if part and str(part).strip())


def _tax_ids(profile: Node, country: str) -> Iterator[TaxId]:
    if profile.get("isCorporate") and profile.get("corporateDocument"):
        yield TaxId("CNPJ" if country == "BR" else "VAT", str(profile["corporateDocument"]), country)
    kind = DOCUMENTS.get(str(profile.get("documentType") or "").lower())
    if kind and profile.get("document"):
        yield TaxId(kind, str(profile["document"]), country)


def parcels(node: Node) -> Sequence[Node]:
    """Return the invoices of parcels that went out."""
    packages = (node.get("packageAttachment") or {}).get("packages") or ()
    return [package for package in packages if package.get("type") == "Output"]
