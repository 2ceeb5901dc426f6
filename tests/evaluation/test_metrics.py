"""Metrics equal scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from sklearn.metrics import accuracy_score, f1_score, recall_score

from stance.evaluation import metrics
from stance.evaluation.head_scores import summarize
from stance.evaluation.metrics import confusion_matrix
from tests.helpers.outcomes import ABC, pairs


def test_f_avg_is_the_mean_f1_of_the_two_sides() -> None:
    rng = np.random.default_rng(0)
    true, predicted = rng.integers(0, 3, (2, 200))
    names = ["none", "against", "favor"]
    found = summarize(true, predicted, names).f_avg
    assert found is not None
    assert found.value == pytest.approx(f1_score(true, predicted, labels=[1, 2], average="macro"))
    assert found.low < found.value < found.high
    assert summarize(true, predicted, ABC).f_avg is None


@given(pairs)
def test_measures_equal_those_of_scikit_learn(rows: list[tuple[int, int]]) -> None:
    true, predicted = np.array(rows).T
    confusion = confusion_matrix(true, predicted, 4)
    assert metrics.macro_f1(confusion) == pytest.approx(f1_score(true, predicted, average="macro", zero_division=0))
    assert metrics.accuracy(confusion) == pytest.approx(accuracy_score(true, predicted))
    recall = recall_score(true, predicted, labels=np.unique(true), average="macro")
    assert metrics.macro_recall(confusion) == pytest.approx(recall)
