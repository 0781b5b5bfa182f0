"""The fields of `Mutation`. Each returns a payload; a refusal comes back as user errors, and nothing has changed."""

import re
from typing import Any

from integrations.sandbox.shopify.admin.bulk import BulkMutations
from integrations.sandbox.shopify.admin.delivery_mutations import DeliveryMutations
from integrations.sandbox.shopify.admin.draft_mutations import DraftMutations
from integrations.sandbox.shopify.admin.idempotency import once
from integrations.sandbox.shopify.admin.mark_mutations import MarkMutations
from integrations.sandbox.shopify.admin.payload import payload as _payload
from integrations.sandbox.shopify.admin.queries import api_version
from integrations.sandbox.shopify.admin.return_mutations import ReturnMutations
from integrations.sandbox.shopify.admin.service_mutations import ServiceMutations
from integrations.sandbox.shopify.admin.uploads import UploadMutations
from integrations.sandbox.shopify.practice.uninstall import uninstall
from integrations.sandbox.shopify.store import fulfilling
from integrations.sandbox.shopify.store.catalogue import Weight
from integrations.sandbox.shopify.store.fulfilling import Refused
from integrations.sandbox.shopify.store.ids import next_key
from integrations.sandbox.shopify.store.refunding import create_refund
from integrations.sandbox.shopify.store.shop import DeliveryCarrierService, WebhookSubscription
from integrations.sandbox.shopify.transport import may_be_called
from integrations.sandbox.shopify.webhooks import payloads
from integrations.sandbox.shopify.webhooks.publish import publish, publish_order

_HS_CODE = re.compile(r"^\d{6,13}$")


class Mutations(
    BulkMutations,
    DeliveryMutations,
    DraftMutations,
    MarkMutations,
    ReturnMutations,
    ServiceMutations,
    UploadMutations,
):
    """`idempotency_key` and `arguments` are set by the endpoint before a field is called."""

    idempotency_key: str | None = None

    # Catalogue

    def inventory_item_update(self, id: str, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002
        return _payload("inventory_item", lambda: self._update_item(id, input))

    def _update_item(self, gid: str, changes: dict[str, Any]) -> Any:
        item = self.find(gid, "InventoryItem")
        if item is None:
            raise Refused("Inventory item does not exist", "id")
        codes = [changes.get("harmonized_system_code")]
        codes += [row["harmonized_system_code"] for row in changes.get("country_harmonized_system_codes") or []]
        for code in codes:
            if code and not _HS_CODE.match(code):
                raise Refused("Harmonized system code is invalid", "input", "harmonizedSystemCode")
        weight = (changes.pop("measurement", None) or {}).get("weight")
        if weight:
            item.measurement.weight = Weight(**weight)
        changes.pop("cost", None)
        for name, value in changes.items():
            setattr(item, name, value)
        item.touch()
        publish(self.world, self.room, "inventory_items/update", payloads.inventory_item(item))
        return item

    # Webhooks and carrier services

    def _allowed(self, url: str | None, *field: str, code: str | None = None) -> str:
        if not url or not may_be_called(url, app_url=self.world.config.app_url):
            raise Refused(f"Address is not allowed: {url}", *field, code=code)
        return url

    def _subscribe(self, topic: str, given: dict[str, Any]) -> WebhookSubscription:
        place = ("webhookSubscription", "callbackUrl")
        uri = self._allowed(given.pop("uri", None) or given.pop("callback_url", None), *place)
        given.pop("callback_url", None)
        if given.get("filter"):
            raise Refused("This practice shop does not play filters", "webhookSubscription", "filter")
        if any(s.topic == topic and s.uri == uri for s in self.held.subscriptions.values()):
            raise Refused("Address for this topic has already been taken", *place)
        details = {k: v for k, v in given.items() if v is not None}
        subscription = WebhookSubscription(
            serial=next_key(), topic=topic, uri=uri, api_version=api_version(), **details
        )
        self.held.subscriptions[subscription.serial] = subscription
        return subscription

    def webhook_subscription_create(self, topic: str, webhook_subscription: dict[str, Any]) -> dict[str, Any]:
        return _payload("webhook_subscription", lambda: self._subscribe(topic, webhook_subscription))

    def _change_subscription(self, gid: str, given: dict[str, Any]) -> WebhookSubscription:
        subscription = self.find(gid, "WebhookSubscription")
        if subscription is None:
            raise Refused("Webhook subscription does not exist", "id")
        uri = given.pop("uri", None) or given.pop("callback_url", None)
        if uri:
            subscription.uri = self._allowed(uri, "webhookSubscription", "callbackUrl")
        for name, value in given.items():
            if value is not None and name != "callback_url":
                setattr(subscription, name, value)
        subscription.touch()
        return subscription

    def webhook_subscription_update(self, id: str, webhook_subscription: dict[str, Any]) -> dict[str, Any]:  # noqa: A002
        return _payload("webhook_subscription", lambda: self._change_subscription(id, webhook_subscription))

    def webhook_subscription_delete(self, id: str) -> dict[str, Any]:  # noqa: A002
        def change() -> str:
            subscription = self.find(id, "WebhookSubscription")
            if subscription is None:
                raise Refused("Webhook subscription does not exist", "id")
            return self.held.subscriptions.pop(subscription.serial).id

        return _payload("deleted_webhook_subscription_id", change)

    def carrier_service_create(self, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002
        def change() -> DeliveryCarrierService:
            code = "CARRIER_SERVICE_CREATE_FAILED"
            self._allowed(input["callback_url"], "input", "callbackUrl", code=code)
            if any(s.name == input["name"] for s in self.held.carrier_services.values()):
                raise Refused(f"{input['name']} is already configured", "input", "name", code=code)
            service = DeliveryCarrierService(serial=next_key(), **input)
            self.held.carrier_services[service.serial] = service
            return service

        return _payload("carrier_service", change)

    def _carrier_service(self, gid: str, *, code: str) -> DeliveryCarrierService:
        service = self.find(gid, "DeliveryCarrierService")
        if service is None:
            raise Refused("The carrier or app could not be found.", "id", code=code)
        return service  # type: ignore[no-any-return]

    def carrier_service_update(self, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002
        def change() -> DeliveryCarrierService:
            code = "CARRIER_SERVICE_UPDATE_FAILED"
            service = self._carrier_service(input.pop("id"), code=code)
            if input.get("callback_url"):
                self._allowed(input["callback_url"], "input", "callbackUrl", code=code)
            for name, value in input.items():
                setattr(service, name, value)
            service.touch()
            return service

        return _payload("carrier_service", change)

    def carrier_service_delete(self, id: str) -> dict[str, Any]:  # noqa: A002
        def change() -> str:
            service = self._carrier_service(id, code="CARRIER_SERVICE_DELETE_FAILED")
            return self.held.carrier_services.pop(service.serial).id

        return _payload("deleted_id", change)

    # Fulfilment

    def _updated(self, order: Any) -> None:
        publish_order(self.world, self.room, "updated", order)

    def fulfillment_create(self, fulfillment: dict[str, Any], message: str | None = None) -> dict[str, Any]:
        def change() -> Any:
            made = fulfilling.create_fulfilment(self.held, fulfillment)
            self.held.record("fulfilment_created", order=made.order.name, tracking=made.tracking, message=message)
            publish(self.world, self.room, "fulfillments/create", payloads.fulfilment(made), subject=made.order.serial)
            self._updated(made.order)
            return made

        return _payload("fulfillment", change)

    def _fulfilment_changed(self, made: Any) -> Any:
        publish(self.world, self.room, "fulfillments/update", payloads.fulfilment(made), subject=made.order.serial)
        self._updated(made.order)
        return made

    def fulfillment_tracking_info_update(
        self, fulfillment_id: str, tracking_info_input: dict[str, Any], notify_customer: bool | None = None
    ) -> dict[str, Any]:
        def change() -> Any:
            made = fulfilling.change_tracking(self.held, fulfillment_id, tracking_info_input)
            made.notify_customer = bool(notify_customer)
            return self._fulfilment_changed(made)

        return _payload("fulfillment", change)

    def fulfillment_cancel(self, id: str) -> dict[str, Any]:  # noqa: A002
        return _payload("fulfillment", lambda: self._fulfilment_changed(fulfilling.cancel_fulfilment(self.held, id)))

    def fulfillment_event_create(self, fulfillment_event: dict[str, Any]) -> dict[str, Any]:
        def change() -> Any:
            event = fulfilling.add_event(self.held, fulfillment_event)
            self.held.record("fulfilment_event", status=event.status, message=event.message)
            return event

        return _payload("fulfillment_event", change)

    # Orders

    def refund_create(self, input: dict[str, Any]) -> dict[str, Any]:  # noqa: A002
        def change() -> dict[str, Any]:
            made = _payload("refund", lambda: create_refund(self.held, input), order=None)
            if made["refund"] is not None:
                made["order"] = made["refund"].order
                self._updated(made["order"])
                publish(self.world, self.room, "refunds/create", payloads.refund(made["refund"]))
            return made

        return once(self.held, key=self.idempotency_key, field="refundCreate", arguments=input, change=change)

    def app_uninstall(self) -> dict[str, Any]:
        app = {"id": "gid://shopify/App/900001", "title": "ShipSmart", "handle": "shipsmart"}
        uninstall(self.world, self.room)
        return {"app": {**app, "api_key": self.world.config.client_id, "embedded": True}, "user_errors": []}
