"""The matrix that a logistic regression is fitted on."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from stance.kernel import compiled

AT_ONCE = 3  # columns of weights whose sums are kept in registers: most heads have as many labels


class DesignMatrix(csr_matrix):  # type: ignore[misc]  # SciPy has no types
    """SciPy's sparse rows, whose product with a few columns of weights is a compiled loop.

    A solver asks for that product a thousand times; SciPy's own writes each sum to memory at every step, which takes
    twice as long. The result differs by rounding only.

    Examples
    --------
    >>> (DesignMatrix([[0, 2.0], [1, 1]]) @ np.array([[1.0, 0], [3, 1]])).tolist()
    [[6.0, 2.0], [4.0, 1.0]]
    """

    def __matmul__(self, other: Any) -> Any:
        """Multiply by weights of shape (V, K), or by what else SciPy can.

        Returns
        -------
        ndarray of shape (N, K), or what SciPy gives
        """
        is_dense = isinstance(other, np.ndarray) and other.ndim == 2 and self.dtype == other.dtype == np.float64
        if not is_dense or len(other) != self.shape[1]:
            return super().__matmul__(other)
        sums = np.empty((self.shape[0], other.shape[1]))
        times(self.indptr, self.indices.view(np.uint32), self.data, np.ascontiguousarray(other), sums)
        return sums


@compiled
def times(
    ends: NDArray[np.int32],
    indices: NDArray[np.uint32],
    values: NDArray[np.float64],
    weights: NDArray[np.float64],
    sums: NDArray[np.float64],
) -> None:
    """Multiply sparse rows by columns of weights, `AT_ONCE` of them at a time, then one."""
    columns = weights.shape[1]
    whole = columns - columns % AT_ONCE
    for row in range(sums.shape[0]):
        low, high = ends[row], ends[row + 1]
        for column in range(0, whole, AT_ONCE):
            first, second, third = 0.0, 0.0, 0.0
            for k in range(low, high):
                index, value = indices[k], values[k]
                first += value * weights[index, column]
                second += value * weights[index, column + 1]
                third += value * weights[index, column + 2]
            sums[row, column], sums[row, column + 1], sums[row, column + 2] = first, second, third
        for column in range(whole, columns):
            first = 0.0
            for k in range(low, high):
                first += values[k] * weights[indices[k], column]
            sums[row, column] = first
