"""What all endpoints share: their parameters are known, and they act for the merchant of the key."""

from typing import Any

from rest_framework.request import Request
from rest_framework.views import APIView

from shipsmart.api.errors import Refused
from shipsmart.merchants.models import Merchant


class Endpoint(APIView):
    """A view of the API. `request.auth` is the key; everything is looked for among its merchant's rows only."""

    query_keys: frozenset[str] = frozenset()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        unknown = sorted(request.GET.keys() - self.query_keys)
        if unknown:
            known = ", ".join(sorted(self.query_keys)) or "none"
            raise Refused(
                400, "unknown_parameter", f"{unknown[0][:60]!r} is no parameter here; known: {known}", field=unknown[0]
            )

    @property
    def merchant(self) -> Merchant:
        merchant: Merchant = self.request.auth.merchant
        return merchant
