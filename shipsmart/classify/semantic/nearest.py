"""The names of our dictionary and the lines of the nomenclature nearest in meaning to a text.

The vectors are made once from our own texts and kept in `index-<hash>.npz` beside the weights or wherever the caller
says; another model or another dictionary has another hash.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np

from shipsmart.classify import nomenclature
from shipsmart.classify.gathering import Near
from shipsmart.classify.semantic.minilm import MiniLM, load_model
from shipsmart.classify.thesaurus import Kind, read_kinds

LEAST = 0.35  # likeness below which a neighbour says nothing
MOST_KINDS, MOST_LINES = 12, 20
LOOKED_AT = 60  # nearest texts; several may be names of one kind


T = TypeVar("T")


class Entry(NamedTuple, Generic[T]):
    """A text and what it stands for."""

    text: str
    target: T


class Index(Generic[T]):
    """Texts with their vectors, one row each."""

    def __init__(self, entries: Sequence[Entry[T]], vectors: Any) -> None:
        self._entries, self._vectors = entries, vectors

    def likeness(self, vectors: Any) -> Any:
        """Return how like each text is to each of the vectors, a row for a vector."""
        return vectors @ self._vectors.T

    def nearest(self, likeness: Any, *, most: int) -> Iterator[tuple[T, float, str]]:
        """Yield at most that many targets, each once, with likeness and text; `likeness`: a row of `likeness()`."""
        looked_at = np.argpartition(-likeness, LOOKED_AT)[:LOOKED_AT] if len(likeness) > LOOKED_AT else slice(None)
        numbers = np.arange(len(likeness))[looked_at]
        seen: set[T] = set()
        for number in sorted(numbers, key=lambda n: (-likeness[n], n)):
            text, target = self._entries[number]
            if likeness[number] < LEAST or len(seen) == most:
                return
            if target not in seen:
                seen.add(target)
                yield target, min(float(likeness[number]), 1.0), text


class Nearest:
    """Finds kinds and codes by meaning; off unless somebody gives the weights."""

    def __init__(self, model: MiniLM, kinds: Index[Kind], lines: Index[str]) -> None:
        self._model, self._kinds, self._lines = model, kinds, lines

    def search(self, texts: Sequence[str]) -> list[Near]:
        """Return what is near each of the texts; nothing for one without a known word."""
        known = [number for number, text in enumerate(texts) if text.strip() and self._model.knows(text)]
        found = [Near() for _ in texts]
        if known:
            vectors = self._model.encode_all([texts[number] for number in known])
            likes = zip(known, self._kinds.likeness(vectors), self._lines.likeness(vectors), strict=True)
            for number, kinds, lines in likes:
                found[number] = Near(
                    [*self._kinds.nearest(kinds, most=MOST_KINDS)], [*self._lines.nearest(lines, most=MOST_LINES)]
                )
        return found


def names() -> Iterator[Entry[Kind]]:
    """Yield the English names of our kinds: the model knows no other language."""
    for spoken, kind in read_kinds():
        yield from (Entry(name, kind) for name in dict.fromkeys([*spoken["en"], kind.name]))


def load(
    folder: Path,
    *,
    keep_in: Path | None = None,
    kinds: Iterable[Entry[Kind]] | None = None,
    lines: Iterable[Entry[str]] | None = None,
) -> Nearest:
    """Return the index for the model in `folder`; made at the first time (minutes with MiniLM), then read.

    `kinds`, `lines`: other texts than our names and the nomenclature's. Raises BadWeights, BadVocabulary.
    """
    model = load_model(folder)
    named = list(names() if kinds is None else kinds)
    official = [Entry(e.text, e.hs_code) for e in nomenclature.load().entries] if lines is None else list(lines)
    texts = [*(entry.text for entry in named), *(entry.text for entry in official)]
    kept = (keep_in or folder) / f"index-{_hash(folder, texts)}.npz"
    vectors = _read(kept, len(texts))
    if vectors is None:
        vectors = model.encode_all(texts).astype(np.float16)
        _write(kept, vectors)
    vectors = vectors.astype(np.float32)
    return Nearest(model, Index(named, vectors[: len(named)]), Index(official, vectors[len(named) :]))


def _write(path: Path, vectors: Any) -> None:
    making = path.with_suffix(f".{os.getpid()}.npz")
    np.savez(making, vectors=vectors)
    making.rename(path)


def _read(path: Path, count: int) -> Any:
    """Return the vectors kept, None when there are none or the file is not whole: they are then made again."""
    try:
        with np.load(path, allow_pickle=False) as data:
            vectors = data["vectors"]
    except (OSError, ValueError, KeyError, EOFError):
        return None
    return vectors if len(vectors) == count else None


def _hash(folder: Path, texts: Sequence[str]) -> str:
    digest = hashlib.sha256((folder / "model.safetensors").read_bytes())
    for text in texts:
        digest.update(f"{text}\n".encode())
    return digest.hexdigest()[:16]
