"""What one classifier tells the next: attitudes toward targets, and the tone of words, as a few numbers a comment.

A head that is a target hears what the model of attitudes says of that target. Every other head hears what the heads of
all targets say: their log-odds and probabilities (stacking, Wolpert 1992).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from stance.features.kernels.context_numbers import TONE_NUMBERS
from stance.model.attitude_model import AttitudeScores
from stance.settings import Settings

MAX_LOG_ODDS = 6.0  # log-odds from which on a signal grows no more


def stack_target_features(reading: AttitudeScores, number: int, settings: Settings) -> NDArray[np.float64]:
    """Give what a head that is a target hears.

    Parameters
    ----------
    reading : Reading
        Of N texts.
    number : int
        Of the target in it.
    settings : Settings

    Returns
    -------
    ndarray of shape (N, K + 1)
    """
    logits = np.clip(reading.logits[:, number], -MAX_LOG_ODDS, MAX_LOG_ODDS) * settings.target_scale
    return np.hstack([logits, reading.named[:, number, None] * settings.name_scale])


def stack_head_features(
    proba: NDArray[np.float64], reading: AttitudeScores, uses_tone: bool, settings: Settings
) -> NDArray[np.float64]:
    """Give what any other head hears.

    Parameters
    ----------
    proba : ndarray of shape (N, T, K)
        Of the heads that are targets.
    reading : Reading
        Of the same texts.
    hears_tone : bool
        Whether to add the tones of the words.
    settings : Settings

    Returns
    -------
    ndarray of shape (N, S)
    """
    n = len(proba)
    logs = np.log(np.maximum(proba, 1e-9))
    logs = np.clip(logs - logs.mean(axis=2, keepdims=True), -MAX_LOG_ODDS, MAX_LOG_ODDS) * settings.head_scale
    parts = [logs.reshape(n, -1), proba.reshape(n, -1), reading.named.astype(float)]
    return np.hstack([*parts, reading.tones * settings.tone_scale] if uses_tone else parts)


def stacked_feature_names(head: str, targets: Sequence[str], labels: Sequence[str], uses_tone: bool) -> list[str]:
    """Name the signals of a head.

    Parameters
    ----------
    head : str
    targets : sequence of str
    labels : sequence of str
        Of the targets.
    hears_tone : bool

    Returns
    -------
    list of str
        S names.

    Examples
    --------
    >>> stacked_feature_names("iran", ["iran"], ["against", "favor"], False)
    ['against iran, by its words', 'favor iran, by its words', 'names iran']
    """
    if head in targets:
        return [*(f"{label} {head}, by its words" for label in labels), f"names {head}"]
    pairs = [f"{label} {target}" for target in targets for label in labels]
    named = [f"names {target}" for target in targets]
    tones = [f"tone: {name}" for name in TONE_NUMBERS] if uses_tone else []
    return [*(f"{pair}, log-odds" for pair in pairs), *(f"{pair}, probability" for pair in pairs), *named, *tones]
