"""The contract of all carriers, kept by the integrators: see kit.py."""

from integrations.carriers.dhl_express import manifest as dhl_manifest
from integrations.carriers.dhl_express.adapter import adapter as dhl
from integrations.carriers.fedex import manifest as fedex_manifest
from integrations.carriers.fedex.adapter import adapter as fedex
from integrations.carriers.ups import manifest as ups_manifest
from integrations.carriers.ups.adapter import adapter as ups
from shipsmart.ports import CarrierAccountRef
from tests.integrations.carriers.kit import CarrierContract, Subject

CLIENT = {"client_id": "c", "client_secret": "s"}


class TestDhlExpressContract(CarrierContract):
    account = CarrierAccountRef("dhl_express", "123456789", {"username": "u", "password": "p"})
    subject = Subject(dhl_manifest, dhl, account, "P")


class TestUpsContract(CarrierContract):
    subject = Subject(ups_manifest, ups, CarrierAccountRef("ups", "A1B2C3", CLIENT), "65")


class TestFedExContract(CarrierContract):
    account = CarrierAccountRef("fedex", "740561073", CLIENT)
    subject = Subject(fedex_manifest, fedex, account, "FEDEX_INTERNATIONAL_PRIORITY")
