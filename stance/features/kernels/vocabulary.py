"""All different n-grams of texts, by their hashes, and which of them each text has.

The texts are read once. Different whitespace tokens are few and come often: the character n-grams of one are looked up
where it stands first, and a text is remembered by its whitespace tokens and its word n-grams.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stance.features.kernels.cache import MAX_CACHED_CHARS
from stance.features.kernels.compiling import compiled, inlined
from stance.features.kernels.hashing import ABSENT, HALF, SEEDS, SLOT_MULTIPLIER, grown, step
from stance.features.kernels.tfidf import add, weigh
from stance.features.kernels.tokens import (
    char_ngram_starts,
    char_ngrams,
    decode,
    hash_tokens,
    is_same,
    next_whitespace_token,
)

CHECK_SEEDS = np.array([0x452821E638D01377, 0xBE5466CF34E90C6C, 0xC0AC29B7C97C50DD], dtype=np.uint64)  # more of pi
KEY, CHECK, FREQUENCY, LAST_TEXT = range(4)  # columns of `Entries.cells`
WORD_NGRAM, CHAR_NGRAM = range(2)  # kinds, in `Entries.places`
NO_TEXT = np.uint64(0xFFFFFFFFFFFFFFFF)
MIN_TOKENS = 1 << 12  # that there is room for at first
WORDS_PER_CALL = 1 << 12  # whose n-grams there is room for at once


class NgramScheme(NamedTuple):
    """Which n-grams to collect."""

    sizes: NDArray[np.int64]  # (4,): shortest and longest word n-gram, shortest and longest character n-gram
    mask: np.uint64  # bits of the hashes that count: all, but in tests of two n-grams that share a hash


class Entries(NamedTuple):
    """Different n-grams, or whitespace tokens, by their hashes; E of them, and room for more."""

    # what a search needs, in one place of memory: the hash; a second hash of other seeds, which shows whether two
    # entries share the first; the number of texts that have the entry, and the last of them
    cells: NDArray[np.uint64]  # (E or more, 4)
    places: NDArray[np.int64]  # (E or more, 3): begin and end where it stands first in the codes, and its kind
    slots: NDArray[np.int32]  # numbers of entries, by their hash; ABSENT is free; half are free or more
    size: int  # E


class TextNgrams(NamedTuple):
    """The n-grams of N texts, as numbers of entries."""

    tokens: NDArray[np.int32]  # whitespace tokens, text by text
    token_ends: NDArray[np.int64]  # (N,), where those of each text end
    word_ngrams: NDArray[np.int32]  # text by text
    word_ngram_ends: NDArray[np.int64]  # (N,)
    char_ngrams: NDArray[np.int32]  # whitespace token by whitespace token
    char_ngram_bounds: NDArray[np.int64]  # (number of whitespace tokens + 1,)


class NgramTable(NamedTuple):
    """All different n-grams of texts."""

    codes: NDArray[np.uint32]  # characters of the texts
    entries: Entries
    has_collision: bool  # whether two n-grams share a hash


class LearningWorkspace(NamedTuple):
    """Hashes of the character n-grams of a whitespace token, and of the words of a text."""

    ngrams: NDArray[np.uint64]
    ngram_checks: NDArray[np.uint64]  # second hashes
    words: NDArray[np.uint64]
    word_checks: NDArray[np.uint64]
    word_spans: NDArray[np.int64]  # (number of words, 2)
    no_spans: NDArray[np.int64]


@compiled
def allocate_learning_workspace(offsets, sizes):
    """Allocate room for the longest of N texts; `offsets` has shape (N + 1,)."""
    longest = 0
    for text in range(offsets.size - 1):
        longest = max(longest, offsets[text + 1] - offsets[text])
    n_ngrams, n_words = (MAX_CACHED_CHARS + 3) * (sizes[3] - sizes[2] + 1), longest // 2 + 2
    return LearningWorkspace(
        np.empty(n_ngrams, np.uint64),
        np.empty(n_ngrams, np.uint64),
        np.empty(n_words, np.uint64),
        np.empty(n_words, np.uint64),
        np.empty((n_words, 2), np.int64),
        np.empty((0, 2), np.int64),
    )


@compiled
def empty_entries(capacity):
    """Allocate entries, up to `capacity`, a power of two."""
    return Entries(
        np.empty((capacity, 4), np.uint64), np.empty((capacity, 3), np.int64), np.full(2 * capacity, ABSENT), 0
    )


@compiled
def slot_of(key, cells, slots):
    """Return the slot that holds the entry of a key, or the free one where it belongs."""
    mask = slots.size - 1
    slot = np.int64((key * SLOT_MULTIPLIER) >> HALF) & mask
    while slots[slot] != ABSENT and cells[slots[slot], KEY] != key:
        slot = (slot + 1) & mask
    return slot


@compiled
def reserve(n, entries):
    """Return the entries with room for `n` more."""
    n_slots = entries.slots.size
    while 2 * (entries.size + n) > n_slots:
        n_slots *= 2
    if n_slots == entries.slots.size:
        return entries
    cells, slots = grown(entries.cells, n_slots // 2), np.full(n_slots, ABSENT)
    for entry in range(entries.size):
        slots[slot_of(cells[entry, KEY], cells, slots)] = entry
    return Entries(cells, grown(entries.places, n_slots // 2), slots, entries.size)


@compiled
def enter(key, check, begin, end, kind, size, cells, places, slots):
    """Return the entry of an n-gram, `size` if it is new, and whether another n-gram has its hash.

    The arrays are those of `Entries`, one by one since each use of a tuple of arrays costs as much as a search.
    """
    slot = slot_of(key, cells, slots)
    entry = slots[slot]
    if entry != ABSENT:
        return entry, cells[entry, CHECK] != check
    slots[slot] = size
    cells[size, KEY], cells[size, CHECK], cells[size, FREQUENCY], cells[size, LAST_TEXT] = key, check, 0, NO_TEXT
    places[size, 0], places[size, 1], places[size, 2] = begin, end, kind
    return np.int32(size), False


@compiled
def count_text(entry, text, cells):
    """Count a text that has an entry, once; return whether it is the first time."""
    if cells[entry, LAST_TEXT] == text:
        return False
    cells[entry, FREQUENCY] += np.uint64(1)
    cells[entry, LAST_TEXT] = text
    return True


@inlined
def enter_char_ngrams(codes, origin, begin, end, scheme, workspace, entries, listed, n):
    """Enter the character n-grams of a whitespace token, and list them in `listed` behind `n` others.

    `codes` are those of the text, which begins at `origin` of all. Return entries, `listed`, and its length, as they
    have grown, and whether two n-grams share a hash.
    """
    sizes, mask, hashes, checks = scheme.sizes, scheme.mask, workspace.ngrams, workspace.ngram_checks
    has_collision = False
    first, last = char_ngram_starts(begin, end, sizes)
    for low in range(first, last, MAX_CACHED_CHARS):
        high = min(low + MAX_CACHED_CHARS, last)
        n_ngrams = char_ngrams(codes, begin, end, low, high, sizes, SEEDS[1], hashes)
        char_ngrams(codes, begin, end, low, high, sizes, CHECK_SEEDS[1], checks)
        cells, places, slots, size = entries = reserve(n_ngrams, entries)
        if n + n_ngrams > listed.size:
            listed = grown(listed, 2 * (n + n_ngrams))
        k = 0
        for start in range(low, high):
            at = origin + start
            for length in range(min(sizes[2], end - begin + 2), min(sizes[3], end + 1 - start) + 1):
                entry, collides = enter(
                    hashes[k] & mask, checks[k], at, at + length, CHAR_NGRAM, size, cells, places, slots
                )
                size = max(size, entry + 1)
                listed[n] = entry
                n += 1
                k += 1
                has_collision = has_collision or collides
        entries = Entries(cells, places, slots, size)
    return entries, listed, n, has_collision


@compiled
def enter_word_ngrams(low, high, origin, scheme, workspace, text, entries, listed, n):
    """Enter the n-grams that end with one of the words `low` to `high` - 1, listed behind `n` others.

    Return entries, and the length of `listed`, as they have grown, and whether two n-grams share a hash.
    """
    words, checks, spans = workspace.words, workspace.word_checks, workspace.word_spans
    shortest, longest, mask = scheme.sizes[0], scheme.sizes[1], scheme.mask
    has_collision = False
    cells, places, slots, size = reserve((high - low) * (longest - shortest + 1), entries)
    for last in range(low, high):
        for first in range(max(0, last + 1 - longest), last + 2 - shortest):
            state, check = SEEDS[0], CHECK_SEEDS[0]
            for word in range(first, last + 1):
                state, check = step(state, words[word]), step(check, checks[word])
            begin, end = origin + spans[first, 0], origin + spans[last, 1]
            entry, collides = enter(state & mask, check, begin, end, WORD_NGRAM, size, cells, places, slots)
            size = max(size, entry + 1)
            count_text(entry, text, cells)
            listed[n] = entry
            n += 1
            has_collision = has_collision or collides
    return Entries(cells, places, slots, size), n, has_collision


@compiled
def count_text_of_all(entries, low, high, text, cells):
    """Count a text that has some entries."""
    for k in range(low, high):
        count_text(entries[k], text, cells)


@compiled
def collect_ngrams(raw, offsets, letters, scheme, entries):
    """Collect the different n-grams of N texts, as `NgramTable`, and those of each text, as `TextNgrams`."""
    n_texts, workspace = offsets.size - 1, allocate_learning_workspace(offsets, scheme.sizes)
    codes, origin, has_collision = np.empty(raw.size + 2 * offsets.size, np.uint32), 0, False
    cells, places, slots, size = empty_entries(MIN_TOKENS)  # different whitespace tokens
    char_ngrams_listed, n_char_ngrams = np.empty(MIN_TOKENS, np.int32), 0
    char_ngram_bounds = np.zeros(MIN_TOKENS, np.int64)
    tokens, token_ends, n_tokens = np.empty(raw.size // 2 + n_texts, np.int32), np.empty(n_texts, np.int64), 0
    most = (raw.size // 3 + n_texts) * (scheme.sizes[1] - scheme.sizes[0] + 1)
    word_ngrams, word_ngram_ends, n_word_ngrams = np.empty(most, np.int32), np.empty(n_texts, np.int64), 0
    for text in range(n_texts):
        here, n_words, text_key = codes[origin:], np.int64(0), np.uint64(text)
        length = decode(raw, offsets[text], offsets[text + 1], letters, here)
        begin, end, key = next_whitespace_token(here, np.int64(1), length)
        while begin <= length:
            if 2 * size == slots.size:
                cells, places, slots, size = reserve(1, Entries(cells, places, slots, size))
            token, _ = enter(key, key, origin + begin, origin + end, 0, size, cells, places, slots)
            if token == size:
                size += 1
                entries, char_ngrams_listed, n_char_ngrams, collides = enter_char_ngrams(
                    here, origin, begin, end, scheme, workspace, entries, char_ngrams_listed, n_char_ngrams
                )
                has_collision = has_collision or collides
                if size == char_ngram_bounds.size:
                    char_ngram_bounds = grown(char_ngram_bounds, 2 * char_ngram_bounds.size)
                char_ngram_bounds[size] = n_char_ngrams
            elif not is_same(here, begin, end, codes, places[token, 0]):
                has_collision = True
            if count_text(token, text_key, cells):
                count_text_of_all(
                    char_ngrams_listed, char_ngram_bounds[token], char_ngram_bounds[token + 1], text_key, entries.cells
                )
            tokens[n_tokens] = token
            n_tokens += 1
            hash_tokens(here, begin, end, CHECK_SEEDS[2], n_words, workspace.word_checks, workspace.no_spans)
            n_words = hash_tokens(here, begin, end, SEEDS[2], n_words, workspace.words, workspace.word_spans)
            begin, end, key = next_whitespace_token(here, end, length)
        for low in range(0, n_words, WORDS_PER_CALL):
            high = min(low + WORDS_PER_CALL, n_words)
            entries, n_word_ngrams, collides = enter_word_ngrams(
                low, high, origin, scheme, workspace, text_key, entries, word_ngrams, n_word_ngrams
            )
            has_collision = has_collision or collides
        origin += length + 1
        token_ends[text], word_ngram_ends[text] = n_tokens, n_word_ngrams
    return NgramTable(codes[: origin + 1], entries, has_collision), TextNgrams(
        tokens[:n_tokens], token_ends, word_ngrams[:n_word_ngrams], word_ngram_ends,
        char_ngrams_listed[:n_char_ngrams], char_ngram_bounds[: size + 1],
    )  # fmt: skip


@compiled
def merge_ngrams(one, other):
    """Merge the n-grams of some texts and of others; return also the numbers that the entries of the others get."""
    cells, places, slots, size = reserve(other.entries.size, one.entries)
    has_collision = one.has_collision or other.has_collision
    origin = one.codes.size
    numbers = np.empty(other.entries.size, np.int64)
    new_cells, new_places = other.entries.cells, other.entries.places
    for k in range(other.entries.size):
        begin, end, kind = origin + new_places[k, 0], origin + new_places[k, 1], new_places[k, 2]
        entry, collides = enter(new_cells[k, KEY], new_cells[k, CHECK], begin, end, kind, size, cells, places, slots)
        size = max(size, entry + 1)
        cells[entry, FREQUENCY] += new_cells[k, FREQUENCY]
        numbers[k] = entry
        has_collision = has_collision or collides
    codes, entries = np.concatenate((one.codes, other.codes)), Entries(cells, places, slots, size)
    return NgramTable(codes, entries, has_collision), numbers


@compiled
def list_token_features(ngrams, columns):
    """List the features of each whitespace token, and their bounds; return also how many all texts can have."""
    features, bounds = np.empty(ngrams.char_ngrams.size, np.int32), np.zeros(ngrams.char_ngram_bounds.size, np.int64)
    n = 0
    for token in range(bounds.size - 1):
        for k in range(ngrams.char_ngram_bounds[token], ngrams.char_ngram_bounds[token + 1]):
            column = columns[ngrams.char_ngrams[k]]
            if column != ABSENT:
                features[n] = column
                n += 1
        bounds[token + 1] = n
    most = 0
    if ngrams.token_ends.size:
        most = ngrams.word_ngram_ends[-1]
        for k in range(ngrams.token_ends[-1]):
            token = ngrams.tokens[k]
            most += bounds[token + 1] - bounds[token]
    return features, bounds, most


@compiled
def write_learned_tfidf(ngrams, features, bounds, columns, lookup, order, indices, values, lengths):
    """Write the TF-IDF features of N texts whose n-grams are known, row by row; return their number.

    `features` and `bounds` are those of the whitespace tokens; `columns` gives the feature of each n-gram, or ABSENT.
    """
    counts = np.zeros(lookup.idf.size, np.int32)
    touched = np.empty(lookup.idf.size + 1, np.int32)
    filled, n_tokens, n_word_ngrams = 0, 0, 0
    for text in range(lengths.size):
        different = np.int64(0)
        while n_tokens < ngrams.token_ends[text]:
            token = ngrams.tokens[n_tokens]
            for k in range(bounds[token], bounds[token + 1]):
                different = add(features[k], different, counts, touched)
            n_tokens += 1
        while n_word_ngrams < ngrams.word_ngram_ends[text]:
            feature = columns[ngrams.word_ngrams[n_word_ngrams]]
            if feature != ABSENT:
                different = add(feature, different, counts, touched)
            n_word_ngrams += 1
        lengths[text] = weigh(touched, different, counts, lookup, order, indices, values, filled)
        filled += different
    return filled
