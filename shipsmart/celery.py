"""Celery wakes workers up; the truth about work to do is always a row (see shipsmart.inbox)."""

import os

import django
from celery import Celery
from celery.signals import worker_init
from django.conf import settings
from kombu import Queue

from shipsmart.inbox.lanes import LANES, ORDERS

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shipsmart.settings")
app = Celery("shipsmart")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.task_default_queue = ORDERS
app.conf.task_queues = [Queue(lane) for lane in LANES]
app.conf.beat_schedule_filename = str(settings.VAR_DIR / "celerybeat-schedule")
app.conf.beat_schedule = {
    f"sweep-{lane}": {
        "task": "inbox.drain",
        "schedule": settings.SWEEP_S,
        "kwargs": {"lane": lane},
        "options": {"queue": lane, "expires": 10},
    }
    for lane in LANES
}


@worker_init.connect
def load_before_parting(**_: object) -> None:
    """Load fonts, thesaurus and handlers in the worker itself, before it forks (Celery sends this once, then)."""
    django.setup()
    # Apps are ready only now.
    from shipsmart.inbox import preloading  # noqa: PLC0415

    preloading.load_all()
