"""A model compared with other labels of the same rows, and on the rows that it is confident of."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.metrics import accuracy_score, f1_score

from stance.evaluation.head_scores import COVERAGE_LEVELS, compare_predictions, coverage_curve, score_head, summarize
from stance.evaluation.intervals import Score

LABELS = ["a", "b", "c"]
NOBODY = np.array([], dtype=np.intp)
RNG = np.random.default_rng(4)
TRUE = RNG.integers(0, 3, 300)
OURS = np.where(RNG.random(300) < 0.8, TRUE, RNG.integers(0, 3, 300))
THEIRS = np.where(RNG.random(300) < 0.6, TRUE, RNG.integers(0, 3, 300))
rows = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.sampled_from([0.4, 0.5, 0.7, 0.9])), min_size=1)


def f1(true: NDArray[np.intp], predicted: NDArray[np.intp]) -> float:
    return float(f1_score(true, predicted, average="macro", zero_division=0))


def test_the_difference_is_that_of_macro_f1_and_the_interval_brackets_it() -> None:
    found = compare_predictions(TRUE, OURS, THEIRS, LABELS)
    assert found.difference.value == pytest.approx(f1(TRUE, OURS) - f1(TRUE, THEIRS))
    assert 0 < found.difference.low < found.difference.value < found.difference.high < 0.4


def test_the_other_way_has_the_scores_that_it_has_alone() -> None:
    found, alone = compare_predictions(TRUE, OURS, THEIRS, LABELS).summary, summarize(TRUE, THEIRS, LABELS)
    for name in ("macro_f1", "macro_recall", "accuracy"):
        ours, theirs = getattr(found, name), getattr(alone, name)
        assert ours.value == theirs.value
        assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.01)


def test_the_other_way_round_is_the_same_difference_below_zero() -> None:
    one, two = (
        compare_predictions(TRUE, OURS, THEIRS, LABELS).difference,
        compare_predictions(TRUE, THEIRS, OURS, LABELS).difference,
    )
    assert two.value == -one.value
    assert (two.low, two.high) == pytest.approx((-one.high, -one.low), abs=0.02)


@pytest.mark.parametrize("groups", [None, [str(row // 3) for row in range(300)]], ids=["rows", "groups"])
def test_identical_predictions_differ_by_exactly_nothing(groups: list[str] | None) -> None:
    assert compare_predictions(TRUE, OURS, OURS, LABELS, groups).difference == Score(0.0, 0.0, 0.0)


def test_the_comparison_is_paired() -> None:
    nearly = OURS.copy()
    nearly[:3] = (OURS[:3] + 1) % 3
    paired, alone = compare_predictions(TRUE, OURS, nearly, LABELS).difference, summarize(TRUE, OURS, LABELS).macro_f1
    assert paired.high - paired.low < (alone.high - alone.low) / 2


def test_whole_groups_are_resampled() -> None:
    true = np.tile([0, 1], 50)
    ours, theirs = true.copy(), np.concatenate([true[:50], 1 - true[50:]])
    groups = ["a"] * 25 + ["b"] * 25 + ["c"] * 25 + ["d"] * 25
    alone, together = (compare_predictions(true, ours, theirs, LABELS, named).difference for named in (None, groups))
    assert alone.value == together.value
    assert together.high - together.low > 3 * (alone.high - alone.low)
    assert compare_predictions(true, ours, theirs, LABELS, ["a"] * 100).difference == Score(together.value, -1.0, 1.0)


def test_same_seed_same_interval() -> None:
    one, two, three = (compare_predictions(TRUE, OURS, THEIRS, LABELS, seed=seed) for seed in (5, 5, 6))
    assert one == two
    assert one.difference != three.difference


def test_no_rows_to_compare() -> None:
    found = compare_predictions(NOBODY, NOBODY, NOBODY, LABELS)
    assert found.difference == found.summary.macro_f1 == found.summary.accuracy == Score(0.0, 0.0, 0.0)


def test_a_head_has_each_baseline_and_the_curve() -> None:
    proba = np.eye(3)[OURS] * 0.5 + 1 / 6
    found = score_head(TRUE, proba, LABELS, baselines={"theirs": THEIRS, "own": OURS}, seed=2)
    assert found.baselines == {
        "theirs": compare_predictions(TRUE, OURS, THEIRS, LABELS, seed=2),
        "own": compare_predictions(TRUE, OURS, OURS, LABELS, seed=2),
    }
    assert found.coverage == coverage_curve(TRUE, OURS, proba.max(axis=1), 3)


def test_coverage_by_hand() -> None:
    confidence = np.array([0.5, 0.9, 0.6, 0.95, 0.7, 0.8, 0.55, 0.85, 0.75, 0.65])
    predicted = np.array([1, 0, 1, 0, 0, 0, 1, 0, 0, 0])  # all are truly 0; wrong are 0.5, 0.55 and 0.6
    curve = coverage_curve(np.zeros(10, np.intp), predicted, confidence, 2)
    assert [point.share for point in curve] == list(COVERAGE_LEVELS)
    found = {point.share: (point.coverage, point.confidence, point.accuracy, point.macro_f1) for point in curve}
    assert found[1] == found[0.95] == pytest.approx((1, 0.5, 0.7, 14 / 17 / 2))
    assert found[0.8] == pytest.approx((0.8, 0.6, 7 / 8, 14 / 15 / 2))
    assert found[0.7] == (0.7, 0.65, 1, 1)
    assert found[0.1] == (0.1, 0.95, 1, 1)


def test_rows_of_the_same_confidence_stay_together() -> None:
    confidence = np.array([0.9] * 3 + [0.6] * 6 + [0.4])
    curve = coverage_curve(np.zeros(10, np.intp), np.array([0] * 3 + [1, 0] * 3 + [1]), confidence, 2)
    kept = [(point.coverage, point.confidence) for point in curve]
    assert kept == [(1, 0.4)] * 2 + [(0.9, 0.6)] * 6 + [(0.3, 0.9)] * 3
    assert {point.accuracy for point in curve if point.coverage == 0.9} == {6 / 9}


@given(rows)
def test_the_curve_falls_in_coverage_and_rises_in_confidence(some: list[tuple[int, int, float]]) -> None:
    true, predicted, confidence = (np.array(column) for column in zip(*some, strict=True))
    curve = coverage_curve(true, predicted, confidence, 3)
    assert curve[0].coverage == 1
    for before, point in zip([curve[0], *curve], curve, strict=False):
        kept = confidence >= point.confidence
        assert point.share <= point.coverage + 1e-12 <= before.coverage + 2e-12
        assert point.confidence >= before.confidence
        assert point.coverage == pytest.approx(kept.mean())
        assert point.accuracy == pytest.approx(accuracy_score(true[kept], predicted[kept]))
        assert point.macro_f1 == pytest.approx(f1(true[kept], predicted[kept]))


def test_one_row_is_kept_at_every_share() -> None:
    curve = coverage_curve(np.array([1]), np.array([1]), np.array([0.8]), 2)
    assert {(point.coverage, point.confidence, point.accuracy) for point in curve} == {(1.0, 0.8, 1.0)}


def test_no_rows_no_curve() -> None:
    assert coverage_curve(NOBODY, NOBODY, np.array([]), 2) == []
