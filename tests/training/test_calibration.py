"""The temperature is found again, stays within bounds, changes no label, and makes confidence honest."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from stance.evaluation.calibration_error import calibration_error
from stance.model.classifier import MAX_TEMPERATURE, MIN_TEMPERATURE, softmax
from stance.settings import Settings
from stance.training.calibration import calibrate, fit_temperature
from stance.training.stacking import fit

TEXTS = ["we love them", "we love it", "they lie", "you all lie", "they lie to us", "what they love"]
MOODS = ["good", "good", "bad", "bad", "bad", "none"]


def drawn(temperature: float, rows: int = 20_000, k: int = 3) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Draw log-odds, and labels as often as those say at a temperature."""
    rng = np.random.default_rng(7)
    logits = rng.normal(0, 2 * temperature, (rows, k))
    passed = softmax(logits / temperature).cumsum(axis=1) < rng.random(rows)[:, None]
    return logits, np.minimum(passed.sum(axis=1), k - 1).astype(np.intp)


@pytest.mark.parametrize("temperature", [0.3, 1.0, 2.5, 7.0])
def test_a_known_temperature_is_found_again(temperature: float) -> None:
    assert fit_temperature(*drawn(temperature)) == pytest.approx(temperature, rel=0.03)


def test_temperature_equals_that_of_scipys_minimiser() -> None:
    logits, codes = drawn(1.7, rows=40)

    def loss(temperature: float) -> float:
        return float(-np.log(softmax(logits / temperature)[np.arange(40), codes]).mean())

    found = minimize_scalar(loss, bounds=(MIN_TEMPERATURE, MAX_TEMPERATURE), method="bounded", options={"xatol": 1e-7})
    assert fit_temperature(logits, codes) == pytest.approx(found.x, abs=1e-3)


@pytest.mark.parametrize("size", [0.5, 4.0, 40.0])
def test_always_right_and_always_wrong_hit_the_bounds(size: float) -> None:
    logits, codes = np.eye(2)[[0, 1, 0, 1]] * size, np.array([0, 1, 0, 1])
    assert fit_temperature(logits, codes) == MIN_TEMPERATURE
    assert fit_temperature(logits, 1 - codes) == MAX_TEMPERATURE


def test_no_rows_leave_the_temperature_alone() -> None:
    assert fit_temperature(np.empty((0, 3)), np.empty(0, np.intp)) == 1.0


def test_scaled_logits_scale_the_temperature() -> None:
    logits, codes = drawn(1.0, rows=500)
    assert fit_temperature(logits * 3, codes) == pytest.approx(3 * fit_temperature(logits, codes), rel=1e-3)


def test_calibration_error_falls_on_overconfident_logits() -> None:
    logits, codes = drawn(3.0)
    fitted, fresh = slice(0, 10_000), slice(10_000, 20_000)

    def error(temperature: float) -> float:
        proba = softmax(logits[fresh] / temperature)
        return calibration_error(proba.max(axis=1), proba.argmax(axis=1) == codes[fresh])

    assert error(1.0) > 0.1
    assert error(fit_temperature(logits[fitted], codes[fitted])) < 0.02


def test_a_temperature_changes_confidence_but_no_label() -> None:
    model = fit(TEXTS, {"mood": MOODS}, {"mood": 3.0}, Settings(min_df=1))
    cold = model.proba(TEXTS)
    for temperature in (MIN_TEMPERATURE, 0.7, 4.0, MAX_TEMPERATURE):
        hot = model.with_temperatures({"mood": temperature}).proba(TEXTS)
        assert hot.label("mood") == cold.label("mood") == MOODS
        expected = cold.proba["mood"] ** (1 / temperature)
        np.testing.assert_allclose(hot.proba["mood"], expected / expected.sum(axis=1, keepdims=True), atol=1e-12)


def test_each_fold_is_calibrated_by_the_others() -> None:
    logits, codes = drawn(2.0, rows=600)
    folds = np.arange(600) % 3
    codes[:5] = -1
    proba, temperature, by_fold = calibrate(softmax(logits), codes, folds)
    labelled = codes >= 0
    assert temperature == pytest.approx(fit_temperature(logits[labelled], codes[labelled]))
    for fold in range(3):
        others = labelled & (folds != fold)
        assert by_fold[fold] == pytest.approx(fit_temperature(logits[others], codes[others]))
        np.testing.assert_allclose(proba[folds == fold], softmax(logits[folds == fold] / by_fold[fold]))
