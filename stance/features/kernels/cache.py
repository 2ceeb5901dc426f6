"""A cache of whitespace tokens: the words and features of those met before, so that each is computed once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stance.features.kernels.compiling import compiled
from stance.features.kernels.hashing import ABSENT, HALF, SEEDS, SLOT_MULTIPLIER, find
from stance.features.kernels.tokens import char_ngram_starts, char_ngrams, hash_tokens, is_same

LOW = np.uint64(0xFFFFFFFF)
HEADER = 3  # numbers at the beginning of a record
CACHED_TOKENS = 1 << 15  # in running text these cover nineteen in twenty, and their features fit the processor's cache
MAX_CACHED_CHARS = 40  # longer tokens hardly come twice


class NgramCache(NamedTuple):
    """Whitespace tokens met before; all are forgotten when it is full."""

    size: NDArray[np.int64]  # (2,): number of tokens, and how much of the records is used
    slots: NDArray[np.int32]  # where the records of tokens begin, by their hash; 0 is free
    # of each token the numbers of its characters, words and features, then these, a word as the two halves of its
    # hash; behind them, as floats of 8 bytes, the sums of `add_row`
    records: NDArray[np.uint32]


def new_cache(n_tokens: int = CACHED_TOKENS, record_size: int = 96) -> NgramCache:
    """Allocate an empty cache of `n_tokens`, a power of two; one thread at a time may use it, for one vocabulary."""
    size = np.array([0, HEADER], np.int64)
    return NgramCache(size, np.zeros(4 * n_tokens, np.int32), np.empty(n_tokens * record_size, np.uint32))


@compiled
def find_cached(codes, begin, end, key, slots, records):
    """Return the slot of a whitespace token, or the free one where it belongs."""
    mask = np.int64(slots.size - 1)
    slot = np.int64((key * SLOT_MULTIPLIER) >> HALF) & mask
    while slots[slot]:
        at = slots[slot]
        if records[at] == end - begin and is_same(codes, begin, end, records, at + HEADER):
            break
        slot = (slot + 1) & mask
    return slot


@compiled
def cache_token(codes, begin, end, key, lookup, rows, cache, room):
    """Write a whitespace token into the cache; return where its record begins, or 0 if it is too large."""
    records = cache.records
    first, last = char_ngram_starts(begin, end, lookup.sizes)
    n = char_ngrams(codes, begin, end, first, last, lookup.sizes, SEEDS[1], room.hashes)
    most = HEADER + 2 * (end - begin) + n + 2 * rows.shape[1] + 4
    if 4 * cache.size[0] == cache.slots.size or cache.size[1] + most > records.size:
        cache.slots[:] = 0
        cache.size[0], cache.size[1] = 0, HEADER
        if HEADER + most > records.size:
            return np.int32(0)
    at = np.int32(cache.size[1])
    cache.slots[find_cached(codes, begin, end, key, cache.slots, records)] = at
    free = at + HEADER
    for place in range(begin, end):
        records[free] = codes[place]
        free += 1
    words = hash_tokens(codes, begin, end, SEEDS[2], np.int64(0), room.fresh, room.nowhere)
    for k in range(words):
        records[free] = np.uint32(room.fresh[k] >> HALF)
        records[free + 1] = np.uint32(room.fresh[k] & LOW)
        free += 2
    features = 0
    for k in range(n):
        feature = find(room.hashes[k], lookup.table, lookup.bits)
        if feature != ABSENT:
            records[free] = feature
            free += 1
            features += 1
    records[at], records[at + 1], records[at + 2] = end - begin, words, features
    sums = records.view(np.float64)[(free + 1) // 2 :][: rows.shape[1] + 1]
    sums[:] = 0
    for k in range(features):
        add_row(np.int32(records[free - features + k]), lookup.idf, rows, sums)
    cache.size[0] += 1
    cache.size[1] = 2 * ((free + 1) // 2) + 2 * (rows.shape[1] + 1)
    return at


@compiled
def add_row(feature, idf, rows, sums):
    """Add the square of the idf of a feature, and its row."""
    sums[0] += idf[feature] * idf[feature]
    for lane in range(rows.shape[1]):
        sums[1 + lane] += rows[feature, lane]
