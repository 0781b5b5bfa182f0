"""The fields of `Mutation` about draft orders."""

from decimal import Decimal
from typing import Any

from integrations.sandbox.shopify.admin.payload import payload
from integrations.sandbox.shopify.admin.queries import Reader
from integrations.sandbox.shopify.store.drafts import DraftOrder
from integrations.sandbox.shopify.store.fulfilling import Refused


class DraftMutations(Reader):
    def draft_order_update(self, id: str, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002
        def change() -> DraftOrder:
            found = self.find(id, "DraftOrder")
            if found is None or found.status == "COMPLETED":
                raise Refused("This order has been paid", "id")
            line = input.get("shipping_line")
            if line:
                money = line.get("price_with_currency")
                if not money or money["currency_code"] not in {found.currency_code, found.cart.currency}:
                    raise Refused("Price must be in a currency of the draft", "input", "shippingLine")
                found.deliver(str(line.get("title") or ""), Decimal(str(money["amount"])), money["currency_code"])
            if input.get("custom_attributes") is not None:
                found.custom_attributes = list(input["custom_attributes"])
            found.touch()
            return found  # type: ignore[no-any-return]

        return payload("draft_order", change)
