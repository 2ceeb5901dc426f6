"""Rows that are mislabelled are found."""

from __future__ import annotations

import numpy as np

from stance.evaluation.label_errors import find_label_errors


def test_mislabelled_rows_are_found() -> None:
    rng = np.random.default_rng(0)
    true = rng.integers(0, 3, 300)
    proba = np.full((300, 3), 0.1)
    proba[np.arange(300), true] = 0.8
    given = true.copy()
    given[:6] = (given[:6] + 1) % 3
    given[6] = -1
    assert sorted(found.row for found in find_label_errors(given, proba)) == list(range(6))
