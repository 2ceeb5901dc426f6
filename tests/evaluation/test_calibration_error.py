"""The expected calibration error by hand."""

from __future__ import annotations

import numpy as np
import pytest

from stance.evaluation.calibration_error import calibration_error


def test_calibration_error_by_hand() -> None:
    confidence = np.array([0.95, 0.95, 0.55, 0.55])
    right = np.array([True, True, True, False])
    assert calibration_error(confidence, right) == pytest.approx((2 * 0.05 + 2 * 0.05) / 4)
    assert calibration_error(np.array([1.0]), np.array([False])) == 1.0
