"""FedEx Advanced Integrated Visibility: FedEx tells of each change of an account's parcels. Pure but for the key.

The merchant opens a project by account number in FedEx's portal and enters our address and a security token there;
parcels need no subscription of their own, so the first message about one shows that FedEx will tell of it.

Source: https://developer.fedex.com/api/en-us/catalog/shipment-visibility-webhook/docs.html (introduction, validation
process, test webhook; the answer's schema is that of Track).
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from integrations.kit.reading import reading
from integrations.kit.signing import account_secrets, valid_hmac_base64
from shipsmart.ports import PushHook

HEADER = "fdx-signature"
SHOWS_FOR = timedelta(days=3)
_SALT = "integrations.carriers.fedex.push"
_PREFIX = "Sx1"  # FedEx demands 26 to 100 characters, a capital, a small letter and a digit among them


def hook(account_id: int) -> PushHook:
    """Return where FedEx shall call for an account, and the security token it shall sign with."""
    return PushHook(
        path=f"/carriers/fedex/visibility/{account_id}", header=HEADER, secret=_tokens(account_id)[0], signs=True
    )


def is_ours(account_id: int, body: bytes, signature: str) -> bool:
    """Return whether the body was signed with the account's token, in constant time; old secret keys stay good."""
    return valid_hmac_base64(_tokens(account_id), body, signature)


def _tokens(account_id: int) -> list[str]:
    return [_PREFIX + secret for secret in account_secrets(_SALT, account_id)]


@reading("the message of FedEx")
def numbers_in(document: Mapping[str, Any]) -> list[str]:
    """Return the numbers of the parcels that a message is about, at least one."""
    found = [row["trackingNumber"] for row in document["output"]["completeTrackResults"]]
    if not found or not all(isinstance(number, str) and number.strip() for number in found):
        raise ValueError("no tracking number")
    return [number.strip() for number in found]
