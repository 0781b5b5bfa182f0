"""Shipments thrown together by a seeded chance, each one that its carrier must take.

What a carrier does not take (a second currency at USPS, VOEC at Royal Mail) is left out of its own throws: those
refusals have cases of their own in `shipment_cases.py`.
"""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from shipsmart.ports import CustomsItem, DangerousGoods, Incoterm, LabelOrder, ParcelSpec, Party, TaxId
from tests.integrations.carriers.carrier_cases import BRAZILIAN, BRITON, GERMAN, label_order
from tests.integrations.carriers.shipment_cases import AMERICAN, BRITISH_SHOP, SHOP, to

CONSIGNEES = (
    GERMAN,
    BRITON,
    BRAZILIAN,
    to("CA", address1="100 Queen St W", city="Toronto", region="ON", postcode="M5H 2N2", phone="+14165550123"),
    to("JP", address1="1-2-3 Jingumae", city="Shibuya-ku", region="Tokyo", postcode="150-0001", phone="+81312345678"),
    to("FR", name="Élodie d'Arc", address1="12 rue de la Paix", city="Lyon", postcode="69002", phone="+33472123456"),
    to("CH", city="Zürich", postcode="8001", phone="+41443211234"),
    to("MX", name="José Peña", address1="Calle Ocho 8", city="Monterrey", region="NL", postcode="64000",
       phone="+528112345678", tax_ids=(TaxId("RFC", "PEPJ800101AB1"),)),
    to("KR", city="Seoul", region="Seoul", postcode="04524", phone="+82212345678",
       tax_ids=(TaxId("PCCC", "P123456789012", "KR"),)),
    to("CL", city="Santiago", region="RM", postcode="8320000", phone="+56221234567",
       tax_ids=(TaxId("RUT", "76086428-5"),)),
    to("TR", city="Ankara", postcode="06420", phone="+903121234567", tax_ids=(TaxId("TCKN", "10000000146"),)),
    to("IN", city="Mumbai", region="MH", postcode="400001", phone="+912212345678",
       tax_ids=(TaxId("PAN", "ABCDE1234F"),)),
    to("ES", city="Madrid", postcode="28001", phone="+34911234567", tax_ids=(TaxId("NIF", "12345678Z", "ES"),)),
)  # fmt: skip
WORDS = (
    "cotton", "knitted", "women's", "hand-thrown", "stoneware", "for coffee", "dyed with plant colours", "size M",
    "brushed steel", "of merino wool", "with lid", "waxed canvas", "printed in four colours", "fair trade",
)  # fmt: skip
NOUNS = (("T-shirt", "610910"), ("Mug", "691200"), ("Kettle", "851679"), ("Scarf", "621420"), ("Notebook", "482020"),
         ("Bottle", "732393"), ("Toy car", "950300"))  # fmt: skip
COLLECTED = (TaxId("IOSS", "IM2760000742"), TaxId("VOEC", "2024683"), TaxId("ARN", "300012345678"))
BATTERY = DangerousGoods("UN3481", "967", "II", Decimal("15.4"), 1)
REASONS = ("sale", "sale", "sale", "gift", "sample", "repair", "return")
ONE_PARCEL = {"usps"}
DOLLARS_ONLY = {"usps"}
NO_IMPORTER_OF_RECORD_ABROAD = {"usps"}  # carries its number alone


def shipments(carrier: str, count: int, seed: int) -> Iterator[LabelOrder]:
    chance = random.Random(f"{carrier} {seed}")
    for number in range(count):
        yield _order(carrier, chance, f"rnd-{carrier[:5]}-{number}")


def _order(carrier: str, chance: random.Random, reference: str) -> LabelOrder:
    shipper = _shipper(carrier, chance)
    consignee = _consignee(carrier, chance, shipper)
    parcels = tuple(_parcel(chance, n) for n in range(1, 2 if carrier in ONE_PARCEL else chance.randint(2, 4)))
    items = tuple(_item(chance, n, parcels) for n in range(chance.randint(1, 9)))
    ddp = chance.random() < 0.6
    today = datetime.now(UTC).date()
    return label_order(
        reference=reference,
        shipper=shipper,
        consignee=consignee,
        parcels=parcels,
        items=items,
        currency="USD" if carrier in DOLLARS_ONLY else chance.choice(("USD", "EUR", "GBP")),
        incoterm=Incoterm.DDP if ddp else Incoterm.DAP,
        duty_payer="sender" if ddp else "recipient",
        export_reason=chance.choice(REASONS),
        freight=_money(chance, 0, 80),
        insurance=_money(chance, 0, 9) if chance.random() < 0.3 else Decimal(0),
        collected_duty=_money(chance, 0, 40) if ddp else None,
        collected_import_tax=_money(chance, 0, 60) if ddp else None,
        invoice_number=f"INV-{chance.randint(1, 999_999):06d}",
        invoice_date=today - timedelta(days=chance.randint(0, 3)),
        ship_on=today + timedelta(days=1),
        importer=_importer(carrier, chance, consignee),
    )


def _shipper(carrier: str, chance: random.Random) -> Party:
    if carrier == "royal_mail":
        known = COLLECTED[:1] if chance.random() < 0.5 else ()
        return replace(BRITISH_SHOP, tax_ids=BRITISH_SHOP.tax_ids + known)
    known = (chance.choice(COLLECTED),) if chance.random() < 0.5 else ()
    return replace(SHOP, tax_ids=(*known, *SHOP.tax_ids))


def _consignee(carrier: str, chance: random.Random, shipper: Party) -> Party:
    pool = [one for one in (*CONSIGNEES, AMERICAN) if one.country != shipper.country]
    found = chance.choice(pool)
    if chance.random() < 0.3 and not found.tax_ids:
        return replace(found, company="Nordwind Handel GmbH", tax_ids=(TaxId("EORI", "DE987654321000"),))
    return found


def _importer(carrier: str, chance: random.Random, consignee: Party) -> Party | None:
    if chance.random() > 0.2 or carrier in NO_IMPORTER_OF_RECORD_ABROAD:
        return None
    if carrier == "royal_mail" and consignee.tax_ids:
        return None  # a consignee's number stands under the importer there: with another one it has no field
    known = (TaxId("VAT", "GB123456789"),) if consignee.country == "GB" else ()
    return replace(consignee, name="Ida Brandt", company="Brandt Import", tax_ids=known)


def _parcel(chance: random.Random, number: int) -> ParcelSpec:
    sides = (chance.randint(160, 600), chance.randint(110, 400), chance.randint(5, 300))
    return ParcelSpec(str(number), chance.randint(20, 19_000), *sides)


def _item(chance: random.Random, number: int, parcels: tuple[ParcelSpec, ...]) -> CustomsItem:
    battery = chance.random() < 0.1
    noun, code = ("Bluetooth speaker with built-in lithium ion battery", "851822") if battery else chance.choice(NOUNS)
    told = ", ".join(chance.sample(WORDS, chance.randint(0, 6)))
    return CustomsItem(
        f"SKU-{number}",
        f"{noun}, {told}" if told else noun,
        code + chance.choice(("", "10", "2030")),
        chance.choice(("PT", "CN", "IN", "US", "DE")),
        chance.randint(1, 12),
        _money(chance, Decimal("0.05"), 60),
        chance.randint(1, 2_000),
        dangerous=BATTERY if battery else None,
        parcel_reference=chance.choice(parcels).reference if len(parcels) > 1 else "",
    )


def _money(chance: random.Random, low: Decimal | int, high: int) -> Decimal:
    return Decimal(chance.randint(int(low * 100), high * 100)) / 100
