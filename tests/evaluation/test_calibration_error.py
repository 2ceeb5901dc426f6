"""The expected calibration error by hand."""

from __future__ import annotations

import numpy as np
import pytest

from stance.evaluation.calibration_error import calibration_error, calibration_error_floor


def test_calibration_error_by_hand() -> None:
    confidence = np.array([0.95, 0.95, 0.55, 0.55])
    right = np.array([True, True, True, False])
    assert calibration_error(confidence, right) == pytest.approx((2 * 0.05 + 2 * 0.05) / 4)
    assert calibration_error(np.array([1.0]), np.array([False])) == 1.0


@pytest.mark.parametrize(("n", "floor"), [(100, 0.1), (1000, 0.03), (20_000, 0.007)])
def test_the_floor_is_what_a_perfect_model_shows(n: int, floor: float) -> None:
    rng = np.random.default_rng(1)
    confidence = rng.uniform(0.34, 1, n)
    found = calibration_error_floor(confidence)
    assert found == pytest.approx(floor, rel=0.35)
    seen = [calibration_error(confidence, rng.random(n) < confidence) for _ in range(30)]
    assert found == pytest.approx(float(np.mean(seen)), rel=0.15)


def test_the_floor_of_no_rows_and_of_certainty_is_nothing() -> None:
    assert calibration_error_floor(np.array([])) == 0
    assert calibration_error_floor(np.ones(50)) == 0
