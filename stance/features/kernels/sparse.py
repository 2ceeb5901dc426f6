"""The matrix that a logistic regression is fitted on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stance.features.kernels.compiling import compiled


@compiled
def multiply_rows(
    ends: NDArray[np.int32],
    indices: NDArray[np.uint32],
    values: NDArray[np.float64],
    weights: NDArray[np.float64],
    sums: NDArray[np.float64],
) -> None:
    """Multiply sparse rows by columns of weights, three or four at a time: most heads have as many labels.

    A sum adds up a row in its order, as SciPy does, so that rounding is the same.
    """
    column, columns = 0, weights.shape[1]
    while column < columns:
        left = columns - column
        width = 4 if left == 4 or left > 6 else 3 if left >= 3 else 1
        if width == 4:
            _multiply_by_four(ends, indices, values, weights, sums, column)
        elif width == 3:
            _multiply_by_three(ends, indices, values, weights, sums, column)
        else:
            _multiply_by_one(ends, indices, values, weights, sums, column)
        column += width


@compiled
def _multiply_by_four(ends, indices, values, weights, sums, column):
    for row in range(len(sums)):
        row_indices, row_values = indices[ends[row] : ends[row + 1]], values[ends[row] : ends[row + 1]]
        first, second, third, fourth = 0.0, 0.0, 0.0, 0.0
        for k in range(len(row_indices)):
            index, value = row_indices[k], row_values[k]
            first += value * weights[index, column]
            second += value * weights[index, column + 1]
            third += value * weights[index, column + 2]
            fourth += value * weights[index, column + 3]
        sums[row, column], sums[row, column + 1] = first, second
        sums[row, column + 2], sums[row, column + 3] = third, fourth


@compiled
def _multiply_by_three(ends, indices, values, weights, sums, column):
    for row in range(len(sums)):
        row_indices, row_values = indices[ends[row] : ends[row + 1]], values[ends[row] : ends[row + 1]]
        first, second, third = 0.0, 0.0, 0.0
        for k in range(len(row_indices)):
            index, value = row_indices[k], row_values[k]
            first += value * weights[index, column]
            second += value * weights[index, column + 1]
            third += value * weights[index, column + 2]
        sums[row, column], sums[row, column + 1], sums[row, column + 2] = first, second, third


@compiled
def _multiply_by_one(ends, indices, values, weights, sums, column):
    for row in range(len(sums)):
        row_indices, row_values = indices[ends[row] : ends[row + 1]], values[ends[row] : ends[row + 1]]
        first = 0.0
        for k in range(len(row_indices)):
            first += row_values[k] * weights[row_indices[k], column]
        sums[row, column] = first
