"""Postal addresses as the checkout takes them and as both interfaces give them back."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from integrations.sandbox.shopify.store.node import Node

_TABLE = tomllib.loads((Path(__file__).parent / "countries.toml").read_text())
COUNTRIES: dict[str, str] = _TABLE["countries"]
PROVINCES: dict[str, dict[str, str]] = _TABLE["provinces"]
TAX_ID_KEYS = {"BR": "TAX_CREDENTIAL_BR", "IT": "TAX_CREDENTIAL_IT", "MX": "TAX_CREDENTIAL_MX"}


class AddressError(ValueError):
    """The shopper's address cannot be used; `field` says where."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(eq=False, kw_only=True)
class MailingAddress(Node):
    first_name: str
    last_name: str
    company: str | None
    address1: str
    address2: str | None
    city: str
    province_code: str | None
    country_code_v2: str
    zip: str
    phone: str | None
    latitude: float | None = None
    longitude: float | None = None
    coordinates_validated: bool = False

    @property
    def id(self) -> str:
        return f"gid://shopify/MailingAddress/{self.serial}?model_name=Address"

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def country(self) -> str:
        return COUNTRIES[self.country_code_v2]

    @property
    def province(self) -> str | None:
        return PROVINCES.get(self.country_code_v2, {}).get(self.province_code or "")

    @property
    def formatted_area(self) -> str:
        return ", ".join(part for part in (self.city, self.province, self.country) if part)

    def formatted(self, with_name: bool = False, with_company: bool = True) -> list[str]:
        first = [self.name] if with_name else []
        second = [self.company] if with_company and self.company else []
        area = " ".join(part for part in (self.zip, self.city, self.province_code) if part)
        return [*first, *second, *(p for p in (self.address1, self.address2) if p), area, self.country]


def _clean(data: Mapping[str, Any], *names: str) -> str:
    for name in names:
        value = str(data.get(name) or "").strip()
        if value:
            return value
    return ""


def _names(data: Mapping[str, Any]) -> tuple[str, str]:
    first, last = _clean(data, "first_name"), _clean(data, "last_name")
    if not first and not last:
        first, _, last = _clean(data, "name").rpartition(" ")
    return first, last


def read_address(data: Mapping[str, Any], *, serial: int) -> MailingAddress:
    """Return the address of a checkout form or script. Raises AddressError at the first field that is wrong.

    `country` and `province` are codes. Provinces are asked for only where the shop knows a list of them.
    """
    country = _clean(data, "country", "country_code").upper()
    if country not in COUNTRIES:
        raise AddressError("country", f"The shop does not deliver to {country or 'nowhere'}")
    province = _clean(data, "province", "province_code", "region").upper() or None
    if country in PROVINCES and province not in PROVINCES[country]:
        raise AddressError("province", f"Choose a state or province of {COUNTRIES[country]}")
    first, last = _names(data)
    required = {"last_name": last, "address1": _clean(data, "address1"), "city": _clean(data, "city")}
    for field, value in required.items():
        if not value:
            raise AddressError(field, f"Enter {field.replace('_', ' ')}")
    postcode = _clean(data, "zip", "postal_code", "postcode")
    if not postcode and country not in {"HK", "AE", "IE"}:
        raise AddressError("zip", "Enter a postcode")
    return MailingAddress(
        serial=serial,
        first_name=first,
        last_name=last,
        company=_clean(data, "company") or None,
        address1=required["address1"],
        address2=_clean(data, "address2") or None,
        city=required["city"],
        province_code=province if country in PROVINCES else None,
        country_code_v2=country,
        zip=postcode,
        phone=_clean(data, "phone") or None,
    )
