"""The `[semantic]` extra: nearest kinds and headings by meaning, with MiniLM in numpy. Off unless weights are given."""

from shipsmart.classify.semantic.nearest import Nearest, load

__all__ = ["Nearest", "load"]
