"""What is called significant: with enough groups, and not more often by chance for more comparisons."""

from __future__ import annotations

import numpy as np
import pytest

from stance.evaluation import measures
from stance.evaluation.head_scores import PairedComparison, compare_predictions
from stance.evaluation.metrics_json import comparison_metrics
from stance.evaluation.significance import comparison_p_value, few_groups, holm_levels, significant_difference
from tests.helpers.outcomes import AB, outcomes, true_labels


def comparison(articles: int, share: float = 0.6, seed: int = 0) -> PairedComparison:
    """Compare a model that is right in `share` of the comments under some articles with one that is always right."""
    rng = np.random.default_rng(seed)
    true = rng.integers(0, 2, 20 * articles)
    predicted = np.where(rng.random(len(true)) < share, true, 1 - true)
    return compare_predictions(true, predicted, true, AB, np.repeat(np.arange(articles), 20))


@pytest.mark.parametrize("articles", [2, 5, 19])
def test_nothing_is_significant_with_few_articles(articles: int) -> None:
    found = comparison_metrics(comparison(articles))
    assert found["groups"] == articles
    assert found["worse"] > 0.3
    assert found["significantly_worse"] == found["surely_worse"] == found["significantly_better"] == 0
    assert comparison_p_value(comparison(articles)) == 1
    assert f"only {articles} articles were resampled" in few_groups(found)


def test_with_twenty_articles_a_large_difference_is_significant() -> None:
    found = comparison_metrics(comparison(20))
    assert 0 < found["significantly_worse"] < found["worse"]
    assert found["significantly_worse"] == -found["difference_interval"][1]


def test_a_stricter_level_leaves_less_of_a_difference() -> None:
    found = comparison(20)
    strict, plain = (significant_difference(found, level) for level in (0.05 / 7, 0.05))
    assert found.difference.value < plain < strict < 0
    assert comparison_metrics(found, 0.05 / 7, 7)["tests"] == 7


@pytest.mark.parametrize("share", np.linspace(0.95, 1, 6))
def test_a_difference_is_significant_where_its_p_value_is_below_the_level(share: float) -> None:
    found = comparison(25, share)
    for level in (0.05, 0.05 / 7):
        assert (significant_difference(found, level) < 0) == (comparison_p_value(found) < level)


def test_holm_tests_the_smallest_first_and_stops_at_the_first_that_holds() -> None:
    names = [f"h{place}" for place in range(7)]
    assert holm_levels(dict.fromkeys(names, 0.04)) == pytest.approx(dict.fromkeys(names, 0.05 / 7))
    levels = holm_levels(dict(zip(names, [0.001, 0.002, 0.02, 0.03, 0.5, 0.5, 0.5], strict=True)))
    assert [levels[name] for name in names] == pytest.approx([0.05 / 7, 0.05 / 6, *[0.05 / 5] * 5])
    assert holm_levels({}) == {}


def test_heads_that_gates_name_are_one_family() -> None:
    one = outcomes(300)
    others = {"china": true_labels(one)}
    assert measures.compare_heads(one, others)["china"]["tests"] == 1
    assert measures.compare_heads(one, others, {"china", "tone"})["china"]["tests"] == 1


def test_equally_good_models_seldom_raise_an_alarm_on_seven_heads() -> None:
    rng, alarms, articles = np.random.default_rng(0), 0, 30
    groups = np.repeat(np.arange(articles), 10)
    for _ in range(60):
        p_values = {}
        for head in range(7):
            true = rng.integers(0, 2, len(groups))
            ours, theirs = (np.where(rng.random(len(groups)) < 0.7, true, 1 - true) for _ in range(2))
            p_values[str(head)] = comparison_p_value(compare_predictions(true, ours, theirs, AB, groups))
        levels = holm_levels(p_values)
        alarms += any(p_values[head] < levels[head] for head in p_values)
    assert alarms <= 8  # at 5 %, more would come up in 1 of 200 tries; without Holm's method there are about 18
