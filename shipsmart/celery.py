"""Celery wakes workers up; the truth about work to do is always a row (see shipsmart.inbox)."""

import os

from celery import Celery
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
