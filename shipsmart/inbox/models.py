from typing import ClassVar

from django.db import models

from shipsmart.inbox.leases import LeasedWork, State

__all__ = ["InboundEvent", "OutboundMessage", "State"]


class InboundEvent(LeasedWork):
    """A message from outside, kept as it came before anybody looked into it.

    `source` is an integration's key; `dedup_key` the sender's own id of the delivery (the same over its retries).
    """

    source = models.CharField(max_length=40)
    topic = models.CharField(max_length=80)
    dedup_key = models.CharField(max_length=200)
    account = models.CharField(max_length=200)  # whose: the shop's domain, the account's name
    headers = models.JSONField(default=dict)
    body = models.TextField()

    class Meta(LeasedWork.Meta):
        constraints: ClassVar = [models.UniqueConstraint(fields=["source", "dedup_key"], name="inbound_once")]

    def __str__(self) -> str:
        return f"{self.source} {self.topic} {self.dedup_key}"


class Heartbeat(models.Model):
    """When a worker was last seen."""

    name = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d %H:%M:%S}"


class OutboundMessage(LeasedWork):
    """Something we owe the outside: a label to buy, a fulfilment to report. `key` makes it happen once."""

    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=200, unique=True)
    payload = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
