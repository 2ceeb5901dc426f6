"""Targets that texts name, the tone of texts, and the names of the features around a target."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from stance.features.characters import encode_utf8
from stance.features.kernels import context_numbers, contexts, mentions
from stance.features.kernels.mentions import BEGIN, END, IS_DENIED, IS_PAUSE, TARGET
from stance.features.kernels.tokens import CODE
from stance.features.lexicon import Lexicon


def named_targets(texts: Sequence[str], lexicon: Lexicon, targets: Sequence[str]) -> NDArray[np.bool_]:
    """Return which of T targets each of N texts names; (N, T).

    >>> named_targets(["they told us", "the USA and Moscow agree"], Lexicon.bundled(), ["us", "russia"]).tolist()
    [[False, False], [True, True]]
    """
    words = lexicon.compiled(targets)
    return np.asarray(mentions.named_targets(*encode_utf8(texts), words, np.arange(len(targets))))


def tone_features(texts: Sequence[str], lexicon: Lexicon) -> NDArray[np.float64]:
    """Return the tone of N texts; (N, len(TONE_NUMBERS))."""
    return np.asarray(context_numbers.tone_numbers(*encode_utf8(texts), lexicon.compiled([])))


def target_polarities(texts: Sequence[str], lexicon: Lexicon, targets: Sequence[str]) -> NDArray[np.float64]:
    """Return the tone of N texts toward T targets, -1 to 1; (N, T), 0 where a target is not named.

    Only the words behind a target's own names count.

    >>> target_polarities(["Russia is great", "so"], Lexicon.bundled(), ["russia"])[:, 0] > 0
    array([ True, False])
    """
    raw, offsets = encode_utf8(texts)
    found: contexts.Examples = contexts.extract_examples(
        raw, offsets, lexicon.compiled(targets), np.arange(len(targets))
    )
    good, bad = (context_numbers.CONTEXT_NUMBERS.index(f"own{sign}") for sign in "+-")
    sides = np.zeros((len(texts), len(targets)))
    sides[found.texts, found.targets] = found.numbers[:, good] - found.numbers[:, bad]
    return sides


def feature_name(
    codes: NDArray[np.uint32], tokens: NDArray[np.int64], n: int, target: int, pattern: int, place: int
) -> str:
    """Return the name of a feature that `contexts.write_context` wrote for a text of `n` tokens, as seen from a target.

    `T` is the target, `O` another, `^` and `$` the ends, `_` any word.
    """

    def word(at: int) -> str:
        if not 0 <= at < n:
            return "^" if at < 0 else "$"
        token = tokens[at]
        if token[TARGET] >= 0:
            return "T" if token[TARGET] == target else "O"
        told = (codes[token[BEGIN] : token[END]] & CODE).tobytes().decode("utf-32-le", "surrogatepass")
        if token[IS_PAUSE]:
            return told if told in "!?" else "."
        return f"not-{told}" if token[IS_DENIED] else told

    if pattern >= contexts.AROUND:
        return f"{'clause' if pattern == contexts.IN_CLAUSE else 'own'}: {word(place)}"
    offsets = [offset for offset in contexts.OFFSETS[pattern].tolist() if offset]
    spots = range(min(0, *offsets), max(0, *offsets) + 1)
    return " ".join("T" if not spot else word(place + spot) if spot in offsets else "_" for spot in spots)
