"""Shipments as shops really send them, each with something that goes wrong elsewhere.

From the United States unless the case is about another lane; carriers bound to a country get the same goods from a shop
of theirs (`from_home`). `refused` names the carriers that must not take a case, and why.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from shipsmart.ports import CustomsItem, DangerousGoods, Incoterm, LabelOrder, ParcelSpec, Party, TaxId
from tests.integrations.carriers.carrier_cases import BRAZILIAN, BRITON, GERMAN, PARCEL, SHIRT, US_SHOP, label_order

SHOP = replace(US_SHOP, tax_ids=(TaxId("EIN", "12-3456789"),))
BRITISH_SHOP = replace(
    SHOP, name="Ann Shaw", address1="2 Wharf Road", address2="", city="London", region="", postcode="N1 7GR",
    country="GB", phone="+442079460123", tax_ids=(TaxId("EORI", "GB123456789000"),),
)  # fmt: skip
NORWEGIAN_SHOP = replace(
    SHOP, name="Ingrid Solberg", company="Fjord AS", address1="Karl Johans gate 12", address2="", city="Oslo",
    region="", postcode="0154", country="NO", phone="+4722334455", tax_ids=(TaxId("VAT", "NO914778271MVA", "NO"),),
)  # fmt: skip
GERMAN_SHOP = replace(
    GERMAN, company="Werkhaus GmbH", tax_ids=(TaxId("EORI", "DE987654321098765"), TaxId("VAT", "DE123456788"))
)
AMERICAN = replace(
    GERMAN, name="Mary O'Brien-Smith", address1="350 5th Ave", address2="Apt 7 B", city="New York", region="NY",
    postcode="10118-0110", country="US", phone="+1 (212) 555-0199", email="mary@example.com",
)  # fmt: skip
DAP = {"incoterm": Incoterm.DAP, "duty_payer": "recipient", "collected_duty": None, "collected_import_tax": None}
MUG = CustomsItem("MUG-4", "Ceramic mug, stoneware, 330 ml", "691200", "CN", 2, Decimal("12.50"), 410)
IN_PHONE = DangerousGoods("UN3481", "967", "II", Decimal("15.4"), 1)
SPEAKER = CustomsItem(
    "SPK-2", "Bluetooth speaker with built-in lithium ion battery", "85182200", "CN", 1, Decimal("89.00"), 640,
    dangerous=IN_PHONE,
)  # fmt: skip


def to(country: str, **changes: object) -> Party:
    return replace(GERMAN, **{"country": country, **changes})  # type: ignore[arg-type]


@dataclass(frozen=True)
class Case:
    name: str
    order: LabelOrder
    settings: Mapping[str, object] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)


def case(
    name: str,
    *,
    settings: Mapping[str, object] | None = None,
    refused: Mapping[str, str] | None = None,
    **changes: object,
) -> Case:
    changes = {"shipper": SHOP, "reference": f"W-{name}"[:30], **changes}
    return Case(name, label_order(**changes), settings or {}, refused or {})


TWO_BOXES = (PARCEL, ParcelSpec("2", 843, 220, 151, 93))
CASES = [
    case("ioss to Germany, DDP", shipper=US_SHOP),
    case(
        "a German firm with EORI and VAT, DAP",
        refused={"usps": "too_many_tax_ids"},
        consignee=replace(
            GERMAN,
            company="Müller & Söhne GmbH",
            tax_ids=(TaxId("EORI", "DE123456789012345"), TaxId("VAT", "DE136695976")),
        ),
        **DAP,
    ),
    case("Britain, DDP", consignee=BRITON),
    case("Northern Ireland, DAP", consignee=replace(BRITON, city="Belfast", postcode="BT1 5GS"), **DAP),
    case("Brazil with a CPF, DDP", consignee=BRAZILIAN),
    case(
        "a Brazilian importer with a CNPJ",
        consignee=replace(BRAZILIAN, tax_ids=()),
        importer=replace(
            BRAZILIAN, name="", company="Importadora Sul Ltda", tax_ids=(TaxId("CNPJ", "11222333000181"),)
        ),
    ),
    case(
        "Canada, state demanded",
        consignee=to(
            "CA", address1="100 Queen St W", city="Toronto", region="ON", postcode="M5H 2N2", phone="+14165550123"
        ),
    ),
    case(
        "Norway to New York, ZIP+4",
        refused={"usps": "wrong_origin", "royal_mail": "wrong_origin"},
        shipper=NORWEGIAN_SHOP,
        consignee=AMERICAN,
        currency="USD",
    ),
    case(
        "several boxes, each with its goods",
        refused={"usps": "too_many_parcels"},
        parcels=TWO_BOXES,
        consignee=to("CH", city="Zürich", postcode="8001"),
        items=(replace(SHIRT, parcel_reference="1"), replace(MUG, parcel_reference="2")),
    ),
    case(
        "yen, no decimals",
        refused={"usps": "wrong_currency"},
        consignee=to(
            "JP",
            address1="1-2-3 Jingumae",
            city="Shibuya-ku",
            region="Tokyo",
            postcode="150-0001",
            phone="+81312345678",
        ),
        currency="JPY",
        items=(replace(SHIRT, unit_price=Decimal(2980)),),
        freight=Decimal(1500),
        collected_duty=Decimal(0),
        collected_import_tax=Decimal(894),
    ),
    case(
        "Kuwaiti dinars, three decimals",
        refused={"fedex": "too_precise", "usps": "wrong_currency", "royal_mail": "too_precise"},
        consignee=to("KW", city="Kuwait City", postcode="13001"),
        currency="KWD",
        items=(replace(SHIRT, unit_price=Decimal("6.125")),),
        freight=Decimal("7.500"),
        collected_duty=Decimal("0.919"),
        collected_import_tax=Decimal(0),
    ),
    case(
        "a gift with a line worth nothing",
        refused={
            "dhl_express": "missing_data",
            "ups": "missing_data",
            "fedex": "missing_data",
            "usps": "missing_data",
            "royal_mail": "missing_data",
        },
        export_reason="gift",
        items=(SHIRT, replace(MUG, unit_price=Decimal("0.00"), quantity=1)),
        **DAP,
    ),
    case(
        "thirty lines",
        items=tuple(
            replace(MUG, sku=f"MUG-{n}", quantity=1 + n % 3, unit_price=Decimal("3.10") + n, unit_weight_g=20 + n)
            for n in range(30)
        ),
    ),
    case(
        "long names and streets",
        consignee=replace(
            GERMAN,
            name="Maria Fernanda dos Santos Albuquerque",
            address2="Hinterhaus, 3. Etage links",
            address1="Bürgermeister-Smidt-Gedächtnisstraße 117",
        ),
        items=(
            replace(
                SHIRT,
                description="Women's long-sleeved T-shirt of organic cotton jersey, round neck, dyed "
                "with plant colours, fair trade certified, size M, colour forest green",
            ),
        ),
    ),
    case(
        "umlauts and Nordic letters",
        consignee=replace(
            GERMAN, name="Åsa Öberg-Groß", address1="Ægirsvej 8", city="København", postcode="1050", country="DK"
        ),
    ),
    case(
        "Polish letters",
        consignee=to(
            "PL",
            name="Łukasz Żółć",
            address1="ul. Świętokrzyska 3",
            city="Łódź",
            postcode="90-001",
            phone="+48421234567",
        ),
    ),
    case(
        "Greek letters",
        consignee=to(
            "GR",
            name="Γιώργος Παπαδόπουλος",
            address1="Ερμού 15",
            city="Αθήνα",
            postcode="105 63",
            phone="+302101234567",
        ),
    ),
    case(
        "Japanese letters",
        refused={"ups": "unprintable_text"},
        consignee=to(
            "JP",
            name="山田 太郎",
            address1="神宮前1-2-3",
            city="渋谷区",
            region="",
            postcode="150-0001",
            phone="+81312345678",
        ),
    ),
    case("a battery inside and insured", items=(SPEAKER, SHIRT), settings={"insure": True, "paperless": True}),
    case(
        "no phone",
        consignee=replace(GERMAN, phone=""),
        refused=dict.fromkeys(("dhl_express", "ups", "fedex", "usps"), "missing_data"),
    ),
    case(
        "an American without a state",
        shipper=NORWEGIAN_SHOP,
        consignee=replace(AMERICAN, region=""),
        refused={"ups": "missing_data", "fedex": "missing_data", "usps": "wrong_origin", "royal_mail": "wrong_origin"},
    ),
    case(
        "Ireland with an Eircode",
        consignee=to(
            "IE", address1="10 O'Connell Street", city="Dublin", region="D", postcode="D01 F5P2", phone="+35315550123"
        ),
    ),
    case(
        "Australia under an ARN",
        refused={"royal_mail": "unknown_tax_id"},
        shipper=replace(SHOP, tax_ids=(TaxId("ARN", "300012345678"),)),
        consignee=to("AU", city="Sydney", region="NSW", postcode="2000", phone="+61291234567"),
    ),
    case(
        "Norway under VOEC",
        refused={"royal_mail": "unknown_tax_id"},
        shipper=replace(SHOP, tax_ids=(TaxId("VOEC", "2024683"),)),
        consignee=to("NO", city="Bergen", postcode="5003", phone="+4755123456"),
    ),
    case(
        "Singapore with GST collected",
        refused={"royal_mail": "unknown_tax_id"},
        shipper=replace(SHOP, tax_ids=(TaxId("GST", "M90373215X", "SG"),)),
        consignee=to("SG", address1="1 Raffles Place", city="Singapore", postcode="048616", phone="+6561234567"),
    ),
    case(
        "Hong Kong without a postcode",
        consignee=to("HK", address1="8 Queen's Road Central", city="Hong Kong", postcode="", phone="+85221234567"),
    ),
    case(
        "Canary Islands from Germany",
        refused={"usps": "wrong_currency", "royal_mail": "wrong_origin"},
        shipper=GERMAN_SHOP,
        consignee=to("ES", city="Las Palmas", postcode="35001", phone="+34928123456"),
        currency="EUR",
        **DAP,
    ),
    case(
        "inside the customs union",
        refused={"usps": "wrong_currency", "royal_mail": "wrong_origin"},
        shipper=GERMAN_SHOP,
        currency="EUR",
        consignee=to("FR", address1="12 rue de la Paix", city="Lyon", postcode="69002", phone="+33472123456"),
    ),
    case("a discount finer than the cent", items=(replace(SHIRT, unit_price=Decimal("19.9933")), MUG)),
    case(
        "a British firm imports, freight and goods insured",
        consignee=BRITON,
        importer=replace(
            BRITON, name="Tom Reed", company="Lume Imports Ltd", tax_ids=(TaxId("EORI", "GB987654321000"),)
        ),
        insurance=Decimal("4.35"),
    ),
    case("mended and sent back", export_reason="repair", **DAP),
    case(
        "ninety-nine lines",
        refused={"ups": "wrong_count", "usps": "too_many"},
        items=tuple(
            replace(MUG, sku=f"M-{n}", quantity=1, unit_price=Decimal("1.01") + n, unit_weight_g=3 + n)
            for n in range(99)
        ),
    ),
    case(
        "an address too long for labels",
        refused=dict.fromkeys(("dhl_express", "ups", "fedex", "usps"), "wrong_length"),
        consignee=replace(GERMAN, address1="Apartment 1204, " * 9 + "Hauptstr. 5", address2="Hinterhaus " * 12),
    ),
    case(
        "goods that weigh nothing",
        refused=dict.fromkeys(("dhl_express", "fedex", "usps", "royal_mail"), "missing_data"),
        items=(SHIRT, replace(MUG, unit_weight_g=0)),
    ),
    case(
        "a single gram", items=(replace(MUG, quantity=1, unit_weight_g=1),), parcels=(ParcelSpec("1", 6, 160, 110, 1),)
    ),
    case(
        "nothing in it",
        refused={
            **dict.fromkeys(("dhl_express", "ups", "fedex", "royal_mail"), "wrong_count"),
            "usps": "wrong_quantity",
        },
        items=(replace(MUG, quantity=0),),
    ),
    case("goods that come back", export_reason="return", **DAP),
    case(
        "yen, a firm imports and the freight is insured",
        refused={"usps": "wrong_currency"},
        consignee=to(
            "JP",
            name="Ken Sato",
            address1="1-2-3 Jingumae",
            city="Shibuya-ku",
            region="Tokyo",
            postcode="150-0001",
            phone="+81312345678",
        ),
        importer=to(
            "JP",
            name="Mai Abe",
            company="Tokyo Import KK",
            address1="4-5-6 Ginza",
            city="Chuo-ku",
            region="Tokyo",
            postcode="104-0061",
            phone="+81312345679",
            tax_ids=(TaxId("VAT", "T1234567890123", "JP"),),
        ),
        currency="JPY",
        items=(replace(SHIRT, unit_price=Decimal(2980)),),
        freight=Decimal(1500),
        insurance=Decimal(120),
        collected_duty=Decimal(0),
        collected_import_tax=Decimal(894),
    ),
    case(
        "yen with sen",
        refused={"usps": "wrong_currency"},
        consignee=to(
            "JP",
            name="Ken Sato",
            address1="1-2-3 Jingumae",
            city="Shibuya-ku",
            region="Tokyo",
            postcode="150-0001",
            phone="+81312345678",
        ),
        currency="JPY",
        items=(replace(SHIRT, unit_price=Decimal("2980.50")),),
        freight=Decimal(1500),
        collected_duty=Decimal(0),
        collected_import_tax=Decimal(894),
    ),
    case("samples of a firm", consignee=replace(GERMAN, company="Textil KG"), export_reason="sample", **DAP),
    case(
        "ten digits and heavy",
        parcels=(ParcelSpec("1", 29_871, 1_203, 401, 399),),
        items=(replace(MUG, hs_code="6912002310", quantity=60, unit_weight_g=470),),
    ),
]
