"""The `[semantic]` extra: nearest kinds and headings by meaning, with MiniLM in numpy. Off unless weights are given."""

import os

# With several threads, those of other processes are waited for: on two busy cores a text took 640 ms instead of 38.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from shipsmart.classify.semantic.nearest import Entry, Nearest, load  # noqa: E402

__all__ = ["Entry", "Nearest", "load"]
