"""Stacked features: as many as they have names, within bounds, for any number of texts."""

from __future__ import annotations

import numpy as np
import pytest

from stance.features.kernels.context_numbers import TONE_NUMBERS
from stance.model.attitude_model import AttitudeScores
from stance.model.stacked_features import (
    MAX_LOG_ODDS,
    stack_head_features,
    stack_target_features,
    stacked_feature_names,
)
from stance.settings import Settings

TARGETS, LABELS = ["us", "india"], ["against", "favor", "none"]


def scores_of(rows: int) -> AttitudeScores:
    rng = np.random.default_rng(0)
    named = rng.random((rows, 2)) < 0.5
    tones = rng.random((rows, len(TONE_NUMBERS)))
    return AttitudeScores(rng.normal(0, 9, (rows, 2, 3)) * named[:, :, None], named, tones)


@pytest.mark.parametrize("rows", [0, 1, 50])
@pytest.mark.parametrize("uses_tone", [False, True])
def test_each_has_a_name(rows: int, uses_tone: bool) -> None:
    scores, proba = scores_of(rows), np.full((rows, 2, 3), 1 / 3)
    of_target = stack_target_features(scores, 1, Settings())
    assert of_target.shape == (rows, len(stacked_feature_names("india", TARGETS, LABELS, uses_tone)))
    of_head = stack_head_features(proba, scores, uses_tone, Settings())
    assert of_head.shape == (rows, len(stacked_feature_names("mood", TARGETS, LABELS, uses_tone)))


def test_log_odds_are_clipped() -> None:
    scores, settings = scores_of(50), Settings()
    assert np.abs(scores.logits).max() > MAX_LOG_ODDS
    assert np.abs(stack_target_features(scores, 0, settings)[:, :3]).max() == MAX_LOG_ODDS * settings.target_scale
    certain = np.zeros((1, 2, 3))
    certain[:, :, 0] = 1
    stacked = stack_head_features(certain, scores_of(1), False, settings)
    assert np.abs(stacked[:, :6]).max() == MAX_LOG_ODDS * settings.head_scale
