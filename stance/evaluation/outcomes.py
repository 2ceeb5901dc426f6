"""Labelled comments with the labels that a model predicts: the input of all measures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stance.model.labels import encode
from stance.model.predictions import Predictions


@dataclass(frozen=True)
class HeadOutcomes:
    """True and predicted labels of one head, of the M comments that have both."""

    labels: list[str]  # K labels: the model's, then those that only the table has
    rows: NDArray[np.intp]  # (M,), which comments
    true: NDArray[np.intp]  # (M,), codes of labels
    predicted: NDArray[np.intp]  # (M,), codes of labels
    proba: NDArray[np.float64]  # (M, K)
    unscored: int  # comments that have a true label and no predicted one
    n_model_labels: int


@dataclass(frozen=True)
class Outcomes:
    """N comments with the outcomes of each head."""

    texts: Sequence[str]
    heads: dict[str, HeadOutcomes]
    groups: NDArray[np.intp] | None  # (N,), codes of the groups that are resampled whole; None: single comments
    seed: int  # of the bootstrap

    @classmethod
    def of(
        cls,
        texts: Sequence[str],
        labels: Mapping[str, Sequence[str]],
        groups: Sequence[str] | None,
        predictions: Predictions,
        seed: int,
    ) -> Outcomes:
        """Match the true labels of N comments, by head, with predicted ones."""
        codes = None if groups is None else np.unique(np.asarray(groups), return_inverse=True)[1]
        return cls(texts, {head: _match(cells, predictions, head) for head, cells in labels.items()}, codes, seed)

    def groups_at(self, rows: NDArray[np.intp]) -> NDArray[np.intp] | None:
        """Return the groups of some rows."""
        return None if self.groups is None else self.groups[rows]


def _match(cells: Sequence[str], predictions: Predictions, head: str) -> HeadOutcomes:
    known = predictions.labels[head]
    labels = [*known, *sorted({cell for cell in cells if cell}.difference(known))]
    codes = encode(cells, labels)[1]
    rows = np.flatnonzero((codes >= 0) & predictions.is_ok)
    proba = np.pad(predictions.proba[head][rows], ((0, 0), (0, len(labels) - len(known))))
    unscored = int((codes >= 0).sum() - len(rows))
    return HeadOutcomes(labels, rows, codes[rows], proba.argmax(axis=1), proba, unscored, len(known))
