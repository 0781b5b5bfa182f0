"""The orders that the demo places, each with what must come of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from integrations.demo.world import World

DEST = {
    "DE": {"name": "Lena Vogel", "address1": "Lindenstr. 14", "city": "Berlin", "zip": "10969", "country": "DE",
           "phone": "+493012345678"},
    "GB": {"name": "Oliver Hughes", "address1": "22 Baker Street", "city": "London", "zip": "W1U 3BW", "country": "GB",
           "phone": "+442079460123"},
    "US": {"name": "Maria Alvarez", "address1": "350 Fifth Avenue", "city": "New York", "zip": "10118", "country": "US",
           "province": "NY", "phone": "+12125550142"},
    "BR": {"name": "João da Silva", "address1": "Avenida Paulista 1000", "city": "São Paulo", "zip": "01310-100",
           "country": "BR", "province": "SP", "phone": "+5511987654321", "tax_id": "529.982.247-25"},
    "FR": {"name": "Élodie Martin", "address1": "8 rue de Rivoli", "city": "Paris", "zip": "75004", "country": "FR",
           "phone": "+33142345678"},
    "CA": {"name": "Noah Tremblay", "address1": "1200 Rue Sherbrooke O", "city": "Montréal", "zip": "H3A 1H6",
           "country": "CA", "province": "QC", "phone": "+15145550199"},
    "CH": {"name": "Urs Keller", "address1": "Bahnhofstrasse 21", "city": "Zürich", "zip": "8001", "country": "CH",
           "phone": "+41443211234"},
    "PL": {"name": "Zofia Wiśniewska", "address1": "ul. Długa 5", "city": "Gdańsk", "zip": "80-827", "country": "PL",
           "phone": "+48583011234"},
}  # fmt: skip


def _nothing(_: World) -> None:
    return None


@dataclass(frozen=True)
class Story:
    """One shopper. `before` runs ahead of the checkout, `after_quote` between quote and payment."""

    title: str
    country: str
    skus: tuple[tuple[str, int], ...]
    locale: str = "en"
    carrier: str = "dhl_express"
    channel: str = "shopify"
    scheme: str | None = None
    before: Callable[[World], None] = _nothing
    after_quote: Callable[[World], None] = _nothing
    needs_code: tuple[str, str] | None = None  # sku and HS code that the merchant adds once the order is blocked
    expects: dict[str, Any] = field(default_factory=dict)


def _hang_dhl_quotes(world: World) -> None:
    world.fault(carrier="dhl_express", operation="rates", kind="hang", count=2)


def _swallow_label_answer(world: World) -> None:
    world.fault(carrier="ups", operation="ship", kind="accept_then_hang", count=1)


def _twice_and_out_of_order(world: World) -> None:
    world.shop_fault(webhook_duplicates=2, webhook_out_of_order=True, count=12)


def _water_bottles_in_memphis(world: World) -> None:
    world.stock("US", "NL-BTL-500")


STORIES = (
    Story("a German shopper under IOSS", "DE", (("NL-TEE-M", 2), ("NL-MUG-350", 1)), locale="de", scheme="EU_IOSS"),
    Story("a British shopper over GBP 135", "GB", (("NL-SWE-M", 1), ("NL-TEE-L", 2))),
    Story("a US shopper with stacked duties", "US", (("NL-TEE-S", 1), ("NL-PHC-S", 2))),
    Story("a Brazilian shopper", "BR", (("NL-TEE-M", 1),), locale="pt-BR", scheme="BR_REMESSA_CONFORME"),
    Story(
        "a French shopper while DHL hangs during the quote",
        "FR",
        (("NL-TEE-S", 1),),
        locale="fr",
        before=_hang_dhl_quotes,
    ),
    Story(
        "a Canadian order whose webhooks come three times and out of order",
        "CA",
        (("NL-MUG-350", 1),),
        after_quote=_twice_and_out_of_order,
    ),
    Story(
        "a Polish order whose label answer never arrives",
        "PL",
        (("NL-TEE-L", 1),),
        carrier="ups",
        after_quote=_swallow_label_answer,
    ),
    Story(
        "a Canadian order from the hub in Memphis by USPS",
        "CA",
        (("NL-BTL-500", 1),),
        carrier="usps",
        before=_water_bottles_in_memphis,
    ),
    Story("a Swiss order by FedEx", "CH", (("NL-MUG-350", 1),), locale="de", carrier="fedex"),
    Story(
        "a German order held back until its HS code is known",
        "DE",
        (("NL-TEA-BRC", 1),),
        locale="de",
        needs_code=("NL-TEA-BRC", "210690"),
    ),
    Story(
        "a German shopper in the VTEX store", "DE", (("VX-TEE-M", 2), ("VX-MUG", 1)), channel="vtex", scheme="EU_IOSS"
    ),
    Story("a Brazilian shopper in the VTEX store", "BR", (("VX-WAL", 1),), "pt-BR", channel="vtex"),
)
