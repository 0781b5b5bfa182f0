"""Orders and variants as Shopify tells them ↔ our values. Pure: no network, no database."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from integrations.storefronts.shopify.codes import GRAMS, PAID, TAX_ID_TYPES
from integrations.storefronts.shopify.shop import number_of
from shipsmart.core.money import minor_unit, round_to
from shipsmart.documents.shapeless import printable
from shipsmart.ports import Party, StoreDelivery, StoreOrder, StoreOrderLine, StoreVariant, TaxId

QUOTE_ATTRIBUTE = "_shipsmart_quote_id"  # a checkout extension may write it; the underscore hides it from shoppers

# The two amounts of Shopify's MoneyBag.
PAID_IN, SHOPS_OWN = "presentmentMoney", "shopMoney"

Node = Mapping[str, Any]

# Between the parts of an address line whose fields a store asks for one by one.
# Source: https://shopify.dev/docs/apps/build/checkout/delivery-shipping/additional-address-fields
JOINER = "\u2060"


def moment(value: str) -> datetime:
    """Return an aware datetime of "2026-11-22T10:00:00Z"."""
    return datetime.fromisoformat(value)


def amount_of(money_set: Node | None, money: str = PAID_IN) -> Decimal:
    """Return one of the two amounts of a set; zero when the store has no such sum."""
    return Decimal(str(money_set[money]["amount"])) if money_set else Decimal(0)


def store_order(node: Node, lines: Sequence[Node], *, money: str = PAID_IN) -> StoreOrder:
    """Return the order; `lines` are all its lines, those of later pages included. Removed lines are left out.

    Every order has its amounts twice: as the shopper saw them, and in the shop's own currency. `money` says which.
    """
    shipping = node["shippingLine"] or {}
    currency = node["presentmentCurrencyCode"] if money == PAID_IN else node["currencyCode"]
    return StoreOrder(
        external_id=number_of(node["id"]),
        number=node["name"],
        placed_at=moment(node["createdAt"]),
        updated_at=moment(node["updatedAt"]),
        cancelled_at=moment(node["cancelledAt"]) if node["cancelledAt"] else None,
        currency=currency,
        ship_to=consignee(node),
        lines=tuple(_line(line, currency, money) for line in lines if line["currentQuantity"] > 0),
        shipping_code=shipping.get("code") or "",
        shipping_title=shipping.get("title") or "",
        shipping_paid=amount_of(shipping.get("discountedPriceSet"), money),
        total_paid=amount_of(node["currentTotalPriceSet"], money),
        paid=node["displayFinancialStatus"] in PAID,
        native_duties=amount_of(node["currentTotalDutiesSet"], money),
        quote_id=next((a["value"] or "" for a in node["customAttributes"] if a["key"] == QUOTE_ATTRIBUTE), ""),
        locale=node["customerLocale"] or "",
        shipping_price=amount_of(shipping.get("originalPriceSet"), money),
        deliveries=_deliveries(node["shippingLines"]["nodes"], money),
    )


def _deliveries(nodes: Sequence[Node], money: str) -> tuple[StoreDelivery, ...]:
    """Return what the shopper chose for each part of the cart; none where one choice covers it all."""
    if len(nodes) < 2:
        return ()
    return tuple(
        StoreDelivery(node["code"] or "", node["title"], amount_of(node["originalPriceSet"], money)) for node in nodes
    )


def _line(line: Node, currency: str, money: str) -> StoreOrderLine:
    discount = sum((amount_of(d["allocatedAmountSet"], money) for d in line["discountAllocations"]), Decimal(0))
    if line["currentQuantity"] != line["quantity"]:
        # The allocations stay those of the whole line after units were removed: only the remaining units' share counts.
        share = discount * line["currentQuantity"] / line["quantity"]
        discount = round_to(share, minor_unit(currency), ROUND_HALF_UP)
    return StoreOrderLine(
        external_id=number_of(line["id"]),
        variant_id=number_of(line["variant"]["id"]) if line["variant"] else "",
        sku=line["sku"] or "",
        title=_titled(line["title"], line["variantTitle"]),
        quantity=line["currentQuantity"],
        unit_price=amount_of(line["originalUnitPriceSet"], money),
        discount=discount,
        requires_shipping=line["requiresShipping"],
    )


def _titled(title: str, variant: str | None) -> str:
    return f"{title} - {variant}" if variant and variant != "Default Title" else title


def consignee(order: Node) -> Party:
    """Return where the order goes. Empty for an order without a shipping address (digital goods)."""
    address = order["shippingAddress"] or {}

    def said(key: str) -> str:
        return one_line(address.get(key))

    return Party(
        name=said("name"),
        company=said("company"),
        address1=said("address1"),
        address2=said("address2"),
        city=said("city"),
        region=said("provinceCode") or said("province"),
        postcode=said("zip"),
        country=said("countryCodeV2"),
        phone=said("phone") or (order["phone"] or ""),
        email=order["email"] or "",
        tax_ids=_tax_ids(order["localizedFields"]["nodes"]),
        district=_district(address),
    )


def one_line(text: str | None) -> str:
    """Return a line of an address without marks that have no shape, which no label can print.

    Where a store asks for house number and district apart, Shopify joins them with such a mark: there stands a blank.
    """
    if not text or text.isascii():
        return (text or "").strip()
    return " ".join(printable(text.replace(JOINER, " ")).split())


def _district(address: Node) -> str:
    """Return Brazil's bairro, which stands behind the mark in the second line; "" where the store does not ask."""
    if address.get("countryCodeV2") != "BR":
        return ""
    return one_line((address.get("address2") or "").partition(JOINER)[2])


def _tax_ids(fields: Sequence[Node]) -> tuple[TaxId, ...]:
    found: dict[TaxId, None] = {}
    for field in fields:
        kind, number = TAX_ID_TYPES.get(field["key"]), field["value"].strip()
        if not kind or not number:
            continue
        if kind == "CPF" and sum(c.isdigit() for c in number) == 14:
            kind = "CNPJ"
        found.setdefault(TaxId(kind, number, field["countryCode"]))
    return tuple(found)


def store_variant(node: Node, currency: str) -> StoreVariant:
    """Return the variant; `currency` is the shop's own, in which variants are priced. Weight is in whole grams."""
    item, product = node["inventoryItem"], node["product"]
    return StoreVariant(
        external_id=number_of(node["id"]),
        product_id=number_of(product["id"]),
        product_title=product["title"],
        title="" if product["hasOnlyDefaultVariant"] else node["title"],
        sku=node["sku"] or "",
        price=Decimal(str(node["price"])),
        currency=currency,
        weight_g=grams(item["measurement"]["weight"]),
        # Merchants type dots and spaces into this field; we keep digits only.
        hs_code="".join(c for c in item["harmonizedSystemCode"] or "" if c.isdigit()),
        origin=item["countryCodeOfOrigin"] or "",
        description=product["description"],
        image_url=_image(product),
        tags=tuple(product.get("tags") or ()),
    )


def _image(product: Node) -> str:
    """Return the address of the product's first picture, "" when it has none or the store is still preparing it."""
    preview = (product["featuredMedia"] or {}).get("preview") or {}
    return (preview.get("image") or {}).get("url") or ""


def grams(weight: Node | None) -> int:
    """Return whole grams, half up; 0 when the store knows no weight."""
    if not weight:
        return 0
    exact = Decimal(str(weight["value"])) * GRAMS[weight["unit"]]
    return int(exact.quantize(Decimal(1), ROUND_HALF_UP))
