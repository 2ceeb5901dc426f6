"""Scores equal scikit-learn's; intervals cover; odd cases do not crash."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import precision_recall_fscore_support

from stance.evaluation.bootstrap import resample_cells
from stance.evaluation.head_scores import score_head, summarize
from stance.evaluation.metrics import confusion_matrix
from stance.evaluation.summary import MACRO_F1, resample_scores
from tests.helpers.outcomes import AB, ABC


def test_label_scores_equal_those_of_scikit_learn() -> None:
    rng = np.random.default_rng(1)
    true, proba = rng.integers(0, 3, 200), rng.dirichlet([1, 1, 1], 200)
    found = score_head(true, proba, ["a", "b", "c"], baselines={})
    expected = precision_recall_fscore_support(true, proba.argmax(axis=1))
    for column, name in enumerate(("precision", "recall", "f1", "support")):
        assert [getattr(label, name) for label in found.labels.values()] == pytest.approx(expected[column])


def test_interval_holds_the_true_value_as_often_as_it_says() -> None:
    rng = np.random.default_rng(0)
    covered = 0
    for _ in range(200):
        true = rng.integers(0, 2, 150)
        predicted = np.where(rng.random(150) < 0.7, true, 1 - true)
        interval = summarize(true, predicted, AB, seed=1).accuracy
        covered += interval.low <= 0.7 <= interval.high
    assert 180 <= covered <= 200


def test_rows_of_one_article_are_resampled_together() -> None:
    true = np.tile([0, 1], 50)
    predicted = np.concatenate([true[:50], 1 - true[50:]])
    alone = summarize(true, predicted, AB).accuracy
    together = summarize(true, predicted, AB, groups=["a"] * 25 + ["b"] * 25 + ["c"] * 25 + ["d"] * 25).accuracy
    assert together.high - together.low > 3 * (alone.high - alone.low)


def test_each_row_its_own_article_is_like_no_article() -> None:
    rng = np.random.default_rng(2)
    true, predicted = rng.integers(0, 3, 400), rng.integers(0, 3, 400)
    alone = summarize(true, predicted, ABC).macro_f1
    named = summarize(true, predicted, ABC, groups=[str(row) for row in range(400)]).macro_f1
    assert named.low == pytest.approx(alone.low, abs=0.01)
    assert named.high == pytest.approx(alone.high, abs=0.01)


def test_same_seed_same_interval() -> None:
    true, predicted = np.array([0, 1, 0, 1, 1]), np.array([0, 1, 1, 1, 0])
    assert summarize(true, predicted, AB, seed=5) == summarize(true, predicted, AB, seed=5)


def test_one_label_predicted() -> None:
    found = score_head(np.array([0, 1, 1]), np.array([[0.1, 0.9]] * 3), ["a", "b"], baselines={})
    assert found.labels["a"].f1 == 0
    assert found.labels["b"].recall == 1
    assert found.summary.macro_recall.value == 0.5


def test_label_that_nowhere_occurs_does_not_count() -> None:
    found = score_head(np.array([0, 1]), np.eye(3)[:2], ["a", "b", "c"], baselines={})
    assert list(found.labels) == ["a", "b"]
    assert found.summary.macro_f1.value == 1
    assert found.confusion == [[1, 0], [0, 1]]


def test_no_rows() -> None:
    found = score_head(np.array([], dtype=int), np.empty((0, 2)), ["a", "b"], baselines={}, unscored=3)
    assert (found.n, found.unscored, found.labels, found.ece) == (0, 3, {}, 0.0)


def test_many_articles_are_drawn_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    true, predicted = np.random.default_rng(0).integers(0, 3, (2, 300))
    groups = [str(row // 2) for row in range(300)]
    whole = summarize(true, predicted, ABC, groups)
    monkeypatch.setattr("stance.evaluation.bootstrap.MAX_DRAWS", 1000)
    assert summarize(true, predicted, ABC, groups) == whole


def test_a_rare_label_stays_in_the_average_when_it_is_not_drawn() -> None:
    true, predicted = np.array([0] * 50 + [1] * 49 + [2]), np.array([0] * 50 + [1] * 49 + [0])
    cells, counts = resample_cells(true * 3 + predicted, None, 0)
    resampled = resample_scores(confusion_matrix(true, predicted, 3), cells, counts, ABC)[MACRO_F1]
    assert resampled.max() < 0.67  # the third label is never found, so no resample can do better than two thirds
    found = summarize(true, predicted, ABC).macro_f1
    assert found.value < 0.67
    assert found.high > 0.9  # and yet nothing is known of that label from one comment
