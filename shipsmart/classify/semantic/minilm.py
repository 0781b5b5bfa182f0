"""The forward pass of a small BERT (all-MiniLM-L6-v2 and its like) in numpy: text to a vector of length one.

Sources: Vaswani et al., Attention Is All You Need (2017); Devlin et al., BERT (2019); the model card of
sentence-transformers/all-MiniLM-L6-v2 (mean of the last layer over the pieces, then normalised).
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, islice
from pathlib import Path
from typing import Any

import numpy as np

from shipsmart.classify.semantic.weights import BadWeights, read
from shipsmart.classify.semantic.wordpiece import WordPiece, read_vocabulary

MOST_PIECES = 128
AT_ONCE = 32  # texts that go through together: more no longer fit the processor's caches
HEADS, EPSILON = 12, 1e-12  # of MiniLM-L6, when config.json does not say otherwise
# The error function to 1.5e-7: Abramowitz and Stegun, Handbook of Mathematical Functions (1964), 7.1.26.
_ERF = (0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429)


class MiniLM:
    """Tokenizer and weights; `encode` may be called from many threads."""

    def __init__(self, tokens: WordPiece, weights: Mapping[str, Any], *, heads: int = HEADS, epsilon: float = EPSILON):
        self._tokens = tokens
        self._weights = {name.removeprefix("bert."): _turned(name, tensor) for name, tensor in weights.items()}
        self._heads, self._epsilon = heads, epsilon
        self._layers = 1 + max(
            (int(name.split(".")[2]) for name in self._weights if name.startswith("encoder.layer.")), default=-1
        )
        width = self._tensor("embeddings.word_embeddings.weight").shape[1]
        if not self._layers or width % heads:
            raise BadWeights(
                f"{self._layers} layers of width {width} for {heads} heads: these are not MiniLM's weights"
            )
        self._most = min(MOST_PIECES, len(self._tensor("embeddings.position_embeddings.weight")))

    def knows(self, text: str) -> bool:
        return self._tokens.knows(text)

    def encode(self, text: str) -> Any:
        """Return the vector of a text, of length one."""
        return self._forward([self._tokens.encode(text, most=self._most)])[0]

    def encode_all(self, texts: Sequence[str]) -> Any:
        """Return a row for each text. Texts of as many pieces go through together: no padding, no mask."""
        numbers = [self._tokens.encode(text, most=self._most) for text in texts]
        rows = np.empty((len(texts), self._tensor("embeddings.word_embeddings.weight").shape[1]), np.float32)
        places = sorted(range(len(texts)), key=lambda place: len(numbers[place]))
        for _, alike in groupby(places, key=lambda place: len(numbers[place])):
            for some in _batched(alike):
                rows[some] = self._forward([numbers[place] for place in some])
        return rows

    def _forward(self, numbers: Sequence[Sequence[int]]) -> Any:
        """Return a vector for each list of pieces; all are of one length."""
        hidden = self._embed(numbers)
        texts, length, width = hidden.shape
        rows = hidden.reshape(-1, width)  # numpy multiplies two dimensions in one call of BLAS, three one by one
        for layer in range(self._layers):
            rows = self._layer(rows, f"encoder.layer.{layer}.", texts)
        mean = rows.reshape(texts, length, width).mean(axis=1)
        return mean / np.maximum(np.linalg.norm(mean, axis=-1, keepdims=True), 1e-9)

    def _embed(self, numbers: Sequence[Sequence[int]]) -> Any:
        words = self._tensor("embeddings.word_embeddings.weight")[np.asarray(numbers)]
        places = self._tensor("embeddings.position_embeddings.weight")[: words.shape[1]]
        kinds = self._tensor("embeddings.token_type_embeddings.weight")[0]
        return self._normed(words + places + kinds, "embeddings.LayerNorm")

    def _layer(self, hidden: Any, name: str, texts: int) -> Any:
        attended = self._linear(self._attend(hidden, f"{name}attention.self.", texts), f"{name}attention.output.dense")
        hidden = self._normed(hidden + attended, f"{name}attention.output.LayerNorm")
        wide = _gelu(self._linear(hidden, f"{name}intermediate.dense"))
        return self._normed(hidden + self._linear(wide, f"{name}output.dense"), f"{name}output.LayerNorm")

    def _attend(self, hidden: Any, name: str, texts: int) -> Any:
        rows, width = hidden.shape
        size = width // self._heads
        query, key, value = (
            self._linear(hidden, f"{name}{part}").reshape(texts, -1, self._heads, size).swapaxes(1, 2)
            for part in ("query", "key", "value")
        )
        scores = query @ key.swapaxes(2, 3) / np.sqrt(np.float32(size))
        raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
        mixed = raised / raised.sum(axis=-1, keepdims=True) @ value
        return mixed.swapaxes(1, 2).reshape(rows, width)

    def _linear(self, rows: Any, name: str) -> Any:
        return rows @ self._tensor(f"{name}.weight") + self._tensor(f"{name}.bias")

    def _normed(self, rows: Any, name: str) -> Any:
        centred = rows - rows.mean(axis=-1, keepdims=True)
        spread = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + self._epsilon)
        return centred / spread * self._tensor(f"{name}.weight") + self._tensor(f"{name}.bias")

    def _tensor(self, name: str) -> Any:
        try:
            return self._weights[name]
        except KeyError as error:
            raise BadWeights(f"the weights lack {name!r}; these are not MiniLM's") from error


def _turned(name: str, tensor: Any) -> Any:
    """Return the tensor of a layer as it is multiplied by, in one piece: short texts gain a quarter."""
    linear = tensor.ndim == 2 and "embeddings." not in name
    return np.ascontiguousarray(tensor.T) if linear else tensor


def _batched(places: Iterable[int]) -> Iterator[list[int]]:
    rest = iter(places)
    while some := list(islice(rest, AT_ONCE)):
        yield some


def _gelu(rows: Any) -> Any:
    scaled = np.abs(rows) / np.sqrt(np.float32(2))
    step = 1 / (1 + np.float32(0.3275911) * scaled)
    series = sum(np.float32(factor) * step ** (power + 1) for power, factor in enumerate(_ERF))
    erf = np.sign(rows) * (1 - series * np.exp(-(scaled**2)))
    return rows * (1 + erf) / 2


def load_model(folder: Path) -> MiniLM:
    """Return the model of a folder with `model.safetensors` and `tokenizer.json` or `vocab.txt`.

    Raises BadWeights, BadVocabulary.
    """
    config = folder / "config.json"
    try:
        said = json.loads(config.read_text(encoding="utf-8")) if config.exists() else {}
    except ValueError as error:
        raise BadWeights(f"{config.name} is no JSON: {error}; copy it again") from error
    tokens = WordPiece(read_vocabulary(folder))
    heads, epsilon = int(said.get("num_attention_heads", HEADS)), float(said.get("layer_norm_eps", EPSILON))
    return MiniLM(tokens, read(folder / "model.safetensors"), heads=heads, epsilon=epsilon)
