"""Products of the design matrix are SciPy's."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from stance.training.regression import DesignMatrix
from tests.helpers.matrices import ROWS


@pytest.mark.parametrize("columns", [0, 1, 2, 3, 4, 6, 7])
def test_products_equal_those_of_scipy(columns: int) -> None:
    weights = np.random.default_rng(1).normal(size=(30, columns))
    for rows in (ROWS, ROWS[::3], ROWS[:0], csr_matrix((5, 30))):
        np.testing.assert_allclose(DesignMatrix(rows) @ weights, rows @ weights, atol=1e-12)
        np.testing.assert_allclose(DesignMatrix(rows) @ np.asfortranarray(weights), rows @ weights, atol=1e-12)


def test_other_products_are_left_to_scipy() -> None:
    rows, weights = DesignMatrix(ROWS), np.random.default_rng(1).normal(size=(30, 3))
    np.testing.assert_array_equal(rows @ weights[:, 0], ROWS @ weights[:, 0])
    np.testing.assert_array_equal(weights.T @ rows.T, weights.T @ ROWS.T)
    np.testing.assert_array_equal(rows @ weights.astype(np.float32), ROWS @ weights.astype(np.float32))
    np.testing.assert_array_equal((rows @ ROWS.T).toarray(), (ROWS @ ROWS.T).toarray())
    with pytest.raises(ValueError, match="mismatch"):
        rows @ weights[:-1]
