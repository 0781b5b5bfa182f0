"""Forty shipments of every kind: destinations, forms, currencies, reasons, scripts, from one line to a thousand.

Each is a name, the JSON object as `manage.py papers` takes it, and what the gate should say of it (none: papers).
"""

from typing import Any, NamedTuple

from tests.documents.builders import line_data, party_data, shipment_data, shipper_data


class Trial(NamedTuple):
    """A shipment to try; `blocked` are the block codes awaited, `kinds` papers that must be among those made."""

    name: str
    data: dict[str, Any]
    kinds: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()


def tax(kind: str, number: str, country: str) -> dict[str, str]:
    return {"type": kind, "number": number, "country": country}


EORI_GB = tax("EORI", "GB123456789000", "GB")
EORI_DE = tax("EORI", "DE1234567", "DE")
IOSS = tax("IOSS", "IM2760000742", "DE")
BRITISH = shipper_data()
GERMAN = shipper_data(
    name="Eva Groß", company="Spielwarenmanufaktur Groß & Söhne GmbH", address1="Am Alten Güterbahnhof 17a",
    city="Nürnberg", postcode="90402", country="DE", phone="+49 911 5550100",
    tax_ids=[EORI_DE, tax("VAT", "DE136695976", "DE")],
)  # fmt: skip
BRAZILIAN = shipper_data(
    name="João Conceição", company="Calçados Ipê Indústria e Comércio Ltda.", address1="Rua São João, 1250, Galpão 3",
    address2="Distrito Industrial", city="Novo Hamburgo", region="RS", postcode="93320-000", country="BR",
    phone="+55 51 3550-1000", tax_ids=[tax("CNPJ", "11.222.333/0001-81", "BR")],
)  # fmt: skip
AMERICAN = shipper_data(
    name="Pat Doe", company="Redwood Trading Inc.", address1="1 Market St", city="San Jose", region="CA",
    postcode="95113", country="US", phone="+1 408 555 0100", tax_ids=[tax("EIN", "04-2103594", "US")],
)  # fmt: skip
CHINESE = shipper_data(
    name="王小明", company="深圳市星光电子有限公司", address1="南山区科技园路 88 号", city="深圳", region="广东",
    postcode="518057", country="CN", phone="+86 755 8600 1234", tax_ids=[],
)  # fmt: skip


def to(country: str, city: str, postcode: str, **changes: Any) -> dict[str, Any]:
    base = {"phone": "+1 202 555 0143", "region": ""}
    return party_data(**(base | {"country": country, "city": city, "postcode": postcode} | changes))


JAPAN = to("JP", "東京都港区", "105-0011", name="山田 太郎", address1="芝公園 4-2-8", phone="+81 3 3433 5111")
KOREA = to("KR", "서울특별시", "04524", name="김영희", address1="중구 세종대로 110", phone="+82 2 120 0000",
           tax_ids=[tax("PCCC", "P123456789012", "KR")])  # fmt: skip
CHINA = to("CN", "上海市", "200000", name="李娜", address1="黄浦区人民大道 200 号", phone="+86 21 2311 1111")
TAIWAN = to("TW", "臺北市", "110", name="陳怡君", address1="信義區市府路 1 號", phone="+886 2 2720 8889")
EMIRATES = to(
    "AE", "دبي", "", name="محمد العبدالله", address1="شارع الشيخ زايد، برج 5، شقة 1204", phone="+971 4 330 0000"
)
ISRAEL = to("IL", "תל אביב-יפו", "6423902", name="נועה לוי", address1="רחוב דיזנגוף 50", phone="+972 3 521 7000")
GREECE = to("GR", "Αθήνα", "105 63", name="Γεώργιος Παπαδόπουλος", address1="Ερμού 12", phone="+30 21 0322 0000")
UKRAINE = to("UA", "Київ", "01001", name="Олена Ковальчук", address1="вул. Хрещатик, 22", phone="+380 44 278 0000")
POLAND = to("PL", "Łódź", "90-001", name="Żaneta Źdźbło", address1="ul. Piotrkowska 104", phone="+48 42 638 40 00")
THAILAND = to("TH", "กรุงเทพมหานคร", "10110", name="สมชาย ใจดี", address1="ถนนสุขุมวิท ซอย 21", phone="+66 2 259 0000")
INDIA = to("IN", "मुंबई", "400001", name="प्रिया शर्मा", address1="महात्मा गांधी मार्ग १२", region="महाराष्ट्र",
           phone="+91 22 2262 0111", tax_ids=[tax("PAN", "ABCDE1234F", "IN")])  # fmt: skip
USA = to("US", "Chicago", "60601", region="IL", address1="233 S Wacker Dr, Apt 4207", name="Maria O'Brien-Núñez")
CANADA = to("CA", "Montréal", "H2Y 1C6", region="QC", address1="275, rue Notre-Dame Est", name="Émile Côté")
AUSTRALIA = to("AU", "Sydney", "2000", region="NSW", address1="Unit 3, 100 George St", name="Olivia Chen")
BRAZIL = to("BR", "São Paulo", "01310-100", region="SP", address1="Av. Paulista, 1578, apto. 42", name="Ana Gonçalves",
            tax_ids=[tax("CPF", "529.982.247-25", "BR")], phone="+55 11 3251 0000")  # fmt: skip
BRITAIN = to("GB", "London", "SW1A 1AA", address1="10 Downing Street", name="Zoë Smith-Jones")
MEXICO = to("MX", "Ciudad de México", "06000", region="CDMX", address1="Av. Juárez 50, Col. Centro", name="José Peña",
            tax_ids=[tax("RFC", "GODE561231GR8", "MX")])  # fmt: skip
CHILE = to(
    "CL",
    "Santiago",
    "8320000",
    name="Íñigo Muñoz",
    address1="Av. O'Higgins 1112",
    tax_ids=[tax("RUT", "12.531.909-2", "CL")],
)
SWISS = to("CH", "Zürich", "8001", name="Hans Rüegg", address1="Bahnhofstrasse 1")
NORWAY = to("NO", "Tromsø", "9008", name="Bjørn Ødegård", address1="Storgata 92")
SINGAPORE = to("SG", "Singapore", "018956", name="Tan Wei Ming", address1="10 Bayfront Avenue #12-01")
NEW_ZEALAND = to("NZ", "Wellington", "6011", name="Aroha Ngata", address1="1 Lambton Quay")
KUWAIT = to("KW", "Kuwait City", "13001", name="Fatima Al-Sabah", address1="Block 4, Street 12, House 7")
TURKEY = to(
    "TR",
    "İstanbul",
    "34110",
    name="Şükrü Çağlayan",
    address1="İstiklal Cd. 100",
    tax_ids=[tax("TCKN", "17291716060", "TR")],
)
COLLECTED = {"scheme": "", "duty": "8.10", "import_tax": "22.35", "fees": "3.00", "currency": "USD", "quote_id": "q_9"}
BATTERY = {"un": "UN3481", "packing_instruction": "967", "watt_hours": "11.1", "count": 1}


def trial(name: str, *, kinds: tuple[str, ...] = (), blocked: tuple[str, ...] = (), **changes: Any) -> Trial:
    base = {"incoterm": "DAP", "collected": None, "reference": f"T-{name}"[:40], "shipper": BRITISH}
    return Trial(name, shipment_data(**(base | changes)), kinds, blocked)


def many(count: int, **changes: Any) -> list[dict[str, Any]]:
    """Return so many lines of different prices and weights."""
    return [
        line_data(
            sku=f"SKU-{number:04d}",
            description=f"Cotton knitted scarf, woven edge, pattern {number}",
            hs_code="611710",
            quantity=number % 4 + 1,
            unit_price=f"{number % 90 + 1}.{number % 100:02d}",
            net_weight_g=40 + number % 17,
            **changes,
        )
        for number in range(count)
    ]


def box(weight_g: int, parcel_id: str = "1") -> dict[str, Any]:
    return {"id": parcel_id, "weight_g": weight_g, "length_mm": 400, "width_mm": 305, "height_mm": 250}


WHOLE_YEN = [line_data(unit_price="1980"), line_data(sku="B", unit_price="12500", quantity=1, hs_code="420221")]
DINARS = [line_data(unit_price="7.125"), line_data(sku="B", unit_price="0.750", quantity=5)]
POST = {"carrier": "royal_mail", "service": "International Tracked", "waybill": "RA473124829GB"}
TABLE = {"carrier": "table", "service": "Tracked parcel", "waybill": ""}

FORTY = [
    trial("eu-ioss", incoterm="DAP", collected=COLLECTED | {"scheme": "EU_IOSS", "duty": "0", "currency": "EUR"}),
    trial("eu-ddp", incoterm="DDP", collected=COLLECTED | {"currency": "EUR"}, consignee=POLAND),
    trial(
        "us-ddp",
        incoterm="DDP",
        collected=COLLECTED,
        consignee=USA,
        currency="USD",
        references={"order": "#77", "port_of_entry": "ORD"},
    ),
    trial("us-post", consignee=USA, kinds=("cn22",), **POST),
    trial(
        "us-post-heavy",
        consignee=USA,
        parcels=[box(6400)],
        lines=[line_data(net_weight_g=1900)],
        kinds=("cn23",),
        **POST,
    ),
    trial(
        "brazil-in",
        consignee=BRAZIL,
        currency="BRL",
        lines=[line_data(national_code="61091000")],
        incoterm="DDP",
        collected=COLLECTED | {"scheme": "BR_PRC", "currency": "BRL"},
    ),
    trial(
        "brazil-out",
        shipper=BRAZILIAN,
        consignee=USA,
        currency="USD",
        carrier="correios",
        waybill="EE123456785BR",
        lines=[
            line_data(
                origin="BR",
                hs_code="640399",
                national_code="64039990",
                description="Sapatos de couro, sola de borracha",
                quantity=2,
                unit_price="89.90",
                net_weight_g=700,
            )
        ],
        parcels=[box(1900)],
        references={"order": "BR-9", "nfe_key": "35261111222333000181550010000012341000012345"},
        kinds=("cn22",),
    ),
    trial(
        "brazil-b2b",
        shipper=BRAZILIAN,
        consignee=to("DE", "Hamburg", "20095", company="Schuhhaus Hansen GmbH", tax_ids=[EORI_DE]),
        lines=[
            line_data(
                origin="BR",
                hs_code="640399",
                national_code="64039990",
                description="Leather shoes, rubber sole",
                quantity=240,
                unit_price="31.255",
                net_weight_g=700,
            )
        ],
        parcels=[box(180_000)],
        currency="EUR",
        references={"nfe_key": "35261111222333000181550010000012341000012345"},
    ),
    trial(
        "canada",
        consignee=CANADA,
        currency="CAD",
        lines=[line_data(unit_price="1290.00")],
        references={"shipped_on": "2026-11-23", "terms_of_payment": "prepaid by card", "transhipment": "none"},
    ),
    trial(
        "australia-gst",
        consignee=AUSTRALIA,
        currency="AUD",
        collected=COLLECTED | {"scheme": "AU_GST", "duty": "0", "currency": "AUD"},
        shipper=shipper_data(tax_ids=[EORI_GB, tax("ARN", "300012345678", "AU")]),
    ),
    trial(
        "britain",
        shipper=GERMAN,
        consignee=BRITAIN,
        currency="GBP",
        incoterm="DDP",
        collected=COLLECTED | {"scheme": "GB_VAT", "currency": "GBP"},
        seller=GERMAN | {"tax_ids": [EORI_DE, tax("VAT", "GB980780684", "GB")]},
    ),
    trial("japan-yen", consignee=JAPAN, currency="JPY", lines=WHOLE_YEN, freight="1500", insurance="0", discount="300"),
    trial(
        "kuwait-dinar", consignee=KUWAIT, currency="KWD", lines=DINARS, freight="3.250", insurance="0.125", discount="0"
    ),
    trial(
        "chile-peso",
        consignee=CHILE,
        currency="CLP",
        lines=[line_data(unit_price="18990")],
        freight="4990",
        insurance="0",
        discount="0",
    ),
    trial("korea", consignee=KOREA, currency="USD"),
    trial("china", consignee=CHINA, currency="USD"),
    trial("taiwan", consignee=TAIWAN, currency="USD", **TABLE),
    trial("emirates", consignee=EMIRATES, currency="USD", **TABLE, kinds=("waybill", "label")),
    trial("israel", consignee=ISRAEL, currency="USD"),
    trial("greece", consignee=GREECE),
    trial("ukraine", consignee=UKRAINE, **POST, kinds=("cn22",)),
    trial("thailand", consignee=THAILAND, currency="USD"),
    trial(
        "india",
        consignee=INDIA,
        currency="USD",
        lines=[line_data(preference="UK-INDIA", origin="GB")],
        kinds=("origin_statement",),
    ),
    trial(
        "mexico-usmca",
        shipper=AMERICAN,
        consignee=MEXICO,
        currency="USD",
        lines=[line_data(preference="USMCA", origin="US")],
        references={"origin_criterion": "B"},
        kinds=("origin_statement",),
    ),
    trial(
        "tca",
        shipper=GERMAN,
        consignee=BRITAIN,
        lines=[line_data(preference="TCA", origin="DE")],
        kinds=("origin_statement",),
    ),
    trial(
        "gsp",
        shipper=shipper_data(country="BD", city="Dhaka", postcode="1000", tax_ids=[tax("REX", "BDREX12345", "BD")]),
        lines=[line_data(preference="GSP", origin="BD")],
        references={"origin_criterion": "W 6109"},
        kinds=("origin_statement",),
    ),
    trial("gift", consignee=SWISS, export_reason="gift", **POST, kinds=("cn22",)),
    trial(
        "sample",
        consignee=NORWAY,
        export_reason="sample",
        lines=[line_data(quantity=1, unit_price="0.10")],
        freight="0",
        discount="0",
    ),
    trial(
        "return",
        shipper=to("DE", "München", "80331", tax_ids=[]),
        consignee=to("GB", "Leeds", "LS1 4AP", company="Northwind Outdoor Ltd", tax_ids=[EORI_GB]),
        export_reason="return",
        references={"outbound": "1Z999AA10123456784", "outbound_invoice": "INV-2026-000001"},
        kinds=("return_invoice",),
    ),
    trial("repair", consignee=SINGAPORE, export_reason="repair"),
    trial(
        "battery",
        consignee=NEW_ZEALAND,
        lines=[
            line_data(description="Wireless headphones with lithium battery", hs_code="851830", dangerous_goods=BATTERY)
        ],
        kinds=("dangerous_goods_note",),
    ),
    trial(
        "b2b-importer",
        shipper=GERMAN,
        consignee=to("GB", "Leeds", "LS1 4AP", company="Warehouse Leeds Ltd"),
        currency="EUR",
        importer=to(
            "GB", "London", "EC1A 1BB", company="Import House plc", tax_ids=[EORI_GB, tax("VAT", "GB980780684", "GB")]
        ),
    ),
    trial(
        "parcels-three",
        consignee=TURKEY,
        parcels=[box(2500, "A"), box(3000, "B"), box(900, "C")],
        lines=[line_data(parcel="A"), line_data(parcel="B", sku="B"), line_data(parcel="C", sku="C", quantity=1)],
        **TABLE,
    ),
    trial(
        "from-china",
        shipper=CHINESE,
        consignee=BRAZIL,
        currency="USD",
        lines=[line_data(origin="CN", description="棉质针织T恤衫,男式,短袖")],
    ),
    trial("lines-60", consignee=USA, currency="USD", lines=many(60), parcels=[box(12_000)]),
    trial("lines-60-post", consignee=USA, lines=many(60), parcels=[box(12_000)], **POST, kinds=("cn23",)),
    trial("lines-1000", consignee=AUSTRALIA, currency="AUD", lines=many(1000), parcels=[box(250_000)]),
    trial(
        "long-texts",
        consignee=to(
            "FR",
            "Saint-Rémy-en-Bouzemont-Saint-Genest-et-Isson",
            "51290",
            company="Société Générale d'Équipements et de Fournitures Industrielles de la Région Champagne-Ardenne",
            address1="Bâtiment C, 3e étage, 1200 avenue du Maréchal de Lattre de Tassigny prolongée",
            address2="Zone d'activités économiques du Grand Chemin Vert",
        ),
        lines=[
            line_data(
                description=("Men's knitted pullover of merino wool, ribbed collar and cuffs, " * 15)[:990].strip()
            )
        ],
    ),
    trial(
        "blocked-many",
        consignee=party_data(phone=""),
        lines=[line_data(hs_code="", origin="", unit_price=None), line_data(description="goods")],
        parcels=[box(100)],
        blocked=(
            "phone_missing",
            "hs_code_missing",
            "origin_missing",
            "value_missing",
            "description_too_vague",
            "weights_do_not_add_up",
        ),
    ),
    trial(
        "blocked-ddp", incoterm="DAP", collected=COLLECTED | {"currency": "EUR"}, blocked=("duty_payer_contradiction",)
    ),
]
