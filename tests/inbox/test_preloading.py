import gc
import logging

import pytest

from shipsmart.inbox import preloading


@pytest.fixture
def loaders(monkeypatch):
    """Return the loaders that count; handlers are not loaded, and the collector is left alone."""
    found = []
    monkeypatch.setattr(preloading, "_loaders", found)
    monkeypatch.setattr(preloading.operations, "registered", lambda: {})
    monkeypatch.setattr(gc, "collect", lambda: 0)
    monkeypatch.setattr(gc, "freeze", lambda: None)
    return found


def test_each_loader_is_called_once(loaders):
    called = []

    def load():
        called.append("fonts")

    preloading.register(load)
    preloading.register(load)

    preloading.load_all()

    assert called == ["fonts"]


def test_one_that_fails_is_told_and_keeps_no_other_back(loaders, caplog):
    called = []

    def broken():
        raise OSError("no such font")

    preloading.register(broken)
    preloading.register(lambda: called.append("tables"))

    with caplog.at_level(logging.ERROR):
        preloading.load_all()

    assert called == ["tables"]
    assert "no such font" in caplog.text


def test_what_the_apps_load_opens_no_connection_to_the_database(django_db_blocker):
    from shipsmart.inbox.preloading import _loaders

    with django_db_blocker.block():
        for load in _loaders:
            load()

    assert len(_loaders) >= 2


def test_a_worker_loads_before_its_processes_part():
    from celery.signals import worker_init

    from shipsmart import celery

    assert celery.load_before_parting in [receiver() for _, receiver in worker_init.receivers]
