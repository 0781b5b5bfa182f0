"""The fields of `Mutation` about fulfilment services and the requests made of them."""

from typing import Any

from integrations.sandbox.shopify.admin.payload import payload
from integrations.sandbox.shopify.admin.queries import Reader
from integrations.sandbox.shopify.store.fulfilling import Refused
from integrations.sandbox.shopify.store.fulfilment import FulfillmentOrder, Location
from integrations.sandbox.shopify.store.ids import next_key
from integrations.sandbox.shopify.store.service import FulfillmentService, step
from integrations.sandbox.shopify.transport import may_be_called


class ServiceMutations(Reader):
    def fulfillment_service_create(self, name: str, callback_url: str | None = None, **given: Any) -> dict[str, Any]:
        def change() -> FulfillmentService:
            if any(one.service_name == name for one in self.held.services.values()):
                raise Refused("Name has already been taken", "name")
            self._check_url(callback_url)
            place = Location(serial=next_key(), name=name, address=dict(self.held.location.address))
            made = FulfillmentService(
                serial=next_key(), service_name=name, callback_url=callback_url, location=place, **given
            )
            self.held.services[made.serial] = made
            return made

        return payload("fulfillment_service", change)

    def _check_url(self, url: str | None) -> None:
        if url and not may_be_called(url, app_url=self.world.config.app_url):
            raise Refused(f"Callback url is not allowed: {url}", "callbackUrl")

    def _service(self, gid: str) -> FulfillmentService:
        found = self.find(gid, "FulfillmentService")
        if found is None:
            raise Refused("Fulfillment service could not be found.", "id")
        return found  # type: ignore[no-any-return]

    def fulfillment_service_update(self, id: str, **given: Any) -> dict[str, Any]:  # noqa: A002
        def change() -> FulfillmentService:
            found = self._service(id)
            self._check_url(given.get("callback_url"))
            for name, value in given.items():
                setattr(found, "service_name" if name == "name" else name, value)
            return found

        return payload("fulfillment_service", change)

    def fulfillment_service_delete(self, id: str, **_: Any) -> dict[str, Any]:  # noqa: A002
        return payload("deleted_id", lambda: self.held.services.pop(self._service(id).serial).id)

    def _answer(self, gid: str, name: str, message: str | None, reason: str | None = None) -> dict[str, Any]:
        def change() -> FulfillmentOrder:
            found = self.find(gid, "FulfillmentOrder")
            ours = {one.location.serial for one in self.held.services.values()}
            if found is None or found.location.serial not in ours:
                raise Refused("Fulfillment order does not exist.", "id")
            if not step(found, name):
                raise Refused(f"Fulfillment order is {found.request_status.lower()}: nothing was asked of it", "id")
            self.held.record("fulfilment_request", answer=name, message=message, reason=reason)
            return found  # type: ignore[no-any-return]

        return payload("fulfillment_order", change)

    def fulfillment_order_accept_fulfillment_request(self, id: str, message: str | None = None) -> dict[str, Any]:  # noqa: A002
        return self._answer(id, "accept", message)

    def fulfillment_order_reject_fulfillment_request(
        self,
        id: str,  # noqa: A002
        message: str | None = None,
        reason: str | None = None,
    ) -> dict[str, Any]:
        return self._answer(id, "reject", message, reason)

    def fulfillment_order_accept_cancellation_request(self, id: str, message: str | None = None) -> dict[str, Any]:  # noqa: A002
        return self._answer(id, "let_go", message)

    def fulfillment_order_reject_cancellation_request(self, id: str, message: str | None = None) -> dict[str, Any]:  # noqa: A002
        return self._answer(id, "keep", message)
