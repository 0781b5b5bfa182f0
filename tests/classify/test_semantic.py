"""The extra that compares by meaning: tokenizer, file of weights, forward pass, index; with small weights made here."""

import json
import math
from pathlib import Path
from typing import Any

import pytest

from shipsmart.classify import Engine, Item
from shipsmart.classify.thesaurus import Choice, Kind

np = pytest.importorskip("numpy", reason="the [semantic] extra is not installed")

from shipsmart.classify.gathering import Near  # noqa: E402
from shipsmart.classify.semantic import Entry, load  # noqa: E402
from shipsmart.classify.semantic.minilm import load_model  # noqa: E402
from shipsmart.classify.semantic.weights import BadWeights, read  # noqa: E402
from shipsmart.classify.semantic.wordpiece import BadVocabulary, WordPiece  # noqa: E402

PIECES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "ceramic", "coffee", "mug", "cup", "leather", "wall", "##et", "bag", "!"]
KINDS = [
    Entry(name, Kind(name, (Choice(code),), "test.csv:2"))
    for name, code in [("ceramic coffee cup", "691200"), ("leather wallet", "420231"), ("leather bag", "420221")]
]
LINES = [Entry("ceramic cup", "691200"), Entry("bag of leather", "420221")]
WIDTH, HEADS, WIDE, LAYERS = 8, 2, 16, 2


def small_weights(seed: int = 7) -> dict[str, Any]:
    draw = np.random.default_rng(seed)

    def some(*shape: int) -> Any:
        return draw.normal(0, 0.4, shape).astype(np.float32)

    made = {
        "embeddings.word_embeddings.weight": some(len(PIECES), WIDTH),
        "embeddings.position_embeddings.weight": some(16, WIDTH),
        "embeddings.token_type_embeddings.weight": some(2, WIDTH),
    }
    norms = ["embeddings.LayerNorm"]
    for n in range(LAYERS):
        at = f"encoder.layer.{n}"
        sizes = {f"{at}.attention.self.{part}": (WIDTH, WIDTH) for part in ("query", "key", "value")}
        sizes |= {f"{at}.attention.output.dense": (WIDTH, WIDTH), f"{at}.intermediate.dense": (WIDE, WIDTH)}
        sizes[f"{at}.output.dense"] = (WIDTH, WIDE)
        for name, (high, wide) in sizes.items():
            made |= {f"{name}.weight": some(high, wide), f"{name}.bias": some(high)}
        norms += [f"{at}.attention.output.LayerNorm", f"{at}.output.LayerNorm"]
    return made | {f"{name}.{part}": some(WIDTH) for name in norms for part in ("weight", "bias")}


def write_model(folder: Path, weights: dict[str, Any]) -> Path:
    header, content = {}, b""
    for name, tensor in weights.items():
        raw = tensor.astype("<f4").tobytes()
        offsets = [len(content), len(content) + len(raw)]
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": offsets}
        content += raw
    head = json.dumps(header).encode()
    (folder / "model.safetensors").write_bytes(len(head).to_bytes(8, "little") + head + content)
    vocabulary = {"model": {"vocab": {piece: n for n, piece in enumerate(PIECES)}}}
    (folder / "tokenizer.json").write_text(json.dumps(vocabulary))
    (folder / "config.json").write_text(json.dumps({"num_attention_heads": HEADS, "layer_norm_eps": 1e-12}))
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("model"), small_weights())


def by_hand(weights: dict[str, Any], numbers: list[int]) -> list[float]:
    """Return the vector, worked out number by number with the plain formulas: no matrix, the exact error function."""

    def linear(row: list[float], name: str) -> list[float]:
        matrix, bias = weights[f"{name}.weight"], weights[f"{name}.bias"]
        return [
            sum(float(a) * b for a, b in zip(line, row, strict=True)) + float(c)
            for line, c in zip(matrix, bias, strict=True)
        ]

    def normed(row: list[float], name: str) -> list[float]:
        mean = sum(row) / len(row)
        spread = math.sqrt(sum((v - mean) ** 2 for v in row) / len(row) + 1e-12)
        scale, shift = weights[f"{name}.weight"], weights[f"{name}.bias"]
        return [(v - mean) / spread * float(a) + float(b) for v, a, b in zip(row, scale, shift, strict=True)]

    def added(rows: list[list[float]], more: list[list[float]], name: str) -> list[list[float]]:
        pairs = zip(rows, more, strict=True)
        return [normed([a + b for a, b in zip(r, x, strict=True)], f"{name}.LayerNorm") for r, x in pairs]

    words, places = weights["embeddings.word_embeddings.weight"], weights["embeddings.position_embeddings.weight"]
    kind = weights["embeddings.token_type_embeddings.weight"][0]
    rows = [
        normed([float(words[n][i] + places[p][i] + kind[i]) for i in range(WIDTH)], "embeddings.LayerNorm")
        for p, n in enumerate(numbers)
    ]
    size = WIDTH // HEADS
    for layer in range(LAYERS):
        at = f"encoder.layer.{layer}"
        query, key, value = ([linear(r, f"{at}.attention.self.{x}") for r in rows] for x in ("query", "key", "value"))
        mixed = [[0.0] * WIDTH for _ in rows]
        for head in range(HEADS):
            part = range(head * size, head * size + size)
            for n in range(len(rows)):
                scores = [sum(query[n][i] * key[m][i] for i in part) / math.sqrt(size) for m in range(len(rows))]
                raised = [math.exp(s) for s in scores]
                for i in part:
                    mixed[n][i] = sum(w * value[m][i] for m, w in enumerate(raised)) / sum(raised)
        rows = added(rows, [linear(row, f"{at}.attention.output.dense") for row in mixed], f"{at}.attention.output")
        wide = [[v * (1 + math.erf(v / math.sqrt(2))) / 2 for v in linear(r, f"{at}.intermediate.dense")] for r in rows]
        rows = added(rows, [linear(row, f"{at}.output.dense") for row in wide], f"{at}.output")
    mean = [sum(r[i] for r in rows) / len(rows) for i in range(WIDTH)]
    length = math.sqrt(sum(v * v for v in mean))
    return [v / length for v in mean]


def test_words_become_the_longest_pieces() -> None:
    tokens = WordPiece({piece: n for n, piece in enumerate(PIECES)})
    assert tokens.encode("Ceramic  WALLET!", most=16) == [2, 4, 9, 10, 12, 3]
    assert tokens.encode("çéramic zebra", most=16) == [2, 4, 1, 3]
    assert len(tokens.encode("mug " * 500, most=16)) == 16
    assert [tokens.knows("mug"), tokens.knows("zebra"), tokens.knows("!!!"), tokens.knows("")] == [
        True,
        False,
        False,
        False,
    ]


def test_the_forward_pass_is_that_of_the_formulas(folder: Path) -> None:
    expected = by_hand(small_weights(), [2, 8, 9, 10, 3])
    assert np.allclose(load_model(folder).encode("Leather wallet"), expected, atol=2e-5)


def test_many_texts_at_once_are_the_texts_one_by_one(folder: Path) -> None:
    model = load_model(folder)
    texts = ["mug", "leather wallet", "cup", "ceramic coffee mug", "zebra", "leather bag", ""] * 40
    assert np.allclose(model.encode_all(texts), np.stack([model.encode(text) for text in texts]), atol=1e-5)


def test_the_index_finds_the_same_text_first_and_is_read_again(folder: Path) -> None:
    found = load(folder, kinds=KINDS, lines=LINES)
    (near,) = found.search(["Leather wallet"])
    kind, likeness, words = near.kinds[0]
    assert (kind.name, words) == ("leather wallet", "leather wallet")
    assert {code for code, _, _ in near.lines} <= {"691200", "420221"}
    assert likeness == pytest.approx(1.0, abs=0.01)
    kept = list(folder.glob("index-*.npz"))
    assert len(kept) == 1
    stamp = kept[0].stat().st_mtime_ns
    assert load(folder, kinds=KINDS, lines=LINES).search(["Leather wallet"])[0].kinds[0][0].name == "leather wallet"
    assert kept[0].stat().st_mtime_ns == stamp
    kept[0].write_bytes(b"damaged")
    assert load(folder, kinds=KINDS, lines=LINES).search(["Leather wallet"])[0].kinds[0][0].name == "leather wallet"


def test_what_has_no_known_piece_is_near_to_nothing(folder: Path) -> None:
    found = load(folder, kinds=KINDS, lines=LINES)
    assert found.search(["", "🎉", "zebra", "\x00"]) == [Near()] * 4


@pytest.mark.parametrize(
    "content", [b"", b"\xff" * 8, (4).to_bytes(8, "little") + b"nope", (2).to_bytes(8, "little") + b"[]"]
)
def test_a_damaged_file_of_weights_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "model.safetensors").write_bytes(content)
    with pytest.raises(BadWeights, match=r"model\.safetensors"):
        read(tmp_path / "model.safetensors")


def test_weights_of_another_model_name_what_is_missing(tmp_path: Path) -> None:
    write_model(tmp_path, {"embeddings.word_embeddings.weight": np.zeros((13, 8), np.float32)})
    with pytest.raises(BadWeights, match="not MiniLM's"):
        load_model(tmp_path)


def test_a_folder_without_vocabulary_says_so(tmp_path: Path) -> None:
    with pytest.raises(BadVocabulary, match=r"vocab\.txt or tokenizer\.json"):
        load_model(tmp_path)


@pytest.mark.parametrize("title", ["Ceramic coffee mug", "leather wallet for men", "🎉", "", "zebra mug " * 10_000])
def test_both_modes_keep_the_same_contract(folder: Path, title: str) -> None:
    plain = Engine()
    for engine in (plain, Engine(semantic=load(folder, kinds=KINDS, lines=LINES))):
        answer = engine.classify(Item(title))
        sure = [candidate.confidence for candidate in answer.candidates]
        assert len(sure) <= 5
        assert sure == sorted(sure, reverse=True)
        assert sum(sure) <= 1.0001
        assert answer.decision in ("accept", "review", "abstain")
        assert all(c.why and c.hs_code in plain.nomenclature for c in answer.candidates)


def test_meaning_is_named_among_the_reasons(folder: Path) -> None:
    answer = Engine(semantic=load(folder, kinds=KINDS, lines=LINES)).classify(Item("leather wallet"))
    assert any("near in meaning to “leather wallet”" in why for c in answer.candidates for why in c.why)


def test_many_together_are_answered_as_one_by_one(folder: Path) -> None:
    engine = Engine(semantic=load(folder, kinds=KINDS, lines=LINES))
    items = [Item(title) for title in ("leather wallet", "", "Ceramic coffee mug", "🎉", "zebra mug " * 50, "wallet")]
    together, alone = engine.classify_all(items), [engine.classify(item) for item in items]
    assert [(a.candidates, a.decision) for a in together] == [(a.candidates, a.decision) for a in alone]
    assert engine.classify_all([]) == []
