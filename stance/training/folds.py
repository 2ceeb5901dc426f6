"""Folds for cross-validation that do not split a group."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def assign_folds(groups: Sequence[str], n_folds: int, seed: int) -> NDArray[np.intp]:
    """Assign N rows to folds of about equal size, rows of one group to one fold; (N,), numbers from 0.

    There are fewer folds if there are fewer groups. Raises ValueError if there are fewer than two groups.

    >>> assign_folds(["a", "a", "b", "b"], n_folds=2, seed=0).tolist() in ([0, 0, 1, 1], [1, 1, 0, 0])
    True
    """
    from sklearn.model_selection import GroupKFold  # here, since scoring does without scikit-learn and its import

    n_groups = len(set(groups))
    if n_groups < 2:
        raise ValueError("cross-validation needs two groups")
    splitter = GroupKFold(min(n_folds, n_groups), shuffle=True, random_state=seed)
    folds = np.empty(len(groups), dtype=np.intp)
    for fold, (_, held_out) in enumerate(splitter.split(groups, groups=groups)):
        folds[held_out] = fold
    return folds
