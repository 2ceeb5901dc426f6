"""Compiled loops: letters to words, and whom they name, deny, and how they sound.

A token is a word, a sign that is neither word nor pause, or a pause. It is a row of numbers, in the columns below; what
`resolve` finds to be one alias is one token.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stance.features.kernels.compiling import compiled
from stance.features.kernels.hashing import ABSENT, SEEDS, find, step
from stance.features.kernels.tokens import CAPITAL, CODE, LETTERS, PAUSE, SILENT, SMALL, SPACE, STOP, WORD

HASH, WHOLE, BEGIN, END, CAPITALS, IS_PAUSE, TARGET, CLAUSE, SENTENCE, IS_DENIED, MARKS = range(11)
FIELDS = 11
NEGATOR, OPENER, SPEAKER, ADDRESSEE, NAMES = (np.uint8(1 << bit) for bit in range(5))  # of a word, in `MARKS`
SCOPE = 4  # a negator and the three words behind it
REVERSED = -0.74  # what denial makes of a tone (Hutto and Gilbert 2014)
SHOUTED = 0.6  # share of capitals from which on they say nothing
SHORTEST_INFLECTED = 5  # letters of a word whose ending is cut off
SUFFIXES = np.array(
    [[3, 105, 101, 115], [3, 105, 110, 103], [2, 101, 100, 0], [2, 101, 115, 0], [1, 115, 0, 0], [2, 108, 121, 0]]
)
HASHTAG, HANDLE, UNDERSCORE, POINT, COLON, SLASH, EXCLAMATION, QUESTION = (np.uint32(ord(char)) for char in "#@_.:/!?")
W = np.uint32(ord("w"))


class CompiledLexicon(NamedTuple):
    """What a lexicon is to the loops.

    Parameters
    ----------
    letters : ndarray
        As of `text.marked_letters`.
    table : ndarray
        Hashes with the numbers of words.
    bits : numpy.uint64
    tones : ndarray
        Of those words, 0 where they have none.
    marks : ndarray
        Of those words: what they do.
    aliases : ndarray
        Hashes with the numbers of aliases.
    alias_bits : numpy.uint64
    targets : ndarray
        Of those aliases the numbers of their targets.
    capitals : ndarray
        Of those aliases how many capitals a word must have: 0 none, 1 at the beginning, 2 all.
    capital_places : ndarray
        Of those aliases the place of that word.
    longest : int
        Words of the longest alias.
    """

    letters: NDArray[np.uint32]
    table: NDArray[np.uint64]
    bits: np.uint64
    tones: NDArray[np.float64]
    marks: NDArray[np.uint8]
    aliases: NDArray[np.uint64]
    alias_bits: np.uint64
    targets: NDArray[np.int64]
    capitals: NDArray[np.int64]
    capital_places: NDArray[np.int64]
    longest: int


@compiled
def is_link(codes, begin, end):
    """Tell whether a chunk is a link: it has `://` in it, or begins with `www.`."""
    w = 0
    while w < 3 and begin + w < end and codes[begin + w] & CODE == W:
        w += 1
    if w == 3 and codes[begin + w] & CODE == POINT:
        return True
    for at in range(begin, end - 2):
        if codes[at] & CODE == COLON and codes[at + 1] & CODE == SLASH and codes[at + 2] & CODE == SLASH:
            return True
    return False


@compiled
def starts_hashtag_word(codes, at):
    """Tell whether a word of a hashtag begins here: at a capital behind a small letter, or before one."""
    if codes[at] & CODE == UNDERSCORE:
        return True
    if not codes[at] & CAPITAL:
        return False
    return not codes[at - 1] & CAPITAL or codes[at + 1] & SMALL != 0


@compiled
def stem(codes, begin, end):
    """Give where a word ends without its English ending."""
    if end - begin >= SHORTEST_INFLECTED:
        for row in range(SUFFIXES.shape[0]):
            n = SUFFIXES[row, 0]
            if end - begin - n >= 3:
                k = 0
                while k < n and np.int64(codes[end - n + k] & CODE) == SUFFIXES[row, 1 + k]:
                    k += 1
                if k == n:
                    return end - n
    return end


@compiled
def append_token(codes, begin, end, is_pause, tokens, n):
    """Write one token; give the new number of them."""
    tokenize = stem(codes, begin, end)
    whole = SEEDS[2]
    small, stemmed = 0, whole
    for at in range(begin, end):
        whole = step(whole, np.uint64(codes[at] & CODE))
        small += (codes[at] & SMALL) != 0
        if at + 1 == tokenize:
            stemmed = whole
    tokens[n, HASH], tokens[n, WHOLE] = np.int64(stemmed), np.int64(whole)
    tokens[n, BEGIN], tokens[n, END], tokens[n, CAPITALS] = begin, end, 0
    if codes[begin] & CAPITAL:
        tokens[n, CAPITALS] = 2 if end - begin > 1 and small == 0 else 1
    tokens[n, IS_PAUSE], tokens[n, TARGET] = is_pause, ABSENT
    return n + 1


@compiled
def tokenize(codes, length, tokens):
    """Cut a text into tokens; give their number. There must be room for one each letter."""
    n, at = 0, 1
    while at <= length:
        if codes[at] & SPACE:
            if codes[at] & PAUSE:
                n = append_token(codes, at, at + 1, True, tokens, n)
            at += 1
            continue
        end = at
        while not codes[end] & SPACE:
            end += 1
        begin = end if is_link(codes, at, end) else at
        is_tag = codes[at] & CODE == HASHTAG or codes[at] & CODE == HANDLE
        while begin < end:
            code, stop = codes[begin], begin + 1
            if is_tag and code & CODE == UNDERSCORE:
                pass
            elif code & WORD:
                while codes[stop] & WORD and not (is_tag and starts_hashtag_word(codes, stop)):
                    stop += 1
                n = append_token(codes, begin, stop, False, tokens, n)
            elif code & PAUSE:
                within = code & CODE == POINT and begin > at and codes[begin - 1] & WORD and codes[stop] & WORD
                if not within:
                    n = append_token(codes, begin, stop, True, tokens, n)
            elif not code & SILENT and code & CODE < LETTERS:
                n = append_token(codes, begin, stop, False, tokens, n)
            begin = stop
        at = end
    return n


@compiled
def alias_at(tokens, at, n, words, is_shouted):
    """Give the longest alias that begins at a token: its target, or ABSENT, and how many tokens it takes."""
    target, size = np.int64(ABSENT), 1
    state = SEEDS[0]
    for k in range(min(words.longest, n - at)):
        if tokens[at + k, IS_PAUSE]:
            break
        state = step(state, np.uint64(tokens[at + k, WHOLE]))
        alias = find(state, words.aliases, words.alias_bits)
        if alias != ABSENT:
            needed = words.capitals[alias]
            found = tokens[at + words.capital_places[alias], CAPITALS]
            if not needed or (found >= needed and not is_shouted):
                target, size = words.targets[alias], k + 1
    return target, size


@compiled
def shouts(codes, length):
    """Tell whether a text is mostly capitals."""
    capitals, small = 0, 0
    for at in range(1, length + 1):
        capitals += (codes[at] & CAPITAL) != 0
        small += (codes[at] & SMALL) != 0
    return capitals > SHOUTED * (capitals + small)


@compiled
def resolve(codes, length, tokens, n, words, tones):
    """Find what tokens name, which clause and sentence they stand in, what is denied, and how they sound.

    Aliases of several words become one token; give the number of tokens that remain.
    """
    is_shouted = shouts(codes, length)
    read, written, clause, sentence, scope = 0, 0, 0, 0, 0
    while read < n:
        target, size, tone, marks = np.int64(ABSENT), 1, 0.0, np.uint8(0)
        if tokens[read, IS_PAUSE]:
            clause, scope = clause + 1, 0
            sentence += (codes[tokens[read, BEGIN]] & STOP) != 0
        else:
            word = find(np.uint64(tokens[read, WHOLE]), words.table, words.bits)
            if word != ABSENT:
                marks = words.marks[word]
                if marks & NAMES:
                    target, size = alias_at(tokens, read, n, words, is_shouted)
                if target == ABSENT:
                    if marks & OPENER:
                        clause, scope = clause + 1, 0
                    tone = words.tones[word] * (REVERSED if scope else 1.0)
        end = tokens[read + size - 1, END]
        for field in range(FIELDS):
            tokens[written, field] = tokens[read, field]
        tokens[written, END], tokens[written, TARGET] = end, target
        tokens[written, CLAUSE], tokens[written, SENTENCE] = clause, sentence
        tokens[written, IS_DENIED], tokens[written, MARKS] = scope > 0, marks
        tones[written] = tone
        if not tokens[written, IS_PAUSE]:
            scope = SCOPE if target == ABSENT and marks & NEGATOR else max(0, scope - 1)
        read += size
        written += 1
    return written
