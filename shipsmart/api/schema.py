"""What the OpenAPI description says beyond the code: how keys are sent, the shapes of bodies and of refusals.

The shapes stand in schemas.yaml as JSON Schema; views name them by `ref`. Nothing here runs when a request is answered.
"""

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from shipsmart.orders.models import Order

TEXT: dict[str, Any] = {"type": "string"}
FILE: dict[str, Any] = {"type": "string", "format": "binary"}
ALWAYS = {
    401: "No key, an unknown key or a revoked one.",
    429: "More requests than this key may send in a minute; Retry-After says when to go on.",
    500: "Something failed here; it was recorded.",
}
CARRIER = OpenApiParameter(
    "carrier",
    str,
    description="Key of the carrier that will deliver: its fee rules are applied beside those for every carrier.",
)
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
    OpenApiParameter.HEADER,
    description="The same key and request give the same answer for 24 hours, with Idempotent-Replayed: true.",
)
ORDER_FILTERS = [
    OpenApiParameter("state", str, enum=Order.State.values),
    OpenApiParameter("country", str, description="Destination, ISO 3166-1 alpha-2."),
    OpenApiParameter("channel", str, description="The storefront, like shopify."),
    OpenApiParameter("number", str, description="The order's number in the store, exactly."),
    OpenApiParameter("placed_from", OpenApiTypes.DATETIME, description="Placed at this instant or later."),
    OpenApiParameter("placed_until", OpenApiTypes.DATETIME, description="Placed before this instant."),
    OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": 100, "default": 50}),
    OpenApiParameter("cursor", str, description="`next` of the page before."),
]


class BearerKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "shipsmart.api.authentication.BearerKey"
    name = "key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A key made under Settings, API keys: `ss_…`."}


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def body(name: str) -> dict[str, Any]:
    return {"application/json": ref(name)}


def answers(
    schema: dict[str, Any], refusals: dict[int, str], *, media_type: str = "application/json"
) -> dict[Any, Any]:
    """Return the responses of an operation: the answer and every refusal, those any request may meet included."""
    found: dict[Any, Any] = {(200, media_type): schema}
    for status, why in sorted({**ALWAYS, **refusals}.items()):
        found[(status, "application/json")] = OpenApiResponse(ref("Error"), description=why)
    return found


@cache
def shapes() -> dict[str, Any]:
    """Return the JSON Schemas by name."""
    found: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "schemas.yaml").read_text(encoding="utf-8"))
    return found


def add_components(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Put the shapes into the description and say that bodies are required and what headers a refusal bears."""
    result.setdefault("components", {}).setdefault("schemas", {}).update(shapes())
    for operations in result["paths"].values():
        for operation in operations.values():
            if "requestBody" in operation:
                operation["requestBody"]["required"] = True
            _add_headers(operation["responses"])
    return result


def _add_headers(responses: dict[str, Any]) -> None:
    number = {"schema": {"type": "integer"}, "description": "Seconds to wait."}
    text = {"schema": {"type": "string"}, "description": "How to send a key."}
    if "429" in responses:
        responses["429"]["headers"] = {"Retry-After": number}
    if "401" in responses:
        responses["401"]["headers"] = {"WWW-Authenticate": text}
