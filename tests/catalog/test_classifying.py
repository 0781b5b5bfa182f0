"""Products are classified in the background; decisions are remembered, spread and never leak."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from shipsmart.catalog import classifying
from shipsmart.catalog.classifying import memory_of, waiting
from shipsmart.catalog.models import Classification, CodeDecision, Suggestion, Variant
from shipsmart.catalog.operations import decide_code, import_variants
from shipsmart.catalog.texts import item_of
from shipsmart.catalog.undoing import undo
from shipsmart.classify import Engine
from shipsmart.merchants.models import AuditEntry, Connection, Merchant
from shipsmart.ports import StoreVariant

pytestmark = pytest.mark.django_db
TOTE = StoreVariant(
    external_id="t1",
    product_id="pt",
    product_title="Canvas tote Lisboa hand printed",
    title="Black",
    sku="T-B",
    price=Decimal("25.00"),
    currency="EUR",
    weight_g=200,
    hs_code="",
    origin="PT",
)


def best(key: str) -> str:
    return Suggestion.objects.get(variant__external_id=key).best


def test_what_is_imported_gets_a_suggestion_with_reasons(connection: Connection, drained: Callable[[], None]) -> None:
    import_variants(connection, [TOTE])
    drained()
    assert not list(waiting(connection.merchant))
    assert best("1") == "610910"
    assert Suggestion.objects.get(variant__external_id="1").candidates[0]["why"]


def test_more_than_a_page_is_worked_off(connection: Connection, drained: Callable[[], None]) -> None:
    import_variants(connection, [replace(TOTE, external_id=f"n{n}", product_id=f"n{n}") for n in range(60)])
    drained()
    assert not list(waiting(connection.merchant))


def test_a_text_that_changes_is_looked_at_again(connection: Connection, drained: Callable[[], None]) -> None:
    import_variants(connection, [TOTE])
    drained()
    import_variants(connection, [replace(TOTE, product_title="Soy candle scented", title="")])
    drained()
    assert best("t1") == "340600"


def test_a_decision_is_suggested_first_for_variants_and_near_duplicates(
    connection: Connection, drained: Callable[[], None]
) -> None:
    near = replace(TOTE, external_id="t3", product_id="p9", product_title="Hand printed canvas tote Lisboa", title="M")
    import_variants(connection, [TOTE, replace(TOTE, external_id="t2", title="Red"), near])
    drained()
    decide_code(Variant.objects.get(external_id="t1"), code="630790", actor="anna", reason="ruling")
    drained()
    assert [best(key) for key in ("t2", "t3")] == ["630790", "630790"]
    assert best("1") == "610910"


def test_a_decision_never_leaks_to_another_merchant(connection: Connection, drained: Callable[[], None]) -> None:
    other = Connection.objects.create(
        merchant=Merchant.objects.create(name="Other", currency="EUR"), storefront="shopify", account="o.example"
    )
    import_variants(connection, [TOTE])
    decide_code(Variant.objects.get(external_id="t1"), code="630790", actor="anna")
    import_variants(other, [TOTE])
    drained()
    assert Suggestion.objects.get(variant__merchant=other.merchant).best != "630790"
    assert memory_of(other.merchant).recall("Canvas tote Lisboa hand printed") is None


def test_a_decision_outlives_its_variant(connection: Connection) -> None:
    import_variants(connection, [TOTE])
    decide_code(Variant.objects.get(external_id="t1"), code="630790", actor="anna")
    Variant.objects.get(external_id="t1").delete()
    assert memory_of(connection.merchant).recall("Canvas tote Lisboa hand printed") is not None


def test_the_trail_says_who_why_and_from_which_suggestion(connection: Connection, drained: Callable[[], None]) -> None:
    import_variants(connection, [TOTE])
    drained()
    machine = best("t1")
    decide_code(Variant.objects.get(external_id="t1"), code="630790", actor="anna", reason="ruling NY N1")
    row = CodeDecision.objects.get()
    assert (row.actor, row.suggested, row.reason, row.previous) == ("anna", machine, "ruling NY N1", "")
    assert AuditEntry.objects.get(action="classify").data["suggested"] == machine


def test_the_machine_overwrites_no_code(connection: Connection, drained: Callable[[], None]) -> None:
    import_variants(connection, [replace(TOTE, hs_code="420292")])
    decide_code(Variant.objects.get(external_id="1"), code="610990", actor="anna")
    drained()
    codes = {c.variant.external_id: (c.code, c.source) for c in Classification.objects.select_related("variant")}
    assert codes["t1"] == ("420292", "store")
    assert codes["1"] == ("610990", "person")


def test_what_comes_while_a_page_is_answered_is_asked_for(
    connection: Connection, drained: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    answer, late = Engine.classify, [TOTE]

    def meanwhile(engine: Engine, item: Any, **known: Any) -> Any:
        while late:
            import_variants(connection, [late.pop()])
        return answer(engine, item, **known)

    monkeypatch.setattr(Engine, "classify", meanwhile)
    classifying.ask(connection.merchant)
    drained()
    assert not list(waiting(connection.merchant))


def test_the_daily_round_asks_for_what_was_forgotten(connection: Connection, drained: Callable[[], None]) -> None:
    assert classifying.ask_for_the_forgotten() == 1
    drained()
    assert (list(waiting(connection.merchant)), classifying.ask_for_the_forgotten()) == ([], 0)


@pytest.mark.parametrize(("source", "code"), [("machine", "420222"), ("person", "420292")])
def test_the_stores_code_goes_before_the_machines_and_not_before_a_persons(
    connection: Connection, source: str, code: str
) -> None:
    import_variants(connection, [TOTE])
    tote = Variant.objects.get(external_id="t1")
    Classification.objects.create(variant=tote, country="", code="420292", source=source)
    import_variants(connection, [replace(TOTE, hs_code="420222")])
    assert Classification.objects.get(variant=tote).code == code


def test_the_stores_tags_are_evidence(connection: Connection) -> None:
    variant = Variant.objects.filter(product__connection=connection).first() or Variant.objects.first()
    assert variant is not None
    variant.product.tags = ["hand cream", "sale"]
    assert "hand cream" in item_of(variant).description


def test_a_decision_taken_back_is_remembered_no_more(connection: Connection, drained: Callable[[], None]) -> None:
    import_variants(connection, [TOTE, replace(TOTE, external_id="t2", product_id="p2")])
    drained()
    before = best("t2")
    decide_code(Variant.objects.get(external_id="t1"), code="630790", actor="ana")
    drained()
    assert best("t2") == "630790"
    done = undo(connection.merchant, [CodeDecision.objects.get().pk], actor="ana")
    drained()
    assert (done.taken_back, done.stay) == (1, 0)
    assert best("t2") == before
    assert undo(connection.merchant, [CodeDecision.objects.get().pk], actor="ana").taken_back == 0
