"""A shopper's steps in the practice store."""

import time

from shipsmart.catalog.models import Variant
from shipsmart.ports import IntegrationError

SHOP = "nordic-lights.myshopify.com"
BERLIN = {
    "first_name": "Jörg",
    "last_name": "Müller",
    "address1": "Invalidenstraße 1",
    "city": "Berlin",
    "province": "BE",
    "zip": "10115",
    "country": "DE",
    "phone": "+4930123456",
}

LONDON = {
    "first_name": "Jo", "last_name": "Smith", "address1": "1 High Street", "city": "London", "zip": "E1 6AN",
    "country": "GB", "phone": "+442071234567",
}  # fmt: skip


def patiently(act):
    """Do it again while the store has not routed the order."""
    for _ in range(40):
        try:
            return act()
        except IntegrationError as error:
            if error.permanent:
                raise
            time.sleep(0.05)
    return act()


def buy(practice, **checkout):
    variant = Variant.objects.get(sku="NL-TEE-M")
    items = [{"variant_id": variant.external_id, "quantity": 1}]
    begun = practice.post("/api/checkout", {"items": items, "address": BERLIN, "email": "jm@example.com", **checkout})
    code = begun["rates"][0]["service_code"]
    return begun, practice.post(f"/api/checkout/{begun['token']}/complete", {"service_code": code})


def everything_arrived(practice, placed):
    """Wait until the practice store has no webhook about the order on its way."""
    end = time.monotonic() + 10
    while {row["state"] for row in practice.get(f"/api/orders/{placed['order_id']}")["webhooks"]} & {
        "waiting",
        "retrying",
    }:
        assert time.monotonic() < end
        time.sleep(0.01)
