"""A SKU of VTEX's catalogue → our variant. Pure: no network, no database.

Source: https://developers.vtex.com/docs/api-reference/catalog-api (stockkeepingunitbyid)
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

import pycountry

from integrations.storefronts.vtex.codes import GRAMS
from shipsmart.ports import StoreVariant

# HS code and origin have no field of their own: they stand in specifications, under whatever name the merchant gave.
HS_NAMES = ("hs code", "hs", "ncm", "código hs", "codigo hs", "código ncm", "harmonized code", "tariff code",
            "código arancelario", "partida arancelaria")  # fmt: skip
ORIGIN_NAMES = ("country of origin", "origin", "made in", "origem", "país de origem", "pais de origem", "origen",
                "país de origen")  # fmt: skip
WEIGHT_UNITS = ("g", "kg", "lb", "oz")


def store_variant(sku: Mapping[str, Any], *, price: Decimal, currency: str, fields: Mapping[str, Any]) -> StoreVariant:
    """Return the variant. `fields` are the merchant's own: `hs` and `origin` (names of specifications), `weight_unit`.

    `price` is of one unit sold. What the SKU does not say stays empty or 0; nothing is made up.
    """
    held = {named.casefold(): value for named, value in specifications(sku)}
    name, own = str(sku.get("ProductName") or ""), str(sku.get("SkuName") or "")
    return StoreVariant(
        external_id=str(sku["Id"]),
        product_id=f"vtex:{sku['ProductId']}",
        product_title=name,
        title="" if own == name else own,
        sku=str((sku.get("AlternateIds") or {}).get("RefId") or sku["Id"]),
        price=price,
        currency=currency,
        weight_g=weight_g(sku, unit=str(fields.get("weight_unit") or "g")),
        hs_code=hs_code(_first(held, fields.get("hs"), HS_NAMES)),
        origin=origin(_first(held, fields.get("origin"), ORIGIN_NAMES)),
        description=str(sku.get("ProductDescription") or ""),
        image_url=str(sku.get("ImageUrl") or ""),
        size_mm=size_mm(sku),
    )


def size_mm(sku: Mapping[str, Any]) -> tuple[int, int, int] | None:
    """Return length, width and height of one unit in whole millimetres, rounded up; VTEX writes centimetres.

    None where a side is missing or nought. What is sold by measure has no size of one unit.
    """
    if str(sku.get("MeasurementUnit") or "un").casefold() not in ("un", "unit", "unidade"):
        return None
    written = sku.get("Dimension") or {}
    sides = [Decimal(str(written.get(name) or 0)) * 10 for name in ("length", "width", "height")]
    whole = [int(side.to_integral_value(ROUND_CEILING)) for side in sides if side > 0]
    return (whole[0], whole[1], whole[2]) if len(whole) == len(sides) else None


def specifications(sku: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield name and first value of a SKU's specifications, its own after the product's."""
    for row in (*(sku.get("ProductSpecifications") or ()), *(sku.get("SkuSpecifications") or ())):
        if row.get("FieldValues"):
            yield str(row["FieldName"]).strip(), str(row["FieldValues"][0])


def _first(held: Mapping[str, str], chosen: Any, usual: Iterable[str]) -> str:
    names = [str(chosen).strip().casefold()] if chosen else usual
    return next((held[name] for name in names if held.get(name)), "")


def hs_code(text: str) -> str:
    """Return six to ten digits; "" for anything else."""
    digits = re.sub(r"[.\s-]", "", text)
    return digits if re.fullmatch(r"[0-9]{6,10}", digits) else ""


@lru_cache(maxsize=500)
def origin(text: str) -> str:
    """Return the alpha-2 code for a code or an English name of a country; "" for what is none."""
    try:
        return str(pycountry.countries.lookup(text.strip()).alpha_2) if text.strip() else ""
    except LookupError:
        return ""


def weight_g(sku: Mapping[str, Any], *, unit: str) -> int:
    """Return grams of one unit sold: the SKU's weight in the store's unit times its multiplier.

    What is sold by weight (measured in kg, say) weighs its multiplier, whatever the weight field says.
    """
    multiplier = Decimal(str(sku.get("UnitMultiplier") or 1))
    measured = GRAMS.get(str(sku.get("MeasurementUnit") or "").lower())
    each = measured or Decimal(str((sku.get("Dimension") or {}).get("weight") or 0)) * GRAMS[unit]
    return int((each * multiplier).quantize(Decimal(1), ROUND_HALF_UP))
