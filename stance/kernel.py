"""Compiled loops: code points to n-gram hashes to features to probabilities.

Every text goes through `ngrams`, in learning a vocabulary as in using it, so that there is one definition of a feature.
The loops hold no lock, so that threads share the work.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

from stance.text import SPACE, WORD

Function = Callable[..., Any]

SEEDS = np.array(
    [0x243F6A8885A308D3, 0x13198A2E03707344], dtype=np.uint64
)  # digits of pi: one for words, one for pieces
CHECK_SEEDS = np.array([0xA4093822299F31D0, 0x082EFA98EC4E6C89], dtype=np.uint64)  # the next digits
MULTIPLIER = np.uint64(
    0x9E3779B97F4A7C15
)  # odd and without pattern, so that each step loses nothing (Steele et al. 2014)
SLOT_MULTIPLIER = np.uint64(0xD6E8FEB86659FD93)  # another such, to spread hashes over the table
MIX = np.uint64(29)  # brings high bits down, where the next multiplication spreads them
HALF, ALL = np.uint64(32), np.uint64(64)  # bits
BLANK = np.uint64(32)
ABSENT = np.int32(-1)


def compiled(function: Function) -> Function:
    """Compile a loop, keeping the result on disk where that is possible.

    Parameters
    ----------
    function : callable

    Returns
    -------
    callable
    """
    try:
        made = njit(nogil=True, cache=True)(function)
    except RuntimeError:  # numba found no folder to write to: compile anew in each process
        made = njit(nogil=True, cache=False)(function)
    return cast(Function, made)


@compiled
def step(state: np.uint64, code: np.uint64) -> np.uint64:
    """Take one code point into a hash; for a given code point no two states meet."""
    mixed = (state ^ code) * MULTIPLIER
    return mixed ^ (mixed >> MIX)


@compiled
def word_ngrams(codes, low, high, classes, shortest, longest, seed, hashes, starts, ends, n):
    """Hash the n-grams of words of two letters or more, joined by one blank; give the new number of n-grams."""
    states = np.empty(longest, np.uint64)
    begins = np.empty(longest, np.int64)
    held = 0
    at = low
    while at < high:
        if not classes[codes[at]] & WORD:
            at += 1
            continue
        end = at + 1
        while end < high and classes[codes[end]] & WORD:
            end += 1
        if end - at >= 2:
            if held == longest:
                for k in range(held - 1):
                    states[k] = states[k + 1]
                    begins[k] = begins[k + 1]
                held -= 1
            for k in range(held):
                states[k] = step(states[k], BLANK)
            states[held] = seed
            begins[held] = at
            held += 1
            for k in range(held):
                state = states[k]
                for place in range(at, end):
                    state = step(state, np.uint64(codes[place]))
                states[k] = state
                if held - k >= shortest:
                    hashes[n] = state
                    if starts.size:
                        starts[n] = begins[k]
                        ends[n] = end
                    n += 1
        at = end
    return n


@compiled
def char_ngrams(codes, low, high, classes, shortest, longest, seed, hashes, starts, ends, n):
    """Hash the pieces of white-space-separated words, each with a blank before and behind; give the new number."""
    at = low
    while at < high:
        if classes[codes[at]] & SPACE:
            at += 1
            continue
        end = at + 1
        while end < high and not classes[codes[end]] & SPACE:
            end += 1
        least = min(shortest, end - at + 2)  # a word shorter than the shortest piece is one piece
        for begin in range(at - 1, end + 2 - least):
            state = seed
            for place in range(begin, min(begin + longest, end + 1)):
                inside = at <= place < end
                state = step(state, np.uint64(codes[place]) if inside else BLANK)
                if place - begin + 1 >= least:
                    hashes[n] = state
                    if starts.size:
                        starts[n] = begin
                        ends[n] = place + 1
                    n += 1
        at = end
    return n


@compiled
def ngrams(codes, low, high, classes, sizes, seeds, hashes, starts, ends):
    """Hash all n-grams of one text; give the number of those of words and of all."""
    n = word_ngrams(codes, low, high, classes, sizes[0], sizes[1], seeds[0], hashes, starts, ends, 0)
    return n, char_ngrams(codes, low, high, classes, sizes[2], sizes[3], seeds[1], hashes, starts, ends, n)


@compiled
def most_ngrams(longest, sizes):
    """Give a number that the n-grams of a text of that length cannot exceed."""
    return (longest // 3 + 1) * (sizes[1] - sizes[0] + 1) + (2 * longest + 2) * (sizes[3] - sizes[2] + 1)


@compiled
def hash_terms(codes, offsets, seed):
    """Hash whole terms."""
    hashes = np.empty(offsets.size - 1, np.uint64)
    for term in range(hashes.size):
        state = SEEDS[seed]
        for place in range(offsets[term], offsets[term + 1]):
            state = step(state, np.uint64(codes[place]))
        hashes[term] = state
    return hashes


@compiled
def fill(hashes, table, bits):
    """Put hashes into an empty table under their numbers; give False where one cannot be told from another.

    A slot holds the part of a spread hash that does not say where it belongs, then its number plus 1; 0 is a free slot.
    """
    mask = np.int64(table.size - 1)
    for number in range(hashes.size):
        spread = hashes[number] * SLOT_MULTIPLIER
        slot = np.int64(spread >> (ALL - bits))
        while table[slot]:
            slot = (slot + 1) & mask
        table[slot] = (spread << bits) | np.uint64(number + 1)
    for number in range(hashes.size):  # noqa: SIM110  numba has no all()
        if find(hashes[number], table, bits) != number:
            return False
    return True


@compiled
def find(sought, table, bits):
    """Give the number of a hash, or ABSENT."""
    mask = np.int64(table.size - 1)
    spread = sought * SLOT_MULTIPLIER
    slot = np.int64(spread >> (ALL - bits))
    rest = spread << bits
    held = table[slot]
    while held:
        if (held ^ rest) >> bits == 0:
            return np.int32(held & np.uint64(mask)) - np.int32(1)
        slot = (slot + 1) & mask
        held = table[slot]
    return ABSENT


def is_compiled() -> bool:
    """Tell whether the scorer has been compiled on this machine before, so that its first use is quick.

    Returns
    -------
    bool
    """
    cache = getattr(score, "_cache", None)  # None where numba is told not to compile
    folder = getattr(cache, "cache_path", None)
    return cache is None or (folder is not None and any(Path(folder).glob("kernel.score-*.nbi")))


class Lookup(NamedTuple):
    """What a vocabulary is to the loops.

    Parameters
    ----------
    classes : ndarray of shape (1114112,)
        Of all code points.
    sizes : ndarray of shape (4,)
        Shortest and longest n-gram of words and of characters.
    table : ndarray of shape (2**bits,)
        Hashes with the numbers of their terms.
    bits : numpy.uint64
    idf : ndarray of shape (V,)
    logs : ndarray
        1 plus the logarithm of small numbers of occurrences.
    words : int
        Number of terms that are words; pieces of words come behind them.
    """

    classes: NDArray[np.uint8]
    sizes: NDArray[np.int64]
    table: NDArray[np.uint64]
    bits: np.uint64
    idf: NDArray[np.float64]
    logs: NDArray[np.float64]
    words: int


@compiled
def count(codes, low, high, lookup, hashes, counts, touched):
    """Count the known features of one text; give the number of different ones, listed in `touched`."""
    nowhere = hashes[:0].view(np.int64)
    _, n = ngrams(codes, low, high, lookup.classes, lookup.sizes, SEEDS, hashes, nowhere, nowhere)
    different = 0
    for k in range(n):
        feature = find(hashes[k], lookup.table, lookup.bits)
        if feature != ABSENT:
            if counts[feature] == 0:
                touched[different] = feature
                different += 1
            counts[feature] += 1
    return different


@compiled
def weigh(touched, different, counts, lookup, values):
    """Write the tf-idf of the counted features, clear the counts, and give what makes each kind of unit length.

    The two scales are those of words and of pieces of words.
    """
    words, pieces = 0.0, 0.0
    for k in range(different):
        feature = touched[k]
        occurrences = counts[feature]
        counts[feature] = 0
        log = lookup.logs[occurrences] if occurrences < lookup.logs.size else 1 + np.log(occurrences)
        value = log * lookup.idf[feature]
        values[k] = value
        if feature < lookup.words:
            words += value * value
        else:
            pieces += value * value
    return (1 / np.sqrt(words) if words else 0.0), (1 / np.sqrt(pieces) if pieces else 0.0)


@compiled
def room(offsets, first, last, sizes):
    """Give a number that the n-grams of none of the texts exceed."""
    longest = 0
    for text in range(first, last):
        longest = max(longest, offsets[text + 1] - offsets[text])
    return most_ngrams(longest, sizes)


@compiled
def transform(codes, offsets, lookup, features, values, lengths):
    """Write the features of texts by their numbers, and their values, row by row; give how many."""
    counts = np.zeros(lookup.idf.size, np.int32)
    hashes = np.empty(room(offsets, 0, lengths.size, lookup.sizes), np.uint64)
    filled = 0
    for text in range(lengths.size):
        row = features[filled:]
        different = count(codes, offsets[text], offsets[text + 1], lookup, hashes, counts, row)
        of_words, of_pieces = weigh(row, different, counts, lookup, values[filled:])
        for k in range(filled, filled + different):
            values[k] *= of_words if features[k] < lookup.words else of_pieces
        filled += different
        lengths[text] = different
    return filled


@compiled
def score(codes, offsets, lookup, weights, bias, heads, proba, known):
    """Write the probabilities of texts, all heads side by side, and how many of their features are known."""
    counts = np.zeros(lookup.idf.size, np.int32)
    hashes = np.empty(room(offsets, 0, known.size, lookup.sizes), np.uint64)
    touched = np.empty(hashes.size, np.int32)
    values = np.empty(hashes.size)
    logits = np.empty(weights.shape[1])
    for text in range(known.size):
        different = count(codes, offsets[text], offsets[text + 1], lookup, hashes, counts, touched)
        of_words, of_pieces = weigh(touched, different, counts, lookup, values)
        logits[:] = bias
        for k in range(different):
            feature = touched[k]
            value = values[k] * (of_words if feature < lookup.words else of_pieces)
            for label in range(logits.size):
                logits[label] += value * weights[feature, label]
        softmax(logits, heads, proba[text])
        known[text] = different


@compiled
def softmax(logits, heads, proba):
    """Turn the logits of each head into probabilities."""
    for head in range(heads.size - 1):
        low, high = heads[head], heads[head + 1]
        top = logits[low]
        for k in range(low + 1, high):
            top = max(top, logits[k])
        total = 0.0
        for k in range(low, high):
            proba[k] = np.exp(logits[k] - top)
            total += proba[k]
        for k in range(low, high):
            proba[k] /= total


@compiled
def grown(array, size):
    """Copy an array into a larger one."""
    larger = np.empty((size, *array.shape[1:]), array.dtype)
    larger[: array.shape[0]] = array
    return larger


@compiled
def slot_of(key, keys, slots):
    """Give the slot that holds the entry of a key, or the free one where it belongs."""
    mask = slots.size - 1
    slot = np.int64((key * SLOT_MULTIPLIER) >> HALF) & mask
    while slots[slot] != ABSENT and keys[slots[slot]] != key:
        slot = (slot + 1) & mask
    return slot


@compiled
def learn(codes, offsets, classes, sizes, mask):
    """Find all n-grams of texts: in how many texts each occurs, and where first.

    Gives hashes, numbers of texts, and places (start, end, 0 for words or 1 for pieces); then whether two different
    n-grams share a hash, told by a second hash of other seeds. `mask` is all ones, but for tests of such a case.
    """
    most = room(offsets, 0, offsets.size - 1, sizes)
    hashes, checks = np.empty(most, np.uint64), np.empty(most, np.uint64)
    starts, ends, nowhere = np.empty(most, np.int64), np.empty(most, np.int64), np.empty(0, np.int64)
    capacity = 1 << 12
    slots = np.full(capacity, ABSENT)
    keys, second = np.empty(capacity, np.uint64), np.empty(capacity, np.uint64)
    texts, latest = np.empty(capacity, np.int32), np.empty(capacity, np.int64)
    places = np.empty((capacity, 3), np.int64)
    known = 0
    clash = False
    for text in range(offsets.size - 1):
        low, high = offsets[text], offsets[text + 1]
        words, n = ngrams(codes, low, high, classes, sizes, SEEDS, hashes, starts, ends)
        ngrams(codes, low, high, classes, sizes, CHECK_SEEDS, checks, nowhere, nowhere)
        while 2 * (known + n) > capacity:
            capacity *= 2
            keys, second, places = grown(keys, capacity), grown(second, capacity), grown(places, capacity)
            texts, latest = grown(texts, capacity), grown(latest, capacity)
            slots = np.full(capacity, ABSENT)
            for entry in range(known):
                slots[slot_of(keys[entry], keys, slots)] = entry
        for k in range(n):
            key = hashes[k] & mask
            slot = slot_of(key, keys, slots)
            entry = slots[slot]
            if entry == ABSENT:
                entry = np.int32(known)
                known += 1
                slots[slot] = entry
                keys[entry], second[entry], texts[entry], latest[entry] = key, checks[k], 0, -1
                places[entry, 0], places[entry, 1], places[entry, 2] = starts[k], ends[k], 0 if k < words else 1
            clash = clash or second[entry] != checks[k]
            if latest[entry] != text:
                latest[entry] = text
                texts[entry] += 1
    return keys[:known], texts[:known], places[:known], clash
