"""The forward pass of a small BERT (all-MiniLM-L6-v2 and its like) in numpy: text to a vector of length one.

Sources: Vaswani et al., Attention Is All You Need (2017); Devlin et al., BERT (2019); the model card of
sentence-transformers/all-MiniLM-L6-v2 (mean of the last layer over the pieces, then normalised).
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from shipsmart.classify.semantic.weights import BadWeights, read
from shipsmart.classify.semantic.wordpiece import WordPiece, read_vocabulary

MOST_PIECES = 128
HEADS, EPSILON = 12, 1e-12  # of MiniLM-L6, when config.json does not say otherwise
# The error function to 1.5e-7: Abramowitz and Stegun, Handbook of Mathematical Functions (1964), 7.1.26.
_ERF = (0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429)


class MiniLM:
    """Tokenizer and weights; `encode` may be called from many threads."""

    def __init__(self, tokens: WordPiece, weights: Mapping[str, Any], *, heads: int = HEADS, epsilon: float = EPSILON):
        self._tokens = tokens
        self._weights = {name.removeprefix("bert."): tensor for name, tensor in weights.items()}
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
        hidden = self._embed(self._tokens.encode(text, most=self._most))
        for layer in range(self._layers):
            hidden = self._layer(hidden, f"encoder.layer.{layer}.")
        mean = hidden.mean(axis=0)
        return mean / max(float(np.linalg.norm(mean)), 1e-9)

    def encode_all(self, texts: Sequence[str]) -> Any:
        return np.stack([self.encode(text) for text in texts])

    def _embed(self, numbers: Sequence[int]) -> Any:
        words = self._tensor("embeddings.word_embeddings.weight")[list(numbers)]
        places = self._tensor("embeddings.position_embeddings.weight")[: len(numbers)]
        kinds = self._tensor("embeddings.token_type_embeddings.weight")[0]
        return self._normed(words + places + kinds, "embeddings.LayerNorm")

    def _layer(self, hidden: Any, name: str) -> Any:
        attended = self._linear(self._attend(hidden, f"{name}attention.self."), f"{name}attention.output.dense")
        hidden = self._normed(hidden + attended, f"{name}attention.output.LayerNorm")
        wide = _gelu(self._linear(hidden, f"{name}intermediate.dense"))
        return self._normed(hidden + self._linear(wide, f"{name}output.dense"), f"{name}output.LayerNorm")

    def _attend(self, hidden: Any, name: str) -> Any:
        length, width = hidden.shape
        size = width // self._heads
        query, key, value = (
            self._linear(hidden, f"{name}{part}").reshape(length, self._heads, size).transpose(1, 0, 2)
            for part in ("query", "key", "value")
        )
        scores = query @ key.transpose(0, 2, 1) / np.sqrt(np.float32(size))
        raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
        mixed = raised / raised.sum(axis=-1, keepdims=True) @ value
        return mixed.transpose(1, 0, 2).reshape(length, width)

    def _linear(self, rows: Any, name: str) -> Any:
        return rows @ self._tensor(f"{name}.weight").T + self._tensor(f"{name}.bias")

    def _normed(self, rows: Any, name: str) -> Any:
        centred = rows - rows.mean(axis=-1, keepdims=True)
        spread = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + self._epsilon)
        return centred / spread * self._tensor(f"{name}.weight") + self._tensor(f"{name}.bias")

    def _tensor(self, name: str) -> Any:
        try:
            return self._weights[name]
        except KeyError as error:
            raise BadWeights(f"the weights lack {name!r}; these are not MiniLM's") from error


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
