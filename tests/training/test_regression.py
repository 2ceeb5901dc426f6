"""Regression."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from stance.features.kernels import sparse
from stance.settings import Settings
from stance.training.regression import fit_path
from tests.helpers.matrices import ROWS


def test_the_solver_asks_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, times = [], sparse.multiply_rows

    def counted(*arrays: Any) -> None:
        asked.append(arrays)
        times(*arrays)

    monkeypatch.setattr("stance.training.regression.multiply_rows", counted)
    fit_path(ROWS, np.arange(40) % 3, ("a", "b", "c"), [1.0], Settings())
    assert len(asked) > 5
