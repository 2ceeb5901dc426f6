"""Features of the words around a target.

The target at hand is one symbol and all other targets another, so that what is learned about one holds for all.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stance.features.kernels.compiling import compiled, inlined
from stance.features.kernels.context_numbers import CONTEXT_NUMBERS, write_context_numbers
from stance.features.kernels.hashing import ABSENT, grown, step
from stance.features.kernels.mentions import (
    BEGIN,
    CLAUSE,
    EXCLAMATION,
    HASH,
    IS_DENIED,
    IS_PAUSE,
    QUESTION,
    SENTENCE,
    TARGET,
    allocate_token_workspace,
    read_tokens,
)
from stance.features.kernels.tokens import CODE

# tokens before (-) and behind a mention that are taken together; 0 ends a row
OFFSETS = np.array(
    [[-1, 0, 0], [-2, 0, 0], [-3, 0, 0], [1, 0, 0], [2, 0, 0], [3, 0, 0], [-2, -1, 0], [1, 2, 0], [-1, 1, 0],
     [-3, -2, -1], [1, 2, 3]]
)  # fmt: skip
AROUND = len(OFFSETS)
IN_CLAUSE, OWN = AROUND, AROUND + 1  # patterns of one word: in a clause that names the target; behind its mention
FAMILIES = 3  # of patterns, each of unit length: around a mention, in its clause, its own
# digits of e: for the patterns, the target, other targets, the edges, denial, pauses
PATTERN_SEEDS = np.array(
    [0xB7E151628AED2A6A, 0xBF7158809CF4F3C7, 0x62E7160F38B4DA56, 0xA784D9045190CFEF, 0x324E7738926CFBE5,
     0xF4BF8D8D8C31D763, 0xDA06C80ABB1185EB, 0x4F7C7B5757F59584, 0x90CFD47D7C19BB42, 0x158D9554F7B46BCE,
     0xD55C4D79FD5F24D6, 0x613C31C3839A2DDF, 0x8A9A276BCFBFA1C8], dtype=np.uint64
)  # fmt: skip
THE_TARGET, ANOTHER, BEFORE_ALL, BEHIND_ALL, DENIED, SOME_PAUSE = np.array(
    [0x77C56284DAB79CD4, 0xC2B3293D20E9E5EA, 0xF02AC60ACC93ED87, 0x4422A52ECB238FEE, 0xE5AB6ADD835FD1A0,
     0x753D0A8F78E537D2], dtype=np.uint64
)  # fmt: skip


class ContextWorkspace(NamedTuple):
    """Room for the features of the longest of some texts, of L characters, as seen from one target."""

    clauses: NDArray[np.uint8]  # (L + 3,), 1 where the clause names the target
    sentences: NDArray[np.uint8]  # (L + 3,), likewise
    mentions: NDArray[np.int64]  # (L + 2,), tokens that name the target
    others: NDArray[np.int64]  # (L + 2,), different targets beside this one
    hashes: NDArray[np.uint64]  # (F,), of F features
    patterns: NDArray[np.int8]  # (F,)
    places: NDArray[np.int32]  # (F,), tokens


class Examples(NamedTuple):
    """F features of M examples: texts, each as seen from a target that it names."""

    texts: NDArray[np.int64]  # (M,)
    targets: NDArray[np.int64]  # (M,), places in the list of targets
    ends: NDArray[np.int64]  # (M,), where the features of each example end
    hashes: NDArray[np.uint64]  # (F,)
    patterns: NDArray[np.int8]  # (F,)
    places: NDArray[np.int32]  # (F,), tokens
    numbers: NDArray[np.float64]  # (M, len(CONTEXT_NUMBERS))


@compiled
def allocate_context_workspace(text):
    """Allocate what the tokens of a `TokenWorkspace` need."""
    longest = text.codes.size
    most = longest * AROUND  # of a mention; any other token gives two at most
    return ContextWorkspace(
        np.empty(longest + 1, np.uint8),
        np.empty(longest + 1, np.uint8),
        np.empty(longest, np.int64),
        np.empty(longest, np.int64),
        np.empty(most, np.uint64),
        np.empty(most, np.int8),
        np.empty(most, np.int32),
    )


@compiled
def symbol_of(tokens, at, n, target, codes):
    """Return the hash of a token as seen from a target."""
    if at < 0:
        return BEFORE_ALL
    if at >= n:
        return BEHIND_ALL
    if tokens[at, TARGET] != ABSENT:
        return THE_TARGET if tokens[at, TARGET] == target else ANOTHER
    if tokens[at, IS_PAUSE]:
        code = codes[tokens[at, BEGIN]] & CODE
        is_mark = code in (EXCLAMATION, QUESTION)
        return step(SOME_PAUSE, np.uint64(code)) if is_mark else SOME_PAUSE
    word = np.uint64(tokens[at, HASH])
    return step(word, DENIED) if tokens[at, IS_DENIED] else word


@inlined
def list_mentions(tokens, n, target, mentions):
    """List in `mentions` which of `n` tokens name a target; return their number."""
    n_mentions = 0
    for at in range(n):
        if tokens[at, TARGET] == target:
            mentions[n_mentions] = at
            n_mentions += 1
    return n_mentions


@inlined
def mark_regions(tokens, n, n_mentions, context):
    """Set to 1 the clauses and the sentences that name the target, and to 0 all others."""
    context.clauses[: tokens[n - 1, CLAUSE] + 1] = 0
    context.sentences[: tokens[n - 1, SENTENCE] + 1] = 0
    for mention in range(n_mentions):
        at = context.mentions[mention]
        context.clauses[tokens[at, CLAUSE]] = 1
        context.sentences[tokens[at, SENTENCE]] = 1


@inlined
def write_features_around(tokens, n, target, codes, n_mentions, context):
    """Write the features of the tokens next to each mention of a target; return their number."""
    m = 0
    for mention in range(n_mentions):
        at = context.mentions[mention]
        for pattern in range(AROUND):
            state = PATTERN_SEEDS[pattern]
            for k in range(OFFSETS.shape[1]):
                offset = OFFSETS[pattern, k]
                if offset:
                    state = step(state, symbol_of(tokens, at + offset, n, target, codes))
            context.hashes[m], context.patterns[m], context.places[m] = state, pattern, at
            m += 1
    return m


@inlined
def write_context(text, n, target, n_mentions, context, numbers):
    """Write the features and numbers of a text as seen from a target that it names; return the number of features."""
    tokens, codes, owners, clauses = text.tokens, text.codes, text.owners, context.clauses
    hashes, patterns, places = context.hashes, context.patterns, context.places
    mark_regions(tokens, n, n_mentions, context)
    m = write_features_around(tokens, n, target, codes, n_mentions, context)
    for at in range(n):
        if tokens[at, TARGET] == target:
            continue
        here = symbol_of(tokens, at, n, target, codes)
        if clauses[tokens[at, CLAUSE]]:
            hashes[m], patterns[m], places[m] = step(PATTERN_SEEDS[IN_CLAUSE], here), IN_CLAUSE, at
            m += 1
        if owners[at] == target:
            hashes[m], patterns[m], places[m] = step(PATTERN_SEEDS[OWN], here), OWN, at
            m += 1
    write_context_numbers(text, n, target, n_mentions, context, numbers)
    return m


@compiled
def extract_examples(raw, offsets, lexicon, targets):
    """Extract the features of N texts as seen from each of the targets that they name."""
    text_space = allocate_token_workspace(offsets)
    context = allocate_context_workspace(text_space)
    most = (offsets.size - 1) * targets.size
    texts, places_of_targets, ends = np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most, np.int64)
    numbers = np.empty((most, len(CONTEXT_NUMBERS)))
    hashes, patterns, places = np.empty(1, np.uint64), np.empty(1, np.int8), np.empty(1, np.int32)
    n_examples, filled = 0, 0
    for text in range(offsets.size - 1):
        n = read_tokens(raw, offsets[text], offsets[text + 1], lexicon, text_space)
        for k in range(targets.size):
            n_mentions = list_mentions(text_space.tokens, n, targets[k], context.mentions)
            if not n_mentions:
                continue
            m = write_context(text_space, n, targets[k], n_mentions, context, numbers[n_examples])
            if filled + m > hashes.size:
                size = 2 * (filled + m)
                hashes, patterns, places = grown(hashes, size), grown(patterns, size), grown(places, size)
            hashes[filled : filled + m] = context.hashes[:m]
            patterns[filled : filled + m] = context.patterns[:m]
            places[filled : filled + m] = context.places[:m]
            filled += m
            texts[n_examples], places_of_targets[n_examples], ends[n_examples] = text, k, filled
            n_examples += 1
    return Examples(
        texts[:n_examples], places_of_targets[:n_examples], ends[:n_examples],
        hashes[:filled], patterns[:filled], places[:filled], numbers[:n_examples],
    )  # fmt: skip
