"""Folds for cross-validation that keep what belongs together in one fold."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def assign_folds(groups: Sequence[str], folds: int, seed: int) -> NDArray[np.intp]:
    """Deal groups to folds, about as many to each.

    Parameters
    ----------
    groups : sequence of str
        N names; rows of one name stay together.
    folds : int
        2 or more; fewer are made if there are fewer groups.
    seed : int

    Returns
    -------
    ndarray of shape (N,)
        Number of each row's fold, from 0.

    Raises
    ------
    ValueError
        If there are fewer than two groups.

    Examples
    --------
    >>> assign_folds(["a", "a", "b", "b"], folds=2, seed=0).tolist() in ([0, 0, 1, 1], [1, 1, 0, 0])
    True
    """
    from sklearn.model_selection import GroupKFold  # here, since scoring does without scikit-learn and its import

    distinct = len(set(groups))
    if distinct < 2:
        raise ValueError("cross-validation needs two groups")
    splitter = GroupKFold(min(folds, distinct), shuffle=True, random_state=seed)
    numbers = np.empty(len(groups), dtype=np.intp)
    for number, (_, held_out) in enumerate(splitter.split(groups, groups=groups)):
        numbers[held_out] = number
    return numbers
