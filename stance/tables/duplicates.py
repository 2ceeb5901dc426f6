"""Comments that are copies, or nearly copies, of each other."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

SHINGLE_WORDS = 5  # words; long enough that shared ones are no accident of the language
MIN_SIMILARITY = 0.5  # Jaccard similarity above which one comment counts as a copy of the other
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class DuplicatePair:
    """Two like comments.

    Parameters
    ----------
    first, second : int
        Their rows, from 0; `second` is in the other table where there are two.
    similarity : float
        Jaccard similarity of their word 5-grams, 0 to 1; 1 for exact copies.
    """

    first: int
    second: int
    similarity: float


def find_duplicates(texts: Sequence[str], others: Sequence[str] | None = None) -> list[DuplicatePair]:
    """Find comments whose word 5-grams overlap by more than half.

    Case, punctuation and white space do not count. A comment of fewer than five words is compared as a whole.

    Parameters
    ----------
    texts : sequence of str
        N comments.
    others : sequence of str, optional
        Comments of another table, to compare each with; by default the comments are compared with each other.

    Returns
    -------
    list of Pair
        The likest first. Of several copies each is paired with the next, and the first stands for all.

    Examples
    --------
    >>> find_duplicates(["So it goes, as it always does.", "so it goes as it always does", "no"])
    [DuplicatePair(first=0, second=1, similarity=1.0)]
    """
    rows = _first_rows(texts)
    known = rows if others is None else _first_rows(others)
    index: dict[tuple[str, ...], list[frozenset[tuple[str, ...]]]] = defaultdict(list)
    for shingles in known:
        for shingle in shingles:
            index[shingle].append(shingles)
    pairs = (
        [DuplicatePair(row, copy, 1.0) for first in rows.values() for row, copy in pairwise(first)]
        if others is None
        else []
    )
    for shingles, [row, *_] in rows.items():
        for other in {like for shingle in shingles for like in index.get(shingle, ())}:
            second = known[other][0]
            if others is not None or row < second:
                similarity = len(shingles & other) / len(shingles | other)
                pairs += (
                    [DuplicatePair(row, second, similarity)] if similarity > MIN_SIMILARITY else []
                )  # all may share a slogan
    return sorted(pairs, key=lambda pair: (-pair.similarity, pair.first, pair.second))


def _first_rows(texts: Sequence[str]) -> dict[frozenset[tuple[str, ...]], list[int]]:
    rows: dict[frozenset[tuple[str, ...]], list[int]] = defaultdict(list)
    for row, text in enumerate(texts):
        shingles = _shingles(text)
        if shingles:
            rows[shingles].append(row)
    return rows


def _shingles(text: str) -> frozenset[tuple[str, ...]]:
    words = _WORD.findall(text.lower())
    if not words:
        return frozenset()
    return frozenset(tuple(words[at : at + SHINGLE_WORDS]) for at in range(max(1, len(words) - SHINGLE_WORDS + 1)))
