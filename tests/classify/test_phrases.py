"""Of phrases that overlap the longest counts."""

from shipsmart.classify.phrases import Phrases

KINDS = Phrases([(("phone",), "phone"), (("phone", "case"), "case"), (("case",), "box"), (("phone", "case"), "cover")])


def test_the_longest_phrase_is_taken_and_all_that_it_means() -> None:
    (found,) = KINDS.find(["red", "phone", "case"])
    assert (found.start, found.length, found.meanings) == (1, 2, ("case", "cover"))


def test_phrases_beside_each_other_are_both_found() -> None:
    assert [match.phrase for match in KINDS.find(["case", "phone"])] == ["case", "phone"]


def test_nothing_is_found_in_nothing() -> None:
    assert KINDS.find([]) == []
