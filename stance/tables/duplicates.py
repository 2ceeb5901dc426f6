"""Near-duplicate comments, by the word 5-grams that they share."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

SHINGLE_WORDS = 5  # words; long enough that two comments do not share one by chance
MIN_SIMILARITY = 0.5  # Jaccard similarity above which two comments count as duplicates
_WORD = re.compile(r"\w+")
Shingle = tuple[str, ...]  # a word 5-gram
Shingles = frozenset[Shingle]  # those of a comment
RowsOfShingles = dict[Shingles, list[int]]


@dataclass(frozen=True)
class DuplicatePair:
    """Two comments that are the same or nearly so."""

    first: int  # row, from 0
    second: int  # row, from 0; in the other table where there are two
    similarity: float  # Jaccard similarity of their word 5-grams, 0 to 1; 1 for exact duplicates


def find_duplicates(texts: Sequence[str], others: Sequence[str] | None = None) -> list[DuplicatePair]:
    """Find pairs of comments, or of them and `others`, that share over half of their word 5-grams, most similar first.

    Case, punctuation and white space do not count. A comment of fewer than five words is compared as a whole. Of
    several exact duplicates each is paired with the next, and the first stands for all.

    >>> find_duplicates(["So it goes, as it always does.", "so it goes as it always does", "no"])
    [DuplicatePair(first=0, second=1, similarity=1.0)]
    """
    rows = _rows_of_shingles(texts)
    known = rows if others is None else _rows_of_shingles(others)
    pairs = _exact_duplicates(rows) if others is None else []
    index = _index(known)
    for shingles, [row, *_] in rows.items():
        for other in {candidate for shingle in shingles for candidate in index.get(shingle, ())}:
            second = known[other][0]
            if others is None and row >= second:
                continue
            similarity = len(shingles & other) / len(shingles | other)
            if similarity > MIN_SIMILARITY:  # comments that share no more than a slogan are no duplicates
                pairs.append(DuplicatePair(row, second, similarity))
    return sorted(pairs, key=lambda pair: (-pair.similarity, pair.first, pair.second))


def _exact_duplicates(rows: RowsOfShingles) -> list[DuplicatePair]:
    return [DuplicatePair(first, second, 1.0) for same in rows.values() for first, second in pairwise(same)]


def _index(known: RowsOfShingles) -> dict[Shingle, list[Shingles]]:
    index: dict[Shingle, list[Shingles]] = defaultdict(list)
    for shingles in known:
        for shingle in shingles:
            index[shingle].append(shingles)
    return index


def _rows_of_shingles(texts: Sequence[str]) -> RowsOfShingles:
    rows: RowsOfShingles = defaultdict(list)
    for row, text in enumerate(texts):
        shingles = _shingles(text)
        if shingles:
            rows[shingles].append(row)
    return rows


def _shingles(text: str) -> Shingles:
    words = _WORD.findall(text.lower())
    if not words:
        return frozenset()
    starts = range(max(1, len(words) - SHINGLE_WORDS + 1))
    return frozenset(tuple(words[start : start + SHINGLE_WORDS]) for start in starts)
