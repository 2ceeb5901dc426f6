"""Comments that are copies, or nearly copies, of each other."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

SHINGLE = 5  # words; long enough that shared ones are no accident of the language
NEAR = 0.5  # Jaccard similarity above which one comment counts as a copy of the other
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Pair:
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


def like_pairs(texts: Sequence[str], others: Sequence[str] | None = None) -> list[Pair]:
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
        The likest first.

    Examples
    --------
    >>> like_pairs(["So it goes, as it always does.", "so it goes as it always does", "no"])
    [Pair(first=0, second=1, similarity=1.0)]
    """
    shingles = [_shingles(text) for text in texts]
    known = shingles if others is None else [_shingles(text) for text in others]
    index: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for row, found in enumerate(known):
        for shingle in found:
            index[shingle].append(row)
    pairs = (
        Pair(row, other, len(found & known[other]) / len(found | known[other]))
        for row, found in enumerate(shingles)
        for other in _sharing(found, index)
        if others is not None or row < other
    )
    return sorted((pair for pair in pairs if pair.similarity > NEAR), key=lambda pair: (-pair.similarity, pair.first))


def _shingles(text: str) -> frozenset[tuple[str, ...]]:
    words = _WORD.findall(text.lower())
    if not words:
        return frozenset()
    return frozenset(tuple(words[at : at + SHINGLE]) for at in range(max(1, len(words) - SHINGLE + 1)))


def _sharing(shingles: frozenset[tuple[str, ...]], index: dict[tuple[str, ...], list[int]]) -> Iterator[int]:
    yield from sorted({row for shingle in shingles for row in index.get(shingle, ())})
