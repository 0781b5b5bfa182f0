"""A shipment to start from: a British shop sends two kinds of goods to Munich under IOSS."""

from typing import Any


def party_data(**changes: Any) -> dict[str, Any]:
    base = {
        "name": "Anna Muster",
        "company": "",
        "address1": "Hauptstraße 5",
        "address2": "",
        "city": "München",
        "region": "",
        "postcode": "80331",
        "country": "DE",
        "phone": "+49 89 1234567",
        "email": "anna@example.com",
        "tax_ids": [],
    }
    return base | changes


def shipper_data(**changes: Any) -> dict[str, Any]:
    base = party_data(
        name="Jo Carter",
        company="Northwind Outdoor Ltd",
        address1="12 Mill Lane",
        city="Leeds",
        postcode="LS1 4AP",
        country="GB",
        phone="+44 113 496 0000",
        email="ship@northwind.example",
        tax_ids=[
            {"type": "EORI", "number": "GB123456789000", "country": "GB"},
            {"type": "IOSS", "number": "IM2760000742", "country": "DE"},
        ],
    )
    return base | changes


def line_data(**changes: Any) -> dict[str, Any]:
    base = {
        "sku": "TS-01-M",
        "description": "Men's knitted T-shirt, 100 % cotton, short sleeves",
        "hs_code": "610910",
        "origin": "PT",
        "quantity": 3,
        "unit_price": "19.99",
        "net_weight_g": 180,
        "parcel": "1",
    }
    return base | changes


def shipment_data(**changes: Any) -> dict[str, Any]:
    mug = line_data(
        sku="MG-7",
        description="Ceramic mug with handle, glazed, 330 ml",
        hs_code="691200",
        origin="CN",
        quantity=2,
        unit_price="12.50",
        net_weight_g=350,
    )
    base = {
        "reference": "S-1001",
        "invoice_number": "INV-2026-000123",
        "invoice_date": "2026-11-22",
        "incoterm": "DDP",
        "currency": "EUR",
        "export_reason": "sale",
        "carrier": "dhl_express",
        "service": "EXPRESS WORLDWIDE",
        "waybill": "1234567890",
        "shipper": shipper_data(),
        "consignee": party_data(),
        "importer": None,
        "seller": None,
        "parcels": [{"id": "1", "weight_g": 1450, "length_mm": 300, "width_mm": 200, "height_mm": 120}],
        "lines": [line_data(), mug],
        "freight": "12.90",
        "insurance": "1.00",
        "discount": "5.00",
        "other_charges": "0",
        "references": {"order": "#1001"},
        "collected": {
            "scheme": "EU_IOSS",
            "duty": "3.00",
            "import_tax": "15.20",
            "fees": "0",
            "currency": "EUR",
            "quote_id": "q_123",
        },
    }
    return base | changes
