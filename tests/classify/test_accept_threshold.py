import pytest

from integrations.bench.classify_accept import chosen, counted, first_part

PLAIN = [(0.55, False), (0.65, True), (0.75, True), (0.95, True)]


@pytest.mark.parametrize(
    ("found", "threshold"), [(PLAIN, 0.56), ([*PLAIN, (0.97, False)], 1.0), ([], 1.0), ([(0.5, True)], 0.5)]
)
def test_the_threshold_is_the_lowest_that_keeps_the_share(found: list[tuple[float, bool]], threshold: float) -> None:
    assert chosen(found) == threshold


def test_what_is_accepted_is_counted_from_the_threshold_on() -> None:
    assert counted(PLAIN, 0.65) == (3, 3)


def test_the_parts_are_made_by_the_title_alone() -> None:
    parts = [first_part(f"product {n}") for n in range(200)]
    assert parts == [first_part(f"product {n}") for n in range(200)]
    assert 70 < sum(parts) < 130
