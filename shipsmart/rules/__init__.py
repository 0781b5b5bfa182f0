"""The law as data: dated values with their sources, read once and held in memory."""

from shipsmart.core.errors import NoRuleInForce
from shipsmart.rules.book import Rulebook, current, load_rulebook
from shipsmart.rules.dated import BadRule

__all__ = ["BadRule", "NoRuleInForce", "Rulebook", "current", "load_rulebook"]
