"""Numbers without gaps and papers issued once, also when several workers do it at the same moment."""

import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from shipsmart.documents import operations
from shipsmart.documents.models import Document
from shipsmart.documents.operations import Paper, issue, take_number
from shipsmart.merchants.models import Merchant

WORKERS, EACH = 4, 6


def paper(content: bytes) -> Paper:
    return Paper("packing_list", "S-1", content, hashlib.sha256(content).hexdigest(), 1)


def issued(merchant: Merchant, content: bytes) -> Document:
    return issue(merchant=merchant, subject="shipment:1", paper=paper(content), snapshot={"content": content.decode()})


def test_the_same_bytes_are_one_paper_and_others_a_correction(merchant):
    first, again, corrected = issued(merchant, b"a"), issued(merchant, b"a"), issued(merchant, b"b")
    assert first == again
    assert (corrected.version, corrected.corrects) == (2, first)


@pytest.mark.parametrize(("content", "versions"), [(b"a", [1]), (b"b", [1, 2])])
def test_a_worker_who_looked_too_early_looks_again(merchant, monkeypatch, content, versions):
    first = issued(merchant, b"a")
    looks = iter([{}])  # what it saw before the other worker's row was there
    look = operations._latest
    monkeypatch.setattr(operations, "_latest", lambda subject, papers: next(looks, look(subject, papers)))
    with transaction.atomic():
        document = issued(merchant, content)
        assert Document.objects.count() == len(versions)  # the transaction around still works
    assert document.version == versions[-1]
    assert document.corrects == (first if content == b"b" else None)


def test_a_number_taken_in_a_transaction_that_fails_is_given_back(merchant):
    with transaction.atomic():
        assert take_number(merchant, "invoice") == "INV-000001"
    with pytest.raises(RuntimeError), transaction.atomic():
        take_number(merchant, "invoice")
        raise RuntimeError
    with transaction.atomic():
        assert take_number(merchant, "invoice") == "INV-000002"


def _work(merchant: Merchant, worker: int) -> list[str]:
    numbers = []
    try:
        for turn in range(EACH):
            with transaction.atomic():
                numbers.append(take_number(merchant, "invoice"))
                issued(merchant, f"{worker}-{turn}".encode())
    finally:
        connection.close()
    return numbers


@pytest.mark.skipif(connection.vendor != "postgresql", reason="writers of SQLite stand in line anyway")
@pytest.mark.django_db(transaction=True)
def test_workers_at_once_leave_no_gap_and_lose_no_paper():
    merchant = Merchant.objects.create(name="Crowded", country="DE", currency="EUR")
    with ThreadPoolExecutor(WORKERS) as pool:
        done = list(pool.map(lambda worker: _work(merchant, worker), range(WORKERS)))
    taken = [number for numbers in done for number in numbers]
    assert sorted(taken) == [f"INV-{number:06d}" for number in range(1, WORKERS * EACH + 1)]
    versions = Document.objects.filter(subject="shipment:1").order_by("version")
    assert [document.version for document in versions] == list(range(1, WORKERS * EACH + 1))
    assert len({document.sha256 for document in versions}) == WORKERS * EACH
