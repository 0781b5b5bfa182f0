"""The fields of `Mutation` about returns."""

from collections.abc import Callable
from typing import Any

from integrations.sandbox.shopify.admin.queries import Reader
from integrations.sandbox.shopify.store import processing, returning
from integrations.sandbox.shopify.store.fulfilling import Refused
from integrations.sandbox.shopify.store.return_rows import Return, ReverseDelivery
from integrations.sandbox.shopify.webhooks import payloads
from integrations.sandbox.shopify.webhooks.publish import publish, publish_order


def _payload(name: str, change: Callable[[], Any]) -> dict[str, Any]:
    try:
        return {name: change(), "user_errors": []}
    except Refused as refusal:
        error = {"field": refusal.field, "message": str(refusal), "code": refusal.code}
        return {name: None, "user_errors": [error]}


class ReturnMutations(Reader):
    def _told(self, event: str, made: Return) -> Return:
        publish(self.world, self.room, f"returns/{event}", payloads.returned(made), subject=made.order.serial)
        return made

    def return_approve_request(self, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002 - the API's own name
        found = self.find(input["id"], "Return")
        return _payload("return", lambda: self._told("approve", returning.approve(found)))

    def return_decline_request(self, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002
        found, reason, note = self.find(input["id"], "Return"), input["decline_reason"], input.get("decline_note")
        return _payload("return", lambda: self._told("decline", returning.decline(found, reason, note)))

    def return_close(self, id: str) -> dict[str, Any]:  # noqa: A002
        found = self.find(id, "Return")

        def change() -> Return:
            before = found.status if found else ""
            made = processing.close(found)
            return made if before == made.status else self._told("close", made)

        return _payload("return", change)

    def return_create(self, return_input: dict[str, Any]) -> dict[str, Any]:
        order = self.find(return_input["order_id"], "Order")
        rows = return_input["return_line_items"]
        return _payload("return", lambda: self._told("approve", processing.begin(order, rows, requested=False)))

    def return_request(self, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002
        order, rows = self.find(input["order_id"], "Order"), input["return_line_items"]
        return _payload("return", lambda: self._told("request", processing.begin(order, rows, requested=True)))

    def return_process(self, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002
        found, rows = self.find(input["return_id"], "Return"), input.get("return_line_items") or []
        sent = input.get("exchange_line_items") or []

        def change() -> Return:
            made = self._told("process", processing.process(self.held, found, rows, sent))
            if sent:
                publish_order(self.world, self.room, "updated", made.order)
            return self._told("close", made) if made.status == "CLOSED" else made

        return _payload("return", change)

    def reverse_delivery_shipping_update(
        self,
        reverse_delivery_id: str,
        tracking_input: dict[str, Any] | None = None,
        label_input: dict[str, Any] | None = None,
        **_: Any,
    ) -> dict[str, Any]:
        found = self.find(reverse_delivery_id, "ReverseDelivery")
        return _payload("reverse_delivery", lambda: processing.change_delivery(found, tracking_input, label_input))

    def reverse_delivery_create_with_shipping(
        self,
        reverse_fulfillment_order_id: str,
        reverse_delivery_line_items: list[dict[str, Any]],
        tracking_input: dict[str, Any] | None = None,
        label_input: dict[str, Any] | None = None,
        **_: Any,
    ) -> dict[str, Any]:
        found = self.find(reverse_fulfillment_order_id, "ReverseFulfillmentOrder")

        def change() -> ReverseDelivery:
            made = returning.create_delivery(found, reverse_delivery_line_items, tracking_input, label_input)
            back = next(
                one for one in made.reverse_fulfillment_order.order.returns if found in one.reverse_fulfillment_orders
            )
            payload = {"id": made.serial, "admin_graphql_api_id": made.id, "return": payloads.short_return(back)}
            publish(self.world, self.room, "reverse_deliveries/attach_deliverable", payload, subject=back.order.serial)
            return made

        return _payload("reverse_delivery", change)
