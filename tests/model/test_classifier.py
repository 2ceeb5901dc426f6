"""Softmax of any logits; the temperature of a classifier."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.sparse import csr_matrix

from stance.model.classifier import Classifier, probabilities, softmax


def test_softmax_of_large_logits_does_not_overflow() -> None:
    np.testing.assert_array_equal(softmax(np.array([[1e6, 0.0], [-1e6, -1e6]])), [[1, 0], [0.5, 0.5]])


def test_a_temperature_divides_the_log_odds() -> None:
    weights, bias = np.array([[0, 0, 0], [1, -2, 3]], np.float32), np.array([0.5, 0], np.float32)
    cold, features = Classifier(("a", "b"), weights, bias, 1.0), csr_matrix([[1.0, 0, 0.5], [0, 1, 0]])
    proba, hotter = probabilities(cold, features), probabilities(replace(cold, temperature=2.0), features)
    np.testing.assert_allclose(np.log(proba[:, 1] / proba[:, 0]), [2.0, -2.5])
    np.testing.assert_allclose(np.log(hotter[:, 1] / hotter[:, 0]), [1.0, -1.25])
    np.testing.assert_allclose(hotter.sum(axis=1), 1)


def test_stacked_features_are_counted() -> None:
    plain = Classifier(("a", "b"), np.zeros((2, 3), np.float32), np.zeros(2, np.float32), 1.0)
    assert plain.n_stacked == 0
    assert replace(plain, stacked_weights=np.zeros((2, 7), np.float32)).n_stacked == 7
