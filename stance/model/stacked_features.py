"""Stacked features: outputs of one classifier that are features of the next (stacking, Wolpert 1992).

The head of a target gets what the attitude model says of that target. Every other head gets the log-odds and
probabilities of the heads of all targets, and the tone of the words where that helps.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from stance.features.kernels.context_numbers import TONE_NUMBERS
from stance.model.attitude_model import AttitudeScores
from stance.settings import Settings

MAX_LOG_ODDS = 6.0  # where logits (of mean 0) are clipped
MIN_STACKED_PROBA = 1e-9  # before the logarithm is taken


def stack_target_features(scores: AttitudeScores, target: int, settings: Settings) -> NDArray[np.float64]:
    """Return the stacked features of the head of a target, (N, K + 1): its clipped logits, and whether it is named."""
    logits = np.clip(scores.logits[:, target], -MAX_LOG_ODDS, MAX_LOG_ODDS) * settings.target_scale
    return np.hstack([logits, scores.named[:, target, None] * settings.name_scale])


def stack_head_features(
    proba: NDArray[np.float64], scores: AttitudeScores, uses_tone: bool, settings: Settings
) -> NDArray[np.float64]:
    """Return the stacked features of any other head, (N, S), from the probabilities of target heads, (N, T, K)."""
    shape = len(proba), proba.shape[1] * proba.shape[2]
    logits = np.log(np.maximum(proba, MIN_STACKED_PROBA))
    logits = np.clip(logits - logits.mean(axis=2, keepdims=True), -MAX_LOG_ODDS, MAX_LOG_ODDS) * settings.head_scale
    columns = [logits.reshape(shape), proba.reshape(shape), scores.named.astype(float)]
    return np.hstack([*columns, scores.tones * settings.tone_scale] if uses_tone else columns)


def columns_of_target(target: int, n_targets: int, n_labels: int) -> list[int]:
    """Return which stacked features of any other head are of one target, by its number.

    >>> names = stacked_feature_names("tone", ["iran", "us"], ["against", "favor"], False)
    >>> [names[column] for column in columns_of_target(1, 2, 2)][1:4]
    ['favor us, log-odds', 'against us, probability', 'favor us, probability']
    """
    pairs, n_pairs = range(target * n_labels, (target + 1) * n_labels), n_targets * n_labels
    return [*pairs, *(n_pairs + pair for pair in pairs), 2 * n_pairs + target]


def stacked_feature_names(head: str, targets: Sequence[str], labels: Sequence[str], uses_tone: bool) -> list[str]:
    """Name the S stacked features of a head; `labels` are those of the targets.

    >>> stacked_feature_names("iran", ["iran"], ["against", "favor"], False)
    ['against iran, by its words', 'favor iran, by its words', 'names iran']
    """
    if head in targets:
        return [*(f"{label} {head}, by its words" for label in labels), f"names {head}"]
    pairs = [f"{label} {target}" for target in targets for label in labels]
    named = [f"names {target}" for target in targets]
    tones = [f"tone: {name}" for name in TONE_NUMBERS] if uses_tone else []
    return [*(f"{pair}, log-odds" for pair in pairs), *(f"{pair}, probability" for pair in pairs), *named, *tones]
