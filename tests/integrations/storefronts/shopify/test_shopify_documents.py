"""Every GraphQL document fits the true schema, and the scopes we ask for are those the documents need."""

import re

import pytest
from graphql import GraphQLSchema, TypeInfo, TypeInfoVisitor, Visitor, get_named_type, parse, validate, visit

from integrations.storefronts.shopify import codes
from integrations.storefronts.shopify.manifest import EXTRAS, SCOPES
from tests.integrations.storefronts.shopify.true_schema import DOCUMENTS, FOLDER, introspection, true_schema


@pytest.fixture(scope="module", params=["2026-07", "2026-10"])
def schema(request):
    return true_schema(request.param)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_document_fits_the_schema(name, schema):
    assert [error.message for error in validate(schema, parse((FOLDER / f"{name}.graphql").read_text()))] == []


def test_topics_companies_and_statuses_are_shopifys(schema):
    assert set(codes.TOPICS) <= set(schema.type_map["WebhookSubscriptionTopic"].values)
    assert set(codes.EVENT_STATUS.values()) <= set(schema.type_map["FulfillmentEventStatus"].values)
    assert set(codes.TAX_ID_TYPES) <= set(schema.type_map["LocalizedFieldKey"].values)
    assert set(codes.GRAMS) == set(schema.type_map["WeightUnit"].values)
    assert set(codes.PAID) <= set(schema.type_map["OrderDisplayFinancialStatus"].values)
    named = schema.type_map["FulfillmentTrackingInfo"].fields["company"].description
    assert [company for company in codes.COMPANIES.values() if company not in named] == []


class _Used(Visitor):
    """Collects what a document touches: types and fields of the schema."""

    def __init__(self, info: TypeInfo) -> None:
        super().__init__()
        self.info = info
        self.touched: set[tuple[str, str]] = set()

    def enter_field(self, node, *_):
        parent, kind = self.info.get_parent_type(), self.info.get_type()
        self.touched.add((parent.name, node.name.value))
        self.touched.add((get_named_type(kind).name, ""))


def touched(schema: GraphQLSchema, name: str) -> set[tuple[str, str]]:
    info = TypeInfo(schema)
    used = _Used(info)
    visit(parse((FOLDER / f"{name}.graphql").read_text()), TypeInfoVisitor(info, used))
    return used.touched


def alternatives(schema_json, where):
    """Return the scopes of which one is needed for a type or a field, none when it is open."""
    kinds = {kind["name"]: kind for kind in schema_json["__schema"]["types"]}
    kind, field = where
    node = kinds[kind] if not field else next(f for f in kinds[kind]["fields"] if f["name"] == field)
    said = node.get("requiredAccess") or ""
    # Some say only the family: who changes something needs to write it.
    plain = said.startswith("Any of") or re.match(r"`(?!read_|write_)\w+` access scope", said)
    families = re.findall(r"`((?!read_|write_)\w+)`", said.partition(" access scopes")[0]) if plain else []
    verb = "write" if kind == "Mutation" else "read"
    return set(re.findall(r"`(read_\w+|write_\w+)`", said)) | {f"{verb}_{family}" for family in families}


def granted(scopes):
    return set(scopes) | {scope.replace("write_", "read_", 1) for scope in scopes}


# The documents that only an extra asks with, and what the schema says of them in words alone: tags and metafields ask
# for what their owner asks for, and we put them on orders.
OF_EXTRAS = {
    "draft_orders": dict.fromkeys(("draft_order", "draft_order_update", "draft_orders")),
    "order_marks": {
        "tags_add": {"write_orders"},
        "tags_remove": {"write_orders"},
        "metafields_set": {"write_orders"},
        "metafields_delete": {"write_orders"},
        "metafield_definition_create": {"write_orders"},
    },
    "fulfilment_service": dict.fromkeys(
        (
            "accept_cancellation_request",
            "accept_fulfilment_request",
            "fulfilment_requests",
            "fulfilment_service_create",
            "fulfilment_service_delete",
            "fulfilment_service_update",
            "fulfilment_services",
            "reject_cancellation_request",
            "reject_fulfilment_request",
        )
    ),
}


def needs_of(data, schema, names):
    found = [alternatives(data, where) for name in names for where in touched(schema, name)]
    return [need for need in found if need]


def enough(needs, scopes):
    return all(need & granted(scopes) for need in needs)


def test_scopes_are_enough_and_none_is_too_many():
    data, schema = introspection("2026-07"), true_schema("2026-07")
    extra = {name for documents in OF_EXTRAS.values() for name in documents}
    # The app proxy is no document: its scope is asked for by the storefront block's estimate.
    needs = [*needs_of(data, schema, set(DOCUMENTS) - extra), {"write_app_proxy"}]
    assert enough(needs, SCOPES)
    for scope in SCOPES:
        assert not enough(needs, set(SCOPES) - {scope}), f"{scope} is asked for and not needed"


@pytest.mark.parametrize("extra", sorted(EXTRAS))
def test_scopes_of_an_extra_are_enough_and_none_is_too_many(extra):
    data, schema = introspection("2026-07"), true_schema("2026-07")
    said = [need for need in OF_EXTRAS[extra].values() if need]
    needs = [*needs_of(data, schema, OF_EXTRAS[extra]), *said]
    assert enough(needs, {*SCOPES, *EXTRAS[extra]})
    for scope in set(EXTRAS[extra]) - set(SCOPES):
        assert not enough(needs, {*SCOPES, *EXTRAS[extra]} - {scope}), f"{scope} is asked for and not needed"
