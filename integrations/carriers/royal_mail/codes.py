"""Royal Mail's codes and ours."""

CATEGORIES = {
    "sale": "eCommerceSaleOfGoods",
    "gift": "gift",
    "sample": "commercialSample",
    "return": "returnedGoods",
    "repair": "other",
    "replacement": "other",
    "personal": "other",
}
# Kept in the sender's Click & Drop account and printed from there.
KEPT_BY_ACCOUNT = frozenset({"EORI", "VAT"})
