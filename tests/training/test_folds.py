"""Folds."""

from __future__ import annotations

import numpy as np
import pytest

from stance.training.folds import assign_folds


def test_no_article_is_in_two_folds() -> None:
    rng = np.random.default_rng(0)
    articles = [f"a{number}" for number in rng.integers(0, 40, 500)]
    folds = assign_folds(articles, 5, seed=0)
    assert set(folds) == set(range(5))
    for article in set(articles):
        assert len({fold for fold, name in zip(folds, articles, strict=True) if name == article}) == 1


def test_seed_deals_the_folds() -> None:
    articles = [str(number % 40) for number in range(200)]
    assert (assign_folds(articles, 5, 1) == assign_folds(articles, 5, 1)).all()
    assert (assign_folds(articles, 5, 1) != assign_folds(articles, 5, 2)).any()


def test_one_group_cannot_be_split() -> None:
    with pytest.raises(ValueError, match="two groups"):
        assign_folds(["a", "a"], 5, 0)
