"""Compiled loops: bytes to letters to n-gram hashes to features to probabilities.

Every text goes through `decode`, `pieces` and `tokens`, in learning a vocabulary as in using it, so that there is one
definition of a feature. The loops hold no lock, so that threads share the work.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, cast

import numpy as np
from numba import njit
from numba.np import linalg
from numpy.typing import NDArray

from stance.text import HIDDEN, KNOWN, SPACE, WORD

Function = Callable[..., Any]


def _load_array_functions() -> None:
    """Load numba's array functions, which a compiled loop needs, without SciPy's linear algebra, which none does.

    numba imports that only to see that it is there, which takes as long as all else of opening a model.
    """
    look, linalg.ensure_blas = linalg.ensure_blas, lambda: None
    try:
        import numba.np.arraymath  # noqa: F401  # its look happens while it is imported
    finally:
        linalg.ensure_blas = look


_load_array_functions()

# digits of pi: for n-grams of words, pieces of words, single words, and chunks
SEEDS = np.array([0x243F6A8885A308D3, 0x13198A2E03707344, 0xA4093822299F31D0, 0x082EFA98EC4E6C89], dtype=np.uint64)
MULTIPLIER = np.uint64(
    0x9E3779B97F4A7C15
)  # odd and without pattern, so that each step loses nothing (Steele et al. 2014)
SLOT_MULTIPLIER = np.uint64(0xD6E8FEB86659FD93)  # another such, to spread hashes over the table
MIX = np.uint64(29)  # brings high bits down, where the next multiplication spreads them
HALF, ALL = np.uint64(32), np.uint64(64)  # bits
CODE = np.uint32(0x1FFFFF)  # the bits of a code point
BLANK = np.uint32(SPACE | HIDDEN | 32)
BETWEEN = np.uint32(32)
ABSENT = np.int32(-1)
FOREIGN = -2
LOW = np.uint64(0xFFFFFFFF)
HEADER = 3  # numbers at the beginning of a record
REMEMBERED = 1 << 15  # chunks; in running text these cover nineteen in twenty, and their features fit the cache
LONGEST_REMEMBERED = 40  # letters of a chunk; longer ones hardly come twice


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
def step(state, code):
    """Take one code point, or the hash of a word, into a hash; for a given code no two states meet."""
    mixed = (state ^ code) * MULTIPLIER
    return mixed ^ (mixed >> MIX)


@compiled
def decode(raw, low, high, letters, codes):
    """Write the letters of a text, small, with their classes, and a blank at either end; give how many there are.

    Bytes that are not UTF-8 are taken for some letter or other.
    """
    codes[0] = BLANK
    n = 1
    at = low
    while at < high:
        lead = np.uint32(raw[at])
        extra = 0 if lead < 0xC0 else 1 if lead < 0xE0 else 2 if lead < 0xF0 else 3
        extra = min(extra, high - at - 1)
        code = lead if extra == 0 else lead & np.uint32(0x3F >> extra)
        for k in range(extra):
            code = (code << np.uint32(6)) | np.uint32(raw[at + 1 + k] & 0x3F)
        codes[n] = letters[code] if code < letters.size else code & CODE
        n += 1
        at += extra + 1
    codes[n] = BLANK
    return n - 1


@compiled
def pieces(codes, begin, end, first, last, sizes, seed, hashes):
    """Hash the pieces that begin in `first` to `last` - 1 of a chunk, a word as white space parts it.

    The chunk stands in `begin` to `end` - 1; the blanks before and behind are part of it. Give the number of pieces.
    """
    n = 0
    least = min(sizes[2], end - begin + 2)  # a chunk shorter than the shortest piece is one piece
    for start in range(first, last):
        state = seed
        for place in range(start, min(start + sizes[3], end + 1)):
            state = step(state, np.uint64(codes[place] & CODE))
            if place - start + 1 >= least:
                hashes[n] = state
                n += 1
    return n


@compiled
def starts(begin, end, sizes):
    """Give where the pieces of a chunk begin: the first place, and the one behind the last."""
    return begin - 1, end + 2 - min(sizes[2], end - begin + 2)


@compiled
def tokens(codes, begin, end, seed, n, found, places):
    """Hash the words of two letters or more in a chunk, behind `n` others; give the new number of them.

    `places` may be empty.
    """
    at = begin
    while at < end:
        stop = at
        state = seed
        while codes[stop] & WORD:
            state = step(state, np.uint64(codes[stop] & CODE))
            stop += 1
        if stop - at >= 2:
            found[n] = state
            if places.size:
                places[n, 0], places[n, 1] = at, stop
            n += 1
        at = stop + 1
    return n


@compiled
def next_chunk(codes, at, length):
    """Give begin and end of the next chunk, and its hash; begin is `length` + 1 where there is none."""
    while at <= length and codes[at] & SPACE:
        at += 1
    end = at
    key = SEEDS[3]
    while not codes[end] & SPACE:
        key = step(key, np.uint64(codes[end] & CODE))
        end += 1
    return at, end, key


@compiled
def hash_words(codes, offsets):
    """Hash n-grams of words with one blank between."""
    hashes = np.empty(offsets.size - 1, np.uint64)
    for term in range(hashes.size):
        whole, word = SEEDS[0], SEEDS[2]
        for place in range(offsets[term], offsets[term + 1]):
            if codes[place] == BETWEEN:
                whole, word = step(whole, word), SEEDS[2]
            else:
                word = step(word, np.uint64(codes[place]))
        hashes[term] = step(whole, word)
    return hashes


@compiled
def hash_pieces(codes, offsets):
    """Hash pieces of words."""
    hashes = np.empty(offsets.size - 1, np.uint64)
    for term in range(hashes.size):
        state = SEEDS[1]
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


def table_of(hashes: NDArray[np.uint64], room: int, collision: Exception) -> tuple[NDArray[np.uint64], np.uint64]:
    """Make the table in which `find` looks hashes up.

    Parameters
    ----------
    hashes : ndarray of shape (V,)
    room : int
        Slots for each hash, at least; with two or more a search ends soon.
    collision : Exception
        Raised where one hash cannot be told from another.

    Returns
    -------
    table : ndarray of shape (2**bits,)
    bits : numpy.uint64
    """
    bits = np.uint64(max(4, int(room * len(hashes)).bit_length()))
    table = np.zeros(1 << int(bits), np.uint64)
    if not fill(hashes, table, bits):
        raise collision
    return table, bits


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


@compiled
def grown(array, size):
    """Copy an array into a larger one."""
    larger = np.empty((size, *array.shape[1:]), array.dtype)
    larger[: array.shape[0]] = array
    return larger


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
    letters : ndarray
        Small form and class of code points, as of `text.letters`; those that the vocabulary often has are `KNOWN`.
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

    letters: NDArray[np.uint32]
    sizes: NDArray[np.int64]
    table: NDArray[np.uint64]
    bits: np.uint64
    idf: NDArray[np.float64]
    logs: NDArray[np.float64]
    words: int


class Memo(NamedTuple):
    """Chunks met before, each with its letters, its words, its features and the sum of their rows; forgotten when full.

    Parameters
    ----------
    size : ndarray of shape (2,)
        Number of chunks, and how much of the records is used.
    slots : ndarray
        Where the records of chunks begin, by their hash; 0 is free.
    records : ndarray
        Of each chunk the numbers of its letters, words and features, then these; a word is the two halves of its hash.
        Behind them, as floats of 8 bytes, what `add_sums` adds up.
    """

    size: NDArray[np.int64]
    slots: NDArray[np.int32]
    records: NDArray[np.uint32]


def new_memo(chunks: int = REMEMBERED, room: int = 96) -> Memo:
    """Make an empty memo; one thread at a time may use it, for one vocabulary and one set of rows.

    Parameters
    ----------
    chunks : int
        How many are remembered, a power of two.
    room : int
        Numbers that the record of a chunk takes on average.

    Returns
    -------
    Memo
    """
    size = np.array([0, HEADER], np.int64)
    return Memo(size, np.zeros(4 * chunks, np.int32), np.empty(chunks * room, np.uint32))


@compiled
def same(codes, begin, end, letters, start):
    """Tell whether a chunk is the one whose letters begin at `start`."""
    for k in range(end - begin):  # noqa: SIM110  numba has no all()
        if codes[begin + k] != letters[start + k]:
            return False
    return True


@compiled
def recall(codes, begin, end, key, slots, records):
    """Give the slot of a chunk, or a free one where it belongs."""
    mask = np.int64(slots.size - 1)
    slot = np.int64((key * SLOT_MULTIPLIER) >> HALF) & mask
    while slots[slot]:
        at = slots[slot]
        if records[at] == end - begin and same(codes, begin, end, records, at + HEADER):
            break
        slot = (slot + 1) & mask
    return slot


@compiled
def remember(codes, begin, end, key, lookup, rows, memo, room):
    """Put a chunk into the memo; give where its record begins, or 0 if it is too large."""
    records = memo.records
    first, last = starts(begin, end, lookup.sizes)
    n = pieces(codes, begin, end, first, last, lookup.sizes, SEEDS[1], room.hashes)
    most = HEADER + 2 * (end - begin) + n + 2 * rows.shape[1] + 4
    if 4 * memo.size[0] == memo.slots.size or memo.size[1] + most > records.size:
        memo.slots[:] = 0
        memo.size[0], memo.size[1] = 0, HEADER
        if HEADER + most > records.size:
            return np.int32(0)
    at = np.int32(memo.size[1])
    memo.slots[recall(codes, begin, end, key, memo.slots, records)] = at
    free = at + HEADER
    for place in range(begin, end):
        records[free] = codes[place]
        free += 1
    words = tokens(codes, begin, end, SEEDS[2], 0, room.fresh, room.nowhere)
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
    memo.size[0] += 1
    memo.size[1] = 2 * ((free + 1) // 2) + 2 * (rows.shape[1] + 1)
    return at


@compiled
def add_row(feature, idf, rows, sums):
    """Add the square of the idf of a feature, and its row."""
    sums[0] += idf[feature] * idf[feature]
    for lane in range(rows.shape[1]):
        sums[1 + lane] += rows[feature, lane]


@compiled
def add(feature, different, counts, touched):
    """Count an occurrence of a feature; give the new number of different ones, listed in `touched`."""
    touched[different] = feature
    occurrences = counts[feature]
    counts[feature] = occurrences + 1
    return different + (occurrences == 0)


@compiled
def count_words(words, n, states, shortest, table, bits, different, counts, touched):
    """Count the known n-grams of the words of a text; give the new number of different features."""
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
def count(codes, length, lookup, rows, memo, room, counts, touched, sums):
    """Count the known features of one text; give the number of different ones, listed in `touched`.

    What `add_row` gives for every occurrence of a piece of a word is added up in `sums`.
    """
    different, words = 0, 0
    slots, records = memo.slots, memo.records
    floats = records.view(np.float64)
    sums[:] = 0
    begin, end, key = next_chunk(codes, 1, length)
    while begin <= length:
        at = np.int32(0)
        if end - begin <= LONGEST_REMEMBERED:
            at = slots[recall(codes, begin, end, key, slots, records)]
            if not at:
                at = remember(codes, begin, end, key, lookup, rows, memo, room)
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
            first, last = starts(begin, end, lookup.sizes)
            for start in range(first, last, LONGEST_REMEMBERED):
                stop = min(start + LONGEST_REMEMBERED, last)
                n = pieces(codes, begin, end, start, stop, lookup.sizes, SEEDS[1], room.hashes)
                for k in range(n):
                    feature = find(room.hashes[k], lookup.table, lookup.bits)
                    if feature != ABSENT:
                        different = add(feature, different, counts, touched)
                        add_row(feature, lookup.idf, rows, sums)
            words = tokens(codes, begin, end, SEEDS[2], words, room.words, room.nowhere)
        begin, end, key = next_chunk(codes, end, length)
    return count_words(
        room.words, words, room.states, lookup.sizes[0], lookup.table, lookup.bits, different, counts, touched
    )


class Room(NamedTuple):
    """Space to work in.

    Parameters
    ----------
    codes : ndarray
        The letters of a text.
    hashes : ndarray
        Those of the pieces of a chunk.
    words : ndarray
        Hashes of the words of a text.
    fresh : ndarray
        Hashes of the words of a chunk.
    states : ndarray
        Hashes of the n-grams of words that are not yet complete.
    nowhere : ndarray
        Empty.
    """

    codes: NDArray[np.uint32]
    hashes: NDArray[np.uint64]
    words: NDArray[np.uint64]
    fresh: NDArray[np.uint64]
    states: NDArray[np.uint64]
    nowhere: NDArray[np.int64]


@compiled
def room_for(offsets, sizes):
    """Make room for the longest of texts."""
    longest = 0
    for text in range(offsets.size - 1):
        longest = max(longest, offsets[text + 1] - offsets[text])
    return Room(
        np.empty(longest + 2, np.uint32),
        np.empty((LONGEST_REMEMBERED + 3) * (sizes[3] - sizes[2] + 1), np.uint64),
        np.empty(longest // 2 + 2, np.uint64),
        np.empty(LONGEST_REMEMBERED, np.uint64),
        np.empty(sizes[1], np.uint64),
        np.empty((0, 2), np.int64),
    )


@compiled
def shows(codes, length):
    """Tell whether a text has anything that can be seen."""
    for at in range(1, length + 1):  # noqa: SIM110  numba has no any()
        if not codes[at] & HIDDEN:
            return True
    return False


@compiled
def is_foreign(codes, length):
    """Tell whether a text is mostly letters that the vocabulary hardly has."""
    balance = 0
    for at in range(1, length + 1):
        if codes[at] & WORD:
            balance += 1 if codes[at] & KNOWN else -1
    return balance < 0


@compiled
def log_of(n, logs):
    """Give 1 plus the logarithm of a number of occurrences."""
    return logs[n] if n < logs.size else 1 + np.log(n)


@compiled
def unit(square):
    """Give what makes a vector of that squared length one of unit length, or 0 for one without length."""
    return 1 / np.sqrt(square) if square > 0 else 0.0


@compiled
def weigh(touched, different, counts, lookup, order, indices, values, filled):
    """Turn counts of features into tf-idf of unit length for words and for pieces of words; forget the counts.

    Features get their numbers in `order`; give how many there are.
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
def weighed(raw, offsets, lookup, memo, order, indices, values, lengths):
    """Write the features of texts, row by row; give how many."""
    counts = np.zeros(lookup.idf.size, np.int32)
    room = room_for(offsets, lookup.sizes)
    filled = 0
    touched = np.empty(lookup.idf.size + 1, np.int32)
    rows, sums = np.empty((lookup.idf.size, 0), np.float32), np.empty(1)
    for text in range(lengths.size):
        length = decode(raw, offsets[text], offsets[text + 1], lookup.letters, room.codes)
        different = count(room.codes, length, lookup, rows, memo, room, counts, touched, sums)
        lengths[text] = weigh(touched, different, counts, lookup, order, indices, values, filled)
        filled += different
    return filled


@compiled
def add_times(log, n, feature, idf, rows, sums):
    """Add what a feature counts for, where its rows have been added `n` times."""
    sums[0] += (log * log - n) * idf[feature] * idf[feature]
    for lane in range(rows.shape[1]):
        sums[1 + lane] += (log - n) * rows[feature, lane]


class Kept(NamedTuple):
    """What occurs in N texts, one text after the other.

    Parameters
    ----------
    features, counts : ndarray
        Numbers of features, words last, and how often each occurs in the text.
    ends : ndarray of shape (N,)
        Where the features of each text end; of shape (0,) where nothing is kept.
    """

    features: NDArray[np.int32]
    counts: NDArray[np.int32]
    ends: NDArray[np.int64]


def room_to_keep(texts: int, most: int) -> Kept:
    """Make room to keep what occurs.

    Parameters
    ----------
    texts : int
        Their number; 0 to keep nothing.
    most : int
        Number of features that all of them can have together.

    Returns
    -------
    Kept
    """
    return Kept(np.empty(most, np.int32), np.empty(most, np.int32), np.empty(texts, np.int64))


@compiled
def score(raw, offsets, lookup, memo, rows, logits, known, kept):
    """Write the weight of the features of texts in every lane, and how many of their features are known.

    A row of `rows` holds the weights of a feature times its idf. `known` is ABSENT for a text that shows nothing,
    FOREIGN for one most of whose letters the vocabulary hardly has. What occurs is kept if there is room in `kept`.
    """
    filled = 0
    counts = np.zeros(lookup.idf.size, np.int32)
    room = room_for(offsets, lookup.sizes)
    touched = np.empty(lookup.idf.size + 1, np.int32)
    words, others = np.empty(rows.shape[1] + 1), np.empty(rows.shape[1] + 1)
    for text in range(known.size):
        length = decode(raw, offsets[text], offsets[text + 1], lookup.letters, room.codes)
        different = count(room.codes, length, lookup, rows, memo, room, counts, touched, others)
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
                add_times(log_of(n, lookup.logs), 0, feature, lookup.idf, rows, words)
            elif n > 1:
                add_times(log_of(n, lookup.logs), n, feature, lookup.idf, rows, others)
        of_words, of_others = unit(words[0]), unit(others[0])
        for lane in range(rows.shape[1]):
            logits[text, lane] = of_words * words[1 + lane] + of_others * others[1 + lane]
        known[text] = different if shows(room.codes, length) else ABSENT
        if is_foreign(room.codes, length):
            known[text] = FOREIGN
