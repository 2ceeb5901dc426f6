"""Labelled comments beside what is said of them: what all measures start from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stance.model.labels import encode
from stance.model.predictions import Predictions


@dataclass(frozen=True)
class HeadOutcomes:
    """What is known of one head.

    Parameters
    ----------
    names : list of str
        K labels: the model's, then those that only the table has.
    rows : ndarray of shape (M,)
        Numbers of the comments that have a true label and got one.
    true, predicted : ndarray of shape (M,)
        Numbers of labels.
    proba : ndarray of shape (M, K)
    unscored : int
        Comments that have a true label and got none.
    known : int
        How many of the labels are the model's.
    """

    names: list[str]
    rows: NDArray[np.intp]
    true: NDArray[np.intp]
    predicted: NDArray[np.intp]
    proba: NDArray[np.float64]
    unscored: int
    known: int


@dataclass(frozen=True)
class Outcomes:
    """Labelled comments, and what is said of them.

    Parameters
    ----------
    texts : sequence of str
        N comments.
    heads : dict of str to Judged
    groups : list of str or None
        N names of what is resampled together; None where each comment stands for itself.
    seed : int
        Of the bootstrap.
    """

    texts: Sequence[str]
    heads: dict[str, HeadOutcomes]
    groups: list[str] | None
    seed: int

    @classmethod
    def of(
        cls,
        texts: Sequence[str],
        labels: Mapping[str, Sequence[str]],
        groups: list[str] | None,
        said: Predictions,
        seed: int,
    ) -> Outcomes:
        """Put the true labels of N comments, by head, beside predicted ones."""
        return cls(texts, {head: _head_outcomes(cells, said, head) for head, cells in labels.items()}, groups, seed)

    def groups_at(self, rows: NDArray[np.intp]) -> list[str] | None:
        """Name the groups of some rows.

        Parameters
        ----------
        rows : ndarray of shape (M,)

        Returns
        -------
        list of str or None
        """
        return None if self.groups is None else [self.groups[row] for row in rows]


def _head_outcomes(cells: Sequence[str], said: Predictions, head: str) -> HeadOutcomes:
    known = said.labels[head]
    names = [*known, *sorted({cell for cell in cells if cell}.difference(known))]
    codes = encode(cells, names)[1]
    rows = np.flatnonzero((codes >= 0) & said.is_ok)
    proba = np.pad(said.proba[head][rows], ((0, 0), (0, len(names) - len(known))))
    unscored = int((codes >= 0).sum() - len(rows))
    return HeadOutcomes(names, rows, codes[rows], proba.argmax(axis=1), proba, unscored, len(known))
