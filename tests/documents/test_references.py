"""Numbers customs ask for: their shapes, and where they matter."""

import pytest

from shipsmart.documents.references import MalformedReference, clean, relevant

# The example of the manual of the NF-e.
NFE = "35080599999090910270550010000000015180051273"


@pytest.mark.parametrize(
    ("key", "typed", "kept"),
    [
        ("itn", " aes x20261122000001", "X20261122000001"),
        ("noeei", "NOEEI § 30.37(H)", "30.37(h)"),
        ("mrn", "26DE 1234 5678 9012 A3", "26DE123456789012A3"),
        ("nfe_key", " ".join(NFE[i : i + 4] for i in range(0, 44, 4)), NFE),
        ("permit", "  CITES  DE-17 ", "CITES DE-17"),
        ("shipped_on", "2026-11-22", "2026-11-22"),
        ("permit", "  ", ""),
    ],
)
def test_a_reference_is_kept_as_papers_print_it(key: str, typed: str, kept: str) -> None:
    assert clean(key, typed) == kept


@pytest.mark.parametrize(
    ("key", "typed"),
    [
        ("itn", "20261122000001"),
        ("itn", "X2026112200000"),
        ("noeei", "exempt"),
        ("mrn", "26DE12345"),
        ("nfe_key", NFE[:-1] + "0"),  # another check digit
        ("nfe_key", NFE[:-1]),
        ("shipped_on", "22/11/2026"),
        ("shipped_on", "2026-02-30"),
        ("permit", "x" * 36),
        ("bribe", "100"),
    ],
)
def test_another_shape_is_refused_by_name(key: str, typed: str) -> None:
    with pytest.raises(MalformedReference) as refusal:
        clean(key, typed)
    assert refusal.value.key == key


def test_only_what_matters_on_the_way_is_asked_for() -> None:
    def asked(start: str, end: str) -> set[str]:
        return {kind.key for kind in relevant(start, end)} - {"permit", "origin_criterion"}

    assert asked("US", "DE") == {"itn", "noeei"}
    assert asked("BR", "CA") == {"nfe_key", "shipped_on", "transhipment", "terms_of_payment"}
    assert asked("DE", "US") == {"mrn"}
    assert asked("AU", "NZ") == set()
