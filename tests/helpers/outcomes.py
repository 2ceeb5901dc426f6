"""Outcomes with invented labels."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from stance.evaluation.outcomes import Outcomes
from stance.model.predictions import Predictions
from stance.tables.groups import Groups

AB, ABC = ["a", "b"], ["a", "b", "c"]
pairs = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=40)
NAMES = ("against", "favor", "none")


def outcomes(rows: int = 200, articles: list[str] | None = None, right: float = 0.7, seed: int = 0) -> Outcomes:
    """Match invented labels with predictions, of which a share `right` are correct."""
    rng = np.random.default_rng(seed)
    true = rng.integers(0, 3, rows)
    predicted = np.where(rng.random(rows) < right, true, rng.integers(0, 3, rows))
    proba = np.full((rows, 3), 0.1) + 0.7 * np.eye(3)[predicted] * rng.random((rows, 1))
    proba /= proba.sum(axis=1, keepdims=True)
    texts = [f"comment {row} on China" if row % 2 else f"short {row}" for row in range(rows)]
    labels = {"china": [NAMES[code] for code in true]}
    predictions = Predictions({"china": NAMES}, {"china": proba}, np.zeros(rows, np.intp))
    return Outcomes.of(texts, labels, Groups.of(texts, articles).drawn, predictions, seed)


def true_labels(one: Outcomes) -> list[str]:
    """Return the true labels of invented outcomes; each comment has one."""
    return [NAMES[code] for code in one.heads["china"].true]
