"""Near-duplicate comments, by the word 5-grams that they share."""

from __future__ import annotations

import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

SHINGLE_WORDS = 5  # words; long enough that two comments do not share one by chance
MIN_SIMILARITY = 0.5  # Jaccard similarity above which two comments count as duplicates
MIN_CONTAINED_WORDS = 3  # of a text that, with a few words before or after it, is another one
MAX_CONTAINING_WORDS = 14  # words; in a longer text a few more words leave over half of the 5-grams as they are
MAX_CANDIDATES = 50  # texts with one 5-gram that a text is compared with; more are copies of these, or share a slogan
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


def count_words(text: str) -> int:
    """Count the words of a text.

    >>> count_words("So it goes.")
    3
    """
    return len(_WORD.findall(text))


def cluster_copies(texts: Sequence[str]) -> list[int]:
    """Find the clusters of copies among N texts; (N,) numbers of their first rows. Texts without words stand alone.

    Copies share over half of their word 5-grams, or one is the other with a few words before or behind it. Case,
    punctuation and white space do not count.

    >>> cluster_copies(["So it goes!", "no", "so it goes, honestly", "", "", "NO"])
    [0, 1, 0, 3, 4, 1]
    """
    rows: dict[str, int] = {}
    first = []
    for row, text in enumerate(texts):
        words = " ".join(_WORD.findall(text.lower()))
        first.append(rows.setdefault(words, row) if words else row)
    root = {row: row for row in first}

    def find(row: int) -> int:
        while root[row] != row:
            root[row] = row = root[root[row]]
        return row

    for one, other in _copies(rows):
        low, high = sorted((find(one), find(other)))
        root[high] = low
    return [find(row) for row in first]


def _copies(rows: dict[str, int]) -> Iterator[tuple[int, int]]:
    """Yield pairs of rows, by different words, that tie all copies together."""
    for text, row in rows.items():
        if text.count(" ") < MAX_CONTAINING_WORDS:
            words = text.split(" ")
            shortest = max(MIN_CONTAINED_WORDS, (len(words) + 1) // 2)
            inner = [" ".join(part) for n in range(shortest, len(words)) for part in (words[:n], words[-n:])]
            yield from ((row, rows[part]) for part in inner if part in rows)
    hashed, frequency = _recurring_shingles(rows)
    index: dict[int, list[int]] = defaultdict(list)
    for row, shingles in hashed.items():
        # two sets that share over half of theirs share one of the rarest half of each (Chaudhuri et al. 2006)
        rarest = sorted(shingles, key=lambda shingle: (frequency[shingle], shingle))[: (len(shingles) + 1) // 2]
        for other in sorted({row for shingle in rarest for row in index[shingle]}):
            shared = len(shingles & hashed[other])
            if shared > MIN_SIMILARITY * (len(shingles) + len(hashed[other]) - shared):
                yield row, other
        for shingle in rarest:
            if len(index[shingle]) < MAX_CANDIDATES:
                index[shingle].append(row)


def _recurring_shingles(rows: dict[str, int]) -> tuple[dict[int, frozenset[int]], dict[int, int]]:
    """Return the hashed 5-grams of each text over half of whose 5-grams occur elsewhere, and how often these occur."""
    long = {row: text for text, row in rows.items() if text.count(" ") >= SHINGLE_WORDS}
    hashes = [_hash_shingles(text.split(" ")) for text in long.values()]
    if not hashes:
        return {}, {}
    _, numbers, counts = np.unique(np.concatenate(hashes), return_inverse=True, return_counts=True)
    ends = np.cumsum([len(each) for each in hashes])
    recurs = np.add.reduceat((counts[numbers] > 1).astype(np.int64), [0, *ends[:-1].tolist()])
    kept = 2 * recurs > np.diff(ends, prepend=0)
    found = {row: frozenset(each.tolist()) for row, each, is_kept in zip(long, hashes, kept, strict=True) if is_kept}
    return found, Counter(shingle for shingles in found.values() for shingle in shingles)


def _hash_shingles(words: Sequence[str]) -> NDArray[np.uint32]:
    """Hash the different word 5-grams to 32 bits; one collision makes no copy."""
    starts = range(len(words) - SHINGLE_WORDS + 1)
    grams = {" ".join(words[start : start + SHINGLE_WORDS]) for start in starts}
    return np.array([zlib.crc32(gram.encode("utf-8", "surrogatepass")) for gram in sorted(grams)], np.uint32)
