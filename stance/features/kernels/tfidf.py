"""Texts to TF-IDF features and logits.

Every text goes through `decode`, `char_ngrams` and `hash_tokens`, in learning a vocabulary as in using it, so that
there is one definition of a feature. The kernels hold no lock, so that threads share the work.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stance.features.kernels.cache import HEADER, MAX_CACHED_CHARS, add_row, cache_token, find_cached
from stance.features.kernels.compiling import _load_array_functions, compiled
from stance.features.kernels.hashing import ABSENT, HALF, SEEDS, find, step
from stance.features.kernels.tokens import (
    UNSUPPORTED_SCRIPT,
    char_ngram_starts,
    char_ngrams,
    decode,
    hash_tokens,
    is_unsupported_script,
    is_visible,
    next_whitespace_token,
)

_load_array_functions()


class Lookup(NamedTuple):
    """A vocabulary of V terms as the kernels read it."""

    letters: NDArray[np.uint32]  # as of `characters.mark_frequent_letters`
    sizes: NDArray[np.int64]  # (4,): shortest and longest word n-gram, shortest and longest character n-gram
    table: NDArray[np.uint64]  # (2**bits,), hashes with the numbers of their terms
    bits: np.uint64
    idf: NDArray[np.float64]  # (V,)
    logs: NDArray[np.float64]  # 1 plus the logarithm of small numbers of occurrences
    words: int  # number of terms that are words; character n-grams come behind them


@compiled
def add(feature, different, counts, touched):
    """Count an occurrence of a feature; return the new number of different ones, listed in `touched`."""
    touched[different] = feature
    occurrences = counts[feature]
    counts[feature] = occurrences + 1
    return different + (occurrences == 0)


@compiled
def count_words(words, n, states, shortest, table, bits, different, counts, touched):
    """Count the known n-grams of the words of a text; return the new number of different features."""
    held = 0
    longest = states.size
    for word in range(n):
        if held == longest:
            for k in range(held - 1):
                states[k] = states[k + 1]
            held -= 1
        states[held] = SEEDS[0]
        held += 1
        for k in range(held):
            states[k] = step(states[k], words[word])
            if held - k >= shortest:
                feature = find(states[k], table, bits)
                if feature != ABSENT:
                    different = add(feature, different, counts, touched)
    return different


@compiled
def count(codes, length, lookup, rows, cache, room, counts, touched, sums):
    """Count the known features of one text; return the number of different ones, listed in `touched`.

    `add_row` adds every occurrence of a character n-gram to `sums`.
    """
    different, words = np.int64(0), np.int64(0)
    slots, records = cache.slots, cache.records
    floats = records.view(np.float64)
    sums[:] = 0
    begin, end, key = next_whitespace_token(codes, np.int64(1), length)
    while begin <= length:
        at = np.int32(0)
        if end - begin <= MAX_CACHED_CHARS:
            at = slots[find_cached(codes, begin, end, key, slots, records)]
            if not at:
                at = cache_token(codes, begin, end, key, lookup, rows, cache, room)
        if at:
            place = at + HEADER + np.int64(records[at])
            for _ in range(records[at + 1]):
                room.words[words] = (np.uint64(records[place]) << HALF) | np.uint64(records[place + 1])
                words += 1
                place += 2
            stop = place + np.int64(records[at + 2])
            for k in range(place, stop):
                different = add(np.int32(records[k]), different, counts, touched)
            for lane in range(sums.size):
                sums[lane] += floats[(stop + 1) // 2 + lane]
        else:
            first, last = char_ngram_starts(begin, end, lookup.sizes)
            for start in range(first, last, MAX_CACHED_CHARS):
                stop = min(start + MAX_CACHED_CHARS, last)
                n = char_ngrams(codes, begin, end, start, stop, lookup.sizes, SEEDS[1], room.hashes)
                for k in range(n):
                    feature = find(room.hashes[k], lookup.table, lookup.bits)
                    if feature != ABSENT:
                        different = add(feature, different, counts, touched)
                        add_row(feature, lookup.idf, rows, sums)
            words = hash_tokens(codes, begin, end, SEEDS[2], words, room.words, room.nowhere)
        begin, end, key = next_whitespace_token(codes, end, length)
    return count_words(
        room.words, words, room.states, lookup.sizes[0], lookup.table, lookup.bits, different, counts, touched
    )


class Workspace(NamedTuple):
    """Room for the longest of some texts."""

    codes: NDArray[np.uint32]  # characters of a text
    hashes: NDArray[np.uint64]  # of the character n-grams of a whitespace token
    words: NDArray[np.uint64]  # hashes of the words of a text
    fresh: NDArray[np.uint64]  # hashes of the words of a whitespace token
    states: NDArray[np.uint64]  # hashes of the word n-grams that are not yet complete
    nowhere: NDArray[np.int64]  # empty


@compiled
def allocate_workspace(offsets, sizes):
    """Allocate room for the longest of N texts; `offsets` has shape (N + 1,)."""
    longest = 0
    for text in range(offsets.size - 1):
        longest = max(longest, offsets[text + 1] - offsets[text])
    return Workspace(
        np.empty(longest + 2, np.uint32),
        np.empty((MAX_CACHED_CHARS + 3) * (sizes[3] - sizes[2] + 1), np.uint64),
        np.empty(longest // 2 + 2, np.uint64),
        np.empty(MAX_CACHED_CHARS, np.uint64),
        np.empty(sizes[1], np.uint64),
        np.empty((0, 2), np.int64),
    )


@compiled
def log_of(n, logs):
    """Return 1 plus the logarithm of a number of occurrences."""
    return logs[n] if n < logs.size else 1 + np.log(n)


@compiled
def unit(square):
    """Return the factor that brings a vector of a squared length to unit length, or 0 for one without length."""
    return 1 / np.sqrt(square) if square > 0 else 0.0


@compiled
def weigh(touched, different, counts, lookup, order, indices, values, filled):
    """Turn counts of features into TF-IDF, words and character n-grams each of unit length; set the counts to 0.

    Features get their numbers in `order`; return how many there are.
    """
    words, others = 0.0, 0.0
    for k in range(different):
        feature = touched[k]
        value = log_of(counts[feature], lookup.logs) * lookup.idf[feature]
        counts[feature] = 0
        values[filled + k] = value
        if feature < lookup.words:
            words += value * value
        else:
            others += value * value
    of_words, of_others = unit(words), unit(others)
    for k in range(different):
        values[filled + k] *= of_words if touched[k] < lookup.words else of_others
        indices[filled + k] = order[touched[k]]
    return different


@compiled
def write_tfidf(raw, offsets, lookup, cache, order, indices, values, lengths):
    """Write the features of texts, row by row; return their number."""
    counts = np.zeros(lookup.idf.size, np.int32)
    room = allocate_workspace(offsets, lookup.sizes)
    filled = 0
    touched = np.empty(lookup.idf.size + 1, np.int32)
    rows, sums = np.empty((lookup.idf.size, 0), np.float32), np.empty(1)
    for text in range(lengths.size):
        length = decode(raw, offsets[text], offsets[text + 1], lookup.letters, room.codes)
        different = count(room.codes, length, lookup, rows, cache, room, counts, touched, sums)
        lengths[text] = weigh(touched, different, counts, lookup, order, indices, values, filled)
        filled += different
    return filled


@compiled
def add_times(log, n, feature, idf, rows, sums):
    """Add what a feature counts for, where its rows have been added `n` times."""
    sums[0] += (log * log - n) * idf[feature] * idf[feature]
    for lane in range(rows.shape[1]):
        sums[1 + lane] += (log - n) * rows[feature, lane]


class FeatureCounts(NamedTuple):
    """The features of N texts, one text after the other."""

    features: NDArray[np.int32]  # numbers of features, words last
    counts: NDArray[np.int32]  # how often each occurs in the text
    ends: NDArray[np.int64]  # (N,), where the features of each text end; (0,) where none are kept


def allocate_counts(texts: int, most: int) -> FeatureCounts:
    """Allocate room for the features of N texts, `most` of them in all; none are kept where N is 0."""
    return FeatureCounts(np.empty(most, np.int32), np.empty(most, np.int32), np.empty(texts, np.int64))


@compiled
def score(raw, offsets, lookup, cache, rows, logits, known, kept):
    """Write the weight of the features of texts in every lane, and how many of their features are known.

    A row of `rows` holds the weights of a feature times its idf. `known` is ABSENT for a text that shows nothing,
    UNSUPPORTED_SCRIPT for one most of whose letters the vocabulary hardly has. Features are
    kept if there is room in `kept`.
    """
    filled = 0
    counts = np.zeros(lookup.idf.size, np.int32)
    room = allocate_workspace(offsets, lookup.sizes)
    touched = np.empty(lookup.idf.size + 1, np.int32)
    words, others = np.empty(rows.shape[1] + 1), np.empty(rows.shape[1] + 1)
    for text in range(known.size):
        length = decode(raw, offsets[text], offsets[text + 1], lookup.letters, room.codes)
        different = count(room.codes, length, lookup, rows, cache, room, counts, touched, others)
        if kept.ends.size:
            for k in range(different):
                kept.features[filled + k], kept.counts[filled + k] = touched[k], counts[touched[k]]
            filled += different
            kept.ends[text] = filled
        words[:] = 0
        for k in range(different):
            feature = touched[k]
            n = counts[feature]
            counts[feature] = 0
            if feature < lookup.words:
                add_times(log_of(n, lookup.logs), np.int32(0), feature, lookup.idf, rows, words)
            elif n > 1:
                add_times(log_of(n, lookup.logs), n, feature, lookup.idf, rows, others)
        of_words, of_others = unit(words[0]), unit(others[0])
        for lane in range(rows.shape[1]):
            logits[text, lane] = of_words * words[1 + lane] + of_others * others[1 + lane]
        known[text] = different if is_visible(room.codes, length) else ABSENT
        if is_unsupported_script(room.codes, length):
            known[text] = UNSUPPORTED_SCRIPT
