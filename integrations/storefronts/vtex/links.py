"""The connect link: signed, good for a day and for one connection; whoever holds the key needs no log-in with us."""

import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from django.core import signing
from django.urls import reverse

from integrations.storefronts.vtex.manifest import KEY
from shipsmart.core.errors import ShipSmartError
from shipsmart.merchants.models import Connection, Merchant

AGE_S = 86_400
_SALT = "vtex.connect"


class BadLink(ShipSmartError):
    """The link was changed, is older than a day, or its merchant is gone."""

    code = "bad_link"


@dataclass(frozen=True)
class Link:
    merchant: Merchant
    actor: str
    nonce: str
    made_at: datetime

    def used(self) -> Connection | None:
        """Return the account that was connected by this link or after it was made; None while the link is unused."""
        made = Connection.objects.filter(merchant=self.merchant, storefront=KEY, installed_at__gte=self.made_at)
        return made.defer("credentials").order_by("-installed_at").first()


def make(merchant: Merchant, actor: str) -> str:
    """Return the path of a new link."""
    values = {"m": merchant.pk, "a": actor, "n": secrets.token_urlsafe(9), "t": time.time()}
    return reverse("vtex_connect:form", args=[signing.dumps(values, salt=_SALT, compress=True)])


def opened(text: str) -> Link:
    """Raises BadLink."""
    try:
        values = signing.loads(text, salt=_SALT, max_age=AGE_S)
        merchant = Merchant.objects.get(pk=values["m"])
    except (signing.BadSignature, Merchant.DoesNotExist) as error:
        raise BadLink("the link was changed, or is older than a day") from error
    return Link(merchant, values["a"], values["n"], datetime.fromtimestamp(values["t"], UTC))
