"""Probabilities to labels, confidence and status, and the columns that show them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Column = list[str | None] | list[str] | NDArray[np.float64]

OK, EMPTY, NO_KNOWN_WORDS = "ok", "empty", "no_known_words"
DECIMALS = 6  # of a probability in a table: finer than any figure that can be measured


@dataclass(frozen=True)
class Predictions:
    """What a model says of N comments.

    Parameters
    ----------
    labels : dict of str to tuple of str
        The K labels of each head.
    proba : dict of str to ndarray of shape (N, K)
        Their probabilities.
    status : list of str
        N times `ok`, or why no label can be trusted.
    """

    labels: dict[str, tuple[str, ...]]
    proba: dict[str, NDArray[np.float64]]
    status: list[str]

    @cached_property
    def trusted(self) -> NDArray[np.bool_]:
        """For N comments whether the status is `ok`."""
        return np.array([status == OK for status in self.status], dtype=bool)

    def counts(self, head: str) -> dict[str, int]:
        """Count the rows of each label of a head.

        Parameters
        ----------
        head : str

        Returns
        -------
        dict of str to int
        """
        best = self.proba[head].argmax(axis=1)[self.trusted]
        return dict(zip(self.labels[head], np.bincount(best, minlength=len(self.labels[head])).tolist(), strict=True))

    def label(self, head: str) -> list[str | None]:
        """Give the likeliest label of every comment.

        Parameters
        ----------
        head : str

        Returns
        -------
        list of str or None
            None where the status is not `ok`.
        """
        named = np.array(self.labels[head], dtype=object)[self.proba[head].argmax(axis=1)]
        named[~self.trusted] = None
        return list(named)

    def columns(self, taken: Collection[str], probabilities: bool = False) -> dict[str, Column]:
        """Give the columns to put beside those of the input.

        Parameters
        ----------
        taken : collection of str
            Names of the input's columns; an output column of such a name gets `_predicted` after it.
        probabilities : bool
            Whether to give the probability of every label.

        Returns
        -------
        dict of str to list or ndarray
            For every head its label and confidence, with `probabilities` one column for each label; then the status.
            Rows without a label hold None and nan.

        Examples
        --------
        >>> said = Predictions({"mood": ("bad", "good")}, {"mood": np.array([[0.25, 0.75]])}, ["ok"])
        >>> said.columns(["mood"])
        {'mood_predicted': ['good'], 'mood_confidence': array([0.75]), 'status': ['ok']}
        """
        columns: dict[str, Column] = {}
        for head, names in self.labels.items():
            columns[head] = self.label(head)
            columns[f"{head}_confidence"] = self._shown(self.proba[head].max(axis=1))
            if probabilities:
                for code, name in enumerate(names):
                    columns[f"{head}_p_{name}"] = self._shown(self.proba[head][:, code])
        columns["status"] = list(self.status)
        return {f"{name}_predicted" if name in taken else name: values for name, values in columns.items()}

    def _shown(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.where(self.trusted, np.round(values, DECIMALS), np.nan)


def statuses(known: NDArray[np.int64]) -> list[str]:
    """Say of comments whether they can be labelled.

    Parameters
    ----------
    known : ndarray of shape (N,)
        Number of features of each that the model knows; -1 for one that shows nothing.

    Returns
    -------
    list of str
        N times `ok`, `empty` or `no_known_words`.

    Examples
    --------
    >>> statuses(np.array([2, -1, 0]))
    ['ok', 'empty', 'no_known_words']
    """
    return [OK if count > 0 else EMPTY if count < 0 else NO_KNOWN_WORDS for count in known.tolist()]
