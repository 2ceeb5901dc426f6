"""Duplicates."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from stance.tables.duplicates import find_duplicates
from tests.helpers.texts import LONG


def test_copies_are_found_whatever_the_case_and_marks() -> None:
    texts = [LONG, "Yes!", f"{LONG.upper()}!!!", "yes", "no", "", "   "]
    assert [(pair.first, pair.second, pair.similarity) for pair in find_duplicates(texts)] == [(0, 2, 1.0), (1, 3, 1.0)]


def test_near_copies_are_found_and_others_are_not() -> None:
    near = LONG.replace("yet", "now")
    [pair] = find_duplicates([LONG, near + " and so on", "they say that the war is lost, and who will pay for it all"])
    assert (pair.first, pair.second) == (0, 1)
    assert 0.5 < pair.similarity < 1


@given(st.lists(st.text(alphabet="ab c", max_size=30), max_size=12))
def test_like_pairs_are_those_of_a_plain_comparison(texts: list[str]) -> None:
    def shingles(text: str) -> set[tuple[str, ...]]:
        words = text.split()
        return {tuple(words[n : n + 5]) for n in range(max(1, len(words) - 4))} if words else set()

    different = list({frozenset(shingles(text)): text for text in texts}.values())
    expected = {
        (first, second)
        for first in range(len(different))
        for second in range(first + 1, len(different))
        if (union := shingles(different[first]) | shingles(different[second]))
        and len(shingles(different[first]) & shingles(different[second])) > len(union) / 2
    }
    assert {(pair.first, pair.second) for pair in find_duplicates(different)} == expected
    copies = [pair for pair in find_duplicates(texts) if pair.similarity == 1]
    assert len(copies) == sum(map(bool, map(shingles, texts))) - len([text for text in different if shingles(text)])
