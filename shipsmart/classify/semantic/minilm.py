"""The forward pass of a small BERT (all-MiniLM-L6-v2 and its like) in numpy: text to a vector of length one.

Sources: Vaswani et al., Attention Is All You Need (2017); Devlin et al., BERT (2019); the model card of
sentence-transformers/all-MiniLM-L6-v2 (mean of the last layer over the pieces, then normalised).
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from shipsmart.classify.semantic.weights import BadWeights, read
from shipsmart.classify.semantic.wordpiece import WordPiece, read_vocabulary

MOST_PIECES = 128
AT_ONCE = 128  # pieces that go through together: more no longer fit the processor's caches
HEADS, EPSILON = 12, 1e-12  # of MiniLM-L6, when config.json does not say otherwise
# The error function to 1.5e-7: Abramowitz and Stegun, Handbook of Mathematical Functions (1964), 7.1.26.
_ERF = tuple(map(np.float32, (0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429)))


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
        return self.encode_all([text])[0]

    def encode_all(self, texts: Sequence[str]) -> Any:
        """Return a row for each text. Texts go through together, their pieces one below the other: no padding."""
        numbers = [self._tokens.encode(text, most=self._most) for text in texts]
        rows = np.empty((len(texts), self._tensor("embeddings.word_embeddings.weight").shape[1]), np.float32)
        for some in _batched(numbers):
            rows[some] = self._forward(numbers[some])
        return rows

    def _forward(self, numbers: Sequence[Sequence[int]]) -> Any:
        """Return a vector for each list of pieces."""
        lengths = np.array([len(pieces) for pieces in numbers])
        ends = np.cumsum(lengths)
        starts = ends - lengths
        spans = [slice(start, end) for start, end in zip(starts, ends, strict=True)]
        rows = self._embed(numbers)
        for layer in range(self._layers):
            rows = self._layer(rows, f"encoder.layer.{layer}.", spans)
        mean = np.add.reduceat(rows, starts, axis=0) / lengths[:, None].astype(np.float32)
        return mean / np.maximum(np.linalg.norm(mean, axis=-1, keepdims=True), 1e-9)

    def _embed(self, numbers: Sequence[Sequence[int]]) -> Any:
        words = self._tensor("embeddings.word_embeddings.weight")[np.concatenate(numbers)]
        places = np.concatenate([np.arange(len(pieces)) for pieces in numbers])
        words += self._tensor("embeddings.position_embeddings.weight")[places]
        words += self._tensor("embeddings.token_type_embeddings.weight")[0]
        return self._normed(words, "embeddings.LayerNorm")

    def _layer(self, hidden: Any, name: str, spans: Sequence[slice]) -> Any:
        attended = self._linear(self._attend(hidden, f"{name}attention.self.", spans), f"{name}attention.output.dense")
        hidden = self._normed(hidden + attended, f"{name}attention.output.LayerNorm")
        wide = _gelu(self._linear(hidden, f"{name}intermediate.dense"))
        return self._normed(hidden + self._linear(wide, f"{name}output.dense"), f"{name}output.LayerNorm")

    def _attend(self, hidden: Any, name: str, spans: Sequence[slice]) -> Any:
        """Return what each text's pieces take from one another; `spans` are the rows of each text."""
        size = hidden.shape[1] // self._heads
        query, key, value = (
            self._linear(hidden, f"{name}{part}").reshape(-1, self._heads, size).swapaxes(0, 1)
            for part in ("query", "key", "value")
        )
        query *= np.float32(1 / math.sqrt(size))
        mixed = np.empty_like(hidden).reshape(-1, self._heads, size)
        for span in spans:
            raised = query[:, span] @ key[:, span].swapaxes(1, 2)
            raised -= raised.max(axis=-1, keepdims=True)
            np.exp(raised, out=raised)
            raised /= raised.sum(axis=-1, keepdims=True)
            mixed[span] = (raised @ value[:, span]).swapaxes(0, 1)
        return mixed.reshape(hidden.shape)

    def _linear(self, rows: Any, name: str) -> Any:
        product = rows @ self._tensor(f"{name}.weight")
        product += self._tensor(f"{name}.bias")
        return product

    def _normed(self, rows: Any, name: str) -> Any:
        centred = rows - rows.mean(axis=-1, keepdims=True)
        centred /= np.sqrt((centred**2).mean(axis=-1, keepdims=True) + self._epsilon)
        centred *= self._tensor(f"{name}.weight")
        centred += self._tensor(f"{name}.bias")
        return centred

    def _tensor(self, name: str) -> Any:
        try:
            return self._weights[name]
        except KeyError as error:
            raise BadWeights(f"the weights lack {name!r}; these are not MiniLM's") from error


def _turned(name: str, tensor: Any) -> Any:
    """Return the tensor of a layer as it is multiplied by, in one piece: short texts gain a quarter."""
    linear = tensor.ndim == 2 and "embeddings." not in name
    return np.ascontiguousarray(tensor.T) if linear else tensor


def _batched(numbers: Sequence[Sequence[int]]) -> Iterator[slice]:
    """Yield runs of texts that have AT_ONCE pieces together, or one text that has more."""
    start = pieces = 0
    for place, text in enumerate(numbers):
        if place > start and pieces + len(text) > AT_ONCE:
            yield slice(start, place)
            start, pieces = place, 0
        pieces += len(text)
    if numbers:
        yield slice(start, len(numbers))


def _gelu(rows: Any) -> Any:
    """Return x * (1 + erf(x / √2)) / 2, written into `rows`: new arrays for each step took twice as long."""
    size = np.abs(rows)
    step = np.reciprocal(size * np.float32(0.3275911 / math.sqrt(2)) + np.float32(1))
    series = step * _ERF[-1]
    for factor in _ERF[-2::-1]:
        series += factor
        series *= step
    series *= size
    size *= size
    size *= np.float32(-0.5)
    series *= np.exp(size, out=size)
    series *= np.float32(0.5)
    np.maximum(rows, 0, out=rows)
    rows -= series
    return rows


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
