"""Compiled loops: which parts moved a decision most, and these as text."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stance.features.kernels.compiling import compiled
from stance.features.kernels.hashing import ABSENT
from stance.features.kernels.tfidf import log_of, unit

PLUS, MINUS, POINT, BLANK, SEMICOLON, ZERO = (np.uint8(ord(sign)) for sign in "+-. ;0")
HUNDREDTHS = 100.0  # a weight is shown with two decimals, a factor of 1.01 of the odds
MAX_HUNDREDTHS = 1e15  # hundredths; larger ones are shown as this
MAX_NUMBER_BYTES = 24  # bytes of a number and the signs around it


class HeadWeights(NamedTuple):
    """The H heads of a model, to the loops.

    Parameters
    ----------
    rows : ndarray of shape (V, L)
        Weights of the features, times idf.
    lanes : ndarray of shape (H, K)
        The lane of `rows` that each label has.
    borders : ndarray of shape (H + 1,)
        Where the signals of each head begin.
    signals : ndarray of shape (S, K)
        Weights of the signals of all heads.
    bias : ndarray of shape (H, K)
    temperatures : ndarray of shape (H,)
    scales : ndarray of shape (H,)
        How far apart the weights of a head are, for most features.
    bounds : ndarray of shape (V,)
        How far apart the weights of a feature are at most, in the scales of the heads.
    """

    rows: NDArray[np.float32]
    lanes: NDArray[np.int64]
    borders: NDArray[np.int64]
    signals: NDArray[np.float64]
    bias: NDArray[np.float64]
    temperatures: NDArray[np.float64]
    scales: NDArray[np.float64]
    bounds: NDArray[np.float64]


@compiled
def keep(number, weight, numbers, weights):
    """Put a part among the largest if it belongs there; return the size that the next one must exceed."""
    at = weights.size - 1
    size = abs(weight)
    if size > abs(weights[at]):
        while at > 0 and size > abs(weights[at - 1]):
            weights[at], numbers[at] = weights[at - 1], numbers[at - 1]
            at -= 1
        weights[at], numbers[at] = weight, number
    return abs(weights[weights.size - 1])


@compiled
def largest(kept, lookup, heads, signals, chosen, other, numbers, weights):
    """Write for each text and head the largest parts of the log-odds of one label against another, and their weights.

    Parts are numbered: features, then the signals of all heads, then the bias. There must be ABSENT and 0 in all
    places; they stay where there are fewer parts than places.
    """
    least, ones, twos = (
        np.empty(chosen.shape[1]),
        np.empty(chosen.shape[1], np.int64),
        np.empty(chosen.shape[1], np.int64),
    )
    behind, begin = lookup.idf.size, 0
    for text in range(chosen.shape[0]):
        end = kept.ends[text]
        words, others = 0.0, 0.0
        for k in range(begin, end):
            feature = kept.features[k]
            value = log_of(kept.counts[k], lookup.logs) * lookup.idf[feature]
            if feature < lookup.words:
                words += value * value
            else:
                others += value * value
        words, others = unit(words), unit(others)
        for head in range(chosen.shape[1]):
            one, two = chosen[text, head], other[text, head]
            ones[head], twos[head] = heads.lanes[head, one], heads.lanes[head, two]
            here, sizes = numbers[text, head], weights[text, head]
            weight = heads.bias[head, one] - heads.bias[head, two]
            least[head] = keep(np.int32(behind + heads.signals.shape[0]), weight, here, sizes)
            for signal in range(heads.borders[head], heads.borders[head + 1]):
                weight = signals[text, signal] * (heads.signals[signal, one] - heads.signals[signal, two])
                if abs(weight) > least[head]:
                    least[head] = keep(np.int32(behind + signal), weight, here, sizes)
        enough = 0.0  # nine in ten features cannot be among the largest of any head, and are passed over by it
        for k in range(end - 1, begin - 1, -1):  # words come last, and weigh most
            feature = kept.features[k]
            value = log_of(kept.counts[k], lookup.logs) * (words if feature < lookup.words else others)
            if value * heads.bounds[feature] <= enough:
                continue
            enough = np.inf
            for head in range(chosen.shape[1]):
                weight = value * (heads.rows[feature, ones[head]] - heads.rows[feature, twos[head]])
                if abs(weight) > least[head]:
                    least[head] = keep(feature, weight, numbers[text, head], weights[text, head])
                enough = min(enough, least[head] / heads.scales[head])
        for head in range(chosen.shape[1]):
            for k in range(weights.shape[2]):
                weights[text, head, k] /= heads.temperatures[head]
        begin = end


@compiled
def put_number(weight, out, at):
    """Write a weight with its sign and two decimals; return the place behind it."""
    out[at] = MINUS if weight < 0 else PLUS
    hundredths = np.int64(min(np.rint(abs(weight) * HUNDREDTHS), MAX_HUNDREDTHS))
    digits, rest = 3, hundredths // 1000
    while rest:
        digits += 1
        rest //= 10
    end = at + digits + 2
    for k in range(digits + 1):
        place = end - 1 - k
        if k == 2:
            out[place] = POINT
        else:
            out[place] = ZERO + np.uint8(hundredths % 10)
            hundredths //= 10
    return end


@compiled
def render(numbers, weights, names, borders, out, ends):
    """Write the parts of N rows as text, such as `lie -0.40; friend +0.21`, and where each row begins and ends."""
    at = 0
    ends[0] = 0
    for row in range(numbers.shape[0]):
        for k in range(numbers.shape[1]):
            number = numbers[row, k]
            if number == ABSENT:
                break
            if k:
                out[at], out[at + 1] = SEMICOLON, BLANK
                at += 2
            for place in range(borders[number], borders[number + 1]):
                out[at] = names[place]
                at += 1
            out[at] = BLANK
            at = put_number(weights[row, k], out, at + 1)
        ends[row + 1] = at
