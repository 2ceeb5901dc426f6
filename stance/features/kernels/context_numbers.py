"""Numbers of a text: tones near a target, order of the targets named, pronouns; and how the text sounds as a whole."""

from __future__ import annotations

import numpy as np

from stance.features.kernels.compiling import compiled, inlined
from stance.features.kernels.hashing import ABSENT
from stance.features.kernels.mentions import (
    ADDRESSEE,
    BEGIN,
    CLAUSE,
    EXCLAMATION,
    IS_PAUSE,
    MARKS,
    NEGATOR,
    QUESTION,
    SENTENCE,
    SPEAKER,
    TARGET,
    allocate_token_workspace,
    read_tokens,
)
from stance.features.kernels.tokens import CODE

NEAR = 5  # tokens at either side of a mention whose tone is added up
DAMPING = 15.0  # of sums of tones, as in Hutto and Gilbert 2014
REGIONS = ("text", "clause", "sentence", "before", "behind", "own", "others", "alone")
CONTEXT_NUMBERS = (
    *(f"{region}{sign}" for region in REGIONS for sign in "+-"),
    "alone", "first", "last", "mentions", "share", "targets", "we, alone", "we", "you, alone", "you",
)  # fmt: skip
# columns: good tones in each region, the bad ones one further; the others
IN_TEXT, IN_CLAUSES, IN_SENTENCES, BEFORE, BEHIND, OF_TARGET, OF_OTHERS, WHERE_ALONE = range(0, 2 * len(REGIONS), 2)
IS_ALONE, IS_FIRST, IS_LAST, MENTIONS, SHARE, TARGETS, WE_ALONE, WE, YOU_ALONE, YOU = range(
    2 * len(REGIONS), len(CONTEXT_NUMBERS)
)
TONE_NUMBERS = (
    "good", "bad", "good words", "bad words", "best", "worst", "balance", "!", "?", "denials", "length",
)  # fmt: skip
SUM, WORDS, EXTREME = range(0, 6, 2)  # columns: of good tones, those of bad ones one further; the others
BALANCE, EXCLAMATIONS, QUESTIONS, DENIALS, LENGTH = range(6, len(TONE_NUMBERS))


@compiled
def damped(x):
    """Bring a sum of tones between -1 and 1."""
    return x / np.sqrt(x * x + DAMPING)


@inlined
def write_region_numbers(text, n, target, context, is_alone, numbers):
    """Add up the good and the bad tones in each region but `BEHIND`."""
    tokens, tones, owners = text.tokens, text.tones, text.owners
    next_mention = n + NEAR + 1
    for at in range(n - 1, -1, -1):
        tone = tones[at]
        if tokens[at, TARGET] == target:
            next_mention = at
        elif tone:
            side, size = (0, tone) if tone > 0 else (1, -tone)
            numbers[IN_TEXT + side] += size
            if context.clauses[tokens[at, CLAUSE]]:
                numbers[IN_CLAUSES + side] += size
            if context.sentences[tokens[at, SENTENCE]]:
                numbers[IN_SENTENCES + side] += size
            if next_mention - at <= NEAR:
                numbers[BEFORE + side] += size
            numbers[(OF_TARGET if owners[at] == target else OF_OTHERS) + side] += size
            if is_alone:
                numbers[WHERE_ALONE + side] += size


@inlined
def write_behind_numbers(tokens, tones, n, target, numbers):
    """Add up the good and the bad tones of the tokens behind a mention, from the first to the last."""
    last_mention = -NEAR - 1
    for at in range(n):
        if tokens[at, TARGET] == target:
            last_mention = at
        elif tones[at] and at - last_mention <= NEAR:
            numbers[BEHIND if tones[at] > 0 else BEHIND + 1] += abs(tones[at])


@inlined
def write_order_numbers(tokens, n, target, n_mentions, others, numbers):
    """Write whether a target is named alone, first or last, and its share of all names; list `others`."""
    first, last, n_names, n_others = np.int64(ABSENT), np.int64(ABSENT), 0, 0
    for at in range(n):
        here = tokens[at, TARGET]
        if here == ABSENT:
            continue
        first = here if first == ABSENT else first
        last = here
        n_names += 1
        if here != target:
            k = 0
            while k < n_others and others[k] != here:
                k += 1
            if k == n_others:
                others[n_others] = here
                n_others += 1
    numbers[IS_ALONE], numbers[IS_FIRST], numbers[IS_LAST] = n_others == 0, first == target, last == target
    numbers[MENTIONS], numbers[SHARE] = np.log1p(n_mentions), n_mentions / n_names
    numbers[TARGETS] = np.log1p(n_others + 1)


@inlined
def write_pronoun_numbers(tokens, n, is_alone, numbers):
    """Write whether a text says "we" and "you"."""
    marks = np.int64(0)
    for at in range(n):
        marks |= tokens[at, MARKS]
    we, you = (marks & SPEAKER) != 0, (marks & ADDRESSEE) != 0
    numbers[WE_ALONE], numbers[WE] = we and is_alone, we and not is_alone
    numbers[YOU_ALONE], numbers[YOU] = you and is_alone, you and not is_alone


@inlined
def write_context_numbers(text, n, target, n_mentions, context, numbers):
    """Write the numbers of a text as seen from a target that it names; (len(CONTEXT_NUMBERS),)."""
    numbers[:] = 0
    write_order_numbers(text.tokens, n, target, n_mentions, context.others, numbers)
    is_alone = numbers[IS_ALONE] != 0
    write_region_numbers(text, n, target, context, is_alone, numbers)
    write_behind_numbers(text.tokens, text.tones, n, target, numbers)
    for column in range(2 * len(REGIONS)):
        numbers[column] = damped(numbers[column])
    write_pronoun_numbers(text.tokens, n, is_alone, numbers)


@compiled
def write_tone_numbers(text, n, numbers):
    """Write how a text sounds as a whole; (len(TONE_NUMBERS),)."""
    tokens, tones, codes = text.tokens, text.tones, text.codes
    numbers[:] = 0
    for at in range(n):
        tone = tones[at]
        if tone:
            side, size = (0, tone) if tone > 0 else (1, -tone)
            numbers[SUM + side] += size
            numbers[WORDS + side] += 1
            numbers[EXTREME + side] = max(numbers[EXTREME + side], size)
        if tokens[at, IS_PAUSE]:
            numbers[EXCLAMATIONS] += codes[tokens[at, BEGIN]] & CODE == EXCLAMATION
            numbers[QUESTIONS] += codes[tokens[at, BEGIN]] & CODE == QUESTION
        numbers[DENIALS] += (tokens[at, MARKS] & NEGATOR) != 0
    balance = damped(numbers[SUM] - numbers[SUM + 1])
    numbers[LENGTH] = n
    for column in range(len(TONE_NUMBERS)):
        numbers[column] = np.log1p(numbers[column])
    numbers[BALANCE] = balance


@compiled
def tone_numbers(raw, offsets, lexicon):
    """Return how N texts sound; (N, len(TONE_NUMBERS))."""
    workspace = allocate_token_workspace(offsets)
    numbers = np.empty((offsets.size - 1, len(TONE_NUMBERS)))
    for text in range(offsets.size - 1):
        n = read_tokens(raw, offsets[text], offsets[text + 1], lexicon, workspace)
        write_tone_numbers(workspace, n, numbers[text])
    return numbers
