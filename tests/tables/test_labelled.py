"""Labelled."""

from __future__ import annotations

from stance.tables.labelled import groups_of
from stance.training.folds import fold_numbers


def test_same_text_is_never_in_two_folds() -> None:
    texts = ["Yes", "yes ", "no", "No", "why", "so"]
    folds = fold_numbers(groups_of(texts, None), 5, 0)
    assert folds[0] == folds[1]
    assert folds[2] == folds[3]


def test_a_text_under_two_articles_ties_them_together() -> None:
    groups = groups_of(["so", "no", "SO ", "why", "no"], ["a", "b", "b", "c", ""])
    assert groups[0] == groups[1] == groups[2] == groups[4]
    assert groups[3] != groups[0]
