"""The merchant's own delivery: prices from the price list, waybill numbers and labels of our own."""

KEY = "table"
TITLE = "Own price list"
KIND = "carrier"
PROVIDES = {"labels": "integrations.carriers.table.adapter.adapter"}
CREDENTIALS = ()
SETTINGS = ("tracking_url",)
HAS_NUMBER = False
