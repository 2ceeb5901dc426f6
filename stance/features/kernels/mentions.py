"""Texts to tokens: whom they name, in which clause, what is denied, and how they sound.

A token is a word, a sign that is neither word nor pause, or a pause. It is a row of numbers, in the columns below; an
alias of several words is one token.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stance.features.kernels.compiling import compiled, inlined
from stance.features.kernels.hashing import ABSENT, SEEDS, find, step
from stance.features.kernels.tokens import CAPITAL, CODE, LETTERS, PAUSE, SILENT, SMALL, SPACE, STOP, WORD, decode

HASH, WHOLE, BEGIN, END, CAPITALS, IS_PAUSE, TARGET, CLAUSE, SENTENCE, IS_DENIED, MARKS = range(11)  # columns
FIELDS = 11
NEGATOR, OPENER, SPEAKER, ADDRESSEE, NAMES = (np.uint8(1 << bit) for bit in range(5))  # of a word, in `MARKS`
SCOPE = 4  # a negator and the three words behind it
REVERSED = -0.74  # factor of a denied tone (Hutto and Gilbert 2014)
SHOUTED = 0.6  # share of capitals from which on they say nothing
SHORTEST_INFLECTED = 5  # letters of a word whose ending is cut off
SUFFIXES = np.array(
    [[3, 105, 101, 115], [3, 105, 110, 103], [2, 101, 100, 0], [2, 101, 115, 0], [1, 115, 0, 0], [2, 108, 121, 0]]
)  # length, then the code points of: ies, ing, ed, es, s, ly
HASHTAG, HANDLE, UNDERSCORE, POINT, COLON, SLASH, EXCLAMATION, QUESTION = (np.uint32(ord(char)) for char in "#@_.:/!?")
W = np.uint32(ord("w"))


class CompiledLexicon(NamedTuple):
    """W words and A aliases of a lexicon; targets are numbers."""

    letters: NDArray[np.uint32]  # as of `characters.clause_letter_table`
    table: NDArray[np.uint64]  # hashes of the words
    bits: np.uint64
    tones: NDArray[np.float64]  # (W,), 0 for a word without tone
    marks: NDArray[np.uint8]  # (W,), such as NEGATOR; NAMES where an alias begins with the word
    aliases: NDArray[np.uint64]  # hashes of the aliases
    alias_bits: np.uint64
    targets: NDArray[np.int64]  # (A,)
    capitals: NDArray[np.int64]  # (A,), that one word must have: 0 none, 1 at its beginning, 2 all
    capital_places: NDArray[np.int64]  # (A,), of that word in the alias
    longest: int  # words of the longest alias


class TokenWorkspace(NamedTuple):
    """Room for the longest of some texts, of L characters."""

    codes: NDArray[np.uint32]  # (L + 2,)
    tokens: NDArray[np.int64]  # (L + 2, FIELDS)
    tones: NDArray[np.float64]  # (L + 2,), of the tokens
    owners: NDArray[np.int64]  # (L + 2,), the target that each token speaks of


@compiled
def is_link(codes, begin, end):
    """Return whether a whitespace token has `://` in it or begins with `www.`."""
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
    """Return whether a word of a hashtag begins here: at a capital behind a small letter, or before one."""
    if codes[at] & CODE == UNDERSCORE:
        return True
    if not codes[at] & CAPITAL:
        return False
    return not codes[at - 1] & CAPITAL or codes[at + 1] & SMALL != 0


@compiled
def stem_end(codes, begin, end):
    """Return where a word ends without its English ending."""
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


@inlined
def append_token(codes, begin, end, tokens, n):
    """Write one token behind `n` others; return the new number of them."""
    end_of_stem = stem_end(codes, begin, end)
    whole = SEEDS[2]
    small, stem = 0, whole
    for at in range(begin, end):
        whole = step(whole, np.uint64(codes[at] & CODE))
        small += (codes[at] & SMALL) != 0
        if at + 1 == end_of_stem:
            stem = whole
    tokens[n, HASH], tokens[n, WHOLE] = np.int64(stem), np.int64(whole)
    tokens[n, BEGIN], tokens[n, END], tokens[n, CAPITALS] = begin, end, 0
    if codes[begin] & CAPITAL:
        tokens[n, CAPITALS] = 2 if end - begin > 1 and small == 0 else 1
    tokens[n, IS_PAUSE], tokens[n, TARGET] = (codes[begin] & PAUSE) != 0, ABSENT
    return n + 1


@inlined
def word_end(codes, begin, is_tag):
    """Return where a word ends; in a hashtag or handle before the next capitalized word."""
    end = begin + 1
    while codes[end] & WORD and not (is_tag and starts_hashtag_word(codes, end)):
        end += 1
    return end


@inlined
def append_tokens(codes, begin, end, tokens, n):
    """Write the tokens of one whitespace token behind `n` others; return the new number of them."""
    is_tag = codes[begin] & CODE == HASHTAG or codes[begin] & CODE == HANDLE
    at = begin
    while at < end:
        code, stop = codes[at], at + 1
        if code & WORD:
            is_token = not (is_tag and code & CODE == UNDERSCORE)
            if is_token:
                stop = word_end(codes, at, is_tag)
        elif code & PAUSE:  # but for a point in a word, as of U.S.
            is_token = not (code & CODE == POINT and at > begin and codes[at - 1] & WORD and codes[stop] & WORD)
        else:
            is_token = not code & SILENT and code & CODE < LETTERS
        if is_token:
            n = append_token(codes, at, stop, tokens, n)
        at = stop
    return n


@compiled
def tokenize(codes, length, tokens):
    """Cut a text into tokens, of which `tokens` must hold one for each character; return their number."""
    n, at = np.int64(0), np.int64(1)
    while at <= length:
        end = at
        while not codes[end] & SPACE:
            end += 1
        if end == at:
            if codes[at] & PAUSE:
                n = append_token(codes, at, at + 1, tokens, n)
            at += 1
        else:
            if not is_link(codes, at, end):
                n = append_tokens(codes, at, end, tokens, n)
            at = end
    return n


@compiled
def find_alias(tokens, at, n, lexicon, is_shouted):
    """Find the longest alias that begins at a token: its target, or ABSENT, and its number of tokens."""
    target, size = np.int64(ABSENT), 1
    state = SEEDS[0]
    for k in range(min(lexicon.longest, n - at)):
        if tokens[at + k, IS_PAUSE]:
            break
        state = step(state, np.uint64(tokens[at + k, WHOLE]))
        alias = find(state, lexicon.aliases, lexicon.alias_bits)
        if alias != ABSENT:
            needed = lexicon.capitals[alias]
            capitals = tokens[at + lexicon.capital_places[alias], CAPITALS]
            if not needed or (capitals >= needed and not is_shouted):
                target, size = lexicon.targets[alias], k + 1
    return target, size


@compiled
def is_mostly_capitals(codes, length):
    """Return whether a text shouts, so that its capitals tell nothing."""
    capitals, small = 0, 0
    for at in range(1, length + 1):
        capitals += (codes[at] & CAPITAL) != 0
        small += (codes[at] & SMALL) != 0
    return capitals > SHOUTED * (capitals + small)


@compiled
def resolve(codes, length, tokens, n, lexicon, tones):
    """Write target, clause, sentence, denial and tone of `n` tokens; return how many remain, an alias being one."""
    is_shouted = is_mostly_capitals(codes, length)
    read, written, clause, sentence, scope = np.int64(0), 0, 0, 0, 0
    while read < n:
        target, size, tone, marks = np.int64(ABSENT), 1, 0.0, np.uint8(0)
        if tokens[read, IS_PAUSE]:
            clause, scope = clause + 1, 0
            sentence += (codes[tokens[read, BEGIN]] & STOP) != 0
        else:
            word = find(np.uint64(tokens[read, WHOLE]), lexicon.table, lexicon.bits)
            if word != ABSENT:
                marks = lexicon.marks[word]
                if marks & NAMES:
                    target, size = find_alias(tokens, read, n, lexicon, is_shouted)
                if target == ABSENT:
                    if marks & OPENER:
                        clause, scope = clause + 1, 0
                    tone = lexicon.tones[word] * (REVERSED if scope else 1.0)
        end = tokens[read + size - 1, END]
        if written < read:
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


@compiled
def write_owners(tokens, n, owners):
    """Write of whom each token speaks: of the last target named before it, or else of the first one behind."""
    last = np.int64(ABSENT)
    for at in range(n):
        if tokens[at, TARGET] != ABSENT:
            last = tokens[at, TARGET]
        owners[at] = last
    following = np.int64(ABSENT)
    for at in range(n - 1, -1, -1):
        if tokens[at, TARGET] != ABSENT:
            following = tokens[at, TARGET]
        if owners[at] == ABSENT:
            owners[at] = following


@compiled
def allocate_token_workspace(offsets):
    """Allocate room for the longest of N texts; `offsets` has shape (N + 1,)."""
    longest = 2
    for text in range(offsets.size - 1):
        longest = max(longest, offsets[text + 1] - offsets[text] + 2)
    return TokenWorkspace(
        np.empty(longest, np.uint32),
        np.empty((longest, FIELDS), np.int64),
        np.empty(longest),
        np.empty(longest, np.int64),
    )


@compiled
def read_tokens(raw, low, high, lexicon, workspace):
    """Read the text in the bytes `low` to `high` - 1; return the number of its tokens."""
    length = decode(raw, low, high, lexicon.letters, workspace.codes)
    n = tokenize(workspace.codes, length, workspace.tokens)
    n = resolve(workspace.codes, length, workspace.tokens, n, lexicon, workspace.tones)
    write_owners(workspace.tokens, n, workspace.owners)
    return n


@compiled
def is_named(tokens, n, target):
    """Return whether one of `n` tokens names a target."""
    for at in range(n):  # noqa: SIM110  numba has no any()
        if tokens[at, TARGET] == target:
            return True
    return False


@compiled
def named_targets(raw, offsets, lexicon, targets):
    """Return which of T targets each of N texts names; (N, T)."""
    workspace = allocate_token_workspace(offsets)
    named = np.zeros((offsets.size - 1, targets.size), np.bool_)
    for text in range(offsets.size - 1):
        n = read_tokens(raw, offsets[text], offsets[text + 1], lexicon, workspace)
        for k in range(targets.size):
            named[text, k] = is_named(workspace.tokens, n, targets[k])
    return named
