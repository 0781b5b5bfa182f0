"""Read a `.safetensors` file: eight bytes of length, a header in JSON, then the numbers.

Source: https://huggingface.co/docs/safetensors (format).
"""

import json
from pathlib import Path
from typing import Any

import numpy as np

TYPES = {"F32": "<f4", "F16": "<f2", "F64": "<f8", "I64": "<i8"}
MOST_HEADER = 10_000_000


class BadWeights(ValueError):
    """The file of weights cannot be used; the message says why and what to do."""


def read(path: Path) -> dict[str, Any]:
    """Return each tensor by name, in 32-bit floats; raises BadWeights."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadWeights(f"{path.name} cannot be read: {error.strerror}; put the model's files there") from error
    size = int.from_bytes(content[:8], "little")
    if len(content) < 8 or size > min(MOST_HEADER, len(content) - 8):
        raise BadWeights(f"{path.name} is cut off or no safetensors file; copy it again")
    try:
        header = json.loads(content[8 : 8 + size])
        return {name: _tensor(content, 8 + size, about) for name, about in header.items() if name != "__metadata__"}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadWeights(f"{path.name} is damaged: {error}; copy it again") from error


def _tensor(content: bytes, base: int, about: dict[str, Any]) -> Any:
    first, last = about["data_offsets"]
    if not 0 <= first <= last <= len(content) - base:
        raise ValueError(f"its numbers end at {last}, the file at {len(content) - base}")
    kind = np.dtype(TYPES[about["dtype"]])
    numbers = np.frombuffer(content, dtype=kind, count=(last - first) // kind.itemsize, offset=base + first)
    return numbers.reshape(about["shape"]).astype(np.float32)
