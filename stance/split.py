"""Folds for cross-validation that keep what belongs together in one fold."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def fold_numbers(groups: Sequence[str], folds: int, seed: int) -> NDArray[np.intp]:
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
    """Say which rows must not be parted: those of one article, those of one text, and what such rows link together.

    Parameters
    ----------
    texts : sequence of str
        N comments; case and white space do not count.
    articles : sequence of str or None
        N names, empty where there is none.

    Returns
    -------
    list of str
        N names of groups.

    Examples
    --------
    >>> groups_of(["Yes", "yes ", "no"], None)
    ['text yes', 'text yes', 'text no']
    >>> groups_of(["Yes", "No", "Why", "no"], ["a", "b", "", "a"])
    ['article a', 'article a', 'text why', 'article a']
    """
    by_text = [f"text {' '.join(text.lower().split())}" for text in texts]
    if not several_articles(articles):
        return by_text
    root: dict[str, str] = {}

    def find(name: str) -> str:
        while root.setdefault(name, name) != name:
            name = root[name]
        return name

    for text, article in zip(by_text, articles or (), strict=True):
        if article:
            first, second = sorted((find(f"article {article}"), find(text)))
            root[second] = first
    return [find(text) for text in by_text]


def several_articles(articles: Sequence[str] | None) -> bool:
    """Tell whether there are articles to tell apart.

    Parameters
    ----------
    articles : sequence of str or None
        Names, empty where there is none.

    Returns
    -------
    bool

    Examples
    --------
    >>> several_articles(["a", "", "b"]), several_articles(["a", "a"]), several_articles(None)
    (True, False, False)
    """
    return articles is not None and len(set(articles) - {""}) > 1
