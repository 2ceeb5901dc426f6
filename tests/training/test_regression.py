"""Logistic regression, and the products that its solver spends its time on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from stance.features.kernels import sparse
from stance.settings import Settings
from stance.training.regression import DesignMatrix, fit_path
from tests.helpers.matrices import ROWS


def test_the_solver_uses_the_compiled_products(monkeypatch: pytest.MonkeyPatch) -> None:
    calls, multiply = [], sparse.multiply_rows

    def counted(*arrays: Any) -> None:
        calls.append(arrays)
        multiply(*arrays)

    monkeypatch.setattr("stance.training.regression.multiply_rows", counted)
    fit_path(ROWS, np.arange(40) % 3, ("a", "b", "c"), [1.0], Settings())
    assert len(calls) > 5


@pytest.mark.parametrize("columns", [1, 2, 3, 4, 5, 6, 7, 8])
def test_products_are_rounded_as_those_of_scipy(columns: int) -> None:
    rng = np.random.default_rng(2)
    weights, residuals = rng.normal(size=(30, columns)), rng.normal(size=(40, columns))
    np.testing.assert_array_equal(DesignMatrix(ROWS) @ weights, ROWS @ weights)
    np.testing.assert_array_equal(DesignMatrix(ROWS) @ weights.copy("F"), ROWS @ weights)
    np.testing.assert_array_equal(residuals.T @ DesignMatrix(ROWS), residuals.T @ ROWS)


def test_a_product_is_computed_again_for_other_weights_only(monkeypatch: pytest.MonkeyPatch) -> None:
    design, weights = DesignMatrix(ROWS), np.random.default_rng(3).normal(size=(30, 3))
    first = design @ weights
    first += 1  # the caller owns it
    with monkeypatch.context() as changed:
        changed.setattr("stance.training.regression.multiply_rows", None)
        np.testing.assert_array_equal(design @ weights.copy(), ROWS @ weights)
    weights[0] += 1  # in place, as solvers do
    np.testing.assert_array_equal(design @ weights, ROWS @ weights)
    np.testing.assert_array_equal(design @ weights[:, :2], ROWS @ weights[:, :2])


def test_other_products_from_the_left_are_left_to_scipy() -> None:
    design, left = DesignMatrix(ROWS), np.random.default_rng(4).normal(size=(2, 40))
    np.testing.assert_array_equal(left[0] @ design, left[0] @ ROWS)
    np.testing.assert_array_equal(left.astype(np.float32) @ design, left.astype(np.float32) @ ROWS)
    with pytest.raises(ValueError, match="mismatch"):
        left[:, :-1] @ design


def test_a_label_without_rows_is_never_predicted() -> None:
    [classifier] = fit_path(ROWS, np.arange(40) % 2 * 2, ("a", "b", "c"), [1.0], Settings())
    assert classifier.bias[1] == -50
    assert not classifier.weights[1].any()
    [constant] = fit_path(ROWS, np.full(40, 2), ("a", "b", "c"), [1.0], Settings())
    assert constant.bias.tolist() == [-50, -50, 0]
    [nothing] = fit_path(ROWS[:0], np.empty(0, np.intp), ("a", "b"), [1.0], Settings())
    assert nothing.bias.tolist() == [0, -50]
