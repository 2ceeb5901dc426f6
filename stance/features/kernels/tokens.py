"""Bytes to characters with their classes, characters to words and character n-grams, and these to hashes."""

from __future__ import annotations

import numpy as np

from stance.features.kernels.compiling import compiled
from stance.features.kernels.hashing import SEEDS, step

WORD, SPACE, HIDDEN = np.uint32(1 << 24), np.uint32(1 << 25), np.uint32(1 << 26)  # beside a code point's 21 bits
CAPITAL, SMALL, PAUSE, STOP, SILENT = (np.uint32(1 << bit) for bit in range(27, 32))  # in `marked_letters` alone
KNOWN = np.uint32(1 << 27)  # in the table of a vocabulary alone
LETTERS = 0x40000  # no code point from here on is a letter, a digit or white space, nor has another small form
IDEOGRAPHS = 0x20000  # from here on there is nothing else, as far as `LETTERS`
CODE = np.uint32(0x1FFFFF)  # the bits of a code point
BLANK = np.uint32(SPACE | HIDDEN | 32)
BETWEEN = np.uint32(32)
UNSUPPORTED_SCRIPT = -2


@compiled
def decode(raw, low, high, letters, codes):
    """Write the small forms of a text's characters with their classes, and a blank at either end; return their number.

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
def char_ngrams(codes, begin, end, first, last, sizes, seed, hashes):
    """Hash the character n-grams that begin in `first` to `last` - 1 of a whitespace token; return their number.

    The token stands in `begin` to `end` - 1; the blanks before and behind are part of it.
    """
    n = 0
    least = min(sizes[2], end - begin + 2)  # a token shorter than the shortest n-gram is one n-gram
    for start in range(first, last):
        state = seed
        for place in range(start, min(start + sizes[3], end + 1)):
            state = step(state, np.uint64(codes[place] & CODE))
            if place - start + 1 >= least:
                hashes[n] = state
                n += 1
    return n


@compiled
def char_ngram_starts(begin, end, sizes):
    """Return where the character n-grams of a whitespace token begin: the first place, and the one behind the last."""
    return begin - 1, end + 2 - min(sizes[2], end - begin + 2)


@compiled
def hash_tokens(codes, begin, end, seed, n, found, places):
    """Hash the words of two letters or more in a whitespace token, behind `n` others; return the new number of them.

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
def next_whitespace_token(codes, at, length):
    """Return begin and end of the next whitespace token, and its hash; begin is `length` + 1 where there is none."""
    while at <= length and codes[at] & SPACE:
        at += 1
    end = at
    key = SEEDS[3]
    while not codes[end] & SPACE:
        key = step(key, np.uint64(codes[end] & CODE))
        end += 1
    return at, end, key


@compiled
def hash_word_ngrams(codes, offsets):
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
def hash_char_ngrams(codes, offsets):
    """Hash character n-grams."""
    hashes = np.empty(offsets.size - 1, np.uint64)
    for term in range(hashes.size):
        state = SEEDS[1]
        for place in range(offsets[term], offsets[term + 1]):
            state = step(state, np.uint64(codes[place]))
        hashes[term] = state
    return hashes


@compiled
def is_same(codes, begin, end, letters, start):
    """Return whether a whitespace token is the one whose characters begin at `start`."""
    for k in range(end - begin):  # noqa: SIM110  numba has no all()
        if codes[begin + k] != letters[start + k]:
            return False
    return True


@compiled
def is_visible(codes, length):
    """Return whether a text has anything that can be seen."""
    for at in range(1, length + 1):  # noqa: SIM110  numba has no any()
        if not codes[at] & HIDDEN:
            return True
    return False


@compiled
def is_unsupported_script(codes, length):
    """Return whether a text is mostly letters that the vocabulary hardly has."""
    balance = 0
    for at in range(1, length + 1):
        if codes[at] & WORD:
            balance += 1 if codes[at] & KNOWN else -1
    return balance < 0
