"""The matrix that a logistic regression is fitted on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stance.features.kernels.compiling import compiled

COLUMNS_AT_ONCE = 3  # columns of weights whose sums are kept in registers: most heads have as many labels


@compiled
def multiply_rows(
    ends: NDArray[np.int32],
    indices: NDArray[np.uint32],
    values: NDArray[np.float64],
    weights: NDArray[np.float64],
    sums: NDArray[np.float64],
) -> None:
    """Multiply sparse rows by columns of weights, `AT_ONCE` of them at a time, then one."""
    columns = weights.shape[1]
    whole = columns - columns % COLUMNS_AT_ONCE
    for row in range(sums.shape[0]):
        low, high = ends[row], ends[row + 1]
        for column in range(0, whole, COLUMNS_AT_ONCE):
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
