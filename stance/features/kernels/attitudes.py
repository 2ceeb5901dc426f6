"""Scores of the attitude model: features of the words around each target that a text names, times weights."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stance.features.kernels.compiling import compiled, inlined
from stance.features.kernels.context_numbers import write_tone_numbers
from stance.features.kernels.contexts import AROUND, FAMILIES, allocate_context_workspace, list_mentions, write_context
from stance.features.kernels.hashing import ABSENT, find
from stance.features.kernels.mentions import allocate_token_workspace, read_tokens
from stance.features.kernels.tfidf import log_of, unit


class AttitudeWeights(NamedTuple):
    """Weights of V features for L labels: all but the first, whose weights are taken off."""

    table: NDArray[np.uint64]  # hashes of the features, the families one after the other
    bits: np.uint64
    idf: NDArray[np.float64]  # (V,)
    rows: NDArray[np.float32]  # (V, L), times idf
    numbers: NDArray[np.float64]  # (len(CONTEXT_NUMBERS), L)
    bias: NDArray[np.float64]  # (L,)
    logs: NDArray[np.float64]  # 1 plus the logarithm of small counts


@compiled
def family_of(pattern):
    """Return the family of a pattern."""
    return 0 if pattern < AROUND else pattern - AROUND + 1


@inlined
def add_feature_logits(m, context, weights, counts, touched, logits):
    """Add the weights of `m` features to logits, each family at unit length; (L,)."""
    for family in range(FAMILIES):
        different = 0
        for k in range(m):
            if family_of(context.patterns[k]) == family:
                feature = find(context.hashes[k], weights.table, weights.bits)
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
def score_attitudes(raw, offsets, lexicon, weights, targets, logits, named, tones):
    """Write for N texts the logits toward T targets (N, T, L), which are named (N, T), and how the text sounds.

    The first label is the reference class: it has no logit. Logits toward a target that is not named are 0.
    """
    text_space = allocate_token_workspace(offsets)
    context = allocate_context_workspace(text_space)
    counts, touched = np.zeros(weights.idf.size, np.int32), np.empty(weights.idf.size + 1, np.int32)
    numbers = np.empty(weights.numbers.shape[0])
    logits[:] = 0
    for text in range(offsets.size - 1):
        n = read_tokens(raw, offsets[text], offsets[text + 1], lexicon, text_space)
        write_tone_numbers(text_space, n, tones[text])
        for k in range(targets.size):
            n_mentions = list_mentions(text_space.tokens, n, targets[k], context.mentions)
            named[text, k] = n_mentions > 0
            if not n_mentions:
                continue
            here = logits[text, k]
            m = write_context(text_space, n, targets[k], n_mentions, context, numbers)
            for lane in range(here.size):  # assigned at once it would take two seconds more to compile
                here[lane] = weights.bias[lane]
            add_feature_logits(m, context, weights, counts, touched, here)
            for number in range(numbers.size):
                if numbers[number]:
                    for lane in range(here.size):
                        here[lane] += numbers[number] * weights.numbers[number, lane]
