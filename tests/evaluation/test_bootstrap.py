"""Resampled counts: of rows, of groups, and of groups with the same counts, all from the same distribution."""

from __future__ import annotations

import numpy as np
import pytest

from stance.evaluation.bootstrap import RESAMPLES, resample_counts
from stance.evaluation.calibration_error import reliability_bins
from stance.evaluation.intervals import bootstrap_interval, wilson_interval

CELLS = np.array([0, 1, 1, 2] * 100)


def test_every_resample_has_as_many_rows() -> None:
    for groups in (None, [str(row) for row in range(400)]):
        drawn = resample_counts(CELLS, 4, groups, 0)
        assert drawn.shape == (RESAMPLES, 4)
        assert (drawn.sum(axis=1) == 400).all()
        assert (drawn[:, 3] == 0).all()


@pytest.mark.parametrize("size", [1, 4, 10, 40])
def test_groups_are_drawn_whole_however_they_are_drawn(size: int) -> None:
    groups = [str(row // size) for row in range(400)]
    shuffled = np.random.default_rng(0).permutation(CELLS)  # groups of many kinds
    for cells in (CELLS, shuffled):
        drawn = resample_counts(cells, 3, groups, 0)
        by_group = np.bincount((np.arange(400) // size) * 3 + cells, minlength=400 // size * 3).reshape(-1, 3)
        assert drawn.sum(axis=1).tolist() == [400] * RESAMPLES
        assert drawn.mean(axis=0) == pytest.approx(np.bincount(cells), rel=0.05)
        spread = np.sqrt(by_group.var(axis=0) * len(by_group))
        assert drawn.std(axis=0) == pytest.approx(spread, rel=0.12, abs=0.01)


def test_same_seed_same_counts() -> None:
    groups = [str(row // 3) for row in range(400)]
    one, two, three = (resample_counts(CELLS, 3, groups, seed) for seed in (1, 1, 2))
    assert (one == two).all()
    assert (one != three).any()


def test_interval_is_that_of_percentiles() -> None:
    found = bootstrap_interval(0.5, np.arange(1001) / 1000, 10**6)
    assert [found.value, found.low, found.high] == pytest.approx([0.5, 0.025, 0.975], abs=1e-5)


def test_reliability_bins_hold_every_row_once() -> None:
    confidence = np.array([0.05, 0.1, 0.95, 1.0, 1.0])
    found = reliability_bins(confidence, np.array([True, False, True, True, False]))
    assert [(each.low, each.n, each.accuracy) for each in found] == [(0, 1, 1), (0.1, 1, 0), (0.9, 3, 2 / 3)]
    assert found[2].confidence == pytest.approx(2.95 / 3)
    assert reliability_bins(np.array([]), np.array([], bool)) == []


def test_wilson_interval_stays_between_0_and_1() -> None:
    assert wilson_interval(0.0, 10) == pytest.approx((0.0, 0.2775), abs=1e-4)
    assert 0.7224 < wilson_interval(1.0, 10)[0] < 0.7226
    assert wilson_interval(1.0, 10)[1] <= 1
    assert wilson_interval(0.3, 50) == pytest.approx((0.191, 0.438), abs=1e-3)  # R: prop.test(15, 50, correct=FALSE)
