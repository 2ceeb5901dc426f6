"""Probable label errors, found by confident learning."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class LabelError:
    """A row whose label is probably wrong."""

    row: int  # from 0
    given: int  # code of its label
    likely: int  # code of the most probable label
    margin: float  # by how much more probable that is, 0 to 1


def find_label_errors(codes: NDArray[np.intp], proba: NDArray[np.float64]) -> list[LabelError]:
    """Find probable label errors.

    These are rows where another label is the most probable, and at least as probable as it is on average where it was
    given: the thresholds of confident learning (Northcutt, Jiang and Chuang 2021), on the most probable label alone.

    Parameters
    ----------
    codes : ndarray of shape (N,)
        Codes of the given labels; rows below 0 have none and are skipped.
    proba : ndarray of shape (N, K)
        Probabilities from a model that has not seen the row.

    Returns
    -------
    list of LabelError
        Largest margin first.

    Examples
    --------
    >>> codes, proba = np.array([0, 0, 1, 1]), np.array([[0.9, 0.1], [0.1, 0.9], [0.2, 0.8], [0.3, 0.7]])
    >>> [(each.row, each.likely) for each in find_label_errors(codes, proba)]
    [(1, 1)]
    """
    thresholds = np.array(
        [proba[codes == code, code].mean() if (codes == code).any() else np.inf for code in range(proba.shape[1])]
    )
    likely, top = proba.argmax(axis=1), proba.max(axis=1)
    rows = np.flatnonzero((codes >= 0) & (likely != codes) & (top >= thresholds[likely]))
    errors = [
        LabelError(int(row), int(codes[row]), int(likely[row]), float(top[row] - proba[row, codes[row]]))
        for row in rows
    ]
    return sorted(errors, key=lambda error: -error.margin)
