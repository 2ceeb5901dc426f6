"""Folds for cross-validation that keep what belongs together in one fold."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def fold_numbers(groups: Sequence[str], folds: int, seed: int) -> NDArray[np.intp]:
    """Deal groups to folds of about equal size.

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
    >>> fold_numbers(["a", "a", "b", "b"], folds=2, seed=0).tolist() in ([0, 0, 1, 1], [1, 1, 0, 0])
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


def groups_of(texts: Sequence[str], articles: Sequence[str] | None) -> list[str]:
    """Say which rows must not be parted: those of an article, else those of the same text.

    Parameters
    ----------
    texts : sequence of str
        N comments.
    articles : sequence of str or None
        N names. A row without one is a group by its text.

    Returns
    -------
    list of str
        N names.

    Examples
    --------
    >>> groups_of(["Yes", "yes "], None)
    ['text yes', 'text yes']
    >>> groups_of(["Yes", "No", "Why"], ["a", "b", ""])
    ['article a', 'article b', 'text why']
    """
    by_text = [f"text {' '.join(text.lower().split())}" for text in texts]
    if articles is None or len(set(articles)) < 2:
        return by_text
    return [f"article {article}" if article else text for article, text in zip(articles, by_text, strict=True)]
