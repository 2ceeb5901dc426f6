"""Occurrences of context features: their weights add up to the logits of the attitude model."""

from __future__ import annotations

import numpy as np
import pytest

from stance.model.explanation.occurrences import NOWHERE, find_occurrences
from stance.model.model import Model
from tests.helpers.attitudes import TEXTS, UNSEEN

TARGETS = ("us", "india", "iran")


@pytest.mark.parametrize("label", [0, 1, 2])
def test_weights_add_up_to_logits(label: int, model: Model) -> None:
    assert model.attitude_model is not None
    texts = [*TEXTS, *UNSEEN]
    logits = model.attitude_model.score(texts, TARGETS).logits[:, :, label]
    for number, found in enumerate(find_occurrences(model.attitude_model, texts, TARGETS, range(len(TARGETS)))):
        weights = found.weigh(model.attitude_model, np.eye(3)[label])
        sums = np.bincount(found.texts, weights, len(texts))
        np.testing.assert_allclose(sums, logits[:, number], atol=1e-5)  # the kernel has weights in single precision


def test_targets_are_found_together_as_alone(model: Model) -> None:
    assert model.attitude_model is not None
    together = find_occurrences(model.attitude_model, UNSEEN, TARGETS, [2, 0])
    for number, found in zip([2, 0], together, strict=True):
        [alone] = find_occurrences(model.attitude_model, UNSEEN, TARGETS, [number])
        for name in ("texts", "columns", "values", "patterns", "places"):
            np.testing.assert_array_equal(getattr(found, name), getattr(alone, name))


def test_those_of_one_text(model: Model) -> None:
    assert model.attitude_model is not None
    [found] = find_occurrences(model.attitude_model, UNSEEN, TARGETS, [1])
    assert (np.diff(found.texts) >= 0).all()
    for row, text in enumerate(UNSEEN):
        [alone] = find_occurrences(model.attitude_model, [text], TARGETS, [1])
        of_text = found.of_text(row)
        np.testing.assert_array_equal(of_text.columns, alone.columns)
        np.testing.assert_array_equal(of_text.values, alone.values)
        assert set(of_text.texts) <= {row}
        assert (len(alone.texts) > 0) == ("india" in text.lower() or "modi" in text.lower())
        assert ((alone.patterns == NOWHERE) == (alone.places == NOWHERE)).all()


def test_no_texts(model: Model) -> None:
    assert model.attitude_model is not None
    assert [len(found.texts) for found in find_occurrences(model.attitude_model, [], TARGETS, [0, 1])] == [0, 0]
