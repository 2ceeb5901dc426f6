"""Compiled loops: the words of a text as they stand to one target.

The target at hand is one symbol and all other targets another, so that what is learned about one holds for all.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stance.features.kernels.compiling import compiled
from stance.features.kernels.hashing import ABSENT, find, grown, step
from stance.features.kernels.mentions import (
    ADDRESSEE,
    BEGIN,
    CLAUSE,
    EXCLAMATION,
    FIELDS,
    HASH,
    IS_DENIED,
    IS_PAUSE,
    MARKS,
    NEGATOR,
    QUESTION,
    SENTENCE,
    SPEAKER,
    TARGET,
    resolve,
    tokenize,
)
from stance.features.kernels.tfidf import log_of, unit
from stance.features.kernels.tokens import CODE, decode

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
SYMBOLS = np.array(
    [0x77C56284DAB79CD4, 0xC2B3293D20E9E5EA, 0xF02AC60ACC93ED87, 0x4422A52ECB238FEE, 0xE5AB6ADD835FD1A0,
     0x753D0A8F78E537D2], dtype=np.uint64
)  # fmt: skip
THE_TARGET, ANOTHER, BEFORE_ALL, BEHIND_ALL, DENIED, SOME_PAUSE = range(6)
NEAR = 5  # tokens at either side of a mention whose tone is added up
DAMPING = 15.0  # of sums of tones, as in Hutto and Gilbert 2014
REGIONS = ("text", "clause", "sentence", "before", "behind", "own", "others", "alone")
NUMBERS = (
    *(f"{region}{sign}" for region in REGIONS for sign in "+-"),
    "alone", "first", "last", "mentions", "share", "targets", "we, alone", "we", "you, alone", "you",
)  # fmt: skip
TONES = (
    "good", "bad", "good words", "bad words", "best", "worst", "balance", "!", "?", "denials", "length",
)  # fmt: skip


class Weights(NamedTuple):
    """What a model of attitudes is to the loops.

    Parameters
    ----------
    table : ndarray
        Hashes with the numbers of features, the families one after the other.
    bits : numpy.uint64
    idf : ndarray of shape (V,)
    rows : ndarray of shape (V, L)
        Weights of all labels but the first less those of the first, times idf.
    numbers : ndarray of shape (len(NUMBERS), L)
        Likewise, without idf.
    bias : ndarray of shape (L,)
        Likewise.
    logs : ndarray
        1 plus the logarithm of small numbers of occurrences.
    """

    table: NDArray[np.uint64]
    bits: np.uint64
    idf: NDArray[np.float64]
    rows: NDArray[np.float32]
    numbers: NDArray[np.float64]
    bias: NDArray[np.float64]
    logs: NDArray[np.float64]


@compiled
def symbol(tokens, at, n, target, codes):
    """Give what a token is when seen from a target."""
    if at < 0:
        return SYMBOLS[BEFORE_ALL]
    if at >= n:
        return SYMBOLS[BEHIND_ALL]
    if tokens[at, TARGET] != ABSENT:
        return SYMBOLS[THE_TARGET] if tokens[at, TARGET] == target else SYMBOLS[ANOTHER]
    if tokens[at, IS_PAUSE]:
        code = codes[tokens[at, BEGIN]] & CODE
        is_mark = code in (EXCLAMATION, QUESTION)
        return step(SYMBOLS[SOME_PAUSE], np.uint64(code)) if is_mark else SYMBOLS[SOME_PAUSE]
    told = np.uint64(tokens[at, HASH])
    return step(told, SYMBOLS[DENIED]) if tokens[at, IS_DENIED] else told


@compiled
def write_owners(tokens, n, owners):
    """Write whose each token is: the last target named before it, or else the first one behind."""
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
def write_context_features(tokens, n, target, codes, owners, clauses, hashes, patterns, places):
    """Write the features of a text as seen from a target: hashes, patterns and places; give how many.

    `clauses` is set to 1 where a clause names the target.
    """
    m = 0
    clauses[: tokens[n - 1, CLAUSE] + 1] = 0
    for at in range(n):
        if tokens[at, TARGET] != target:
            continue
        clauses[tokens[at, CLAUSE]] = 1
        for pattern in range(AROUND):
            state = PATTERN_SEEDS[pattern]
            for k in range(3):
                offset = OFFSETS[pattern, k]
                if offset:
                    state = step(state, symbol(tokens, at + offset, n, target, codes))
            hashes[m], patterns[m], places[m] = state, pattern, at
            m += 1
    for at in range(n):
        if tokens[at, TARGET] == target:
            continue
        here = symbol(tokens, at, n, target, codes)
        if clauses[tokens[at, CLAUSE]]:
            hashes[m], patterns[m], places[m] = step(PATTERN_SEEDS[IN_CLAUSE], here), IN_CLAUSE, at
            m += 1
        if owners[at] == target:
            hashes[m], patterns[m], places[m] = step(PATTERN_SEEDS[OWN], here), OWN, at
            m += 1
    return m


@compiled
def damped(x):
    """Bring a sum of tones between -1 and 1."""
    return x / np.sqrt(x * x + DAMPING)


@compiled
def write_context_numbers(tokens, tones, n, target, owners, clauses, sentences, met, numbers):
    """Write the numbers of a text as seen from a target, in the order of `NUMBERS`."""
    numbers[:] = 0
    sentences[: tokens[n - 1, SENTENCE] + 1] = 0
    first, last, of_target, of_all, near = np.int64(ABSENT), np.int64(ABSENT), 0, 0, -NEAR - 1
    we, you = False, False
    for at in range(n):
        we = we or (tokens[at, MARKS] & SPEAKER) != 0
        you = you or (tokens[at, MARKS] & ADDRESSEE) != 0
        here = tokens[at, TARGET]
        if here == ABSENT:
            continue
        first = here if first == ABSENT else first
        last = here
        of_all += 1
        if here == target:
            of_target += 1
            sentences[tokens[at, SENTENCE]] = 1
    others = 0  # different targets beside this one, listed in `met`
    for at in range(n):
        here = tokens[at, TARGET]
        if here != ABSENT and here != target:
            k = 0
            while k < others and met[k] != here:
                k += 1
            if k == others:
                met[others] = here
                others += 1
    alone = others == 0
    behind = n + NEAR + 1  # the next mention, sought from the end
    for at in range(n - 1, -1, -1):
        tone = tones[at]
        if tokens[at, TARGET] == target:
            behind = at
        elif tone:
            side, size = (0, tone) if tone > 0 else (1, -tone)
            numbers[side] += size
            if clauses[tokens[at, CLAUSE]]:
                numbers[2 + side] += size
            if sentences[tokens[at, SENTENCE]]:
                numbers[4 + side] += size
            if behind - at <= NEAR:
                numbers[6 + side] += size
            if owners[at] == target:
                numbers[10 + side] += size
            else:
                numbers[12 + side] += size
            if alone:
                numbers[14 + side] += size
    for at in range(n):
        if tokens[at, TARGET] == target:
            near = at
        elif tones[at] and at - near <= NEAR:
            numbers[8 if tones[at] > 0 else 9] += abs(tones[at])
    for k in range(16):
        numbers[k] = damped(numbers[k])
    numbers[16], numbers[17], numbers[18] = alone, first == target, last == target
    numbers[19], numbers[20], numbers[21] = np.log1p(of_target), of_target / of_all, np.log1p(others + 1)
    numbers[22], numbers[23] = we and alone, we and not alone
    numbers[24], numbers[25] = you and alone, you and not alone


@compiled
def write_tone_numbers(tokens, tones, n, codes, numbers):
    """Write how a text sounds as a whole, in the order of `TONES`."""
    numbers[:] = 0
    for at in range(n):
        tone = tones[at]
        if tone:
            side, size = (0, tone) if tone > 0 else (1, -tone)
            numbers[side] += size
            numbers[2 + side] += 1
            numbers[4 + side] = max(numbers[4 + side], size)
        if tokens[at, IS_PAUSE]:
            numbers[7] += codes[tokens[at, BEGIN]] & CODE == EXCLAMATION
            numbers[8] += codes[tokens[at, BEGIN]] & CODE == QUESTION
        numbers[9] += (tokens[at, MARKS] & NEGATOR) != 0
    balance = damped(numbers[0] - numbers[1])
    numbers[10] = n
    for k in range(11):
        numbers[k] = np.log1p(numbers[k])
    numbers[6] = balance


class ContextWorkspace(NamedTuple):
    """Space to read a text.

    Parameters
    ----------
    codes : ndarray
        Its letters.
    tokens : ndarray
    tones, owners, clauses, sentences, met : ndarray
        One number a token.
    hashes, patterns, places : ndarray
        Of the features that `describe` writes.
    """

    codes: NDArray[np.uint32]
    tokens: NDArray[np.int64]
    tones: NDArray[np.float64]
    owners: NDArray[np.int64]
    clauses: NDArray[np.uint8]
    sentences: NDArray[np.uint8]
    met: NDArray[np.int64]
    hashes: NDArray[np.uint64]
    patterns: NDArray[np.int8]
    places: NDArray[np.int32]


@compiled
def allocate_context_workspace(offsets):
    """Make room for the longest of texts."""
    longest = 2
    for text in range(offsets.size - 1):
        longest = max(longest, offsets[text + 1] - offsets[text] + 2)
    most = longest * AROUND  # of a mention; any other token gives two at most
    return ContextWorkspace(
        np.empty(longest, np.uint32),
        np.empty((longest, FIELDS), np.int64),
        np.empty(longest),
        np.empty(longest, np.int64),
        np.empty(longest + 1, np.uint8),
        np.empty(longest + 1, np.uint8),
        np.empty(longest, np.int64),
        np.empty(most, np.uint64),
        np.empty(most, np.int8),
        np.empty(most, np.int32),
    )


@compiled
def read_tokens(raw, low, high, words, workspace):
    """Read one text; give the number of its tokens."""
    length = decode(raw, low, high, words.letters, workspace.codes)
    n = tokenize(workspace.codes, length, workspace.tokens)
    n = resolve(workspace.codes, length, workspace.tokens, n, words, workspace.tones)
    write_owners(workspace.tokens, n, workspace.owners)
    return n


@compiled
def is_named(tokens, n, target):
    """Tell whether a text names a target."""
    for at in range(n):  # noqa: SIM110  numba has no any()
        if tokens[at, TARGET] == target:
            return True
    return False


@compiled
def family_of(pattern):
    """Give the family of a pattern."""
    return 0 if pattern < AROUND else pattern - AROUND + 1


@compiled
def add_feature_logits(m, workspace, weights, counts, touched, logits):
    """Add what the features on the desk weigh to logits, each family at unit length."""
    for family in range(FAMILIES):
        different = 0
        for k in range(m):
            if family_of(workspace.patterns[k]) == family:
                feature = find(workspace.hashes[k], weights.table, weights.bits)
                if feature != ABSENT:
                    touched[different] = feature
                    different += counts[feature] == 0
                    counts[feature] += 1
        square = 0.0
        for k in range(different):
            value = log_of(counts[touched[k]], weights.logs) * weights.idf[touched[k]]
            square += value * value
        scale = unit(square)
        for k in range(different):
            feature = touched[k]
            value = log_of(counts[feature], weights.logs) * scale
            counts[feature] = 0
            for lane in range(logits.size):
                logits[lane] += value * weights.rows[feature, lane]


@compiled
def score_attitudes(raw, offsets, words, weights, targets, logits, named, tones):
    """Write the logits of texts toward targets, which targets each names, and how it sounds.

    The first label has no logit, as it is the measure: 0. A target that a text does not name has logits of 0.
    """
    workspace = allocate_context_workspace(offsets)
    counts, touched = np.zeros(weights.idf.size, np.int32), np.empty(weights.idf.size + 1, np.int32)
    numbers = np.empty(weights.numbers.shape[0])
    logits[:] = 0
    for text in range(offsets.size - 1):
        n = read_tokens(raw, offsets[text], offsets[text + 1], words, workspace)
        write_tone_numbers(workspace.tokens, workspace.tones, n, workspace.codes, tones[text])
        for k in range(targets.size):
            named[text, k] = is_named(workspace.tokens, n, targets[k])
            if not named[text, k]:
                continue
            here = logits[text, k]
            m = write_context_features(
                workspace.tokens, n, targets[k], workspace.codes, workspace.owners, workspace.clauses,
                workspace.hashes, workspace.patterns, workspace.places
            )  # fmt: skip
            write_context_numbers(
                workspace.tokens,
                workspace.tones,
                n,
                targets[k],
                workspace.owners,
                workspace.clauses,
                workspace.sentences,
                workspace.met,
                numbers,
            )
            for lane in range(here.size):  # assigned at once it would take two seconds more to compile
                here[lane] = weights.bias[lane]
            add_feature_logits(m, workspace, weights, counts, touched, here)
            for number in range(numbers.size):
                if numbers[number]:
                    for lane in range(here.size):
                        here[lane] += numbers[number] * weights.numbers[number, lane]


class Examples(NamedTuple):
    """The features of M examples, a text seen from a target that it names.

    Parameters
    ----------
    texts, targets : ndarray of shape (M,)
        Which text, and the place of which target.
    ends : ndarray of shape (M,)
        Where the features of each end.
    hashes, patterns, places : ndarray of shape (F,)
        Of all features, one example after the other.
    numbers : ndarray of shape (M, len(NUMBERS))
    """

    texts: NDArray[np.int64]
    targets: NDArray[np.int64]
    ends: NDArray[np.int64]
    hashes: NDArray[np.uint64]
    patterns: NDArray[np.int8]
    places: NDArray[np.int32]
    numbers: NDArray[np.float64]


@compiled
def extract_examples(raw, offsets, words, targets):
    """Give the features of texts as seen from each target that they name, as `Examples`."""
    workspace = allocate_context_workspace(offsets)
    most = (offsets.size - 1) * targets.size
    found, seen, ends = np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most, np.int64)
    numbers = np.empty((most, len(NUMBERS)))
    hashes, patterns, places = np.empty(1, np.uint64), np.empty(1, np.int8), np.empty(1, np.int32)
    made, filled = 0, 0
    for text in range(offsets.size - 1):
        n = read_tokens(raw, offsets[text], offsets[text + 1], words, workspace)
        for k in range(targets.size):
            if not is_named(workspace.tokens, n, targets[k]):
                continue
            m = write_context_features(
                workspace.tokens, n, targets[k], workspace.codes, workspace.owners, workspace.clauses,
                workspace.hashes, workspace.patterns, workspace.places
            )  # fmt: skip
            write_context_numbers(
                workspace.tokens, workspace.tones, n, targets[k], workspace.owners, workspace.clauses,
                workspace.sentences, workspace.met, numbers[made]
            )  # fmt: skip
            if filled + m > hashes.size:
                size = 2 * (filled + m)
                hashes, patterns, places = grown(hashes, size), grown(patterns, size), grown(places, size)
            hashes[filled : filled + m] = workspace.hashes[:m]
            patterns[filled : filled + m] = workspace.patterns[:m]
            places[filled : filled + m] = workspace.places[:m]
            filled += m
            found[made], seen[made], ends[made] = text, k, filled
            made += 1
    return Examples(
        found[:made], seen[:made], ends[:made], hashes[:filled], patterns[:filled], places[:filled], numbers[:made]
    )


@compiled
def named_targets(raw, offsets, words, targets):
    """Tell for each text which targets it names."""
    workspace = allocate_context_workspace(offsets)
    named = np.zeros((offsets.size - 1, targets.size), np.bool_)
    for text in range(offsets.size - 1):
        n = read_tokens(raw, offsets[text], offsets[text + 1], words, workspace)
        for k in range(targets.size):
            named[text, k] = is_named(workspace.tokens, n, targets[k])
    return named


@compiled
def tone_numbers(raw, offsets, words):
    """Say how texts sound, as `tone_of` does."""
    workspace = allocate_context_workspace(offsets)
    numbers = np.empty((offsets.size - 1, len(TONES)))
    for text in range(offsets.size - 1):
        n = read_tokens(raw, offsets[text], offsets[text + 1], words, workspace)
        write_tone_numbers(workspace.tokens, workspace.tones, n, workspace.codes, numbers[text])
    return numbers
