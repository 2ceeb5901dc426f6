"""Slices of the comments: who is in them, and whether they are labelled worse than the rest."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import f1_score

from stance.evaluation.slices import (
    MAX_COLUMN_VALUES,
    MIN_SLICE_ROWS,
    score_slice,
    slice_by_column,
    slice_by_length,
    slice_by_targets,
)

RNG = np.random.default_rng(0)
TRUE = RNG.integers(0, 3, 600)
INSIDE = np.arange(600) < 200
GUESSED = np.where(INSIDE, RNG.integers(0, 3, 600), TRUE)


def test_quartiles_of_length_split_all_comments() -> None:
    texts = [" ".join("w" * n) for n in range(1, 101)]
    slices = slice_by_length(texts)
    assert [found.value for found in slices] == [
        "up to 25 words", "26 to 50 words", "51 to 75 words", "76 words or more"
    ]  # fmt: skip
    assert np.stack([found.inside for found in slices]).sum(axis=0).tolist() == [1] * 100


@pytest.mark.parametrize("texts", [["a"], ["a b"] * 50, ["", ""], ["a"] * 9 + ["a b c"]])
def test_equal_lengths_make_fewer_slices(texts: list[str]) -> None:
    slices = slice_by_length(texts)
    assert 1 <= len(slices) <= 2
    assert sum(int(found.inside.sum()) for found in slices) == len(texts)


def test_no_comments_have_no_slices() -> None:
    assert slice_by_length([]) == []


def test_a_comment_that_names_two_countries_is_in_two_slices() -> None:
    named = np.array([[True, True, False], [False, False, False]])
    slices = slice_by_targets(named, ["china", "us", "iran"])
    assert [(found.value, found.inside.tolist()) for found in slices] == [
        ("china", [True, False]), ("us", [True, False]), ("no country", [False, True])
    ]  # fmt: skip


def test_of_a_column_the_most_frequent_values_are_taken() -> None:
    cells = [str(row % 50) for row in range(1000)] + ["7"] * 5
    slices = slice_by_column("site", cells)
    assert len(slices) == MAX_COLUMN_VALUES
    assert (slices[0].by, slices[0].value, slices[0].inside.sum()) == ("site", "7", 25)


def test_a_slice_that_is_guessed_is_significantly_worse_and_the_rest_is_not() -> None:
    found, rest = (score_slice(TRUE, GUESSED, 3, rows) for rows in (INSIDE, ~INSIDE))
    assert found is not None
    assert rest is not None
    assert found.is_significantly_worse
    assert not rest.is_significantly_worse
    assert found.macro_f1.value == pytest.approx(f1_score(TRUE[INSIDE], GUESSED[INSIDE], average="macro"))
    assert found.difference.value == pytest.approx(found.macro_f1.value - 1)
    assert found.difference.low < found.difference.value < found.difference.high < 0


def test_a_slice_like_the_rest_is_not_worse() -> None:
    half = RNG.random(600) < 0.5
    found = score_slice(TRUE, np.where(RNG.random(600) < 0.7, TRUE, (TRUE + 1) % 3), 3, half)
    assert found is not None
    assert not found.is_significantly_worse


@pytest.mark.parametrize(
    "inside", [np.arange(600) < MIN_SLICE_ROWS - 1, np.arange(600) >= MIN_SLICE_ROWS - 1, np.ones(600, bool)]
)
def test_too_small_a_slice_or_rest_is_not_measured(inside: np.ndarray) -> None:
    assert score_slice(TRUE, GUESSED, 3, inside) is None


def test_articles_are_resampled_whole() -> None:
    groups = [str(row % 4) for row in range(600)]
    by_row, by_group = (score_slice(TRUE, GUESSED, 3, INSIDE, given) for given in (None, groups))
    assert by_row is not None
    assert by_group is not None
    assert by_row.difference.value == by_group.difference.value
    assert by_row.difference != by_group.difference


def test_only_labels_with_rows_inside_and_outside_are_averaged() -> None:
    true = np.array([0] * 300 + [1] * 290 + [2] * 10)
    predicted = np.where(true == 2, 0, true)  # the rare label is never found
    inside = np.arange(600) % 5 == 0
    found = score_slice(true, predicted, 3, inside)
    assert found is not None
    assert found.labels == (0, 1)
    assert found.macro_f1.value > 0.9
    everything = score_slice(np.repeat(np.arange(200), 3), np.zeros(600, int), 200, inside)
    assert everything is None


def test_nothing_is_called_worse_with_few_articles_in_slice_or_rest() -> None:
    for articles, is_worse in ((19, False), (20, True)):
        groups = np.where(INSIDE, np.arange(600) % articles, 1000 + np.arange(600) % 50)
        for inside in (INSIDE, ~INSIDE):
            found = score_slice(TRUE, GUESSED, 3, inside, groups)
            assert found is not None
            assert found.groups == articles
            assert found.is_significantly_worse == (is_worse and inside is INSIDE)
