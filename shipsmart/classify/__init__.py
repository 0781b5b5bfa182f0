"""The product classifier: text of a shop to HS codes with reasons. Plain Python; see README.md."""

from shipsmart.classify.engine import Answer, Candidate, Engine, classify, engine
from shipsmart.classify.memory import Decision, Memory
from shipsmart.classify.reading import Item

__all__ = ["Answer", "Candidate", "Decision", "Engine", "Item", "Memory", "classify", "engine"]
