"""The kinds of our dictionary and the headings of the nomenclature nearest in meaning to a text.

The vectors are made once from our own texts and kept in `index-<hash>.npz` beside the weights or wherever the caller
says; another model or another dictionary has another hash.
"""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from shipsmart.classify.nomenclature import Nomenclature
from shipsmart.classify.nomenclature import load as load_nomenclature
from shipsmart.classify.semantic.minilm import MiniLM, load_model
from shipsmart.classify.thesaurus import read_kinds

LEAST = 0.35  # likeness below which a neighbour says nothing
MOST = 12
Entry = tuple[str, str]  # text, HS code


class Nearest:
    """Finds codes by meaning; off unless somebody gives the weights."""

    def __init__(self, model: MiniLM, entries: list[Entry], vectors: Any) -> None:
        self._model = model
        self._entries = entries
        self._vectors = vectors

    def search(self, text: str) -> list[tuple[str, float, str]]:
        """Return codes with their likeness (0 to 1) and the text they are near to, the nearest first, each once."""
        if not text.strip() or not self._model.knows(text):
            return []
        likeness = self._vectors @ self._model.encode(text)
        found: dict[str, tuple[float, str]] = {}
        for number in np.argsort(-likeness)[: 4 * MOST]:
            near = float(likeness[number])
            if near < LEAST or len(found) == MOST:
                break
            words, code = self._entries[number]
            found.setdefault(code, (near, words))
        return [(code, near, words) for code, (near, words) in found.items()]


def entries(nomenclature: Nomenclature) -> list[Entry]:
    """Return our own texts: the first names of each kind with its usual code, and the words of each heading."""
    named = [
        (name, kind.choices[-1].hs_code) for names, kind in read_kinds() for name in [*names["en"][:2], kind.name][:2]
    ]
    headings = [(entry.text, entry.hs_code) for entry in nomenclature.entries]
    return list(dict.fromkeys([*named, *headings]))


def load(folder: Path, *, keep_in: Path | None = None, texts: Iterable[Entry] | None = None) -> Nearest:
    """Return the index for the model in `folder`; made at the first time (some 100 s with MiniLM), then read.

    Raises BadWeights, BadVocabulary.
    """
    model = load_model(folder)
    found = list(texts) if texts is not None else entries(load_nomenclature())
    kept = (keep_in or folder) / f"index-{_hash(folder, found)}.npz"
    vectors = _read(kept, len(found))
    if vectors is None:
        vectors = model.encode_all([text for text, _ in found])
        making = kept.with_suffix(f".{os.getpid()}.npz")
        np.savez(making, vectors=vectors.astype(np.float16))
        making.rename(kept)
    return Nearest(model, found, vectors.astype(np.float32))


def _read(path: Path, count: int) -> Any:
    """Return the vectors kept, None when there are none or the file is not whole: they are then made again."""
    try:
        with np.load(path, allow_pickle=False) as data:
            vectors = data["vectors"]
    except (OSError, ValueError, KeyError, EOFError):
        return None
    return vectors if len(vectors) == count else None


def _hash(folder: Path, found: list[Entry]) -> str:
    digest = hashlib.sha256((folder / "model.safetensors").read_bytes())
    for text, code in found:
        digest.update(f"{text}\0{code}\n".encode())
    return digest.hexdigest()[:16]
