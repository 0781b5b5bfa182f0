import json

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command

from shipsmart.compliance.gate import examine
from shipsmart.compliance.models import ScreenedName, ScreeningHit, ScreeningList
from shipsmart.compliance.operations import (
    DecisionInvalid,
    decide,
    import_list,
    lists_in_force,
    screen_names,
    screen_shipment,
    screener_without_merchant,
)
from shipsmart.compliance.screening.lists import ScreeningListInvalid
from shipsmart.documents.snapshots import parse_shipment
from tests.documents.builders import party_data, shipment_data

pytestmark = pytest.mark.django_db
HEAD = '"Name"\t"Street_Address"\t"Effective_Date"\t"FR_Citation"\n'


def dpl(*names: str) -> bytes:
    return (HEAD + "".join(f'"{name}"\t"x"\t"01/01/2026"\t"91 F.R. 1"\n' for name in names)).encode()


def shipment(name: str):
    return parse_shipment(shipment_data(consignee=party_data(name=name)))


def test_a_listed_consignee_blocks_the_shipment_and_stands_in_the_queue(merchant):
    import_list("dpl", dpl("PIOTR EXAMPLOV", "SAMPLE TRADING LLC"))
    blocks = screen_shipment(merchant, shipment("Examplov, Piotr"))
    assert [(block.code, block.where, block.warning) for block in blocks] == [
        ("party_screened", "consignee.name", False)
    ]
    assert "PIOTR EXAMPLOV" in blocks[0].message
    hit = ScreeningHit.objects.for_merchant(merchant).open().get()
    assert (hit.subject, hit.name_matched, hit.source, hit.score) == ("Examplov, Piotr", "PIOTR EXAMPLOV", "dpl", 100)
    assert screen_shipment(merchant, shipment("Anna Muster")) == []


def test_a_cleared_name_passes_next_time_and_a_blocked_one_never(merchant):
    import_list("dpl", dpl("PIOTR EXAMPLOV", "SAMPLE TRADING LLC"))
    user = get_user_model().objects.create_user("reviewer")
    screen_names(merchant, ["Piotr Examplov", "Sample Trading"])
    cleared, blocked = ScreeningHit.objects.order_by("pk")
    decide(cleared, "cleared", by=user, reason="born 1990, the listed person 1950")
    decide(blocked, "blocked", by=user, reason="same address")
    assert (cleared.decided_by, cleared.reason) == (user, "born 1990, the listed person 1950")
    assert screen_shipment(merchant, shipment("Piotr Examplov")) == []
    assert "it was blocked" in screen_shipment(merchant, shipment("Sample Trading"))[0].message
    with pytest.raises(DecisionInvalid):
        decide(blocked, "cleared", by=user, reason=" ")


def test_a_decision_does_not_reach_another_merchant(merchant):
    other = type(merchant).objects.create(name="Other", company="Other", country="NO", currency="EUR")
    import_list("dpl", dpl("PIOTR EXAMPLOV"))
    screen_names(merchant, ["Piotr Examplov"])
    decide(ScreeningHit.objects.get(), "cleared", by=None, reason="known customer")
    assert screen_names(merchant, ["Piotr Examplov"]) == []
    assert [hit.decision for hit in screen_names(other, ["Piotr Examplov"])] == ["open"]


def test_a_changed_list_screens_known_parties_again_and_keeps_decisions(merchant):
    import_list("dpl", dpl("PIOTR EXAMPLOV"))
    screen_names(merchant, ["Piotr Examplov", "Maria Sample-Kowalska"])
    decide(ScreeningHit.objects.get(), "cleared", by=None, reason="known customer")
    done = import_list("dpl", dpl("PIOTR EXAMPLOV", "MARIA SAMPLE KOWALSKA"))
    assert (done.is_new, done.parties, done.new_hits) == (True, 2, 1)
    assert [hit.subject for hit in ScreeningHit.objects.open()] == ["Maria Sample-Kowalska"]
    assert screen_names(merchant, ["Piotr Examplov"]) == []


def test_a_decision_outlives_another_order_of_the_same_names(merchant):
    import_list("dpl", dpl("PIOTR EXAMPLOV A/K/A PYOTR EXAMPLOV", "SAMPLE TRADING LLC"))
    screen_names(merchant, ["Examplov Pjotr"])
    decide(ScreeningHit.objects.get(), "cleared", by=None, reason="known customer")
    import_list("dpl", dpl("SAMPLE TRADING LLC", "THIRD SAMPLE PARTY", "PIOTR EXAMPLOV A/K/A PYOTR EXAMPLOV"))
    assert screen_names(merchant, ["Examplov Pjotr"]) == []
    assert ScreeningHit.objects.count() == 1


def test_an_edition_replaces_the_one_before_and_the_same_file_changes_nothing():
    import_list("dpl", dpl("PIOTR EXAMPLOV"))
    assert import_list("dpl", dpl("PIOTR EXAMPLOV")).is_new is False
    import_list("dpl", dpl("SAMPLE TRADING LLC"))
    assert [(edition.source, edition.name_count) for edition in lists_in_force()] == [("dpl", 1)]
    assert [row.name for row in ScreenedName.objects.all()] == ["SAMPLE TRADING LLC"]
    assert ScreeningList.objects.count() == 2


def test_a_broken_or_shrunken_file_leaves_the_list_in_force():
    import_list("dpl", dpl("PIOTR EXAMPLOV", "SAMPLE TRADING LLC", "THIRD SAMPLE PARTY"))
    for content in (b"", b"<html>", dpl("PIOTR EXAMPLOV")):
        with pytest.raises(ScreeningListInvalid):
            import_list("dpl", content)
    assert ScreenedName.objects.count() == 3
    assert import_list("dpl", dpl("PIOTR EXAMPLOV"), force=True).edition.name_count == 1


def test_the_gate_takes_the_screen_as_a_function():
    import_list("dpl", dpl("PIOTR EXAMPLOV"))
    listed = shipment("Piotr Examplov")
    assert [block.code for block in examine(listed, screen=screener_without_merchant()).blocks] == ["party_screened"]
    assert examine(listed).blocks == ()
    assert ScreeningHit.objects.count() == 0


def test_the_command_imports_a_file_and_says_what_was_wrong(tmp_path, capsys):
    file = tmp_path / "dpl.txt"
    file.write_bytes(dpl("PIOTR EXAMPLOV"))
    call_command("importscreening", file, source="dpl")
    answer = json.loads(capsys.readouterr().out)
    assert (answer["list"], answer["names"], answer["new"]) == ("dpl", 1, True)
    (tmp_path / "empty.csv").write_bytes(b"")
    with pytest.raises(CommandError, match="the eu file is empty"):
        call_command("importscreening", tmp_path / "empty.csv", source="eu")
    with pytest.raises(CommandError, match="No such file"):
        call_command("importscreening", tmp_path / "none.csv", source="un")


def test_all_names_of_a_shipment_are_screened_in_two_statements(merchant, django_assert_num_queries):
    screen_names(merchant, ["Ingrid Nilsen"])  # the index is built once
    with django_assert_num_queries(2):  # the lists in force, and all names at once
        assert screen_names(merchant, ["Lena Vogel", "Ingrid Nilsen", "Lena Vogel"]) == []
    assert list(merchant.screened_parties.order_by("name").values_list("name", flat=True)) == [
        "Ingrid Nilsen",
        "Lena Vogel",
    ]
