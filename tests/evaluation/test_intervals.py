"""Intervals of few rows, few groups and rare labels are wide enough to be true."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from stance.evaluation.head_scores import compare_predictions, summarize
from stance.evaluation.intervals import (
    Score,
    bootstrap_interval,
    effective_rows,
    mean_interval,
    p_value,
    share_interval,
    stretch,
    t_quantile,
)
from tests.helpers.outcomes import AB, ABC


@pytest.mark.parametrize("n", [2, 3, 5, 20, 200])
def test_intervals_are_stretched_by_students_t(n: int) -> None:
    assert t_quantile(n) == pytest.approx(stats.t.ppf(0.975, n - 1))
    resampled = np.random.default_rng(0).normal(0.5, 0.01, 5000)
    found = bootstrap_interval(0.5, resampled, n)
    assert (found.high - found.low) / 2 == pytest.approx(0.01 * 1.96 * stretch(n), rel=0.03)
    assert 0 <= found.low < found.value < found.high <= 1


@pytest.mark.parametrize(("right", "n"), [(1, 1), (5, 5), (30, 30), (0, 5), (7, 7.5)])
def test_an_interval_of_all_or_none_is_the_exact_one(right: int, n: float) -> None:
    low, high = share_interval(right / n if right != 7 else 1.0, n)
    assert low == pytest.approx(0 if right == 0 else stats.beta.ppf(0.025, n, 1))
    assert high == pytest.approx(stats.beta.ppf(0.975, 1, n) if right == 0 else 1)


@pytest.mark.parametrize("n", [1, 2, 5, 30, 300])
@pytest.mark.parametrize("k", [2, 3])
def test_all_right_is_no_certainty(n: int, k: int) -> None:
    true = np.arange(n) % k
    found = summarize(true, true, ABC)
    for score in (found.macro_f1, found.macro_recall, found.accuracy):
        assert score.value == score.high == 1
        assert score.low <= 1 - 1 / n
    assert found.accuracy.low > 1 - 4.5 / n
    wrong = summarize(true, (true + 1) % k, ABC)
    assert (wrong.accuracy.low, wrong.macro_f1.low) == (0, 0)
    assert wrong.macro_f1.high >= 1 / n


def test_all_right_under_few_articles_is_less_certain_than_without() -> None:
    true, groups = np.arange(300) % 2, [str(row // 30) for row in range(300)]
    assert summarize(true, true, AB, groups).accuracy.low < 0.75 < summarize(true, true, AB).accuracy.low


def test_one_article_says_nothing_of_others() -> None:
    true = np.arange(100) % 2
    predicted = np.where(np.arange(100) < 70, true, 1 - true)
    found = summarize(true, predicted, AB, ["a"] * 100)
    assert found.accuracy == Score(0.7, 0.0, 1.0)
    assert compare_predictions(true, true, predicted, AB, ["a"] * 100).difference.low == -1


@pytest.mark.parametrize("articles", [2, 3, 5, 10, 20])
def test_intervals_hold_the_score_however_few_articles(articles: int) -> None:
    rng, held = np.random.default_rng(articles), 0
    for seed in range(150):
        hard = np.repeat(rng.choice([0.5, 0.9], articles), 20)
        true = rng.integers(0, 2, 20 * articles)
        predicted = np.where(rng.random(len(true)) < hard, true, 1 - true)
        found = summarize(true, predicted, AB, np.repeat(np.arange(articles), 20), seed).accuracy
        held += found.low <= 0.7 <= found.high
    assert held >= 0.9 * 150


@pytest.mark.parametrize("support", [1, 2, 3, 5])
def test_intervals_hold_the_score_however_rare_a_label(support: int) -> None:
    rng, held = np.random.default_rng(support), 0
    true = np.repeat([0, 1, 2], [300, 200 - support, support])
    many = np.repeat([0, 1, 2], [300_000, (200 - support) * 1000, support * 1000])

    def label(codes: np.ndarray) -> np.ndarray:
        return np.where(rng.random(len(codes)) < 0.8, codes, (codes + rng.integers(1, 3, len(codes))) % 3)

    truth = summarize(many, label(many), ABC).macro_f1.value
    for seed in range(100):
        found = summarize(true, label(true), ABC, seed=seed).macro_f1
        held += found.low <= truth <= found.high
    assert held >= 93


def test_many_labels_fit_memory_and_give_the_same_scores() -> None:
    rng = np.random.default_rng(0)
    true = rng.integers(0, 300, 3000)
    predicted = np.where(rng.random(3000) < 0.8, true, rng.integers(0, 300, 3000))
    labels = [str(code) for code in range(300)]
    found = compare_predictions(true, predicted, true, labels)
    assert found.difference.high < 0
    assert found.summary.accuracy.value == 1


def test_a_difference_of_one_row_is_no_certainty() -> None:
    found = compare_predictions(np.array([0]), np.array([0]), np.array([1]), AB).difference
    assert found == Score(1.0, -1.0, 1.0)
    found = compare_predictions(np.array([0, 0]), np.array([0, 0]), np.array([1, 1]), AB).difference
    assert found.low < 0.2


def test_the_mean_of_independent_scores_is_steadier_than_each() -> None:
    low, high = mean_interval(np.array([0.5, 0.5]), np.array([[0.3, 0.7], [0.3, 0.7]]))
    assert (low, high) == pytest.approx((0.5 - 0.2 / np.sqrt(2), 0.5 + 0.2 / np.sqrt(2)))


def test_effective_rows_are_those_of_the_design_effect() -> None:
    spread = np.random.default_rng(0).normal(0.7, 0.05, 100_000)
    assert effective_rows(0.7, spread, 1000, 50) == pytest.approx(0.21 / 0.05**2 * 49 / 50, rel=0.02)
    assert effective_rows(1.0, np.ones(9), 1000, 50) == 50
    assert effective_rows(0.7, spread / 100, 1000, 50) == 1000


def test_p_value_is_that_of_students_t() -> None:
    assert p_value(0.1, 0.2, 30) == pytest.approx(2 * stats.t.sf(0.1 / 0.2 * stats.t.ppf(0.975, 29), 29))
    assert p_value(-0.1, 0.2, 30) == p_value(0.1, 0.2, 30)
    assert p_value(0.1, 0.2, 1) == 1
