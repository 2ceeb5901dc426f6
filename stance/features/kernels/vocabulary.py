"""Compiled loops: all different n-grams of texts, by their hashes, and what each text is made of.

The texts are read once. Chunks, as white space parts them, are few and come often: the pieces of one are looked for at
its first time only, and a text is remembered by its chunks and by the n-grams of its words.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stance.features.kernels.cache import MAX_CACHED_CHARS
from stance.features.kernels.compiling import compiled
from stance.features.kernels.hashing import ABSENT, HALF, SEEDS, SLOT_MULTIPLIER, grown, step
from stance.features.kernels.tfidf import add, allocate_workspace, weigh
from stance.features.kernels.tokens import (
    char_ngram_starts,
    char_ngrams,
    decode,
    hash_tokens,
    is_same,
    next_whitespace_token,
)

CHECK_SEEDS = np.array([0x452821E638D01377, 0xBE5466CF34E90C6C, 0xC0AC29B7C97C50DD], dtype=np.uint64)  # more of pi
KEY, CHECK, SEEN, LAST = range(4)  # columns of `Entries.cells`
NEVER = np.uint64(0xFFFFFFFFFFFFFFFF)
FIRST_TOKENS = 1 << 12  # that there is room for before the first of them is known
WORDS_AT_ONCE = 1 << 12  # words that room is made for


class Entries(NamedTuple):
    """Different n-grams, or chunks, by their hashes.

    Parameters
    ----------
    cells : ndarray of shape (n, 4)
        Of each entry what a search needs, in one place of memory: its hash; a second hash of other seeds, which tells
        whether two entries share the first; the number of texts that it occurs in, and the last of them.
    places : ndarray of shape (n, 3)
        Where each stands for the first time in the letters: start, end, and 0 for words or 1 for pieces of words.
    slots : ndarray
        Numbers of entries, by their hash; ABSENT is free. At most half of the slots are taken.
    """

    cells: NDArray[np.uint64]
    places: NDArray[np.int64]
    slots: NDArray[np.int32]


class TextNgrams(NamedTuple):
    """What each of N texts is made of.

    Parameters
    ----------
    chunks : ndarray
        Numbers of chunks, text by text.
    chunk_ends : ndarray of shape (N,)
        Where those of each text end.
    phrases : ndarray
        Numbers of n-grams of words, text by text.
    phrase_ends : ndarray of shape (N,)
    members : ndarray
        Numbers of pieces, chunk by chunk.
    member_ends : ndarray of shape (number of chunks + 1,)
        Where those of each chunk begin, and the end.
    """

    chunks: NDArray[np.int32]
    chunk_ends: NDArray[np.int64]
    phrases: NDArray[np.int32]
    phrase_ends: NDArray[np.int64]
    members: NDArray[np.int32]
    member_ends: NDArray[np.int64]


class NgramTable(NamedTuple):
    """All different n-grams of texts.

    Parameters
    ----------
    codes : ndarray
        The letters of the texts.
    known : int
        Number of n-grams.
    entries : Entries
        These, and room for more.
    clash : bool
        Whether two n-grams share a hash.
    """

    codes: NDArray[np.uint32]
    known: int
    entries: Entries
    clash: bool


@compiled
def empty_entries(size):
    """Make the arrays of entries, `size` of them at most, a power of two."""
    return Entries(np.empty((size, 4), np.uint64), np.empty((size, 3), np.int64), np.full(2 * size, ABSENT))


@compiled
def slot_of(key, cells, slots):
    """Give the slot that holds the entry of a key, or the free one where it belongs."""
    mask = slots.size - 1
    slot = np.int64((key * SLOT_MULTIPLIER) >> HALF) & mask
    while slots[slot] != ABSENT and cells[slots[slot], KEY] != key:
        slot = (slot + 1) & mask
    return slot


@compiled
def reserve(n, known, entries):
    """Make room for `n` more entries; give them, larger if need be."""
    size = entries.slots.size
    while 2 * (known + n) > size:
        size *= 2
    if size == entries.slots.size:
        return entries
    cells, slots = grown(entries.cells, size // 2), np.full(size, ABSENT)
    for entry in range(known):
        slots[slot_of(cells[entry, KEY], cells, slots)] = entry
    return Entries(cells, grown(entries.places, size // 2), slots)


@compiled
def enter(key, check, start, stop, kind, known, cells, places, slots):
    """Give the number of an n-gram, `known` if it is new, and whether another has its hash.

    The arrays are those of `Entries`, one by one since each use of a tuple of arrays costs as much as a search.
    """
    slot = slot_of(key, cells, slots)
    entry = slots[slot]
    if entry != ABSENT:
        return entry, cells[entry, CHECK] != check
    slots[slot] = known
    cells[known, KEY], cells[known, CHECK], cells[known, SEEN], cells[known, LAST] = key, check, 0, NEVER
    places[known, 0], places[known, 1], places[known, 2] = start, stop, kind
    return np.int32(known), False


@compiled
def see(entry, text, cells):
    """Count a text that an entry occurs in, once; tell whether it is the first time."""
    if cells[entry, LAST] == text:
        return False
    cells[entry, SEEN] += np.uint64(1)
    cells[entry, LAST] = text
    return True


@compiled
def enter_pieces(codes, filled, begin, end, sizes, mask, room, seconds, known, entries, members, listed):
    """Enter the pieces of a chunk and list them in `members`; give what has grown, and whether two share a hash."""
    clash = False
    first, last = char_ngram_starts(begin, end, sizes)
    for low in range(first, last, MAX_CACHED_CHARS):
        high = min(low + MAX_CACHED_CHARS, last)
        n = char_ngrams(codes, begin, end, low, high, sizes, SEEDS[1], room.hashes)
        char_ngrams(codes, begin, end, low, high, sizes, CHECK_SEEDS[1], seconds)
        entries = reserve(n, known, entries)
        cells, places, slots = entries
        if listed + n > members.size:
            members = grown(members, 2 * (listed + n))
        k = 0
        for place in range(low, high):
            at = filled + place
            for size in range(min(sizes[2], end - begin + 2), min(sizes[3], end + 1 - place) + 1):
                entry, taken = enter(room.hashes[k] & mask, seconds[k], at, at + size, 1, known, cells, places, slots)
                known = max(known, entry + 1)
                members[listed] = entry
                listed += 1
                clash = clash or taken
                k += 1
    return known, entries, members, listed, clash


@compiled
def enter_words(words, checks, spots, low, high, filled, sizes, text, mask, known, entries, phrases, told):
    """Enter the n-grams of words that end with one of `low` to `high` - 1, and list them in `phrases`.

    Give what has grown, and whether two share a hash.
    """
    clash = False
    entries = reserve((high - low) * (sizes[1] - sizes[0] + 1), known, entries)
    cells, places, slots = entries
    for end in range(low, high):
        for begin in range(max(0, end + 1 - sizes[1]), end + 2 - sizes[0]):
            state, second = SEEDS[0], CHECK_SEEDS[0]
            for word in range(begin, end + 1):
                state, second = step(state, words[word]), step(second, checks[word])
            start, stop = filled + spots[begin, 0], filled + spots[end, 1]
            entry, taken = enter(state & mask, second, start, stop, 0, known, cells, places, slots)
            known = max(known, entry + 1)
            see(entry, text, cells)
            phrases[told] = entry
            told += 1
            clash = clash or taken
    return known, entries, told, clash


@compiled
def see_all(members, low, high, text, cells):
    """Count a text that some entries occur in."""
    for k in range(low, high):
        see(members[k], text, cells)


@compiled
def collect_ngrams(raw, offsets, letters, sizes, mask, entries):
    """Find all different n-grams of texts, as `Found`, and what each text is made of, as `Made`.

    `mask` is all ones, but for tests of two n-grams that share a hash.
    """
    texts, room = offsets.size - 1, allocate_workspace(offsets, sizes)
    codes = np.empty(raw.size + 2 * offsets.size, np.uint32)
    seconds, hashes, checks = np.empty_like(room.hashes), room.words, np.empty_like(room.words)
    nowhere, spots = room.nowhere, np.empty((room.words.size, 2), np.int64)
    known, met, listed, said, told, filled, clash = 0, 0, 0, 0, 0, 0, False
    chunk_cells, chunk_places, chunk_slots = empty_entries(FIRST_TOKENS)
    members, ends = np.empty(FIRST_TOKENS, np.int32), np.zeros(FIRST_TOKENS, np.int64)
    chunks, chunk_ends = np.empty(raw.size // 2 + texts, np.int32), np.empty(texts, np.int64)
    phrases = np.empty((raw.size // 3 + texts) * (sizes[1] - sizes[0] + 1), np.int32)
    phrase_ends = np.empty(texts, np.int64)
    for text in range(texts):
        now, here, words = np.uint64(text), codes[filled:], np.int64(0)
        length = decode(raw, offsets[text], offsets[text + 1], letters, here)
        begin, end, key = next_whitespace_token(here, np.int64(1), length)
        while begin <= length:
            if 2 * met == chunk_slots.size:
                chunk_cells, chunk_places, chunk_slots = reserve(
                    1, met, Entries(chunk_cells, chunk_places, chunk_slots)
                )
            chunk, _ = enter(key, key, filled + begin, filled + end, 0, met, chunk_cells, chunk_places, chunk_slots)
            if chunk == met:
                known, entries, members, listed, taken = enter_pieces(
                    here, filled, begin, end, sizes, mask, room, seconds, known, entries, members, listed
                )
                clash = clash or taken
                met += 1
                if met == ends.size:
                    ends = grown(ends, 2 * ends.size)
                ends[met] = listed
            elif not is_same(here, begin, end, codes, chunk_places[chunk, 0]):
                clash = True
            if see(chunk, now, chunk_cells):
                see_all(members, ends[chunk], ends[chunk + 1], now, entries.cells)
            chunks[said] = chunk
            said += 1
            hash_tokens(here, begin, end, CHECK_SEEDS[2], words, checks, nowhere)
            words = hash_tokens(here, begin, end, SEEDS[2], words, hashes, spots)
            begin, end, key = next_whitespace_token(here, end, length)
        for low in range(0, words, WORDS_AT_ONCE):
            known, entries, told, taken = enter_words(
                hashes, checks, spots, low, min(low + WORDS_AT_ONCE, words), filled, sizes, now, mask, known, entries,
                phrases, told,
            )  # fmt: skip
            clash = clash or taken
        filled += length + 1
        chunk_ends[text], phrase_ends[text] = said, told
    found = NgramTable(codes[: filled + 1], known, entries, clash)
    return found, TextNgrams(chunks[:said], chunk_ends, phrases[:told], phrase_ends, members[:listed], ends[: met + 1])


@compiled
def merge_ngrams(one, other):
    """Join what was found in some texts and in others; give also the numbers that the entries of the others get."""
    entries, known = reserve(other.known, one.known, one.entries), one.known
    cells, places, slots = entries
    clash = one.clash or other.clash
    before = one.codes.size
    numbers = np.empty(other.known, np.int64)
    new_cells, new_places, _ = other.entries
    for k in range(other.known):
        start, stop, kind = before + new_places[k, 0], before + new_places[k, 1], new_places[k, 2]
        entry, taken = enter(new_cells[k, KEY], new_cells[k, CHECK], start, stop, kind, known, cells, places, slots)
        known = max(known, entry + 1)
        cells[entry, SEEN] += new_cells[k, SEEN]
        numbers[k] = entry
        clash = clash or taken
    return NgramTable(np.concatenate((one.codes, other.codes)), known, entries, clash), numbers


@compiled
def terms_of_chunks(made, columns):
    """List the terms of each chunk, and where those of each begin; say how many all texts can have together."""
    terms, ends = np.empty(made.members.size, np.int32), np.zeros(made.member_ends.size, np.int64)
    n = 0
    for chunk in range(ends.size - 1):
        for k in range(made.member_ends[chunk], made.member_ends[chunk + 1]):
            column = columns[made.members[k]]
            if column != ABSENT:
                terms[n] = column
                n += 1
        ends[chunk + 1] = n
    most = 0
    if made.chunk_ends.size:
        most = made.phrase_ends[-1]
        for k in range(made.chunk_ends[-1]):
            chunk = made.chunks[k]
            most += ends[chunk + 1] - ends[chunk]
    return terms, ends, most


@compiled
def weigh_made(made, terms, ends, columns, lookup, order, indices, values, lengths):
    """Write the features of texts that are known by what they are made of; give how many."""
    counts = np.zeros(lookup.idf.size, np.int32)
    touched = np.empty(lookup.idf.size + 1, np.int32)
    filled, said, told = 0, 0, 0
    for text in range(lengths.size):
        different = np.int64(0)
        while said < made.chunk_ends[text]:
            chunk = made.chunks[said]
            for k in range(ends[chunk], ends[chunk + 1]):
                different = add(terms[k], different, counts, touched)
            said += 1
        while told < made.phrase_ends[text]:
            feature = columns[made.phrases[told]]
            if feature != ABSENT:
                different = add(feature, different, counts, touched)
            told += 1
        lengths[text] = weigh(touched, different, counts, lookup, order, indices, values, filled)
        filled += different
    return filled
