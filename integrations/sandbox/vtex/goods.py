"""The catalogue: SKUs as `stockkeepingunitbyid` tells them. HS code and origin stand in product specifications."""

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

HS_FIELD, ORIGIN_FIELD = "HS Code", "Country of origin"


@dataclass(frozen=True)
class Good:
    """`price` in cents for one measurement unit; `weight` of one measurement unit in the store's unit (grams)."""

    sku: int
    product: int
    ref: str
    name: str
    price: int
    weight: int
    hs: str
    origin: str
    size: tuple[int, int, int]
    unit: str = "un"
    multiplier: Decimal = Decimal(1)

    def row(self, account: str) -> dict[str, Any]:
        """Return the body of GET /api/catalog_system/pvt/sku/stockkeepingunitbyid/{skuId}."""
        length, width, height = self.size
        dimension = {"cubicweight": 0, "height": height, "length": length, "weight": self.weight, "width": width}
        specifications = [(HS_FIELD, self.hs), (ORIGIN_FIELD, self.origin)]
        return {
            "Id": self.sku, "ProductId": self.product, "NameComplete": self.name, "ComplementName": "",
            "ProductName": self.name, "ProductDescription": self.name, "ProductRefId": self.ref, "TaxCode": "",
            "SkuName": self.name, "IsActive": True, "IsTransported": True, "IsInventoried": True, "IsKit": False,
            "ImageUrl": f"https://{account}.vteximg.com.br/arquivos/ids/{self.sku}.jpg", "DetailUrl": f"/{self.ref}/p",
            "BrandId": "1", "BrandName": account, "IsBrandActive": True, "Dimension": dimension,
            "RealDimension": {f"real{key.title()}": None for key in ("height", "length", "weight", "width")},
            "KitItems": [], "Services": [], "Categories": [], "Attachments": [], "Collections": [],
            "SkuSellers": [{"SellerId": "1", "StockKeepingUnitId": self.sku, "IsActive": True,
                            "SellerStockKeepingUnitId": str(self.sku)}],
            "SalesChannels": [1], "Images": [], "SkuSpecifications": [],
            "ProductSpecifications": [
                {"FieldId": number, "FieldName": name, "FieldValueIds": [], "FieldValues": [value],
                 "IsFilter": False, "FieldGroupId": 1, "FieldGroupName": "Customs"}
                for number, (name, value) in enumerate(specifications, start=1) if value
            ],
            "ProductCategories": {"1": "Goods"}, "AlternateIds": {"RefId": self.ref}, "AlternateIdValues": [self.ref],
            "MeasurementUnit": self.unit, "UnitMultiplier": float(self.multiplier), "IsProductActive": True,
        }  # fmt: skip


def seeded() -> dict[str, Good]:
    """Return the goods by SKU id."""
    rows = tomllib.loads((Path(__file__).parent / "goods.toml").read_text(), parse_float=Decimal)["products"]
    goods = [Good(**{**row, "size": tuple(row["size"])}) for row in rows]
    return {str(good.sku): good for good in goods}
