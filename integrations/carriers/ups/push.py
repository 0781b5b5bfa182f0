"""UPS Track Alert: UPS tells of each scan of a subscribed parcel. Pure but for the secret's key.

Source: the Track Alert description, v2. Who calls us is told by the credential that the merchant enters in UPS's
portal; it is made from our own secret key, so that nothing has to be stored.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.crypto import constant_time_compare

from integrations.kit.fields import fitting, refused
from integrations.kit.reading import reading
from integrations.kit.signing import account_secrets
from shipsmart.ports import PushHook

LASTS = timedelta(days=14)
MOST_NUMBERS = 100
LOCALE = "en_US"
_SALT = "integrations.carriers.ups.push"
HEADER = "credential"


def hook(account_id: int) -> PushHook:
    """Return where UPS shall call for an account and what it shall show."""
    return PushHook(
        path=f"/carriers/ups/track-alert/{account_id}", header=HEADER, secret=account_secrets(_SALT, account_id)[0]
    )


def is_ours(account_id: int, shown: str) -> bool:
    """Return whether a caller showed the account's credential, in constant time; old secret keys stay good."""
    secrets = account_secrets(_SALT, account_id)
    return any([constant_time_compare(secret, shown) for secret in secrets])  # noqa: C419 - all are tried


def subscription_body(numbers: Sequence[str], country: str) -> dict[str, Any]:
    """Return the request for up to 100 parcels. Raises IntegrationError for more."""
    if not 1 <= len(numbers) <= MOST_NUMBERS:
        raise refused(
            f"{len(numbers)} numbers: UPS takes 1 to {MOST_NUMBERS} at once", code="wrong_count", field="waybill"
        )
    return {
        "locale": LOCALE,
        "countryCode": fitting(country, 2, "country", at_least=2),
        "trackingNumberList": list(numbers),
    }


@reading("the subscription of UPS")
def subscribed_until(document: Mapping[str, Any], numbers: Sequence[str], now: datetime) -> datetime | None:
    """Return when the subscription ends, or None where UPS refused one of the numbers."""
    return now + LASTS if set(numbers) <= set(document["validTrackingNumbers"]) else None


@reading("the message of UPS Track Alert")
def number_in(document: Mapping[str, Any]) -> str:
    found = document["trackingNumber"]
    if not isinstance(found, str) or not found.strip() or not isinstance(document["activityStatus"], Mapping):
        raise ValueError("no tracking number or no status")
    return found.strip()
