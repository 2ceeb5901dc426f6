"""Rows whose label is probably wrong, by what a cross-validated model says of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class LabelError:
    """A row with an improbable label.

    Parameters
    ----------
    row : int
        Its number, from 0.
    given, likely : int
        Numbers of its label and of the label that the model finds likelier.
    margin : float
        By how much likelier, 0 to 1.
    """

    row: int
    given: int
    likely: int
    margin: float


def find_label_errors(codes: NDArray[np.intp], proba: NDArray[np.float64]) -> list[LabelError]:
    """Find likely label errors by confident learning.

    A row is suspect if another label is the likeliest, and at least as probable as that label is on average where it
    was given: the thresholds of confident learning (Northcutt, Jiang and Chuang 2021), on the likeliest label alone.

    Parameters
    ----------
    codes : ndarray of shape (N,)
        Numbers of the given labels; rows below 0 have none and are passed over.
    proba : ndarray of shape (N, K)
        Probabilities from a model that has not seen the row.

    Returns
    -------
    list of Suspect
        The most suspicious first.

    Examples
    --------
    >>> codes, proba = np.array([0, 0, 1, 1]), np.array([[0.9, 0.1], [0.1, 0.9], [0.2, 0.8], [0.3, 0.7]])
    >>> [(found.row, found.likely) for found in find_label_errors(codes, proba)]
    [(1, 1)]
    """
    usual = [proba[codes == code, code].mean() if (codes == code).any() else np.inf for code in range(proba.shape[1])]
    likely = proba.argmax(axis=1)
    top = proba.max(axis=1)
    rows = np.flatnonzero((codes >= 0) & (likely != codes) & (top >= np.array(usual)[likely]))
    found = [
        LabelError(int(row), int(codes[row]), int(likely[row]), float(top[row] - proba[row, codes[row]]))
        for row in rows
    ]
    return sorted(found, key=lambda suspect: -suspect.margin)
